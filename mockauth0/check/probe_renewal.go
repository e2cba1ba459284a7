package check

import (
	"errors"
	"slices"
	"time"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/appdrive"
	"renewal.example/mockauth0/tenant"
)

// mallory is who nobody is.
const mallory = "Mallory"

// forgedRenewal renews with an ID token in which somebody put another name.
func forgedRenewal(r *run) error {
	s, err := r.enter("forged renewal", setting{})
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	err = errors.Join(
		s.armFor(fault.Match{Prompt: "none"}, fault.Effect{Claims: &fault.Claims{Set: map[string]any{"name": mallory, "nickname": mallory}}}, 0),
		s.armFor(fault.Match{Prompt: "none"}, fault.Effect{Token: &fault.Token{Signature: fault.SignatureBroken}}, 0),
	)
	if err != nil {
		return err
	}
	if err := s.live(); err != nil {
		return err
	}
	where, err := s.where(func(o shows) bool { return o.names(mallory) },
		func(claims map[string]any) bool { return claims["name"] == mallory })
	if where != "" {
		r.found("forged-renewal-accepted", s, "A renewal brought an ID token with another name and a signature that is not the tenant's, and "+
			"%s.", where)
	}
	return err
}

// where tells by what the app shows that it took something: on its page, in what it keeps, or in what it sends; "": nowhere.
func (s *scene) where(page func(shows) bool, token func(claims map[string]any) bool) (string, error) {
	out, err := s.shows(s.Page)
	if err != nil {
		return "", err
	}
	if page(out) {
		return "the page shows it", nil
	}
	kept, err := s.stores(s.Page)
	if err != nil {
		return "", err
	}
	for _, v := range kept {
		if slices.ContainsFunc(v.tokens(), func(t string) bool { return token(claimsOf(t)) }) {
			return "the app keeps it in " + v.Where + " (" + v.Key + ")", nil
		}
	}
	for _, c := range s.calls(moment{}) {
		if token(c.claims) {
			return "the app sent it to " + c.url, nil
		}
	}
	return "", nil
}

// otherUser renews while the tenant's session is somebody else's.
func otherUser(r *run) error {
	s, err := r.enter("other user", setting{})
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	other, err := s.World.Tenant.Login(grace().Email)
	if err != nil {
		return err
	}
	if err := s.armFor(fault.Match{Prompt: "none"}, fault.Effect{Session: grace().Email}, 0); err != nil {
		return err
	}
	if err := s.live(); err != nil {
		return err
	}
	where, err := s.where(
		func(o shows) bool { return o.in && o.names("Grace") && !o.names("Ada") },
		func(claims map[string]any) bool { return claims["sub"] == other.UserID },
	)
	if where != "" {
		r.found("renewal-changes-user", s, "Ada was logged in, and the tenant's session was Grace's by then. The renewal brought Grace's "+
			"token, and %s.", where)
	}
	return err
}

// nextMorning opens the app again when its token has expired.
func nextMorning(r *run) error {
	s, err := r.enter("morning", setting{})
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	if err := s.Page.Open("about:blank"); err != nil {
		return err
	}
	if err := s.World.Advance(tokenLife + time.Hour); err != nil {
		return err
	}
	from := s.moment()
	if err := errors.Join(s.Page.Open(r.options.App.URL), s.calm(), s.World.Advance(30*time.Second)); err != nil {
		return err
	}
	if r.way == appdrive.Pressed && s.since(from).given == 0 {
		if _, err := s.pressIfThere(); err != nil {
			return err
		}
	}
	if s.since(from).given > 0 {
		s.judgeCalls(from)
		return nil
	}
	in, err := s.in()
	if err != nil {
		return err
	}
	state := "shows nobody signed in"
	if in {
		state = "goes on without one"
	}
	r.found("stale-at-start", s, "The app was opened with a token that had expired an hour before. It got no new one within 30 s and %s.",
		state)
	return nil
}

// sleeps lets a laptop sleep over the end of a token, and then keeps the page in the background.
func sleeps(r *run) error {
	s, err := r.enter("sleep", setting{})
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	if err := s.World.Advance(tokenLife / 2); err != nil {
		return err
	}
	from := s.moment()
	if err := s.World.Sleep(tokenLife + time.Hour); err != nil {
		return err
	}
	if err := errors.Join(s.wake(), s.World.Advance(2*time.Minute), s.want()); err != nil {
		return err
	}
	if s.since(from).given == 0 {
		r.found("late-after-sleep", s, "A laptop slept until the token had been expired for 2 h. Within 2 min after that the app got no new one.")
		return nil
	}
	if c := s.expired(from); c != nil {
		r.found("late-after-sleep", s, "After a laptop's sleep the app called %s with a token that had expired %s before.", c.url,
			short(c.late()))
		return nil
	}
	from = s.moment()
	if err := errors.Join(s.Page.Throttle(time.Minute), s.World.Advance(tokenLife+3*time.Minute), s.want()); err != nil {
		return err
	}
	if s.since(from).given == 0 {
		r.found("late-after-sleep", s, "In a background tab, where timers fire once a minute, the app got no new token within 3 min of the old "+
			"one's end.")
	}
	return nil
}

// wake tells the page what a browser tells it when a person comes back.
func (s *scene) wake() error {
	return s.Page.Eval(`(document.dispatchEvent(new Event('visibilitychange')), window.dispatchEvent(new Event('focus')),
		window.dispatchEvent(new Event('online')), true)`, nil)
}

// longLife has a token live for 30 days.
func longLife(r *run) error {
	const life = 30 * 24 * time.Hour
	s, err := r.open("long life", setting{tenant: func(t *tenant.Config) {
		for _, api := range t.ResourceServers {
			api.TokenLifetime, api.TokenLifetimeForWeb = life, life
		}
	}})
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	// On the tenant's time, or a storm would not end.
	if err := s.arm(fault.Effect{Latency: fault.Duration(10 * time.Second)}, 0); err != nil {
		return err
	}
	from := s.moment()
	if _, err := s.LogIn(); err != nil {
		return err
	}
	if err := s.World.Advance(2 * time.Minute); err != nil {
		return err
	}
	const most = 2 // an app may well renew right after a login
	if n := s.since(from); n.renewals > most || len(s.World.Tenant.Holds()) > 0 && n.renewals >= most {
		r.found("long-life-storm", s, "With a token that lives 30 days the app asked for a new one %d times within 2 min.", n.renewals)
	}
	return nil
}

// blockedCookies renews where third-party cookies are blocked.
func blockedCookies(r *run) error {
	s, err := r.enter("blocked cookies", setting{cookies: browser.ThirdPartyBlocked})
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	before, err := s.shows(s.Page)
	if err != nil {
		return err
	}
	from := s.moment()
	if err := errors.Join(s.live(), s.World.Advance(2*time.Minute)); err != nil {
		return err
	}
	n := s.since(from)
	if n.given > 0 || n.renewals == 0 || n.logins > 0 {
		return nil // it works, or leads to the login
	}
	after, err := s.shows(s.Page)
	if err != nil || explains(before.text, after.text) {
		return err
	}
	state := "shows nobody signed in"
	if after.in {
		state = "shows the person signed in"
	}
	r.found("blocked-cookies-unexplained", s, "With third-party cookies blocked the tenant answered %s with login_required. The "+
		"page %s, and says nothing of it.",
		times(n.refused, "renewal"), state)
	return nil
}
