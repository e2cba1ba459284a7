// Package stage plays the scenarios of fixtures/scenarios: a tenant, the app's page with an SDK in it, a browser, a person
// who logs in, and what then goes wrong. The specs use it, and so does `mockauth0 reproduce`.
package stage

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/browser/pages"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/appdrive"
	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/tenant"
	"renewal.example/web"
)

// Options say where a scenario is played.
type Options struct {
	// SDKDir is the node_modules folder with the SDKs. Default: web/node_modules.
	SDKDir string
	// App is a person's own app to play it with, in place of a page with an SDK. Nil: the page.
	App *App
}

// Stage is a World in which one scenario is played with one SDK.
type Stage struct {
	*browser.World
	Scenario *scenario.Scenario // what is played
	SDK      string             // its id; empty: a person's own app
	Page     *browser.Page      // the first tab
	Second   *browser.Page      // the other one, when a step has opened it

	own      *own                  // nil: a page with an SDK
	expected *scenario.Expectation // nil for a person's own app
	client   *tenant.Client
	step     int            // which of the scenario's is taken
	loggedIn string         // the access token of the login
	began    time.Time      // when the first renewal did, in real time; zero: not yet
	asked    time.Time      // tenant time of the renewal that is judged
	domain   string         // of the tenant, as the page has it
	sdkDir   string         // node_modules with the SDKs
	audience string         // that the renewal which is judged asks for; "": that of the login
	loaded   time.Time      // tenant time at which the app was reloaded; zero: it was not
	before   map[string]int // requests for tokens before it, by endpoint
}

// Browser says what a scenario needs of the browser in which it is played.
func Browser(s *scenario.Scenario) browser.Options {
	if s.Browser.Cookies == scenario.CookiesDefault {
		return browser.Options{Kind: browser.Full, DefaultCookies: true}
	}
	return browser.Options{}
}

// Open sets the stage: the tenant is up and the app's page is open, nobody is logged in. The caller must Close it.
func Open(ctx context.Context, b *browser.Browser, s *scenario.Scenario, sdkID string, o Options) (*Stage, error) {
	if o.App != nil {
		return openOwn(ctx, b, s, o.App)
	}
	expected := s.For(sdkID)
	if expected == nil { // it can be played all the same, and nothing is compared
		expected = &scenario.Expectation{SDKs: []string{sdkID}, Unstated: true}
	}
	w, err := browser.NewWorld(ctx, b, worldOptions(s))
	if err != nil {
		return nil, err
	}
	st := &Stage{World: w, Scenario: s, SDK: sdkID, expected: expected, client: s.Tenant.Clients[0]}
	st.domain, st.sdkDir = st.Domain, o.SDKDir
	if err := st.serve(); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	if st.Page, err = st.Open(w.AppOrigin + "/"); err == nil {
		_, err = st.answer(st.Page)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the app's page does not start: %w", err), w.Close())
	}
	return st, nil
}

func worldOptions(s *scenario.Scenario) browser.WorldOptions {
	o := browser.WorldOptions{Name: "scenario", Tenant: s.Tenant, ClockSkew: s.Browser.ClockAhead}
	if s.Browser.Cookies != scenario.CookiesAllowed {
		o.Cookies = browser.ThirdPartyBlocked
	}
	if s.Browser.Origin == scenario.SameSite {
		o.AppOrigin, o.SilentOrigin, o.TenantDomain = "https://localhost:5443", "https://localhost:3443", "localhost:4443"
	}
	return o
}

// serve puts the app and the silent page up.
func (s *Stage) serve() error {
	host, err := s.hostOptions()
	if err != nil {
		return err
	}
	app, err := web.NewHost(host)
	if err != nil {
		return err
	}
	if err := s.Serve(s.AppOrigin, app); err != nil {
		return err
	}
	if s.SDK != "tutorial" {
		return nil
	}
	silent, err := web.NewSilent(host, string(s.Scenario.Browser.SilentPage))
	if err != nil {
		return err
	}
	return s.Serve(s.SilentOrigin, silent)
}

