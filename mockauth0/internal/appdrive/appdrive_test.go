package appdrive_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"renewal.example/fixtures"
	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/browser/pages"
	"renewal.example/mockauth0/internal/appdrive"
	"renewal.example/mockauth0/internal/appdrive/testapp"
	"renewal.example/mockauth0/tenant"
)

var shared struct {
	sync.Mutex
	browser *browser.Browser
}

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.browser != nil {
		_ = shared.browser.Close()
	}
	os.Exit(code)
}

func launched(t *testing.T) *browser.Browser {
	t.Helper()
	_, _, err := browser.Find(browser.Options{})
	if err == nil {
		_, err = testapp.SDK(t)
	}
	if err != nil {
		if os.Getenv("MOCKAUTH0_REQUIRE_BROWSER") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	shared.Lock()
	defer shared.Unlock()
	if shared.browser == nil {
		b, err := browser.Launch(context.Background(), browser.Options{})
		if err != nil {
			t.Fatal(err)
		}
		shared.browser = b
	}
	return shared.browser
}

// shop is a tenant for the app of testapp at an address.
func shop(t *testing.T, url string) *tenant.Config {
	t.Helper()
	files, err := fixtures.Tenant("tutorial")
	if err != nil {
		t.Fatal(err)
	}
	base, err := tenant.Load(files, "tutorial", tenant.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	origin := strings.TrimSuffix(url, "/")
	c := base.Clients[0]
	c.ClientID, c.Callbacks, c.WebOrigins, c.AllowedLogoutURLs = testapp.ClientID, []string{origin}, []string{origin}, []string{origin}
	c.RefreshToken = tenant.RefreshToken{Rotating: true, Lifetime: 720 * time.Hour, IdleLifetime: 360 * time.Hour}
	base.ResourceServers[0].Identifier = testapp.Audience
	return base
}

const (
	domain   = "shop.eu.auth0.com"
	patience = 6 * time.Second
)

// opened is the app of testapp in a World of its own.
func opened(t *testing.T, o testapp.Options, change func(*appdrive.Settings, *tenant.Config)) *appdrive.App {
	t.Helper()
	b := launched(t)
	o.Domain = domain
	app := testapp.Start(t, o)
	s := appdrive.Settings{
		URL: app.URL, Person: appdrive.Person{Person: pages.Person{Email: "ada@example.test", Password: "Analytical-Engine-1"}},
	}
	config := shop(t, app.URL)
	if change != nil {
		change(&s, config)
	}
	a, err := appdrive.Open(t.Context(), b, s, browser.WorldOptions{
		Name: strings.ToLower(t.Name()), Tenant: config, TenantDomain: domain, Patience: patience,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.World.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

func name(t *testing.T, text string) appdrive.Name {
	t.Helper()
	n, err := appdrive.ParseName(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTheDriverLogsInAndLearnsHowTheAppRenews(t *testing.T) {
	for what, c := range map[string]struct {
		app    testapp.Options
		change func(*appdrive.Settings, *tenant.Config)
		want   appdrive.Renewal
	}{
		"refresh tokens":          {testapp.Options{Refresh: true}, nil, appdrive.RefreshTokens},
		"a frame":                 {testapp.Options{}, nil, appdrive.FrameCode},
		"an app that leads there": {testapp.Options{Refresh: true, AtOnce: true}, nil, appdrive.RefreshTokens},
		"consent, and a control's name": {testapp.Options{Control: "Join us"}, func(s *appdrive.Settings, c *tenant.Config) {
			s.LogIn, c.Mock.ConsentPolicy = name(t, "join  US"), "classic"
		}, appdrive.FrameCode},
		"a second factor": {testapp.Options{}, func(_ *appdrive.Settings, c *tenant.Config) {
			c.Mock.Actions = []*tenant.Action{{Name: "Second factor", At: []string{"login"}, MFA: &tenant.SecondFactor{}}}
		}, appdrive.FrameCode},
	} {
		t.Run(what, func(t *testing.T) {
			a := opened(t, c.app, c.change)
			l, err := a.LogIn()
			if err != nil {
				t.Fatal(err)
			}
			if l.Renewal != c.want || l.For.ClientID != testapp.ClientID || l.For.Audience != testapp.Audience || l.Expires.IsZero() {
				t.Errorf("the login is %+v, want %s", l, c.want)
			}
			if s, err := a.State(a.Page); err != nil || s != (appdrive.State{SignedIn: appdrive.Yes, By: appdrive.ByControls}) {
				t.Errorf("the state is %v, %v", s, err)
			}
		})
	}
}

func TestTheDriverFindsWhatMakesTheAppWantAToken(t *testing.T) {
	for what, c := range map[string]struct {
		app     testapp.Options
		trigger string
		want    appdrive.Way
		kind    appdrive.AskKind
		lost    bool
	}{
		"it asks by itself":               {testapp.Options{Refresh: true, PollMS: 30000}, "", appdrive.Itself, appdrive.AskRefresh, false},
		"a button":                        {testapp.Options{Refresh: true}, "Orders", appdrive.Pressed, appdrive.AskRefresh, false},
		"a button, by a frame":            {testapp.Options{}, "/^ord/", appdrive.Pressed, appdrive.AskSilent, false},
		"a reload":                        {testapp.Options{}, "", appdrive.Reloaded, appdrive.AskSilent, false},
		"a reload that loses every token": {testapp.Options{Refresh: true}, "", appdrive.Reloaded, "", true},
	} {
		t.Run(what, func(t *testing.T) {
			a := opened(t, c.app, func(s *appdrive.Settings, _ *tenant.Config) { s.Trigger = name(t, c.trigger) })
			if _, err := a.LogIn(); err != nil {
				t.Fatal(err)
			}
			w, err := a.WantToken(appdrive.Wants{})
			if err != nil {
				t.Fatal(err)
			}
			if w.Way != c.want || w.Lost != c.lost {
				t.Errorf("%+v, want %s", w, c.want)
			}
			if c.kind == "" && len(w.Asked) > 0 || c.kind != "" && (len(w.Asked) == 0 || w.Asked[0].Kind != c.kind || w.Asked[0].Failed()) {
				t.Errorf("it asked %+v, want %s", w.Asked, c.kind)
			}
		})
	}
}

func TestADayOfAnAppThatPollsTakesSeconds(t *testing.T) {
	a := opened(t, testapp.Options{Refresh: true, PollMS: 5000}, nil)
	if _, err := a.LogIn(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	w, err := a.WantToken(appdrive.Wants{})
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); w.Way != appdrive.Itself || took > 20*time.Second { // each of 17,280 polls on its own takes minutes
		t.Errorf("%+v after %s", w.Way, took)
	}
	if len(a.World.Refused()) > 0 {
		t.Errorf("the app's own API was refused: %v", a.World.Refused())
	}
}

func TestTheDriverSaysWhatIsWrong(t *testing.T) {
	t.Run("no such control", func(t *testing.T) {
		app := testapp.Start(t, testapp.Options{Domain: domain})
		a, err := appdrive.Open(t.Context(), launched(t), appdrive.Settings{URL: app.URL, LogIn: name(t, "Enter")},
			browser.WorldOptions{Tenant: shop(t, app.URL), TenantDomain: domain, Patience: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		defer a.World.Close()
		_, err = a.LogIn()
		var none *appdrive.NoControl
		if !errors.As(err, &none) || !strings.Contains(err.Error(), `named "Enter"; it shows "Sign in"`) {
			t.Errorf("%v", err)
		}
	})
	t.Run("another domain", func(t *testing.T) {
		b := launched(t)
		app := testapp.Start(t, testapp.Options{Domain: "other.eu.auth0.com"})
		a, err := appdrive.Open(t.Context(), b, appdrive.Settings{URL: app.URL},
			browser.WorldOptions{Tenant: shop(t, app.URL), TenantDomain: domain, Patience: 3 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		defer a.World.Close()
		_, err = a.LogIn()
		var wrong *appdrive.WrongDomain
		if !errors.As(err, &wrong) || wrong.Asked != "other.eu.auth0.com" {
			t.Errorf("%v", err)
		}
	})
	t.Run("no app", func(t *testing.T) {
		gone := httptest.NewServer(http.NotFoundHandler())
		gone.Close()
		var none *appdrive.NoApp
		if _, err := appdrive.Open(t.Context(), launched(t), appdrive.Settings{URL: gone.URL}, browser.WorldOptions{}); !errors.As(err, &none) {
			t.Errorf("%v", err)
		}
	})
	t.Run("a port that is taken", func(t *testing.T) {
		held, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer held.Close()
		app := testapp.Start(t, testapp.Options{})
		at := strings.Replace(held.Addr().String(), "127.0.0.1", "localhost", 1)
		var taken *appdrive.PortTaken
		_, err = appdrive.Open(t.Context(), launched(t), appdrive.Settings{URL: app.URL},
			browser.WorldOptions{Tenant: shop(t, app.URL), TenantDomain: at})
		if !errors.As(err, &taken) || !strings.Contains(err.Error(), at) {
			t.Errorf("%v", err)
		}
	})
	t.Run("a wrong password", func(t *testing.T) {
		a := opened(t, testapp.Options{}, func(s *appdrive.Settings, _ *tenant.Config) { s.Person.Password = "guessed" })
		var failed *appdrive.LoginFailed
		if _, err := a.LogIn(); !errors.As(err, &failed) || !failed.ByTenant || !strings.Contains(err.Error(), "Wrong email or password") {
			t.Errorf("%v", err)
		}
	})
	t.Run("a control that does nothing", func(t *testing.T) {
		app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "<!doctype html><title>Shop</title><button>Log in</button>")
		}))
		defer app.Close()
		a, err := appdrive.Open(t.Context(), launched(t), appdrive.Settings{URL: app.URL},
			browser.WorldOptions{Tenant: shop(t, app.URL), TenantDomain: domain, Patience: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		defer a.World.Close()
		var failed *appdrive.LoginFailed
		if _, err := a.LogIn(); !errors.As(err, &failed) || failed.ByTenant || !strings.Contains(err.Error(), "the app did not ask the tenant") {
			t.Errorf("%v", err)
		}
	})
}

// TestATriggerThatIsNotThere is known soon after the login, with what the page has.
func TestATriggerThatIsNotThere(t *testing.T) {
	for trigger, want := range map[string]string{"Orders": "", "Order": `; did you mean "Orders"?`} {
		a := opened(t, testapp.Options{Refresh: true}, func(s *appdrive.Settings, _ *tenant.Config) { s.Trigger = name(t, trigger) })
		if _, err := a.LogIn(); err != nil {
			t.Fatal(err)
		}
		err := a.FindTrigger(100 * time.Millisecond)
		if (err == nil) != (want == "") || err != nil && (!errors.As(err, new(*appdrive.NoControl)) || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", trigger, err, want)
		}
	}
}

func TestTheDriverLogsOut(t *testing.T) {
	for name, options := range map[string]testapp.Options{"by a control": {}, "by one in a closed menu": {Menu: true}} {
		t.Run(name, func(t *testing.T) {
			a := opened(t, options, nil)
			if _, err := a.LogIn(); err != nil {
				t.Fatal(err)
			}
			if err := a.LogOut(a.Page); err != nil {
				t.Fatal(err)
			}
			if s, err := a.State(a.Page); err != nil || s.SignedIn != appdrive.No {
				t.Errorf("the state is %v, %v", s, err)
			}
		})
	}
}
