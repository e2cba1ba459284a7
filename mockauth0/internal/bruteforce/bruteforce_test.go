package bruteforce_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// Too many wrong passwords in a row block a user wherever a password is taken, the right one included.
func TestBruteForceProtection(t *testing.T) {
	t.Parallel()
	const blocked = "Your account has been blocked after multiple consecutive login attempts. We've sent you an email with instructions " +
		"on how to unblock it."
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.EmbeddedLogin(tn)
		tn.Settings.MaxAttempts = 3
		tn.Users = append(tn.Users, &tenant.User{Email: "grace@example.test", Password: "Flow-Matic-1"})
	})
	p := tenanttest.Browse(t, s)
	ask := func(name, password string) tenanttest.Answer {
		return p.Token("grant_type", "password", "client_id", "web", "client_secret", "web+secret%21", "username", name, "password", password)
	}
	page := func(password string) tenanttest.Answer {
		b := tenanttest.Browse(t, s)
		_, state := b.LoginPage(tenanttest.Request(s))
		return b.Post("/u/login", url.Values{"state": {state}, "username": {"ada@example.test"}, "password": {password}, "action": {"default"}})
	}
	const right = "Analytical-Engine-1"
	for range 2 {
		if got := ask("ada@example.test", "x"); got.StatusCode != 403 || got.Member(t, "error") != "invalid_grant" {
			t.Errorf("a wrong password: %s %s", got.Status, got.Text)
		}
	}
	if got := ask("ada@example.test", right); got.StatusCode != 200 {
		t.Errorf("the right one in time: %s %s", got.Status, got.Text)
	}
	ask("ada@example.test", "x")
	if got := page("x"); got.StatusCode != 400 || !strings.Contains(got.Text, "Wrong email or password.") {
		t.Errorf("the page: %s", got.Status)
	}
	ask("ada@example.test", "x")
	found := false
	for _, e := range s.Events(0) {
		found = found || e.Type == "limit_wc" && e.UserName == "ada@example.test"
	}
	if !found {
		t.Error("no log event limit_wc")
	}
	last := func() string {
		e := tenanttest.LastLog(s)
		return string(e.Type) + " " + e.UserName
	}
	for _, password := range []string{"x", right} {
		if got := ask("ada@example.test", password); got.StatusCode != 429 || got.Member(t, "error") != "too_many_attempts" ||
			got.Member(t, "error_description") != blocked {
			t.Errorf("blocked: %s %s", got.Status, got.Text)
		}
		if got := page(password); got.StatusCode != 400 || !strings.Contains(got.Text, "Your account has been blocked") {
			t.Errorf("blocked, the page: %s", got.Status)
		}
		if got := last(); got != "limit_wc ada@example.test" {
			t.Errorf("blocked, the page: the log has %q", got)
		}
	}
	got := p.Ask("POST", "/usernamepassword/login",
		tenanttest.Form("client_id", s.Snapshot().Clients[0].ClientID, "connection", "Username-Password-Authentication", "username",
			"ada@example.test", "password", right).Encode(), "Content-Type", "application/x-www-form-urlencoded")
	if got.StatusCode != 429 || !strings.Contains(got.Text, `"too_many_attempts"`) {
		t.Errorf("blocked, the Classic login: %s %s", got.Status, got.Text)
	}
	if got := p.CrossOrigin(); got.StatusCode != 429 || got.Member(t, "error") != "too_many_attempts" || tenanttest.LastLog(s).Type != "fcoa" {
		t.Errorf("blocked, the cross-origin login: %s %s", got.Status, got.Text)
	}
	if got := ask("grace@example.test", "Flow-Matic-1"); got.StatusCode != 200 {
		t.Errorf("another user: %s", got.Status)
	}
	if got := ask("nobody@example.test", "x"); got.StatusCode != 403 {
		t.Errorf("nobody: %s", got.Status)
	}
	if got := p.MailedLink("blocked_account"); got == nil || mails(s, "blocked_account") != 1 {
		t.Fatalf("%d mails tell of the block, the link %v", mails(s, "blocked_account"), got)
	}
	s.Advance(30*24*time.Hour - time.Second)
	if got := ask("ada@example.test", right); got.StatusCode != 429 {
		t.Errorf("almost thirty days later: %s", got.Status)
	}
	s.Advance(time.Second)
	if got := ask("ada@example.test", right); got.StatusCode != 200 {
		t.Errorf("thirty days later: %s", got.Status)
	}
	for range 3 {
		ask("ada@example.test", "x")
	}
	p.ResetPassword("ada@example.test", "Difference-Engine-2")
	if got := ask("ada@example.test", "Difference-Engine-2"); got.StatusCode != 200 {
		t.Errorf("after a new password: %s %s", got.Status, got.Text)
	}
	for range 3 {
		ask("ada@example.test", "x")
	}
	s.Reset()
	if got := ask("ada@example.test", right); got.StatusCode != 200 {
		t.Errorf("after Reset: %s", got.Status)
	}
}

