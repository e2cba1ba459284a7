package authorize_test

import (
	"net/url"
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/tenanttest"
)

func TestSocialLogin(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Social)
	user := s.Snapshot().Users[1].ID
	t.Run("straight to the provider", func(t *testing.T) {
		p := tenanttest.Browse(t, s)
		back := p.ProviderLogin(tenanttest.Request(s, "connection", "google-oauth2"), user)
		got := p.Get(back.Header.Get("Location")).Fragment(t)
		if claims := tenanttest.Claims(t, got.Get("id_token")); claims["sub"] != user {
			t.Errorf("sub is %v", claims["sub"])
		}
		if got := p.Silent(); got != "" {
			t.Errorf("silent: %q", got)
		}
		if got := p.Silent("connection", "Username-Password-Authentication"); got != "login_required" {
			t.Errorf("silent for another connection: %q", got)
		}
	})
	t.Run("by the button", func(t *testing.T) {
		p := tenanttest.Browse(t, s)
		_, state := p.LoginPage(tenanttest.Request(s))
		at := p.Post("/u/login", url.Values{"state": {state}, "connection": {"google-oauth2"}}).Header.Get("Location")
		if at != "/__mock/idp/google-oauth2?state="+state {
			t.Fatalf("the button leads to %q", at)
		}
		if page := p.Get(at); !strings.Contains(page.Text, "ada.google@example.test") || strings.Contains(page.Text, "ada.github@example.test") ||
			page.Header.Get("X-Frame-Options") != "deny" {
			t.Errorf("provider's page:\n%s", page.Text)
		}
		if got := p.Post("/u/login", url.Values{"state": {state}, "connection": {"nowhere"}}); got.StatusCode != 400 {
			t.Errorf("unknown connection: %s", got.Status)
		}
		if got := p.Post("/__mock/idp/google-oauth2", url.Values{"state": {state}, "user": {s.Snapshot().Users[0].ID}}); got.StatusCode != 400 {
			t.Errorf("a database user at the provider: %s", got.Status)
		}
	})
	t.Run("cancel", func(t *testing.T) {
		p := tenanttest.Browse(t, s)
		got := p.ProviderLogin(tenanttest.Request(s, "connection", "google-oauth2"), "").Fragment(t)
		if got.Get("error") != "access_denied" || got.Get("error_description") != "User has canceled the interaction." ||
			got.Get("state") != "the-state" {
			t.Errorf("%v", got)
		}
		if got := p.Silent(); got != "login_required" {
			t.Errorf("silent: %q", got)
		}
	})
	t.Run("dev keys leave no session", func(t *testing.T) {
		p := tenanttest.Browse(t, s)
		back := p.ProviderLogin(tenanttest.Request(s, "connection", "github"), s.Snapshot().Users[2].ID)
		if c := tenanttest.CookieNamed(back, "auth0"); c != nil {
			t.Errorf("a session cookie: %v", c)
		}
		got := p.Get(back.Header.Get("Location"))
		if got.Fragment(t).Get("id_token") == "" || tenanttest.CookieNamed(got, "auth0") != nil {
			t.Errorf("the login: %v %v", got.Fragment(t), got.Cookies())
		}
		if got := p.Silent(); got != "login_required" {
			t.Errorf("silent: %q", got)
		}
		if page, _ := p.LoginPage(tenanttest.Request(s)); page.StatusCode != 200 {
			t.Errorf("the next interactive login: %s", page.Status)
		}
	})
}
