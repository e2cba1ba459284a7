package check

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/appdrive"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/ownapp"
	"renewal.example/mockauth0/tenant"
)

// Lives in the tenant of a check. Access tokens end long before the sessions at the tenant do.
const (
	tokenLife = 2 * time.Hour
	idLife    = 10 * time.Hour
	margin    = time.Minute // within which an app that renews at expiry has noticed
)

// patience bounds every wait for a page.
const patience = 6 * time.Second

// scene is a World with the app in it, of one probe.
type scene struct {
	*appdrive.App
	run     *run
	learner *ownapp.App // what its tenant knows of the app
	events  *recorder
	follows func() // ends that the app's servers follow its tenant's clock
}

// setting says how a scene differs from the usual: the zero value is a browser that allows third-party cookies and has the right time.
type setting struct {
	skew    time.Duration        // of the browser's clock
	cookies browser.Cookies      // third-party ones
	tenant  func(*tenant.Config) // changes it
}

// open opens the app with nobody logged in. The caller closes the World.
func (r *run) open(name string, set setting) (*scene, error) {
	config, learner := r.forWorld(set)
	s := &scene{run: r, learner: learner}
	settings := r.settings
	settings.Ready = s.ready
	app, err := appdrive.Open(r.ctx, r.browser, settings, browser.WorldOptions{
		Name: name, Tenant: config, Learner: learner, TenantDomain: r.options.App.Domain, TenantListen: "127.0.0.1:0", Patience: patience,
		Cookies: set.cookies, ClockSkew: set.skew,
	})
	if err != nil {
		s.leave()
		return nil, err
	}
	s.App = app
	return s, nil
}

// ready leads the app's servers to the scene's tenant.
func (s *scene) ready(w *browser.World) error {
	s.run.front.lead(w.Tenant.Handler())
	s.events = record(w.Tenant.Tenant)
	s.follows = s.run.clock.follow(w.Tenant.Tenant)
	return nil
}

// enter opens the app and logs Ada in.
func (r *run) enter(name string, set setting) (*scene, error) {
	s, err := r.open(name, set)
	if err != nil {
		return nil, err
	}
	if _, err := s.LogIn(); err != nil {
		return nil, errors.Join(err, s.close())
	}
	if err := s.calm(); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// close ends the scene. One that did not open, nil, has nothing to end.
func (s *scene) close() error {
	if s == nil {
		return nil
	}
	s.leave()
	return s.World.Close()
}

// leave ends what ready began.
func (s *scene) leave() {
	if s.events == nil {
		return
	}
	s.follows()
	s.events.close()
}

// calm lets the network settle and the pages do what they do a moment later.
func (s *scene) calm() error {
	if err := s.World.Settle(); err != nil {
		return err
	}
	return s.World.Advance(time.Second)
}

// ---- asking for tokens ---------------------------------------------------------------------------------------------

// moment is a place in what tenant and browser observed.
type moment struct {
	seq      uint64
	requests int
}

func (s *scene) moment() moment {
	return moment{seq: s.events.newest(), requests: s.World.RequestCount()}
}

// asks counts what the app asked for tokens with since a moment.
type asks struct {
	renewals int // that can be one: silent requests and exchanges of refresh tokens
	given    int // of them, that the tenant answered with tokens or a code
	refused  int // of them, that the tenant refused
	logins   int // authorization requests that may show pages
	began    []time.Time
}

func (s *scene) since(m moment) (n asks) {
	events := s.events.since(m.seq)
	for _, k := range appdrive.Asks(events) {
		switch {
		case k.Kind == appdrive.AskLogin:
			n.logins++
		case k.Renews():
			n.renewals++
			n.began = append(n.began, k.At)
			if k.Answer == appdrive.Refused {
				n.refused++
			}
		}
	}
	for _, e := range events {
		if e.Type == event.SuccessSilentAuth || e.Type == event.SuccessExchangeRefreshToken {
			n.given++
		}
	}
	return n
}

// tokenEnd is when the newest access token ends that the tenant gave out.
func (s *scene) tokenEnd() (end time.Time) {
	for _, e := range s.events.since(0) {
		switch e.Type {
		case event.SuccessSilentAuth, event.SuccessExchangeRefreshToken, event.SuccessExchangeCode, event.SuccessLogin:
			end = e.Date.Add(tokenLife)
		}
	}
	return end
}

// overdue tells whether the newest token has ended.
func (s *scene) overdue() bool { return s.World.Tenant.Now().After(s.tokenEnd()) }

// renewing matches the requests of a renewal: one fault for each way.
func renewing() []fault.Match {
	return []fault.Match{{Prompt: "none"}, {Endpoint: names.Token, Grant: "refresh_token"}}
}

// arm has renewals go wrong, until disarm.
func (s *scene) arm(do fault.Effect, times int) error {
	for _, when := range renewing() {
		if err := s.armFor(when, do, times); err != nil {
			return err
		}
	}
	return nil
}

func (s *scene) armFor(when fault.Match, do fault.Effect, times int) error {
	_, err := s.World.Tenant.Arm(fault.Fault{When: when, Do: do, Times: times})
	return err
}

func (s *scene) disarm() { s.World.Tenant.Disarm("") }

// live lets the life of a token pass, and makes the app want one in its way.
func (s *scene) live() error {
	if _, err := s.Pass(tokenLife + margin); err != nil {
		return err
	}
	return s.want()
}

// want makes an app want a token that asks on demand.
func (s *scene) want() error {
	switch s.run.way {
	case appdrive.Pressed:
		return s.press(s.Page)
	case appdrive.Reloaded:
		if err := s.Page.Reload(); err != nil {
			return err
		}
	default:
		return nil
	}
	return s.calm()
}

// trigger is the control that makes the app want a token.
func (s *scene) trigger(p *browser.Page) browser.Locator {
	name := s.Settings().Trigger
	return p.ByControl("the trigger "+name.String(), name.Usable)
}

// press presses the trigger.
func (s *scene) press(p *browser.Page) error {
	if err := s.trigger(p).Click(); err != nil {
		return err
	}
	return s.calm()
}

// pressIfThere presses the trigger in the first tab where there is one that can be pressed now.
func (s *scene) pressIfThere() (pressed bool, err error) {
	all, err := s.Page.Controls()
	if err != nil || !slices.ContainsFunc(all, s.Settings().Trigger.Usable) {
		return false, nil // a page that is being left shows none
	}
	return true, s.press(s.Page)
}

// ---- what the page shows -------------------------------------------------------------------------------------------

// shows is what a page shows of the session.
type shows struct {
	in   bool   // somebody is signed in
	text string // all that is to be read
}

func (s *scene) shows(p *browser.Page) (out shows, err error) {
	if !strings.HasPrefix(p.URL(), s.Origin()) {
		return out, nil // a page of the tenant's
	}
	if err := p.Eval("document.body?.innerText ?? ''", &out.text); err != nil {
		return out, err
	}
	state, err := s.State(p)
	if err != nil {
		return out, err
	}
	out.in = state.SignedIn == appdrive.Yes
	if state.By == appdrive.ByTenant { // the controls do not tell: then only a way out is a sign of somebody who is in
		all, err := p.Controls()
		if err != nil {
			return out, err
		}
		out.in = out.in && (s.Settings().LogOut.Among(all) || s.signed(all))
	}
	return out, nil
}

// signed tells whether the app shows one of the controls by which it tells that somebody is signed in, and not the one to log in.
func (s *scene) signed(all []browser.Control) bool {
	return !s.Settings().LogIn.Among(all) &&
		slices.ContainsFunc(all, func(c browser.Control) bool { return slices.Contains(s.run.signs, c.Name) })
}

// in tells whether somebody is signed in in the first tab.
func (s *scene) in() (bool, error) {
	out, err := s.shows(s.Page)
	return out.in, err
}

// names tells whether a text names a person by their first name or e-mail address.
func (o shows) names(who string) bool {
	return regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(who) + `\b`).MatchString(o.text)
}

