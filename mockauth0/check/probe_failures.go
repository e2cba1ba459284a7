package check

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/appdrive"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/tenant"
)

// refusal is a way in which a tenant refuses renewals from some moment on.
type refusal struct {
	code  string
	cause func(*scene) error
}

// refusals of the kind of renewal that the app has.
func (r *run) refusals() []refusal {
	ended := refusal{"login_required", (*scene).endSessions}
	as := func(code string) refusal {
		return refusal{code, func(s *scene) error { return s.arm(fault.Effect{Error: code}, 0) }}
	}
	if r.renewal.ByFrame() {
		return []refusal{ended, as("consent_required")}
	}
	return []refusal{{"invalid_grant", func(s *scene) error {
		if s.World.Tenant.RevokeRefreshTokens("", "") == 0 {
			return notChecked{"the tenant has no refresh token to revoke"}
		}
		s.World.Tenant.EndSessions("")
		return nil
	}}, as("mfa_required")}
}

// refusals has the tenant refuse the renewals for good.
func refusals(r *run) error {
	for _, f := range r.refusals() {
		if err := refuse(r, f); err != nil {
			return fmt.Errorf("%s: %w", f.code, err)
		}
	}
	return nil
}

func refuse(r *run, f refusal) error {
	s, err := r.enter(f.code, setting{})
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	before, err := s.stores(s.Page)
	if err != nil {
		return err
	}
	if err := f.cause(s); err != nil {
		return err
	}
	from := s.moment()
	if err := s.live(); err != nil {
		return err
	}
	after, err := s.stores(s.Page)
	if err != nil {
		return err
	}
	if bad := newGarbage(before, after); len(bad) > 0 {
		r.found("garbage-stored", s, "After %s, %s.", f.code, strings.Join(bad, ", "))
	}
	const inTenMinutes, inTenLives = 10, 40
	if err := s.World.Advance(10 * time.Minute); err != nil {
		return err
	}
	soon := s.since(from).renewals
	if soon <= inTenMinutes {
		if err := s.World.Advance(manyLives); err != nil {
			return err
		}
	}
	switch all := s.since(from).renewals; {
	case soon > inTenMinutes:
		r.found("refusal-storm", s, "After %s the app asked for a token %d times in about ten minutes.", f.code, soon)
	case all > inTenLives:
		r.found("refusal-storm", s, "In the %.0f hours after %s the app asked for a token %d times.", manyLives.Hours(), f.code, all)
	}
	s.disarm()
	return s.wayBack(f.code)
}

// wayBack logs in again after a refusal, and renews.
func (s *scene) wayBack(code string) error {
	found := func(format string, args ...any) {
		s.run.found("no-way-back", s, "After %s and a new login, "+format, append([]any{code}, args...)...)
	}
	// A login page that was left open for hours has expired, whoever led to it: the person opens the app anew.
	if !strings.HasPrefix(s.Page.URL(), s.Origin()) {
		if err := errors.Join(s.Page.Open(s.Settings().URL), s.calm()); err != nil {
			return err
		}
	}
	if _, err := s.LogIn(); err != nil {
		found("%s.", firstLine(err))
		return nil
	}
	if err := s.arrived(); err != nil {
		found("the app shows nobody signed in.")
		return nil
	}
	from := s.moment()
	if err := s.live(); err != nil {
		return err
	}
	if s.since(from).given == 0 {
		found("the app got no new token within %s.", hours(tokenLife+margin))
	}
	return nil
}

// redirectLoop loads the page while silent requests are refused, and the tenant's session lives on: as where cookies are blocked.
func redirectLoop(r *run) error {
	s, err := r.enter("loop", setting{})
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	s.World.Tenant.RevokeRefreshTokens("", "")
	if err := s.arm(fault.Effect{Error: "login_required"}, 0); err != nil {
		return err
	}
	from := s.moment()
	passed := func() error {
		if _, err := s.Pass(tokenLife + margin); err != nil {
			return err
		}
		return errors.Join(s.Page.Reload(), s.calm(), s.World.Advance(time.Minute))
	}
	err = passed()
	const most = 3
	if n := s.since(from); n.logins > most {
		r.found("redirect-loop", s, "Silent requests were refused, and the app led the browser to the tenant's login and back %d times within "+
			"a few seconds.", n.logins)
		return nil
	}
	return err
}

// outage is a passing failure of the tenant or the network.
type outage struct {
	what  string // "The tenant answered 500"
	begin func(*scene) error
	once  bool          // it is over with the first request
	pause time.Duration // for which the tenant asks in Retry-After
}

// text says it in a sentence that goes on.
func (o outage) text() string {
	if o.once {
		return o.what
	}
	return o.what + " for a few minutes"
}