// mails counts the mails of a template.
func mails(s *mockauth0.Server, template string) (n int) {
	for _, e := range s.Events(0) {
		if event.Of[event.Mail](e).Template == template {
			n++
		}
	}
	return n
}

func TestNoBruteForceProtectionByDefault(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Backends)
	p := tenanttest.Browse(t, s)
	for range 12 {
		p.Token("grant_type", "password", "client_id", "web", "client_secret", "web+secret%21", "username", "ada@example.test", "password", "x")
	}
	if got := p.Token("grant_type", "password", "client_id", "web", "client_secret", "web+secret%21", "username", "ada@example.test",
		"password", "Analytical-Engine-1"); got.StatusCode != 200 {
		t.Errorf("%s %s", got.Status, got.Text)
	}
}

func TestLeakedPasswordsAndTooManyLogins(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Backends(tn)
		tn.Users[0].PasswordLeaked = true
		tn.Users = append(tn.Users, &tenant.User{Email: "grace@example.test", Password: "Flow-Matic-1"})
		tn.Mock.RateLimits = map[string]tenant.RateLimit{"logins": {Burst: 4, PerMinute: 2}}
	})
	p := tenanttest.Browse(t, s)
	ask := func(name, password string) tenanttest.Answer {
		return p.Token("grant_type", "password", "client_id", "web", "client_secret", "web+secret%21", "username", name, "password", password)
	}
	const ada, right = "ada@example.test", "Analytical-Engine-1"
	if got := ask(ada, "x"); got.StatusCode != 403 || got.Member(t, "error") != "invalid_grant" {
		t.Errorf("a wrong password tells nothing: %s %s", got.Status, got.Text)
	}
	if got := ask(ada, right); got.StatusCode != 401 || got.Member(t, "error") != "password_leaked" || tenanttest.LastLog(s).Type != "fepft" {
		t.Errorf("leaked: %s %s", got.Status, got.Text)
	}
	if link := p.MailedLink("stolen_credentials"); link == nil ||
		!strings.Contains(p.Get(link.RequestURI()).Text, "Enter a new password for "+ada) {
		t.Errorf("the link of the mail about a leaked password is %v", link)
	}
	p.ResetPassword(ada, "Difference-Engine-2")
	if got := ask(ada, "Difference-Engine-2"); got.StatusCode != 200 {
		t.Errorf("a new password: %s %s", got.Status, got.Text)
	}
	ask(ada, "x")
	if got := ask(ada, "Difference-Engine-2"); got.StatusCode != 429 || got.Member(t, "error") != "too_many_logins" ||
		got.Header.Get("Retry-After") != "30" {
		t.Errorf("the fifth in a minute: %s %s %q", got.Status, got.Text, got.Header.Get("Retry-After"))
	}
	if got := ask("grace@example.test", "Flow-Matic-1"); got.StatusCode != 200 {
		t.Errorf("another user: %s", got.Status)
	}
	s.Advance(30 * time.Second)
	if got := ask(ada, "Difference-Engine-2"); got.StatusCode != 200 {
		t.Errorf("half a minute later: %s", got.Status)
	}
	kinds := map[event.LogCode]bool{}
	for _, e := range s.Events(0) {
		kinds[e.Type] = true
	}
	if !kinds[event.LeakedPassword] || !kinds[event.BlockedTooManyLogins] {
		t.Errorf("log: %v", kinds)
	}
}