func (s *Stage) hostOptions() (web.HostOptions, error) {
	first, ok := sdk(s.SDK)
	if !ok {
		return web.HostOptions{}, fmt.Errorf("there is no SDK %q; expected one of %v", s.SDK, scenario.SDKs())
	}
	host := web.HostOptions{
		Domain: s.domain, ClientID: s.client.ClientID, Audience: s.Scenario.Tenant.ResourceServers[0].Identifier,
		Origin: s.AppOrigin, SilentOrigin: s.SilentOrigin, SDKDir: s.sdkDir, SDK: with(first, s.expected.Options), Headers: http.Header{},
	}
	for name, value := range s.Scenario.Browser.Headers {
		host.Headers.Set(name, value)
	}
	if worker := s.Scenario.Browser.Worker; worker != "" {
		host.Worker = []byte(worker + takesOver)
	}
	if id := s.Scenario.Browser.SecondSDK; id != "" {
		second, _ := sdk(id) // the scenario was read, so there is one
		host.Second = &second
	}
	return host, nil
}

// takesOver makes a service worker control the page that registered it.
const takesOver = `
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
`

// Play logs the person in, takes the steps, and gives what the SDK reported of the last renewal.
func (s *Stage) Play() (Outcome, error) {
	if err := s.prepare(); err != nil {
		return Outcome{}, err
	}
	if s.own != nil {
		switch needs, cannot := s.own.lacks(s.Scenario); {
		case needs != nil:
			return Outcome{}, needs
		case cannot != "":
			return Outcome{Verdict: Verdict{Is: CannotFail, Why: cannot, Story: s.own.story}}, nil
		}
	}
	for i, step := range s.Scenario.Steps {
		s.step = i
		if err := s.take(step); err != nil {
			if needs := (*Needs)(nil); errors.As(err, &needs) {
				return Outcome{}, needs
			}
			return Outcome{}, fmt.Errorf("step %d, %s: %w", i+1, step.Do, err)
		}
		if s.own != nil {
			s.own.done(s, step)
		}
	}
	if s.own != nil { // only the app knows what its SDK reported
		verdict, diagnoses, err := s.own.judge(s)
		return Outcome{Requests: s.requested(), Diagnoses: diagnoses, Verdict: verdict}, err
	}
	outcome, err := s.outcome()
	if err == nil {
		s.diagnose(&outcome)
		outcome.Verdict = verdictOnSDK(s.Scenario, s.SDK, s.expected, outcome)
	}
	return outcome, err
}

// judged tells whether the step that is taken is the renewal that is judged.
func (s *Stage) judged() bool {
	for _, later := range s.Scenario.Steps[s.step+1:] {
		if later.Do == scenario.Renew && later.Of == scenario.InFirst {
			return false
		}
	}
	return true
}

// prepare brings the scenario to where its steps begin.
func (s *Stage) prepare() error {
	logIn := func() error { return s.logIn(s.Page, s.Scenario.User) }
	if s.own != nil {
		logIn = func() error { return s.own.logIn(s) }
	}
	if err := logIn(); err != nil {
		var failed *appdrive.LoginFailed
		if errors.As(err, &failed) && failed.ByTenant && s.own != nil && !s.own.Unarmed {
			return fmt.Errorf("%w; the tenant of this scenario does not let your app log in, so that there is no renewal to fail", err)
		}
		return fmt.Errorf("the login before the steps: %w", err)
	}
	if err := s.Advance(time.Second); err != nil { // tokens of the same second are the same
		return err
	}
	if err := s.spoilBrowser(); err != nil {
		return err
	}
	if s.own != nil {
		s.own.since, s.own.from = s.Tenant.Now(), s.own.drive.Mark()
	}
	return admin{s.Tenant.Tenant, s.Scenario}.armAll()
}

// moveToCustomDomain loads the page anew with the tenant's custom domain in its settings.
func (s *Stage) moveToCustomDomain() error {
	s.domain = s.Scenario.Tenant.Mock.CustomDomain
	if err := s.MapOrigin("https://"+s.domain, s.Tenant.Addr()); err != nil {
		return err
	}
	if err := s.serve(); err != nil {
		return err
	}
	if err := s.ClearCache(); err != nil { // browsers keep the page's settings
		return err
	}
	if err := s.Page.Reload(); err != nil {
		return err
	}
	_, err := s.answer(s.Page)
	return err
}

