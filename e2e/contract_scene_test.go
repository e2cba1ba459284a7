package e2e

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/browser/pages"
	"renewal.example/mockauth0/event"
	"renewal.example/web"
)

// contractApp is an app that the contract is held against.
type contractApp struct {
	name      string
	how       []any // decorators of its container
	reachable func() error
	enter     func() *contractScene // opens it, logged out, in a new World
}

// contractScene is a World with an app of which only the buttons' names are known.
type contractScene struct {
	*Scene
	own   *pages.Own
	front *front // nil for the sample apps
}

// contractApps are the app at APP_URL, or else the sample apps and one that is as foreign as a person's own.
func contractApps() []contractApp {
	if os.Getenv("APP_URL") != "" {
		set := settingsFromEnvironment()
		return []contractApp{{
			name: "Your app", how: []any{Ordered, ContinueOnFailure}, // one error when it cannot be reached
			reachable: set.check, enter: func() *contractScene { return enterOwn(set) },
		}}
	}
	sample := func(of flavour) func() *contractScene {
		return func() *contractScene {
			s := enter(Setting{App: of})
			return &contractScene{Scene: s, own: &pages.Own{Page: s.App.Page, LogInName: logInNames, LogOutName: logOutNames}}
		}
	}
	return []contractApp{
		{name: "The tutorial app", enter: sample(tutorial)},
		{name: "The hardened app", enter: sample(hardened)},
		{name: "Somebody's own app", enter: enterForeign},
	}
}

// Names that log in and log out buttons mostly have.
const (
	logInNames  = "log ?in|sign ?in"
	logOutNames = "log ?out|sign ?out"
)

// ownSettings say where a person's app is and what it is configured with.
type ownSettings struct {
	appURL, silent, silentURL string
	tenantDomain              string
	clientID, audience        string // empty: whatever the app sends
	callbacks                 []string
	logIn, logOut             string
}

func settingsFromEnvironment() ownSettings {
	set := ownSettings{
		appURL: os.Getenv("APP_URL"), silent: os.Getenv("SILENT"), silentURL: os.Getenv("SILENT_URL"), tenantDomain: os.Getenv("TENANT_DOMAIN"),
		clientID: os.Getenv("CLIENT_ID"), audience: os.Getenv("AUDIENCE"), logIn: os.Getenv("LOGIN_BUTTON"), logOut: os.Getenv("LOGOUT_BUTTON"),
	}
	set.callbacks = strings.FieldsFunc(os.Getenv("CALLBACKS"), func(r rune) bool { return r == ',' || r == ' ' })
	return set.withDefaults()
}

func (o ownSettings) withDefaults() ownSettings {
	o.silentURL = cmp.Or(o.silentURL, "http://localhost:3001/silent")
	o.tenantDomain = cmp.Or(o.tenantDomain, "tenant.eu.auth0.com")
	o.logIn, o.logOut = cmp.Or(o.logIn, logInNames), cmp.Or(o.logOut, logOutNames)
	return o
}

// enterForeign opens testdata/ownapp, which a server of its own serves on a port of its own.
func enterForeign() *contractScene {
	GinkgoHelper()
	server := httptest.NewServer(http.FileServer(http.Dir("testdata/ownapp")))
	DeferCleanup(server.Close)
	silent, err := os.ReadFile("testdata/ownapp/silent.html")
	Expect(err).NotTo(HaveOccurred())
	file := filepath.Join(GinkgoT().TempDir(), "silent.html")
	Expect(os.WriteFile(file, []byte(strings.ReplaceAll(string(silent), "http://localhost:8080", server.URL)), 0o600)).To(Succeed())
	return enterOwn(ownSettings{appURL: server.URL + "/", silent: file, tenantDomain: "acme.eu.auth0.com"}.withDefaults())
}

