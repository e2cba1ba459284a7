package authorize_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// TestParametersThatChangeNothing: SDKs of every age send more than a tenant needs to know.
func TestParametersThatChangeNothing(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	telemetry := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	names := func(path string) string {
		var out []string
		for _, m := range tenanttest.Received(t, p.Get(path), "fragment") {
			out = append(out, m[0])
		}
		return strings.Join(out, " ")
	}
	want := names(tenanttest.Request(s, "prompt", "none"))
	for _, tc := range []struct{ name, parameter, value string }{
		{"auth0Client", "auth0Client", telemetry(`{"name":"auth0.js","version":"9.32.0","env":{}}`)},
		{"auth0Client without env", "auth0Client", telemetry(`{"name":"auth0-spa-js","version":"2.28.3"}`)},
		{"auth0Client that is none", "auth0Client", "%%%"},
		{"ext-", "ext-color", "<blue>"},
		{"ui_locales", "ui_locales", "cs de en"},
		{"connection_scope", "connection_scope", "repo"},
		{"display", "display", "popup"},
		{"claims", "claims", `{"id_token":{"email":null}}`},
		{"claims_locales", "claims_locales", "cs"},
		{"registration", "registration", "{}"},
		{"protocol", "protocol", "oauth2"},
		{"device", "device", "laptop"},
		{"owp", "owp", "true"},
		{"realm", "realm", "Username-Password-Authentication"},
		{"_csrf", "_csrf", "x"},
		{"_intstate", "_intstate", "deprecated"},
		{"access_type", "access_type", "offline"},
		{"auth0.js leaks its timeout", "timeout", "60000"},
	} {
		if got := names(tenanttest.Request(s, "prompt", "none", tc.parameter, tc.value)); got != want {
			t.Errorf("%s: %s, want %s", tc.name, got, want)
		}
	}
	for _, header := range []string{telemetry(`{"name":"x"}`), "%%%"} {
		got := p.Ask("GET", tenanttest.Request(s, "prompt", "none"), "", "Auth0-Client", header)
		if !strings.Contains(got.Header.Get("Location"), "#access_token=") {
			t.Errorf("Auth0-Client %q: %s", header, got.Header.Get("Location"))
		}
	}
}

func TestAuthorizeByPost(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	send := func(pairs ...string) tenanttest.Answer {
		_, query, _ := strings.Cut(tenanttest.Request(s, pairs...), "?")
		form, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		return p.Post("/authorize", form)
	}
	if got := send(); got.StatusCode != http.StatusFound || !strings.HasPrefix(got.Header.Get("Location"), "/u/login?state=") {
		t.Errorf("without a session: %s %q", got.Status, got.Header.Get("Location"))
	}
	p.Login(tenanttest.Request(s))
	if got := send("prompt", "none").Fragment(t); got.Get("access_token") == "" || got.Get("state") != "the-state" {
		t.Errorf("with a session: %v", got)
	}
	if got := p.Post(tenanttest.Request(s, "prompt", "none"), url.Values{}); got.StatusCode != http.StatusBadRequest {
		t.Errorf("a POST with its parameters in the query: %s", got.Status)
	}
}

func TestTheDefaultAudience(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Backends(tn)
		tn.Settings.DefaultAudience = "https://api.example.test/"
	})
	p := tenanttest.Browse(t, s)
	secret := []string{"client_id", "web", "client_secret", "web+secret%21", "audience", ""}
	for name, token := range map[string]string{
		"implicit": p.Login(tenanttest.Request(s, "audience", "")).Fragment(t).Get("access_token"),
		"code":     p.Exchange(p.Code("audience", "")).Member(t, "access_token"),
		"machine": p.Token("grant_type", "client_credentials", "client_id", "machine", "client_secret", "machine-secret").
			Member(t, "access_token"),
		"password": p.Token(append(secret, "grant_type", "password", "scope", "profile", "username", "ada@example.test", "password",
			"Analytical-Engine-1")...).Member(t, "access_token"),
	} {
		aud := tenanttest.Claims(t, token)["aud"]
		if list, ok := aud.([]any); ok {
			aud = list[0]
		}
		if aud != "https://api.example.test/" {
			t.Errorf("%s: aud is %v", name, aud)
		}
	}
	if got := tenanttest.Claims(t, p.Exchange(p.Code("audience", "https://online.example.test/", "scope", "profile")).
		Member(t, "access_token"))["aud"]; got != "https://online.example.test/" {
		t.Errorf("an audience that is asked for: %v", got)
	}
}

func TestAuthTimeAfterPromptLogin(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Frozen)
	p := tenanttest.Browse(t, s)
	for _, tc := range []struct {
		name, prompt string
		want         any
	}{{"prompt=login", "login", float64(s.Now().Unix())}, {"a prompt that asks for no login", "", nil}} {
		got := p.Login(tenanttest.Request(s, "prompt", tc.prompt)).Fragment(t)
		if auth := tenanttest.Claims(t, got.Get("id_token"))["auth_time"]; auth != tc.want {
			t.Errorf("%s: auth_time is %v, want %v", tc.name, auth, tc.want)
		}
		p.Get("/v2/logout")
	}
}
