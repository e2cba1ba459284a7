package check

import (
	"errors"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/appdrive"
)

// reloadAndBack loads the page anew, and goes back and forward.
func reloadAndBack(r *run) error {
	s, err := r.enter("reload", setting{})
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	callback, err := s.backAndForward()
	if err != nil {
		r.leaves("lost-on-back", NotChecked, firstLine(err))
		if err := s.Page.Open(r.options.App.URL); err != nil {
			return err
		}
	}
	back, err := s.in()
	if err != nil {
		return err
	}
	if err := errors.Join(s.Page.Open(r.options.App.URL), s.calm(), s.Page.Reload(), s.calm()); err != nil {
		return err
	}
	in, err := s.in()
	if err != nil {
		return err
	}
	switch {
	case !in && !back:
		r.leaves("lost-on-back", DoesNotApply, "a reload loses the session already (lost-on-reload)")
		r.found("lost-on-reload", s, "The page was reloaded, and nobody was signed in.")
	case !in:
		r.found("lost-on-reload", s, "The page was reloaded, and nobody was signed in.")
	case !back:
		r.found("lost-on-back", s, "After back and forward%s nobody was signed in.", callback)
	}
	return nil
}

// backAndForward goes back to the tenant's page, or to the app's first one, and forward again.
func (s *scene) backAndForward() (to string, err error) {
	if err := s.Page.Back(); err != nil {
		return "", err
	}
	// A tenant's page that sends the person on at once has nothing before it any more.
	if err := s.Page.Forward(); err != nil && !errors.Is(err, browser.ErrNoHistory) {
		return "", err
	}
	if err := s.Page.WaitForURL(s.Origin()); err != nil {
		return "", err
	}
	if err := s.calm(); err != nil {
		return "", err
	}
	if credential().MatchString(s.Page.URL()) {
		return " to the address of the callback", nil
	}
	return "", nil
}

// twoTabs lets two tabs renew at the same moment. What tabs that share a token lose is a finding when they lose it twice: what one of them
// stores may reach the other too late once in a while, on a machine that has much to do.
func twoTabs(r *run) error {
	lost, err := tabsRenew(r, r.renewal == appdrive.ServerSession)
	if lost {
		_, err = tabsRenew(r, true)
	}
	return err
}

// tabsRenew tells whether a tab lost its session, and notes it as a finding when it is sure.
func tabsRenew(r *run, sure bool) (lost bool, err error) {
	s, err := r.enter("tabs", setting{})
	if err != nil {
		return false, err
	}
	defer func() { _ = s.close() }()
	second, err := s.secondTab()
	if err != nil {
		return false, err
	}
	from := s.moment()
	if err := s.liveInBoth(second); err != nil {
		return false, err
	}
	n := s.since(from)
	shared := slices.ContainsFunc(withTokens(r.stores), func(v stored) bool { return v.Where == "localStorage" })
	switch {
	case !shared:
		r.leaves("tabs-renew-twice", DoesNotApply, "its tabs share no token")
	case n.given > 1:
		r.found("tabs-renew-twice", s, "Two tabs share a token in localStorage. When it expired, the tenant gave out new ones %d times.", n.given)
	}
	next := s.moment()
	if there, err := s.wantable(s.Page, second); err != nil {
		return false, err
	} else if there { // or a tab has lost its session already, and shows so
		if err := s.liveInBoth(second); err != nil {
			return false, err
		}
	}
	for i, p := range []*browser.Page{s.Page, second} {
		out, err := s.shows(p)
		if err != nil {
			return false, err
		}
		refused := slices.Contains(s.reasons(from), "invalid_grant")
		if !out.in || refused && s.since(next).given == 0 {
			if !sure {
				return true, nil
			}
			why := ""
			if refused {
				why = " The tenant had answered invalid_grant: a refresh token was sent twice."
			}
			r.found("tabs-lose-session", s, "Two tabs renewed at the same time. Afterwards the %s tab had lost its session.%s",
				[]string{"first", "second"}[i], why)
			return false, nil
		}
	}
	return false, nil
}

// wantable tells whether all these tabs can be made to want a token.
func (s *scene) wantable(all ...*browser.Page) (bool, error) {
	if s.run.way != appdrive.Pressed {
		return true, nil
	}
	for _, p := range all {
		controls, err := p.Controls()
		if err != nil || !slices.ContainsFunc(controls, s.Settings().Trigger.Usable) {
			return false, err
		}
	}
	return true, nil
}

// liveInBoth lets the life of a token pass, and makes both tabs want one at once.
func (s *scene) liveInBoth(second *browser.Page) error {
	if _, err := s.Pass(tokenLife + margin); err != nil {
		return err
	}
	if s.run.renewal == appdrive.ServerSession { // as long as a tenant on the internet may take: meanwhile the second request comes
		if err := s.arm(fault.Effect{Latency: fault.Duration(time.Second)}, 0); err != nil {
			return err
		}
		defer s.disarm()
	}
	switch s.run.way {
	case appdrive.Pressed:
		for _, p := range []*browser.Page{s.Page, second} {
			if err := p.BringToFront(); err != nil {
				return err
			}
			if err := s.trigger(p).Click(); err != nil {
				return err
			}
		}
	case appdrive.Reloaded:
		for _, p := range []*browser.Page{s.Page, second} {
			if err := p.Eval("(setTimeout(() => location.reload()), true)", nil); err != nil && !strings.Contains(err.Error(), "context") {
				return err
			}
		}
	}
	return s.calm()
}
