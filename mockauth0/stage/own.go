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
	"strings"
	"time"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/browser/pages"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/ownapp"
	"renewal.example/mockauth0/scenario"
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
	tenant   *ownapp.App // what its tenant knows of it, and learns
}

// openOwn sets the stage for a person's own app.
func openOwn(ctx context.Context, b *browser.Browser, s *scenario.Scenario, app *App) (*Stage, error) {
	known, err := ownapp.New(ownapp.Options{URLs: []string{app.URL}})
	if err != nil {
		return nil, err
	}
	tutorial, err := Tutorial()
	if err != nil {
		return nil, err
	}
	s = known.Adopt(s, tutorial)
	origin := known.Origins()[0]
	st := &Stage{Scenario: s, own: &own{App: app, origin: origin, tenant: known}}
	if err := st.own.answers(ctx); err != nil {
		return nil, err
	}
	o := worldOptions(s)
	o.Tenant, o.Learner, o.AppOrigin, o.TenantDomain = s.Tenant, known, origin, app.Domain
	if o.Patience = browser.DefaultPatience; app.Attended {
		o.Patience = time.Hour
	}
	st.own.ctx, st.own.patience = ctx, o.Patience
	o.MoveBudget = 3 * time.Minute // it may ask the tenant every few seconds of a day
	if st.World, err = browser.NewWorld(ctx, b, o); err != nil {
		return nil, err
	}
	st.client = o.Tenant.Clients[0]
	if err = st.Serve(origin, st.own.proxy(origin)); err == nil {
		st.Page, err = st.Open(app.URL)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the app does not start: %w", err), st.Close())
	}
	return st, nil
}

// proxy leads to the app's own server.
func (a *own) proxy(origin string) http.Handler {
	to, _ := url.Parse(origin) // it was parsed before
	return &httputil.ReverseProxy{
		Transport: a.transport(), FlushInterval: -1, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host
		},
	}
}

// answers tells whether there is an app at the address.
func (a *own) answers(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, a.URL, nil)
	if err != nil {
		return err
	}
	transport := a.transport()
	defer transport.CloseIdleConnections()
	res, err := transport.RoundTrip(r)
	if err != nil {
		return fmt.Errorf("no app answers at %s; start it first: %w", a.URL, err)
	}
	return res.Body.Close()
}

// transport leads to the app's own server, whatever its certificate: it is the person's.
func (a *own) transport() *http.Transport {
	return &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // see above
		DialContext:     (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
	}
}

// elsewhere explains a login that did not come about with an app that asks another tenant.
func (a *own) elsewhere(s *Stage, err error) error {
	for _, r := range s.Requests() {
		if asked, e := url.Parse(r.URL); e == nil && asked.Path == "/authorize" && !strings.HasPrefix(r.URL, s.TenantURL()+"/") {
			return fmt.Errorf("the app asks https://%s, which is not the tenant of this scenario, %s: say with --domain which domain your app is "+
				"configured with (%w)",
				asked.Host, s.TenantURL(), err)
		}
	}
	return err
}

// logIn waits until somebody has logged in to the app, or does it.
func (a *own) logIn(s *Stage) error {
	if !a.Attended {
		app := &pages.Own{Page: s.Page, LogInName: a.LogIn, LogOutName: "log ?out|sign ?out"}
		if err := app.GoToLogIn(); err != nil {
			return fmt.Errorf("%w; name your log in button with --log-in, or do it yourself where there is a display", err)
		}
		if err := s.identify(s.Page, s.Scenario.User); err != nil {
			return a.elsewhere(s, err)
		}
	}
	if err := a.waitForLogin(s); err != nil {
		return err
	}
	if err := s.Page.WaitForURL(a.origin); err != nil {
		return err
	}
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
			if e.Type == event.SuccessLogin {
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
		return fmt.Errorf("while an access token of %s expires: %w", life, err)
	}
	if s.requested() > 0 {
		return nil
	}
	return s.Page.Reload()
}

// clientID is the id of the client that is played.
func (s *Stage) clientID() string {
	if s.own != nil {
		return s.own.tenant.ClientID()
	}
	return s.client.ClientID
}
