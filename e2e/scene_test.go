package e2e

import (
	"context"
	"net/http"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/fixtures"
	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/browser/pages"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/tenant"
	"renewal.example/web"
)

// People of the tutorial tenant (fixtures/tenants/tutorial/users.json).
var (
	ada   = pages.Person{Email: "ada@example.test", Password: "Analytical-Engine-1"}
	grace = pages.Person{Email: "grace@example.test", Password: "Flow-Matic-1"}
)

const (
	clientID = "TutorialSpaClient000000000000001"
	audience = "https://api.example.test/"
	cdn      = "https://cdn.auth0.com"
)

// tokenLife is the tutorial API's token_lifetime_for_web.
const tokenLife = 2 * time.Hour

// A flavour is one of the two sample apps.
type flavour string

const (
	tutorial flavour = "tutorial"
	hardened flavour = "hardened"
)

// Scene is a World with the sample apps in it.
type Scene struct {
	*browser.World
	App *pages.App // the first tab
	Of  flavour
}

// Setting says how a Scene differs from the tutorial's: its zero value is the tutorial app on its own ports, third-party
// cookies allowed, in the headless shell.
type Setting struct {
	App     flavour
	Browser kind
	World   browser.WorldOptions                  // Tenant and Sites are filled in here
	Tenant  func(*tenant.Config)                  // changes the tutorial's tenant
	Silent  func(inner http.Handler) http.Handler // stands before the silent page's server
	AppSite func(inner http.Handler) http.Handler // stands before the app's server
	// TenantSite stands between the browser and the tenant.
	TenantSite func(inner http.Handler) http.Handler
}

// enter opens a Scene on the app's page, logged out.
func enter(set Setting) *Scene {
	GinkgoHelper()
	if set.App == "" {
		set.App = tutorial
	}
	s := stage(set)
	s.openApp()
	return s
}

// openApp opens the app's page in a new tab, which is the first from now on.
func (s *Scene) openApp() {
	GinkgoHelper()
	page, err := s.Open(s.AppOrigin + path(s.Of))
	Expect(err).NotTo(HaveOccurred())
	s.App = pages.NewApp(page)
	Expect(s.App.Ready()).To(Succeed())
}

// path is where a sample app lives on the app's origin.
func path(f flavour) string {
	if f == hardened {
		return "/hardened/"
	}
	return "/"
}

// stage makes a Scene without opening a page.
func stage(set Setting) *Scene {
	GinkgoHelper()
	o := set.World
	if o.Name == "" {
		o.Name = string(set.App)
	}
	if o.AppOrigin == "" {
		o.AppOrigin = browser.DefaultAppOrigin
	}
	if o.SilentOrigin == "" {
		o.SilentOrigin = browser.DefaultSilentOrigin
	}
	o.Tenant = tutorialTenant()
	client := o.Tenant.ClientByID(clientID)
	client.Callbacks = []string{
		o.AppOrigin + "/callback", o.AppOrigin + "/hardened/callback", o.SilentOrigin + "/silent", o.SilentOrigin + "/silent-hardened",
	}
	client.WebOrigins = []string{o.AppOrigin}
	client.AllowedLogoutURLs = []string{o.AppOrigin}
	if set.Tenant != nil {
		set.Tenant(o.Tenant)
	}
	w, err := browser.NewWorld(context.Background(), shared(set.Browser), o)
	Expect(err).NotTo(HaveOccurred())
	s := &Scene{World: w, Of: set.App}
	scenes = append(scenes, s)
	DeferCleanup(func() { Expect(w.Close()).To(Succeed()) })
	apps, err := web.New(web.Options{Domain: w.Domain, ClientID: clientID, Audience: audience, AppOrigin: w.AppOrigin,
		SilentOrigin: w.SilentOrigin, SDKDir: sdkDir, JWKSClient: w.Tenant.Client(), Now: w.Tenant.Now})
	Expect(err).NotTo(HaveOccurred())
	app, silent := apps.App(), apps.Silent()
	if set.AppSite != nil {
		app = set.AppSite(app)
	}
	if set.Silent != nil {
		silent = set.Silent(silent)
	}
	Expect(w.Serve(w.AppOrigin, app)).To(Succeed())
	Expect(w.Serve(w.SilentOrigin, silent)).To(Succeed())
	Expect(w.Serve(cdn, apps.CDN())).To(Succeed())
	if set.TenantSite != nil {
		Expect(w.Serve(w.TenantURL(), set.TenantSite(w.Tenant.Handler()))).To(Succeed())
	}
	return s
}

func tutorialTenant() *tenant.Config {
	GinkgoHelper()
	fsys, err := fixtures.Tenant("tutorial")
	Expect(err).NotTo(HaveOccurred())
	tn, err := tenant.Load(fsys, "tutorial", tenant.LoadOptions{Strict: true})
	Expect(err).NotTo(HaveOccurred())
	return tn.Clone()
}

// LogIn logs a person in through the tenant's page and comes back to the app.
func (s *Scene) LogIn(who pages.Person) {
	GinkgoHelper()
	Expect(s.App.LogIn(who)).To(Succeed())
	Expect(s.Settle()).To(Succeed())
}

// Pass moves tenant and browser together.
func (s *Scene) Pass(d time.Duration) {
	GinkgoHelper()
	Expect(s.Advance(d)).To(Succeed())
}

// codes is a list of Auth0's log codes.
func codes(list ...event.LogCode) []event.LogCode { return list }

// Silent lists the tenant's answers to silent requests so far, as Auth0 log types: ssa, fsa.
func (s *Scene) Silent() []event.LogCode {
	out := []event.LogCode{}
	for _, e := range s.Tenant.Events(0) {
		if e.Type == event.SuccessSilentAuth || e.Type == event.FailedSilentAuth {
			out = append(out, e.Type)
		}
	}
	return out
}

// SilentRequests counts the requests with prompt=none that reached the tenant, answered or not.
func (s *Scene) SilentRequests() int {
	n := 0
	for _, e := range s.Tenant.Events(0) {
		if e.Endpoint == "authorize" && event.Of[event.Request](e).Query.Get("prompt") == "none" {
			n++
		}
	}
	return n
}

// AppTimers are the timers that app.js set and that have not fired: not auth0.js' own, not the page's furniture.
func (s *Scene) AppTimers() []browser.Timer {
	GinkgoHelper()
	return timersOf(s.App)
}

func timersOf(app *pages.App) []browser.Timer {
	GinkgoHelper()
	timers, err := app.Page.Timers()
	Expect(err).NotTo(HaveOccurred())
	out := []browser.Timer{}
	for _, t := range timers {
		if fromApp(t.Stack) {
			out = append(out, t)
		}
	}
	return out
}

// stored is a value of the tutorial app's localStorage.
func (s *Scene) stored(key string) string {
	GinkgoHelper()
	all, err := s.App.Page.Storage()
	Expect(err).NotTo(HaveOccurred())
	return all[key]
}

// fromApp tells whether the first script of a stack, below the injected clock, is an app's own. Deeper down there may be
// auth0.js, which calls the app back.
func fromApp(stack string) bool {
	for line := range strings.Lines(stack) {
		if strings.Contains(line, "://") {
			return strings.Contains(line, "/app.js")
		}
	}
	return false
}