// spoilBrowser brings the browser into the state that the scenario describes, as far as it is not from the beginning.
func (s *Stage) spoilBrowser() error {
	b := s.Scenario.Browser
	if b.CustomDomain {
		if err := s.moveToCustomDomain(); err != nil {
			return fmt.Errorf("the page with the custom domain: %w", err)
		}
	}
	if b.Throttled {
		if err := s.Page.Throttle(time.Minute); err != nil {
			return err
		}
	}
	if len(b.Blocked) > 0 {
		if err := s.Block(b.Blocked...); err != nil {
			return err
		}
	}
	if b.Worker != "" {
		path := "/worker.js"
		if s.own != nil {
			path = ownWorker
		}
		if err := s.Page.Eval(fmt.Sprintf(`navigator.serviceWorker.register(%q).then(() => true)`, path), nil); err != nil {
			return fmt.Errorf("the service worker: %w", err)
		}
		if err := s.Page.WaitFor("the service worker controls the page", `navigator.serviceWorker.controller !== null`); err != nil {
			return err
		}
	}
	return nil
}

// logIn lets the SDK of a tab log the person in, who accepts what the tenant asks.
func (s *Stage) logIn(p *browser.Page, who string) error {
	if err := s.begin(p, "logIn"); err != nil {
		return err
	}
	if err := s.identify(p, who); err != nil {
		return err
	}
	if err := s.consentAndProve(p); err != nil {
		return err
	}
	ended, err := s.answer(p)
	if err != nil {
		return err
	}
	session := ended.session()
	if session.Tokens.Access == "" {
		return fmt.Errorf("the SDK reported no session but %s", ended.text())
	}
	if p == s.Page {
		s.loggedIn = session.Tokens.Access
	}
	return nil
}

// consentAndProve answers what the tenant asks after the password, until the browser is back at the app.
func (s *Stage) consentAndProve(p *browser.Page) error {
	asks := fmt.Sprintf(`location.origin === %q ? 'nothing'
		: [...document.querySelectorAll('button')].some((b) => b.value === 'accept') ? 'consent'
		: document.querySelector('input[name=code]') ? 'code' : ''`, s.AppOrigin)
	asked := ""
	for {
		next := fmt.Sprintf(`!['', %q].includes(%s)`, asked, asks)
		if err := p.WaitFor("the tenant asks for something, or the browser is back at the app", next); err != nil {
			return err
		}
		err := p.Eval(asks, &asked)
		switch {
		case err != nil:
		case asked == "consent":
			err = (&pages.Consent{Page: p}).Accept()
		case asked == "code":
			err = (&pages.Factor{Page: p}).Prove(s.mailedCode())
		default:
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// mailedCode is the one of the newest mail.
func (s *Stage) mailedCode() (code string) {
	for _, e := range s.Tenant.Events(0) {
		if mail, ok := e.Data.(*event.Mail); ok && mail.Code != "" {
			code = mail.Code
		}
	}
	return code
}

// Began is when the first renewal did, in real time; zero: there was none.
func (s *Stage) Began() time.Time { return s.began }

// Since is what happened from the first renewal on, or from the beginning when there was none.
func (s *Stage) Since() (out []browser.Line) {
	for _, l := range s.Timeline() {
		if !l.Real.Before(s.began) {
			out = append(out, l)
		}
	}
	return out
}

// identify fills in the tenant's page.
func (s *Stage) identify(p *browser.Page, who string) error {
	page, sc := &pages.Login{Page: p}, s.Scenario
	for _, u := range sc.Tenant.Users {
		switch {
		case u.Email != who:
		case sc.Connection == "" && u.Password != "":
			return page.AtOnce(pages.Person{Email: u.Email, Password: u.Password})
		case sc.Connection != "" && u.Connection == sc.Connection:
			label := sc.Tenant.Connection(sc.Connection).DisplayName
			if label == "" {
				label = sc.Connection
			}
			return page.With(label, u.Name+" "+u.Email)
		}
	}
	return fmt.Errorf("%s cannot log in: there is no password", who)
}
