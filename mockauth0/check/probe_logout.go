package check

import (
	"errors"
	"strings"
	"time"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/appdrive"
	"renewal.example/mockauth0/internal/pattern"
)

// manyLives is how long an app is watched for a timer that should be gone.
const manyLives = 10*tokenLife + margin

var explanation = pattern.Lazy(`(?i)cookie|tracking|third[- ]party|(log|sign) in again|session (has |is )?(ended|expired|over)|signed out|logged out`)

// explains tells whether the page says something of a lost session that it did not say before.
func explains(before, after string) bool {
	known := map[string]bool{}
	for line := range strings.Lines(before) {
		known[strings.TrimSpace(line)] = true
	}
	for line := range strings.Lines(after) {
		if line = strings.TrimSpace(line); !known[line] && explanation().MatchString(line) {
			return true
		}
	}
	return false
}

// logout logs out in the middle of a token's life.
func logout(r *run) error {
	s, err := r.enter("logout", setting{})
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	if err := s.World.Advance(tokenLife / 2); err != nil {
		return err
	}
	there, err := s.pressIfThere() // what it starts may survive
	if err != nil {
		return err
	}
	pressed := ""
	if there {
		pressed = " in which " + r.settings.Trigger.String() + " had been pressed"
	}
	if err := s.LogOut(s.Page); err != nil {
		return err
	}
	from := s.moment()
	if err := s.World.Advance(manyLives); err != nil {
		return err
	}
	if n := s.since(from); n.given > 0 {
		r.found("renews-after-logout", s, "In the %.0f hours after a logout from a page%s the tenant gave out new tokens %s.",
			manyLives.Hours(), pressed, times(n.given, "time"))
	}
	return nil
}

// hold brings the app to where a renewal is under way, which the tenant holds back.
func (s *scene) hold() error {
	const latency, stride = 8 * time.Second, 4 * time.Second
	if err := s.arm(fault.Effect{Latency: fault.Duration(latency)}, 0); err != nil {
		return err
	}
	if s.run.way == appdrive.Itself {
		early := 2*s.run.early + 10*time.Second // some apps vary it
		if err := s.World.Advance(max(0, s.tokenEnd().Sub(s.World.Tenant.Now())-early)); err != nil {
			return err
		}
		for range int((early + margin) / stride) {
			if len(s.World.Tenant.Holds()) > 0 {
				return nil
			}
			if err := s.World.Advance(stride); err != nil {
				return err
			}
		}
	} else {
		if err := s.World.Advance(tokenLife + margin); err != nil {
			return err
		}
		if s.run.way == appdrive.Reloaded {
			return notChecked{"the app renews when its page is loaded, so that nobody can log out meanwhile"}
		}
		if err := errors.Join(s.trigger(s.Page).Click(), s.World.Settle()); err != nil {
			return err
		}
	}
	if len(s.World.Tenant.Holds()) == 0 {
		return notChecked{"no renewal was under way when its time came"}
	}
	return nil
}

// logoutInFlight logs out while a renewal is under way.
func logoutInFlight(r *run) error {
	s, err := r.enter("logout in flight", setting{})
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	if err := s.hold(); err != nil {
		return err
	}
	if err := s.LogOut(s.Page); err != nil {
		return err
	}
	s.disarm()
	from := s.moment()
	if err := s.World.Advance(time.Minute); err != nil {
		return err
	}
	in, err := s.in()
	if err != nil {
		return err
	}
	if in {
		r.found("renewal-undoes-logout", s, "A renewal was under way at the logout. Its answer came, and the page shows somebody signed in.")
		return nil
	}
	if err := s.World.Advance(2*tokenLife + margin); err != nil {
		return err
	}
	if n := s.since(from); n.given > 0 {
		r.found("renewal-undoes-logout", s, "A renewal was under way at the logout. After it the tenant gave out new tokens %s in two lives of "+
			"a token.",
			times(n.given, "time"))
	}
	return nil
}

// secondTab opens the app in another tab, where the person is or gets signed in.
func (s *scene) secondTab() (*browser.Page, error) {
	p, err := s.World.Open(s.run.options.App.URL)
	if err != nil {
		return nil, err
	}
	if err := s.calm(); err != nil {
		return nil, err
	}
	out, err := s.shows(p)
	if err != nil || out.in {
		return p, err
	}
	if _, err := s.LogInAs(p, ada()); err != nil {
		return nil, err
	}
	if err := s.calm(); err != nil {
		return nil, err
	}
	if out, err = s.shows(p); err == nil && !out.in {
		err = notChecked{"nobody could be signed in in a second tab"}
	}
	return p, err
}

// logoutElsewhere logs out in a second tab.
func logoutElsewhere(r *run) error {
	s, err := r.enter("logout elsewhere", setting{})
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	second, err := s.secondTab()
	if err != nil {
		return err
	}
	// The tab is closed when the others have heard of its logout: what it does itself after that is another check's.
	if err := errors.Join(s.LogOut(second), s.calm(), second.Close()); err != nil {
		return err
	}
	from := s.moment()
	if err := s.World.Advance(manyLives); err != nil {
		return err
	}
	if r.way == appdrive.Pressed {
		if _, err := s.pressIfThere(); err != nil {
			return err
		}
	}
	if n := s.since(from); n.given > 0 {
		r.found("other-tab-renews", s, "In the %.0f hours after a logout in another tab the tenant gave this one new tokens %s.",
			manyLives.Hours(), times(n.given, "time"))
	}
	return nil
}

// nextPerson logs Ada out and Grace in.
func nextPerson(r *run) error {
	s, err := r.enter("next person", setting{})
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	if _, err := s.pressIfThere(); err != nil {
		return err
	}
	before, err := s.shows(s.Page)
	if err != nil {
		return err
	}
	if err := s.LogOut(s.Page); err != nil {
		return err
	}
	s.World.Tenant.EndSessions("")
	from := s.moment()
	if _, err := s.LogInAs(s.Page, grace()); err != nil {
		return err
	}
	if err := s.arrived(); err != nil {
		return err
	}
	if _, err := s.pressIfThere(); err != nil {
		return err
	}
	after, err := s.shows(s.Page)
	if err != nil {
		return err
	}
	graces, err := s.World.Tenant.Login(grace().Email)
	if err != nil {
		return err
	}
	calls := s.calls(from)
	for _, c := range calls {
		if sub, ok := c.claims["sub"].(string); ok && sub != graces.UserID {
			r.found("next-person-sees-last", s, "Ada logged out and Grace logged in. Then the app called %s with Ada's token.", c.url)
			return nil
		}
	}
	if after.names("Ada") {
		r.found("next-person-sees-last", s, "Ada logged out and Grace logged in. The page still names Ada.")
		return nil
	}
	if !before.names("Ada") && len(calls) == 0 {
		return notChecked{"the page names nobody, and the app called no API"}
	}
	return nil
}
