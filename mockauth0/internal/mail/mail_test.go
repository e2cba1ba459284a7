package mail_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// The mail about a block holds a link to a page; the page's button ends the block, once.
func TestABlockedUserIsUnblockedByTheLinkOfTheMail(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.EmbeddedLogin(tn)
		tn.Settings.MaxAttempts = 2
	})
	p := tenanttest.Browse(t, s)
	ask := func(password string) int {
		return p.Token("grant_type", "password", "client_id", "web", "client_secret", "web+secret%21", "username", "ada@example.test", "password",
			password).StatusCode
	}
	const right = "Analytical-Engine-1"
	for range 2 {
		ask("x")
	}
	link := p.MailedLink("blocked_account")
	if link == nil || link.Host != s.Domain() || link.Path != "/u/brute-force-protection/unblock" {
		t.Fatalf("the link is %v", link)
	}
	for range 2 { // whoever looks through the mail may follow the link
		if got := p.Get(link.RequestURI()); got.StatusCode != 200 || !strings.Contains(got.Text, "Unblock account") ||
			!strings.Contains(got.Text, "ada@example.test") {
			t.Fatalf("the page: %s %s", got.Status, got.Text)
		}
	}
	if got := ask(right); got != 429 {
		t.Errorf("before the button was pressed: %d", got)
	}
	press := func() tenanttest.Answer { return p.Post(link.Path, url.Values{"ticket": {link.Query().Get("ticket")}}) }
	if got := press(); got.StatusCode != 200 || !strings.Contains(got.Text, "Account unblocked") || tenanttest.LastLog(s).Type != "ublkdu" ||
		tenanttest.LastLog(s).UserName != "ada@example.test" {
		t.Errorf("the button: %s %s %+v", got.Status, got.Text, tenanttest.LastLog(s))
	}
	if got := ask(right); got != 200 {
		t.Errorf("unblocked: %d", got)
	}
	for name, got := range map[string]tenanttest.Answer{
		"the button once more": press(), "the link once more": p.Get(link.RequestURI()), "no ticket": p.Get(link.Path),
	} {
		if got.StatusCode != 400 || !strings.Contains(got.Text, "has expired or was used already") {
			t.Errorf("%s: %s %s", name, got.Status, got.Text)
		}
	}
	for range 2 {
		ask("x")
	}
	link = p.MailedLink("blocked_account")
	s.Advance(30 * 24 * time.Hour)
	if got := press(); got.StatusCode != 400 {
		t.Errorf("thirty days later: %s", got.Status)
	}
}
