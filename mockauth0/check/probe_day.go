package check

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/internal/appdrive"
	"renewal.example/mockauth0/internal/clock"
)

// logInFirst logs in, learns how the app renews, and goes with it through a day. The error is of what keeps the check from being made.
func (r *run) logInFirst() (err error) {
	if r.options.Progress != nil {
		r.options.Progress("login and a day")
	}
	began := clock.Wall()
	s, err := r.open("day", setting{})
	if err != nil {
		return err
	}
	defer func() {
		_ = s.close()
		r.report.Probes = append(r.report.Probes, Probe{"login and a day", clock.Wall().Sub(began)})
	}()
	if r.login, err = s.LogIn(); err == nil {
		err = s.arrivedFirst()
	}
	if _, ok := appdrive.PlainHTTP(err, r.options.App.Domain); ok {
		return err
	}
	if err != nil {
		r.report.Login = firstLine(err)
		r.found(LoginFails, s, "%s", sentence(r.report.Login))
		return nil
	}
	r.settle(LoginFails, Healthy, "")
	if err := s.FindTrigger(triggerPatience); err != nil {
		return err
	}
	r.app = s.learner.Fork() // before the tenant's snapshot, which may have more
	r.tenant = s.World.Tenant.Snapshot().Clone()
	r.renewal = r.login.Renewal
	for _, k := range appdrive.Asks(s.events.since(0)) {
		r.nonce = r.nonce || k.Kind == appdrive.AskLogin && k.Query.Get("nonce") != ""
	}
	if r.stores, err = s.stores(s.Page); err != nil {
		return err
	}
	r.report.Stores = storesText(r.stores)
	if err := s.leaks(); err != nil {
		return err
	}
	r.make(probe{name: "a day", checks: dayChecks(), always: true, run: func(*run) error { return s.day() }})
	if err := s.leaks(); err != nil {
		return err
	}
	r.settle("token-in-address", Healthy, "")
	r.settle("token-in-console", Healthy, "")
	r.callsServer = len(s.calls(moment{})) > 0
	r.report.Renews = r.renewsText()
	return nil
}

// triggerPatience is how long the trigger may take to be shown when the page of the login has settled.
const triggerPatience = 2 * time.Second

// dayChecks are the ids of those that rest on a day with the app.
func dayChecks() []string {
	return []string{"no-renewal", "expired-token-used", "api-refuses-token", "storage-grows"}
}

