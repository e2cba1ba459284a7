package check

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/appdrive"
)

// forging is one thing that is wrong with an ID token.
type forging struct {
	what string // "a wrong nonce"
	do   fault.Effect
}

// forgings are those that an app has to find.
func (r *run) forgings() []forging {
	set := func(name string, value any) fault.Effect {
		return fault.Effect{Claims: &fault.Claims{Set: map[string]any{name: value}}}
	}
	all := []forging{
		{"another issuer", set("iss", "https://another.example/")},
		{"another audience", set("aud", "another-client")},
		{"an expiry that is over", fault.Effect{Claims: &fault.Claims{Shift: map[string]fault.Duration{"exp": fault.Duration(-idLife - 2*time.Hour)}}}},
	}
	if r.nonce {
		all = append(all, forging{"another nonce", set("nonce", "of-another-login")})
	}
	if strings.Contains(r.login.For.ResponseType, "id_token") {
		all = append(all, forging{"a signature that is not the tenant's", fault.Effect{Token: &fault.Token{Signature: fault.SignatureBroken}}})
	}
	return all
}

// forgedLogins logs in with ID tokens that are wrong, one after the other.
func forgedLogins(r *run) error {
	var s *scene
	defer func() { _ = s.close() }()
	for _, f := range r.forgings() {
		var err error
		if s == nil {
			s, err = r.open("forged", setting{})
		} else {
			err = s.Page.Open(r.options.App.URL)
		}
		if err != nil {
			return err
		}
		in, err := s.forgedLogin(f)
		if err != nil {
			return err
		}
		if in {
			r.found("forged-login-accepted", s, "Somebody was logged in by an ID token with %s.", f.what)
			err = s.close()
			s = nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// forgedLogin tells whether the app takes a login whose ID token is wrong.
func (s *scene) forgedLogin(f forging) (in bool, err error) {
	if err := s.armFor(fault.Match{}, f.do, 0); err != nil {
		return false, err
	}
	defer s.disarm()
	from := s.moment()
	if _, err := s.LogIn(); err != nil {
		if s.since(from).logins == 0 {
			return false, fmt.Errorf("with %s: %w", f.what, err)
		}
		return false, nil // it did not come to tokens: nobody is logged in
	}
	if err := s.calm(); err != nil {
		return false, err
	}
	if err := s.World.Advance(2 * time.Second); err != nil {
		return false, err
	}
	return s.in()
}

// foreignLogin opens a link with somebody else's login, while the person is about to log in, and then the address of an old login.
func foreignLogin(r *run) error {
	s, err := r.open("foreign", setting{})
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	if err := s.plantLogin(); err != nil {
		return fmt.Errorf("a link with somebody else's login: %w", err)
	}
	if r.finds("foreign-login-accepted") {
		_ = s.close()
		if s, err = r.open("replayed", setting{}); err != nil {
			return err
		}
	} else if err := s.Page.Open(r.options.App.URL); err != nil {
		return err
	}
	return s.replayLogin()
}

// plantLogin begins a login, leaves it, and opens a link with Grace's.
func (s *scene) plantLogin() error {
	links, err := s.plantedLinks()
	if err != nil {
		return err
	}
	for i, link := range links {
		if i > 0 {
			if err := s.Page.Open(s.run.options.App.URL); err != nil {
				return err
			}
		}
		if err := s.Page.ByControl("the control to log in", s.Settings().LogIn.Usable).Click(); err != nil {
			return err
		}
		if err := s.Page.WaitForURL(s.World.TenantURL()); err != nil {
			return err
		}
		if err := errors.Join(s.World.Settle(), s.Page.Open(link), s.calm()); err != nil {
			return err
		}
		out, err := s.shows(s.Page)
		if err != nil {
			return err
		}
		if out.in {
			who := ""
			if out.names("Grace") {
				who = " as Grace"
			}
			s.run.found("foreign-login-accepted", s, "A link with Grace's login, which this browser did not ask for, logged the person in%s.", who)
			return nil
		}
	}
	return nil
}

// plantedLinks are addresses of the callback with an answer of the tenant that is for Grace.
func (s *scene) plantedLinks() ([]string, error) {
	asked := s.run.login.For
	if asked.ResponseMode == "form_post" {
		return nil, notChecked{"its login comes as a form, which a link cannot send"}
	}
	callback := strings.SplitN(asked.Callback, "#", 2)[0]
	if strings.Contains(asked.ResponseType, "token") && !strings.Contains(asked.ResponseType, "code") {
		var links []string
		for _, nonce := range []string{"", "of-another-login"} {
			t, err := s.World.Tenant.MintToken(mockauth0.TokenRequest{
				Client: asked.ClientID, User: grace().Email, Audience: asked.Audience, Nonce: nonce,
			})
			if err != nil {
				return nil, err
			}
			hash := url.Values{"access_token": {t.AccessToken}, "id_token": {t.IDToken}, "expires_in": {"7200"},
				"token_type": {"Bearer"}, "scope": {"openid profile email"}, "state": {"planted"}}
			links = append(links, callback+"#"+hash.Encode())
		}
		return links, nil
	}
	link, err := s.codeFor(grace().Email)
	return []string{link}, err
}

// codeFor asks the tenant for a code as somebody else would who logs in with a browser of their own.
func (s *scene) codeFor(user string) (link string, err error) {
	login, err := s.World.Tenant.Login(user)
	if err != nil {
		return "", err
	}
	asked := s.run.login.For
	q := url.Values{"client_id": {asked.ClientID}, "redirect_uri": {asked.Callback}, "response_type": {asked.ResponseType},
		"scope": {"openid profile email"}, "state": {"planted"}}
	if asked.Audience != "" {
		q.Set("audience", asked.Audience)
	}
	if asked.ResponseMode != "" {
		q.Set("response_mode", asked.ResponseMode)
	}
	ctx, cancel := context.WithTimeout(s.run.ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.World.TenantURL()+"/authorize?"+q.Encode(), nil)
	if err != nil {
		return "", err
	}
	for _, c := range login.Cookies {
		request.AddCookie(c)
	}
	client := *s.World.Tenant.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := client.Do(request)
	if err != nil {
		return "", err
	}
	_ = answer.Body.Close()
	link = answer.Header.Get("Location")
	if !strings.HasPrefix(link, asked.Callback) {
		if asked.ResponseMode == "web_message" {
			return "", notChecked{"its login answers a popup with a message (response_mode=web_message), so no link can carry one"}
		}
		return "", notChecked{"the tenant answered the login with " + answer.Status + ", and not with a link to the app"}
	}
	return link, nil
}

// replayLogin logs in and out, and opens the address of the callback again.
func (s *scene) replayLogin() error {
	from := s.moment()
	if _, err := s.LogIn(); err != nil {
		return err
	}
	if err := s.arrived(); err != nil {
		return err
	}
	link := s.callbackSince(from)
	if link == "" {
		s.run.leaves("replayed-login-accepted", DoesNotApply, "its login leaves no address with an answer")
		return nil
	}
	if err := errors.Join(s.LogOut(s.Page), s.Page.Open(s.run.options.App.URL), s.calm()); err != nil {
		return err
	}
	if in, err := s.in(); err != nil || in {
		return errors.Join(err, notChecked{"the app logs in by itself after a logout"})
	}
	if err := errors.Join(s.Page.Open(link), s.calm()); err != nil {
		return err
	}
	in, err := s.in()
	if in {
		s.run.found("replayed-login-accepted", s, "After a logout, the address of the last login's callback logged the person in again.")
	}
	return err
}

// callbackSince is the address with which the tenant led back to the app since a moment; "": it had no answer in it.
func (s *scene) callbackSince(from moment) (link string) {
	for _, r := range s.World.RequestsFrom(from.requests) {
		for name, value := range r.ResponseHeaders {
			if strings.EqualFold(name, "Location") && strings.HasPrefix(value, s.run.login.For.Callback) && credential().MatchString(value) &&
				query(r.URL, "prompt") != "none" {
				link = value
			}
		}
	}
	return link
}

// clockAhead and clockBehind log in and renew on a device whose clock is wrong.
func clockAhead(r *run) error  { return wrongClock(r, time.Hour, "ahead") }
func clockBehind(r *run) error { return wrongClock(r, -time.Hour, "behind") }

func wrongClock(r *run, by time.Duration, which string) error {
	s, err := r.open("clock "+which, setting{skew: by})
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	found := func(format string, args ...any) {
		r.found("wrong-clock", s, "On a device whose clock is an hour "+which+", "+format, args...)
	}
	if _, err := s.LogIn(); err != nil {
		found("nobody could log in: %s.", firstLine(err))
		return nil
	}
	if err := s.arrived(); err != nil {
		found("the app shows nobody signed in after a login.")
		return nil
	}
	if _, why := renewsInBrowser(r); why != "" {
		return nil
	}
	from := s.moment()
	if err := s.live(); err != nil {
		return err
	}
	const storm = 10
	n := s.since(from)
	switch late := s.expired(from); {
	case n.given == 0:
		found("the app got no new token within %s.", hours(tokenLife+margin))
	case n.renewals > storm && r.way == appdrive.Itself:
		found("the app asked for a new token %d times within %s.", n.renewals, hours(tokenLife+margin))
	case late != nil:
		found("the app called %s with a token that had expired %s before.", late.url, short(late.late()))
	}
	return nil
}