// ---- calls of APIs -------------------------------------------------------------------------------------------------

// call is a request with an access token that is a JWT, to somebody else than the tenant.
type call struct {
	at     time.Time // tenant time
	url    string    // without its query
	claims map[string]any
	raw    string
	status int           // of the answer; 0: there was none
	says   string        // what the answer says of a token that it refuses (RFC 6750 §3): "invalid_token: The audience is wrong"; "": nothing
	failed string        // net::ERR_… of one that got no answer
	ahead  time.Duration // of the tenant's clock before real time then
}

func (c call) late() time.Duration {
	exp, ok := c.claims["exp"].(float64)
	if !ok {
		return 0
	}
	return c.at.Sub(time.Unix(int64(exp), 0))
}

// tolerated is how long after its end a token may still be sent: it was on its way.
const tolerated = 10 * time.Second

func (s *scene) calls(from moment) (all []call) {
	for _, r := range s.World.RequestsFrom(from.requests) {
		if strings.HasPrefix(r.URL, s.World.TenantURL()+"/") {
			continue
		}
		scheme, token, _ := strings.Cut(header(r, "Authorization"), " ")
		if !strings.EqualFold(scheme, "Bearer") && !strings.EqualFold(scheme, "DPoP") {
			continue
		}
		all = append(all, call{
			at: r.Tenant, url: oauth.WithoutQuery(r.URL), claims: claimsOf(token), raw: token,
			status: r.Status, says: challenge(r), failed: r.Error, ahead: r.Tenant.Sub(r.Real),
		})
	}
	return all
}

// expired is the first call with an expired token; nil: there is none.
func (s *scene) expired(from moment) *call {
	for _, c := range s.calls(from) {
		if c.late() > tolerated {
			return &c
		}
	}
	return nil
}

func header(r browser.Request, name string) string {
	for key, value := range r.Headers {
		if strings.EqualFold(key, name) {
			return value
		}
	}
	return ""
}

// claimsOf are those of a JWT; nil: it is none.
func claimsOf(token string) map[string]any {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil
	}
	text, err := decodePart(parts[1])
	if err != nil {
		return nil
	}
	var claims map[string]any
	if json.Unmarshal(text, &claims) != nil {
		return nil
	}
	return claims
}

// ---- the tenant ----------------------------------------------------------------------------------------------------

// query is a parameter of an address.
func query(address, name string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Query().Get(name)
}

// endSessions ends all sessions at the tenant, as an administrator would.
func (s *scene) endSessions() error {
	if s.World.Tenant.EndSessions("") == 0 {
		return notChecked{"the tenant has no session to end"}
	}
	return nil
}

// reasons are the reasons for which the tenant refused something since a moment.
func (s *scene) reasons(m moment) (all []string) {
	for _, e := range s.events.since(m.seq) {
		if l := event.Of[event.LogEntry](e); l.Error != "" && !slices.Contains(all, l.Error) {
			all = append(all, l.Error)
		}
	}
	return all
}

func times(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
