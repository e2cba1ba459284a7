package stage

import (
	"cmp"
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

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/browser/pages"
	"renewal.example/mockauth0/event"
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

// Asked is what an app asks a tenant with.
type Asked struct {
	ClientID string // "": the tutorial's
	Callback string // its redirect_uri; "": as in the tutorial, /callback
	Audience string // "": that of the tutorial
}

// Adopt gives a scenario to a person's own app at an address, in place of the tutorial's. The scenario stays as it is.
func Adopt(s *scenario.Scenario, address string, asked Asked) (*scenario.Scenario, error) {
	origin, err := originOf(address)
	if err != nil {
		return nil, err
	}
	a := &own{origin: origin}
	if asked.Callback != "" && !a.mine(asked.Callback) {
		return nil, fmt.Errorf("the callback %q is not of the app's origin, %s", asked.Callback, origin)
	}
	a.asked.Store(&asked)
	out := *s
	out.Tenant = s.Tenant.Clone()
	a.place(out.Tenant)
	out.Steps = slices.Clone(s.Steps)
	for i, step := range out.Steps {
		if step.Next != nil {
			out.Steps[i].Next = step.Next.Clone()
			a.place(out.Steps[i].Next)
		}
	}
	return &out, nil
}

// originOf is the origin of an app's address.
func originOf(address string) (string, error) {
	at, err := url.Parse(address)
	if err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
		return "", fmt.Errorf("%q is not the address of an app; expected one such as http://localhost:8080/", address)
	}
	return at.Scheme + "://" + at.Host, nil
}

// own is a stage with a person's own app.
type own struct {
	*App
	ctx      context.Context
	patience time.Duration
	origin   string
	asked    atomic.Pointer[Asked] // what the app logs in with; nil: it has not yet
	learned  atomic.Bool           // the login is over: what the app asks for from now on is judged as it is
}

// tutorialOrigin is where the app of the tutorial tenant lives, in whose place a person's own comes.
const tutorialOrigin = "http://localhost:5000"

// openOwn sets the stage for a person's own app.
func openOwn(ctx context.Context, b *browser.Browser, s *scenario.Scenario, app *App) (*Stage, error) {
	origin, err := originOf(app.URL)
	if err != nil {
		return nil, err
	}
	st := &Stage{Scenario: s, own: &own{App: app, origin: origin}}
	if err := st.own.answers(ctx); err != nil {
		return nil, err
	}
	o := worldOptions(s)
	o.Tenant, o.AppOrigin, o.TenantDomain = s.Tenant.Clone(), st.own.origin, app.Domain
	st.own.place(o.Tenant)
	if o.Patience = browser.DefaultPatience; app.Attended {
		o.Patience = time.Hour
	}
	st.own.ctx, st.own.patience = ctx, o.Patience
	o.MoveBudget = 3 * time.Minute // it may ask the tenant every few seconds of a day
	if st.World, err = browser.NewWorld(ctx, b, o); err != nil {
		return nil, err
	}
	st.client = o.Tenant.Clients[0]
	err = errors.Join(st.Serve(st.own.origin, st.own.proxy(origin)), st.Serve(st.TenantURL(), st.own.before(st.Tenant)))
	if err == nil {
		st.Page, err = st.Open(app.URL)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the app does not start: %w", err), st.Close())
	}
	return st, nil
}

// place has a tenant take the app for the tutorial's: its origin comes where the tutorial's is listed and is left out where
// the scenario does; what the app names itself is the client's, and its API is one of the tenant's.
func (a *own) place(t *tenant.Config) {
	client := t.Clients[0]
	for _, list := range []*[]string{&client.Callbacks, &client.WebOrigins, &client.AllowedOrigins, &client.AllowedLogoutURLs} {
		for i, address := range *list {
			if rest, ok := strings.CutPrefix(address, tutorialOrigin); ok {
				(*list)[i] = a.origin + rest
			}
		}
	}
	asked := a.asked.Load()
	if asked == nil {
		return
	}
	client.ClientID = cmp.Or(asked.ClientID, client.ClientID)
	if slices.ContainsFunc(client.Callbacks, a.mine) {
		client.Callbacks = a.with(client.Callbacks, asked.Callback)
	}
	if slices.ContainsFunc(client.AllowedLogoutURLs, a.mine) {
		client.AllowedLogoutURLs = a.with(client.AllowedLogoutURLs, a.origin)
	}
	if asked.Audience != "" && t.ResourceServer(asked.Audience) == nil {
		another := *t.ResourceServers[0]
		another.Name, another.Identifier = asked.Audience, asked.Audience
		t.ResourceServers = append(t.ResourceServers, &another)
	}
}

// with is a list with one more address of the app. The first page has two spellings, and an app may use either: location.origin
// has no slash at the end, and location.href has one.
func (a *own) with(list []string, address string) []string {
	spellings := []string{address}
	if strings.TrimSuffix(address, "/") == a.origin {
		spellings = []string{a.origin, a.origin + "/"}
	}
	for _, one := range spellings {
		if a.mine(one) && !slices.Contains(list, one) {
			list = append(list, one)
		}
	}
	return list
}

// mine tells whether an address is the app's.
func (a *own) mine(address string) bool {
	return address == a.origin || strings.HasPrefix(address, a.origin+"/")
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
	a.asked.Store(&Asked{asked.Get("client_id"), asked.Get("redirect_uri"), asked.Get("audience")})
	next := t.Snapshot().Clone()
	a.place(next)
	_ = t.Reload(next) // what it refuses, it refuses the app as well, and says why
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