func (r *run) outages() []outage {
	as := func(what string, do fault.Effect) outage {
		return outage{what: what, begin: func(s *scene) error { return s.arm(do, 0) }, pause: time.Duration(do.RetryAfter)}
	}
	all := []outage{
		as("The tenant answered 500", fault.Effect{Status: 500}),
		as("The tenant answered 429 with Retry-After: 60", fault.Effect{Status: 429, RetryAfter: fault.Duration(time.Minute)}),
	}
	if r.renewal != appdrive.ServerSession { // a server gives up by its own timer, which keeps real time
		all = append(all, as("The tenant did not answer", fault.Effect{Hang: true}))
	}
	if r.way != appdrive.Reloaded {
		all = append(all, outage{what: "There was no network", begin: func(s *scene) error { return s.World.Offline(true) }})
	}
	if r.renewal == appdrive.RefreshTokens || r.renewal == appdrive.ServerSession {
		all = append(all, outage{what: "One answer of the token endpoint was lost", once: true, begin: func(s *scene) error {
			return s.armFor(fault.Match{Endpoint: names.Token, Grant: "refresh_token"},
				fault.Effect{Connection: fault.ConnectionReset, At: fault.AtAfter}, 1)
		}})
	}
	return all
}

// outages has the tenant or the network fail for a while, when the app wants a token.
func outages(r *run) error {
	var s *scene
	defer func() { _ = s.close() }()
	// A lost answer can be survived only where the tenant takes the old refresh token once more.
	overlap := func(t *tenant.Config) { t.Clients[0].RefreshToken.Leeway = time.Minute }
	for _, o := range r.outages() {
		var err error
		if s == nil {
			if s, err = r.enter("outage", setting{tenant: overlap}); err != nil {
				return err
			}
		}
		sound, err := s.outage(o)
		if err != nil {
			return fmt.Errorf("%s: %w", o.what, err)
		}
		if !sound {
			err = s.close()
			s = nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// outage lets one pass; sound: the app can be used for another one.
func (s *scene) outage(o outage) (sound bool, err error) {
	r := s.run
	const before = 5 * time.Minute // the end of the token; some apps renew a little early
	if err := s.World.Advance(max(0, s.tokenEnd().Sub(s.World.Tenant.Now())-before)); err != nil {
		return false, err
	}
	if err := o.begin(s); err != nil {
		return false, err
	}
	from := s.moment()
	err = s.World.Advance(before + margin)
	if err == nil {
		err = s.want()
	}
	if err == nil && !o.once {
		err = s.World.Advance(3 * time.Minute)
	}
	s.judgeStorm(o, from)
	s.disarm()
	err = errors.Join(err, s.World.Offline(false))
	if err != nil {
		return false, err
	}
	after, needed := s.moment(), 1
	if o.once {
		after, needed = from, 2 // the lost one is counted
	}
	if err := errors.Join(s.again(o), s.wake(), s.World.Advance(30*time.Minute), s.wantStill()); err != nil {
		return false, err
	}
	in, err := s.in()
	if err != nil {
		return false, err
	}
	switch n := s.since(after); {
	case n.given >= needed && in:
		return true, nil
	case in && !s.overdue():
		return false, nil // it renewed before the outage
	case in:
		r.found("failure-ends-renewal", s, "%s when the token expired. In the 30 min after that the app got no new one%s.", o.text(), s.forgot(n))
	default:
		r.found("failure-loses-session", s, "%s when the token expired. After that nobody was signed in.", o.text())
	}
	return false, nil
}

// again has the person try once more with an app on a server, which asks again when it is asked again: when an answer was lost, and where
// the browser shows its own page of an error in place of the app's.
func (s *scene) again(o outage) error {
	switch {
	case s.run.renewal != appdrive.ServerSession:
		return nil
	case !strings.HasPrefix(s.Page.URL(), s.Origin()):
		return errors.Join(s.Page.Open(s.Settings().URL), s.calm())
	case o.once:
		return s.wantStill()
	}
	return nil
}

// wantStill makes the app want a token, if it has not logged the person out: a page of a server has no trigger then.
func (s *scene) wantStill() error {
	if s.run.renewal == appdrive.ServerSession && s.run.way == appdrive.Pressed {
		_, err := s.pressIfThere()
		return err
	}
	return s.want()
}

// forgot says that an app with refresh tokens asked for nothing any more, though its control was pressed.
func (s *scene) forgot(n asks) string {
	if s.run.renewal != appdrive.RefreshTokens || s.run.way != appdrive.Pressed || n.renewals > 0 {
		return ""
	}
	return fmt.Sprintf(": %s was pressed, and it asked the tenant for nothing, as an SDK does that forgot its refresh token when an exchange "+
		"failed", s.run.settings.Trigger)
}

// judgeStorm looks at how often the app asked during an outage.
func (s *scene) judgeStorm(o outage, from moment) {
	n := s.since(from)
	const most = 30 // in the eight minutes or so
	if n.renewals > most {
		s.run.found("failure-storm", s, "%s, and the app asked for a token %d times within a few minutes.", o.what, n.renewals)
		return
	}
	const patient = 2 // one more may have been under way
	if o.pause == 0 || len(n.began) == 0 {
		return
	}
	early := 0
	for _, at := range n.began[1:] {
		if at.Sub(n.began[0]) < o.pause-time.Second {
			early++
		}
	}
	if early > patient {
		s.run.found("failure-storm", s, "%s, and the app asked %d times more within that minute.", o.what, early)
	}
}
