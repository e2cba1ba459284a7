package stage

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"renewal.example/e2e/harness"
	"renewal.example/e2e/pages"
	"renewal.example/mockauth0"
	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/tenant"
)

// App is a person's own app, which is played in place of a page with an SDK.
type App struct {
	// URL is the address of its first page. Required.
	URL string
	// Domain is the tenant's, as the app has it. Required.
	Domain string
	// LogIn is a regular expression for the name of its log in button.
	LogIn string
	// Attended: somebody sits before the browser and logs in.
	Attended bool
}

// own is a stage with a person's own app.
type own struct {
	*App
	ctx      context.Context
	patience time.Duration
	origin   string
	learned  atomic.Bool // the login is over: what the app asks for from now on is judged as it is
}

// tutorialOrigin is where the app of the tutorial tenant lives, in whose place a person's own comes.
const tutorialOrigin = "http://localhost:5000"

// openOwn sets the stage for a person's own app.
func openOwn(ctx context.Context, b *harness.Browser, s *scenario.Scenario, app *App) (*Stage, error) {
	at, err := url.Parse(app.URL)
	if err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
		return nil, fmt.Errorf("%q is not the address of an app; expected one such as http://localhost:8080/", app.URL)
	}
	st := &Stage{Scenario: s, own: &own{App: app, origin: at.Scheme + "://" + at.Host}}
	o := worldOptions(s)
	o.Tenant, o.AppOrigin, o.TenantDomain = s.Tenant.Clone(), st.own.origin, app.Domain
	st.own.place(o.Tenant)
	if o.Patience = harness.DefaultPatience; app.Attended {
		o.Patience = time.Hour
	}
	st.own.ctx, st.own.patience = ctx, o.Patience
	if st.World, err = harness.NewWorld(ctx, b, o); err != nil {
		return nil, err
	}
	st.client = o.Tenant.Clients[0]
	err = errors.Join(st.Serve(st.own.origin, st.own.proxy(at)), st.Serve(st.TenantURL(), st.own.before(st.Tenant)))
	if err == nil {
		st.Page, err = st.Open(app.URL)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the app does not start: %w", err), st.Close())
	}
	return st, nil
}

// place puts the app's origin where the tutorial's is listed, and leaves it out where the scenario does.
func (a *own) place(t *tenant.Tenant) {
	for _, list := range []*[]string{&t.Clients[0].Callbacks, &t.Clients[0].WebOrigins, &t.Clients[0].AllowedOrigins, &t.Clients[0].AllowedLogoutURLs} {
		for i, address := range *list {
			if rest, ok := strings.CutPrefix(address, tutorialOrigin); ok {
				(*list)[i] = a.origin + rest
			}
		}
	}
}

// proxy leads to the app's own server, whatever its certificate: it is the person's.
func (a *own) proxy(to *url.URL) http.Handler {
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext} //nolint:gosec // the person's own server
	return &httputil.ReverseProxy{
		Transport: transport, FlushInterval: -1, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: to.Scheme, Host: to.Host})
			r.Out.Host = r.In.Host
		},
	}
}

// before stands before the tenant until the login is over, and has it accept the client id, the API and the callback that
// the app logs in with.
func (a *own) before(t *mockauth0.Server) http.Handler {
	inner := t.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/authorize" && !a.learned.Load() {
			a.learn(t, r.URL.Query())
		}
		inner.ServeHTTP(w, r)
	})
}

func (a *own) learn(t *mockauth0.Server, asked url.Values) {
	next := t.Snapshot().Clone()
	client, callback := next.Clients[0], asked.Get("redirect_uri")
	if id := asked.Get("client_id"); id != "" {
		client.ClientID = id
	}
	if strings.HasPrefix(callback, a.origin+"/") || callback == a.origin {
		if !slices.Contains(client.Callbacks, callback) {
			client.Callbacks = append(client.Callbacks, callback)
		}
	}
	if audience := asked.Get("audience"); audience != "" && next.ResourceServer(audience) == nil {
		another := *next.ResourceServers[0]
		another.Name, another.Identifier = audience, audience
		next.ResourceServers = append(next.ResourceServers, &another)
	}
	_ = t.Reload(next) // what it refuses, it refuses the app as well, and says why
}

// logIn waits until somebody has logged in to the app, or does it.
func (a *own) logIn(s *Stage) error {
	if !a.Attended {
		app := &pages.Own{Page: s.Page, LogInName: a.LogIn, LogOutName: "log ?out|sign ?out"}
		if err := app.GoToLogIn(); err != nil {
			return fmt.Errorf("%w; name your log in button with --log-in, or do it yourself where there is a display", err)
		}
		if err := s.identify(s.Page, s.Scenario.User); err != nil {
			return err
		}
	}
	if err := a.waitForLogin(s); err != nil {
		return err
	}
	if err := s.Page.WaitForURL(a.origin); err != nil {
		return err
	}
	defer a.learned.Store(true)
	return s.Settle()
}

// waitForLogin waits until the tenant has let somebody in; the page is the app's own before that as well.
func (a *own) waitForLogin(s *Stage) error {
	events := s.Tenant.Subscribe(0)
	defer events.Close()
	patience := time.After(a.patience)
	for {
		select {
		case e := <-events.C:
			if e.Type == "s" {
				return nil
			}
		case <-a.ctx.Done():
			return context.Cause(a.ctx)
		case <-patience:
			return fmt.Errorf("nobody logged in within %s", a.patience)
		}
	}
}

// renew lets time pass until the longest-lived access token has expired, and loads the page anew when the app asked for no
// other by then: some ask when a person needs one.
func (a *own) renew(s *Stage) error {
	life := time.Duration(0)
	for _, api := range s.Tenant.Snapshot().ResourceServers {
		life = max(life, api.TokenLifetime)
	}
	if err := s.Advance(life + time.Minute); err != nil {
		return err
	}
	if s.requested() > 0 {
		return nil
	}
	return s.Page.Reload()
}