func sentence(text string) string {
	text = strings.TrimSuffix(text, ".")
	if text == "" {
		return text
	}
	if strings.HasPrefix(text, "http") { // an address is written as it is
		return text + "."
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// arrived waits until the app shows that somebody is signed in.
func (s *scene) arrived() error {
	deadline := clock.Wall().Add(patience)
	for {
		if err := s.calm(); err != nil {
			return err
		}
		in, err := s.in()
		if err == nil && in {
			return nil
		}
		if clock.Wall().After(deadline) {
			return errors.Join(fmt.Errorf("the app got its tokens, and its controls do not tell that somebody is signed in: its page %s has %s; "+
				"name the one to log out with --log-out, or give a text that it shows then with --signed-in", s.Page.URL(), s.controls()), err)
		}
	}
}

// arrivedFirst is arrived for the first login, after which the signs are learned that the other logins go by.
func (s *scene) arrivedFirst() error {
	err := s.arrived()
	if err != nil && s.learnSigns() {
		return s.arrived()
	}
	return err
}

// learnSigns notes by which controls the app shows that somebody is signed in, where it has the one to log out in a menu: the one to log
// in is gone since the first login, and these have come. false: there are none.
func (s *scene) learnSigns() bool {
	all, err := s.Page.Controls()
	if err != nil || len(s.run.login.Before) == 0 || s.Settings().LogIn.Among(all) {
		return false
	}
	for _, c := range all {
		if c.Name != "" && !slices.Contains(s.run.login.Before, c.Name) {
			s.run.signs = append(s.run.signs, c.Name)
		}
	}
	return len(s.run.signs) > 0
}

// controls are those that the page shows, for people.
func (s *scene) controls() string {
	all, err := s.Page.Controls()
	if err != nil || len(all) == 0 {
		return "no button or link"
	}
	var list []string
	for _, c := range all {
		if name := fmt.Sprintf("%q", c.Name); c.Name != "" && !slices.Contains(list, name) && len(list) < 12 {
			list = append(list, name)
		}
	}
	return "the buttons and links " + strings.Join(list, ", ")
}

// renewsText says how the app renews, and what makes it.
func (r *run) renewsText() string {
	how := map[appdrive.Way]string{
		appdrive.Itself:   "by itself, before or when its token expires",
		appdrive.Pressed:  "when " + r.settings.Trigger.String() + " is pressed",
		appdrive.Reloaded: "when its page is reloaded",
	}[r.way]
	if how == "" {
		return "It logs in, and asked for no new token when the first one had expired."
	}
	return fmt.Sprintf("It renews %s, %s.", r.renewal.Text(), how)
}

// day goes with the app through the lives of twelve tokens.
func (s *scene) day() error {
	r := s.run
	if err := s.firstCalls(); err != nil {
		return err
	}
	start, loginEnd := s.moment(), s.tokenEnd()
	first, err := s.WantToken(appdrive.Wants{})
	if err != nil {
		return err
	}
	if err := s.calm(); err != nil {
		return err
	}
	if len(first.Asked) > 0 {
		r.way, r.renewal = first.Way, s.Renewal()
		r.early = max(0, loginEnd.Sub(first.Asked[0].At))
	}
	if done, err := s.firstRenewal(first, start); done || err != nil {
		return err
	}
	if !slices.ContainsFunc(dayChecks(), r.wanted) {
		return nil
	}
	before, err := s.stores(s.Page)
	if err != nil {
		return err
	}
	const lives = 12
	began := clock.Wall()
	life := 2
	for ; life <= lives && (life <= 3 || clock.Wall().Sub(began) < 10*time.Second); life++ {
		from := s.moment()
		if err := s.live(); err != nil {
			return err
		}
		if n := s.since(from); n.given == 0 {
			r.found("no-renewal", s, "The app renewed %s, and got no token within %s after that.", times(life-1, "time"), hours(tokenLife+margin))
			return nil
		}
	}
	s.judgeCalls(start)
	after, err := s.stores(s.Page)
	if err != nil {
		return err
	}
	const many = 4 // that renewals leave, and nothing else of an app's would
	if grown := len(after) - len(before); grown >= many && grown >= life-3 {
		r.found("storage-grows", s, "After %d more renewals there were %d more entries in the storage, such as %s.",
			life-2, grown, newest(before, after))
	}
	return nil
}

// firstRenewal judges what the app did when its first token expired; done: there is nothing more to see.
func (s *scene) firstRenewal(w appdrive.Want, start moment) (done bool, err error) {
	r := s.run
	if s.since(start).given > 0 {
		return false, nil
	}
	in, err := s.in()
	if err != nil {
		return true, err
	}
	late := s.expired(start)
	switch {
	case late != nil:
		r.found("no-renewal", s, "The app got no new token. It called %s with one that had expired %s before.", late.url, short(late.late()))
	case len(w.Asked) > 0:
		r.found("no-renewal", s, "The app asked for a new token and got none: %s.", strings.Join(s.reasons(start), ", "))
	case w.Lost:
		r.found("lost-on-reload", s, "The page was reloaded, and nobody was signed in.")
		return true, notChecked{"the app asked for no new token, and a reload lost the old one; name a control that makes it need one with " +
			"--trigger"}
	case r.renewal == appdrive.ServerSession && r.standsStill() != "":
		return true, notChecked{r.standsStill()}
	case r.renewal == appdrive.ServerSession && r.settings.Trigger.None():
		return true, notChecked{"its server asked the tenant for nothing new; name a control that makes it call its API with --trigger"}
	case r.renewal == appdrive.ServerSession:
		return true, notChecked{"its server asked the tenant for nothing new; its own session may last longer than the token"}
	case !in:
		r.found("no-renewal", s, "The token expired, the app asked for no other, and shows nobody signed in.")
	case w.Way == appdrive.Reloaded || w.Way == appdrive.Pressed:
		return true, notChecked{"the app asked for no new token; name a control that makes it need one with --trigger"}
	}
	return true, nil
}

// judgeCalls looks for calls of APIs with expired tokens.
func (s *scene) judgeCalls(from moment) {
	if c := s.expired(from); c != nil {
		s.run.found("expired-token-used", s, "The app called %s with a token that had expired %s before.", c.url, short(c.late()))
	}
}

// newest is the key of an entry that was not there before.
func newest(before, after []stored) string {
	for _, v := range slices.Backward(after) {
		if !slices.ContainsFunc(before, func(b stored) bool { return b.Where == v.Where && b.Key == v.Key }) {
			return fmt.Sprintf("%s in %s", v.Key, v.Where)
		}
	}
	return "others"
}

func hours(d time.Duration) string {
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}

// short is a duration for people.
func short(d time.Duration) string {
	switch {
	case d >= time.Hour:
		return hours(d)
	case d >= time.Minute:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
	return fmt.Sprintf("%d s", int(d.Seconds()))
}
