package tenanttest

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/event"
)

// LoginState begins a login and returns the state of its page.
func (p *Person) LoginState() string {
	p.Helper()
	_, state := p.LoginPage(Request(p.Server, "response_type", "code"))
	return state
}

// AnswerPage answers the hosted page that a request leads to, and follows to the callback.
func (p *Person) AnswerPage(a Answer, action string) Answer {
	p.Helper()
	at := a.Header.Get("Location")
	field := StateField.FindStringSubmatch(p.Get(at).Text)
	if field == nil {
		p.Fatalf("no page at %q", at)
	}
	res := p.Post(strings.Split(at, "?")[0], url.Values{"state": {field[1]}, "action": {action}})
	if next := res.Header.Get("Location"); strings.HasPrefix(next, "/authorize/resume?") {
		return p.Get(next)
	}
	return res
}

// StateOf is the state in a hosted page's address.
func StateOf(t testing.TB, location string) string {
	t.Helper()
	u, err := url.Parse(location)
	if err != nil || u.Query().Get("state") == "" {
		t.Fatalf("no state in %q", location)
	}
	return u.Query().Get("state")
}

// ResetPassword changes somebody's password by the mail's link.
func (p *Person) ResetPassword(email, password string) Answer {
	p.Helper()
	link := p.ResetLink(email)
	return p.Post("/u/reset-verify", url.Values{
		"ticket": {link.Query().Get("ticket")}, "password-reset": {password}, "re-enter-password": {password},
	})
}

// ResetLink asks for a reset and returns the link of the mail.
func (p *Person) ResetLink(email string) *url.URL {
	p.Helper()
	got := p.PostJSON("/dbconnections/change_password", "client_id", p.Server.Snapshot().Clients[0].ClientID, "connection",
		Database, "email", email)
	if got.StatusCode != 200 || got.Text != "We've just sent you an email to reset your password." ||
		got.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		p.Fatalf("%s %v %s", got.Status, got.Header, got.Text)
	}
	var link string
	for _, e := range p.Server.Events(0) {
		if d := event.Of[event.Mail](e); d.To == email {
			link = d.URL
		}
	}
	return ParseURL(p, link)
}

// SubmitLogin goes to the login page and sends its form, without what follows.
func (p *Person) SubmitLogin(path string, pairs ...string) Answer {
	p.Helper()
	_, state := p.LoginPage(path)
	return p.Post("/u/login",
		Form(append([]string{
			"state", state, "username", "ada@example.test", "password", "Analytical-Engine-1", "action", "default",
		}, pairs...)...))
}

// LoginPage opens the hosted page of a request and returns it with its state.
func (p *Person) LoginPage(path string) (page Answer, state string) {
	p.Helper()
	page = p.Get(p.Get(path).Header.Get("Location"))
	m := StateField.FindStringSubmatch(page.Text)
	if m == nil {
		p.Fatalf("no form but %s:\n%s", page.Status, page.Text)
	}
	return page, m[1]
}

// ProviderLogin logs in at the built-in identity provider; user "" cancels.
func (p *Person) ProviderLogin(path, userID string) Answer {
	p.Helper()
	at := p.Get(path).Header.Get("Location")
	if !strings.HasPrefix(at, "/__mock/idp/") {
		p.Fatalf("not at the provider but at %q", at)
	}
	page := p.Get(at)
	form := url.Values{"state": {StateField.FindStringSubmatch(page.Text)[1]}, "user": {userID}}
	if userID == "" {
		form.Set("deny", "1")
	}
	return p.Post(strings.Split(at, "?")[0], form)
}

// FactorPage opens the page that asks for the code of the second factor and returns its state.
func (p *Person) FactorPage(from Answer) (state string) {
	p.Helper()
	at := from.Header.Get("Location")
	if !strings.HasPrefix(at, "/u/mfa-email-challenge?") {
		p.Fatalf("not at the challenge but at %q: %s", at, from.Text)
	}
	page := p.Get(at)
	if page.StatusCode != 200 || !strings.Contains(page.Text, "ada@example.test") {
		p.Fatalf("%s\n%s", page.Status, page.Text)
	}
	return StateOf(p, at)
}

// EnterCode enters the mailed code and goes on to the callback.
func (p *Person) EnterCode(from Answer, pairs ...string) Answer {
	p.Helper()
	state := p.FactorPage(from)
	form := url.Values{"state": {state}, "code": {MailedCode(p, p.Server)}, "action": {"default"}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	res := p.Post("/u/mfa-email-challenge", form)
	if at := res.Header.Get("Location"); !strings.HasPrefix(at, "/authorize/resume?") {
		p.Fatalf("%s %q\n%s", res.Status, at, res.Text)
	}
	return p.Get(res.Header.Get("Location"))
}

// LogoutHints logs in at the first client and returns what its logout may name: the ID token and the session's id.
func (p *Person) LogoutHints() (idToken, sid string) {
	p.Helper()
	idToken = p.Login(Request(p.Server, "prompt", "login")).Fragment(p).Get("id_token")
	return idToken, Claims(p, idToken)["sid"].(string)
}

// Request is a good authorization request of the tenant's first client; pairs replace or, when empty, remove
// its parameters.
func Request(s *mockauth0.Server, pairs ...string) string {
	tn := s.Snapshot()
	q := url.Values{"client_id": {tn.Clients[0].ClientID}, "redirect_uri": {tn.Clients[0].Callbacks[0]}, "response_type": {"token id_token"},
		"scope": {"openid profile email"}, "audience": {tn.ResourceServers[0].Identifier}, "nonce": {"the-nonce"}, "state": {"the-state"}}
	for i := 0; i < len(pairs); i += 2 {
		if q.Set(pairs[i], pairs[i+1]); pairs[i+1] == "" {
			q.Del(pairs[i])
		}
	}
	return "/authorize?" + q.Encode()
}

// StateField finds the state in a hosted page's form.
var StateField = regexp.MustCompile(`name="state" value="([^"]+)"`)

// Login goes through the hosted page as the tenant's first user and returns the answer at the callback.
func (p *Person) Login(path string) Answer {
	p.Helper()
	u := p.Server.Snapshot().Users[0]
	page := p.Get(p.Get(path).Header.Get("Location"))
	field := StateField.FindStringSubmatch(page.Text)
	if field == nil {
		p.Fatalf("no login page but %s:\n%s", page.Status, page.Text)
	}
	res := p.Post("/u/login", url.Values{"state": {field[1]}, "username": {u.Email}, "password": {u.Password}, "action": {"default"}})
	return p.Get(res.Header.Get("Location"))
}

// Silent is the error of a silent request, "" on success.
func (p *Person) Silent(pairs ...string) string {
	p.Helper()
	a := p.Get(Request(p.Server, append([]string{"prompt", "none"}, pairs...)...))
	got := a.Fragment(p)
	if got.Get("error") == "" && got.Get("id_token") == "" {
		p.Fatalf("neither tokens nor an error: %s %v\n%s", a.Status, a.Header, a.Text)
	}
	return got.Get("error")
}
