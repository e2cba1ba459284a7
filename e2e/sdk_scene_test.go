package e2e

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/e2e/tables"
	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/browser/pages"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/tenant"
	"renewal.example/web"
)

// hostDir has the host page of each browser SDK: what an app does with it, and nothing else.
const hostDir = "../web/host"

// verifierPath is where the host page tells the tenant the verifier of a cross-origin login: its cross_origin_loc.
const verifierPath = "/verifier"

// proves enters the running spec into the table of e2e/SUPPORT.md.
func proves(sdk tables.SDK, behaviours ...tables.Behaviour) {
	well = true
	for _, b := range behaviours {
		well = well && slices.Contains(goesWell(), b)
		AddReportEntry(tables.EntryName, tables.Claim{SDK: sdk, Behaviour: b}, ReportEntryVisibilityNever)
	}
}

// proving is It for specs that each prove one behaviour of an SDK.
func proving(sdk browserSDK) func(does string, shows tables.Behaviour, body func()) {
	return func(does string, shows tables.Behaviour, body func()) {
		It(does, func() {
			proves(sdk.row(), shows)
			body()
		})
	}
}

// SDKScene is a World with the host page of one SDK in it.
type SDKScene struct {
	*browser.World
	SDK  browserSDK
	Page *browser.Page // the first tab
}

// host opens a Scene on the SDK's page. The person is logged out; the tenant's refresh tokens rotate.
func host(sdk browserSDK, o browser.WorldOptions, changes ...func(*tenant.Config, *tenant.Client)) *SDKScene {
	GinkgoHelper()
	return hostIn(shell, sdk, o, changes...)
}

// hostIn is host in another kind of browser.
func hostIn(in kind, sdk browserSDK, o browser.WorldOptions, changes ...func(*tenant.Config, *tenant.Client)) *SDKScene {
	GinkgoHelper()
	o.Name = "sdk"
	o.TenantDomain = cmp.Or(o.TenantDomain, sdk.Domain)
	o.Tenant = tutorialTenant()
	client := o.Tenant.ClientByID(clientID)
	origin := cmp.Or(o.AppOrigin, browser.DefaultAppOrigin)
	client.Callbacks = []string{origin + "/callback", origin + "/silent"}
	client.WebOrigins = []string{origin}
	client.AllowedLogoutURLs = []string{origin}
	client.CrossOriginAuth = true // a form of the app's own may ask for the password
	client.RefreshToken = tenant.RefreshToken{Rotating: true, Lifetime: 30 * 24 * time.Hour, IdleLifetime: 15 * 24 * time.Hour}
	for _, api := range o.Tenant.ResourceServers {
		if api.Identifier == audience {
			api.TokenLifetime = tokenLife // whichever way a token comes
		}
	}
	for _, change := range changes {
		change(o.Tenant, client)
	}
	w, err := browser.NewWorld(context.Background(), shared(in), o)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(func() { Expect(w.Close()).To(Succeed()) })
	s := &SDKScene{World: w, SDK: sdk}
	scenes = append(scenes, &Scene{World: w})
	Expect(w.Serve(w.AppOrigin, s.site())).To(Succeed())
	for _, origin := range []string{cdn, "http://cdn.auth0.com"} { // pictures and words of other languages
		Expect(w.Serve(origin, http.NotFoundHandler())).To(Succeed())
	}
	s.Page, err = w.Open(w.AppOrigin + "/")
	Expect(err).NotTo(HaveOccurred())
	Expect(s.value()).To(BeNil(), "nobody is logged in")
	return s
}

// site serves the host page, its scripts, and the SDK's own files.
func (s *SDKScene) site() http.Handler {
	GinkgoHelper()
	sdk := web.HostSDK{Package: s.SDK.Package, Scripts: s.SDK.Scripts, Driver: s.SDK.Driver, Options: s.SDK.Options}
	if s.SDK.Bundled {
		sdk.Bundle = bundle(s.SDK.Driver, s.SDK.Bundler...)
	}
	page, err := web.NewHost(web.HostOptions{
		Domain: s.Domain, ClientID: clientID, Audience: audience, Origin: s.AppOrigin, SilentOrigin: s.SilentOrigin, SDKDir: sdkDir, SDK: sdk,
	})
	Expect(err).NotTo(HaveOccurred())
	return page
}

// bundles holds what this process has bundled.
var bundles = map[string][]byte{}

// bundle makes one script of a driver and the packages that it imports, for SDKs that are published for bundlers only.
func bundle(driver string, options ...string) []byte {
	GinkgoHelper()
	if text, done := bundles[driver]; done {
		return text
	}
	modules, err := filepath.Abs(sdkDir)
	Expect(err).NotTo(HaveOccurred())
	options = append([]string{filepath.Join(hostDir, driver), "--bundle", "--format=iife",
		`--define:process.env.NODE_ENV="production"`, "--define:global=window", "--log-level=warning"}, options...)
	esbuild := exec.Command(filepath.Join(modules, ".bin", "esbuild"), options...)
	esbuild.Env = append(os.Environ(), "NODE_PATH="+modules) // the driver lies outside of the folder with the modules
	esbuild.Stderr = GinkgoWriter
	text, err := esbuild.Output()
	Expect(err).NotTo(HaveOccurred(), "esbuild's complaint is above")
	bundles[driver] = text
	return text
}

// A session is what an SDK tells of who is logged in.
type session struct {
	Tokens struct {
		Access    string  `json:"access_token"`
		ID        string  `json:"id_token"`
		Refresh   string  `json:"refresh_token"`
		Scope     string  `json:"scope"`
		ExpiresIn float64 `json:"expires_in"`
	} `json:"tokens"`
	Claims map[string]any `json:"claims"`
	User   map[string]any `json:"user"`
}