// enterOwn opens the app that the settings name, in a World that leads its names to it, to its silent page and to a mock
// tenant that accepts what it sends.
func enterOwn(set ownSettings) *contractScene {
	GinkgoHelper()
	app, silent := mustOrigin("APP_URL", set.appURL), mustOrigin("SILENT_URL", set.silentURL)
	w, err := browser.NewWorld(context.Background(), shared(shell), browser.WorldOptions{
		Name: "own", Tenant: tutorialTenant(), TenantDomain: set.tenantDomain, AppOrigin: app, SilentOrigin: silent,
	})
	Expect(err).NotTo(HaveOccurred())
	s := &Scene{World: w}
	scenes = append(scenes, s)
	DeferCleanup(func() {
		err := w.Close()
		if refused := w.Refused(); len(refused) > 0 { // its fonts and statistics are the app's own affair
			AddReportEntry("names that were not let through", fmt.Sprint(refused))
			return
		}
		Expect(err).NotTo(HaveOccurred())
	})
	f := &front{set: set, app: app, silent: silent, tenant: w.Tenant}
	apps, err := web.New(web.Options{Domain: w.Domain, ClientID: clientID, Audience: audience, SDKDir: sdkDir})
	Expect(err).NotTo(HaveOccurred())
	f.learn(nil)
	Expect(w.Serve(w.TenantURL(), f.tenantSite(w.Tenant.Handler()))).To(Succeed())
	Expect(w.Serve(cdn, f.cdnSite(apps.CDN()))).To(Succeed())
	Expect(w.Serve(app, f.appSite())).To(Succeed())
	if silent != app {
		Expect(w.Serve(silent, f.silentSite())).To(Succeed())
	}
	page, err := w.Open(set.appURL)
	Expect(err).NotTo(HaveOccurred())
	return &contractScene{Scene: s, own: &pages.Own{Page: page, LogInName: set.logIn, LogOutName: set.logOut}, front: f}
}

// logIn logs Ada in through the tenant's page and waits for the app.
func (c *contractScene) logIn() {
	GinkgoHelper()
	Expect(c.own.GoToLogIn()).
		To(Succeed(), "buttons are found by their names; LOGIN_BUTTON and LOGOUT_BUTTON say what else yours are called%s", c.trouble())
	Expect((&pages.Login{Page: c.own.Page}).As(ada)).To(Succeed(), c.trouble)
	Expect(c.own.WaitSignedIn(c.AppOrigin)).To(Succeed(), c.trouble)
	Expect(c.Settle()).To(Succeed())
}

// logged counts the tenant's log entries of an Auth0 type: s, ssa, fsa.
func (c *contractScene) logged(code event.LogCode) (n int) {
	for _, e := range c.Tenant.Events(0) {
		if e.Type == code {
			n++
		}
	}
	return n
}

// trouble is what else went wrong in this World, as a hint at the cause; it starts a new line.
func (c *contractScene) trouble() string {
	var b strings.Builder
	say := func(format string, a ...any) { fmt.Fprintf(&b, "\n  "+format, a...) }
	for _, r := range c.Refused() {
		say("the page asked for %s, which leads nowhere here", r)
		if strings.Contains(r.Host, "auth0.com") {
			say("  if that is your tenant: TENANT_DOMAIN=%s", strings.TrimSuffix(r.Host, ":443"))
		}
	}
	for _, e := range c.Tenant.Events(0) {
		if strings.HasPrefix(string(e.Type), "f") {
			say("the tenant said (%s): %s", e.Type, e.Description)
		}
	}
	if c.front != nil {
		for _, p := range c.front.said() {
			say("%s", p)
		}
	}
	for _, m := range c.Messages() {
		if !m.Delivered {
			say("a window message did not arrive: %s", m.Refusal)
			break // one tells it all
		}
	}
	for _, entry := range c.Console() {
		if entry.Level == "error" {
			say("console: %s", entry.Text)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "\nwhat else was seen:" + b.String()
}