// begin starts a call of the SDK and does not wait for what comes of it.
func (s *SDKScene) begin(call string, args ...any) {
	GinkgoHelper()
	all, err := json.Marshal(append([]any{call}, args...))
	Expect(err).NotTo(HaveOccurred())
	Expect(s.Page.Eval("void begin(...("+string(all)+"), 0)||true", nil)).To(Succeed())
}

// answer waits until it is known what became of the latest call.
func (s *SDKScene) answer() (value, failure json.RawMessage) {
	GinkgoHelper()
	Expect(s.Page.WaitFor("the call has ended", "settled !== null")).To(Succeed())
	var a struct{ Value, Error json.RawMessage }
	Expect(s.Page.Eval("settled", &a)).To(Succeed())
	return a.Value, a.Error
}

// value is the value that the SDK gave; an error fails the spec.
func (s *SDKScene) value() (value any) {
	GinkgoHelper()
	raw, failure := s.answer()
	Expect(string(failure)).To(BeEmpty(), "the SDK reported an error")
	if raw != nil {
		Expect(json.Unmarshal(raw, &value)).To(Succeed())
	}
	return value
}

// failed is the error that the SDK reported, as it reported it: an object or a bare string. A value fails the spec.
func (s *SDKScene) failed() (failure any) {
	GinkgoHelper()
	value, raw := s.answer()
	Expect(raw).NotTo(BeNil(), "the SDK reported no error but %s", value)
	Expect(json.Unmarshal(raw, &failure)).To(Succeed())
	return failure
}

// session is the session that the SDK reported.
func (s *SDKScene) session() (reported session) {
	GinkgoHelper()
	value, failure := s.answer()
	Expect(string(failure)).To(BeEmpty(), "the SDK reported an error")
	Expect(json.Unmarshal(value, &reported)).To(Succeed())
	Expect(reported.Tokens.Access).NotTo(BeEmpty(), "the SDK reported no session: %s", value)
	return reported
}

// logIn logs Ada in by the tenant's page and gives what the SDK then reports.
func (s *SDKScene) logIn() session {
	GinkgoHelper()
	s.arrive(ada)
	return s.session()
}

// arrive lets the SDK log a person in by its form and waits until the browser is back with the tenant's answer.
func (s *SDKScene) arrive(who pages.Person) {
	GinkgoHelper()
	s.fillIn(who)
	Expect(s.Page.WaitForURL(s.AppOrigin)).To(Succeed())
}

// fillIn lets the SDK log a person in and fills in the form.
func (s *SDKScene) fillIn(who pages.Person) {
	GinkgoHelper()
	s.begin("logIn")
	if s.SDK.Form != nil {
		Expect(s.SDK.Form(s.Page, who)).To(Succeed())
		return
	}
	Expect((&pages.Login{Page: s.Page}).As(who)).To(Succeed())
}

// renew asks the SDK for a token from the tenant.
func (s *SDKScene) renew() session {
	GinkgoHelper()
	s.begin("renew")
	return s.session()
}

// renewsAfter asks the SDK for a new token. A second passes first: tokens of the same second are the same.
func (s *SDKScene) renewsAfter(old session) {
	GinkgoHelper()
	Expect(s.Advance(time.Second)).To(Succeed())
	Expect(s.renew().Tokens.Access).NotTo(Equal(old.Tokens.Access))
}

// again asks the SDK for the session as an app does before each use of the API: an SDK that keeps tokens decides itself
// whether it asks the tenant.
func (s *SDKScene) again() session {
	GinkgoHelper()
	if !s.SDK.Caches {
		return s.renew()
	}
	s.begin("session")
	return s.session()
}

// lastRefreshToken is the one that the browser sent last.
func (s *SDKScene) lastRefreshToken() (token string) {
	GinkgoHelper()
	for _, r := range s.Requests() {
		if r.Method == http.MethodPost && strings.HasPrefix(r.URL, s.TenantURL()+"/oauth/token") {
			var body struct {
				Token string `json:"refresh_token"`
			}
			if form, err := url.ParseQuery(r.Body); err == nil && form.Has("refresh_token") {
				token = form.Get("refresh_token")
			} else if json.Unmarshal([]byte(r.Body), &body) == nil && body.Token != "" {
				token = body.Token
			}
		}
	}
	Expect(token).NotTo(BeEmpty(), "the browser sent no refresh token")
	return token
}

// logOut lets the SDK log out and waits until the tenant sent the browser back.
func (s *SDKScene) logOut() {
	GinkgoHelper()
	Expect(s.Page.Eval("window.leaving = true", nil)).To(Succeed())
	s.begin("logOut")
	Expect(s.Page.WaitFor("the page was loaded anew", "!window.leaving && typeof settled === 'object'")).To(Succeed())
	Expect(s.value()).To(BeNil(), "nobody is logged in")
}

// types are the Auth0 log types of what the tenant did, in order, of those asked for.
func (s *SDKScene) types(which ...event.LogCode) []event.LogCode {
	out := []event.LogCode{}
	for _, e := range s.Tenant.Events(0) {
		if slices.Contains(which, e.Type) {
			out = append(out, e.Type)
		}
	}
	return out
}

// requests are the requests to an endpoint that the tenant saw.
func (s *SDKScene) requests(endpoint string) []event.Event {
	var out []event.Event
	for _, e := range s.Tenant.Events(0) {
		if e.Kind == event.KindRequest && e.Endpoint == endpoint {
			out = append(out, e)
		}
	}
	return out
}
