package tenant_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"renewal.example/mockauth0/tenant"
)

// loadText loads a tenant.yaml.
func loadText(t *testing.T, text string) (*tenant.Config, error) {
	t.Helper()
	return tenant.Load(fstest.MapFS{"tenant.yaml": {Data: []byte(text)}}, "t", tenant.LoadOptions{Strict: true})
}

// What Auth0 fills in when an API is made with its identifier alone.
func TestDefaultsOfAnAPI(t *testing.T) {
	loaded, err := loadText(t, "resourceServers: [{identifier: 'https://api.example.test/'}]")
	if err != nil {
		t.Fatal(err)
	}
	if s := loaded.ResourceServers[0]; s.TokenLifetime != 86400*time.Second || s.TokenLifetimeForWeb != 7200*time.Second ||
		s.SigningAlg != "RS256" || s.AllowOfflineAccess || s.SkipConsent || s.EnforcePolicies {
		t.Errorf("%+v", s)
	}
}

func TestLongestLifeOfAToken(t *testing.T) {
	for life, want := range map[string]string{"2592000": "", "2592001": "at most 2592000"} {
		_, err := loadText(t, "resourceServers: [{identifier: 'https://api.example.test/', token_lifetime: "+life+"}]")
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("token_lifetime %s: %v", life, err)
		}
	}
}

func TestDefaultsOfRefreshTokens(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		want tenant.RefreshToken
	}{
		"nothing":               {"", tenant.RefreshToken{}},
		"an empty object":       {"{}", tenant.RefreshToken{}},
		"a life that is unused": {"{rotation_type: rotating, token_lifetime: 60, idle_token_lifetime: 30}", tenant.RefreshToken{Rotating: true}},
		"expiring":              {"{rotation_type: rotating, expiration_type: expiring}", tenant.RefreshToken{Rotating: true, Lifetime: 2592000 * time.Second, IdleLifetime: 1296000 * time.Second}},
		"expiring, never idle":  {"{expiration_type: expiring, infinite_idle_token_lifetime: true}", tenant.RefreshToken{Lifetime: 2592000 * time.Second}},
		"expiring, of its own":  {"{expiration_type: expiring, leeway: 3, token_lifetime: 60, idle_token_lifetime: 30}", tenant.RefreshToken{Leeway: 3 * time.Second, Lifetime: time.Minute, IdleLifetime: 30 * time.Second}},
	} {
		text := "clients: [{name: App}]"
		if tc.text != "" {
			text = "clients: [{name: App, refresh_token: " + tc.text + "}]"
		}
		loaded, err := loadText(t, text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := loaded.Clients[0].RefreshToken; got != tc.want {
			t.Errorf("%s: %+v, want %+v", name, got, tc.want)
		}
	}
}

func TestLivesOfASessionInHoursAndMinutes(t *testing.T) {
	for text, want := range map[string][2]time.Duration{
		"{}": {168 * time.Hour, 72 * time.Hour},
		"{session_lifetime: 720, idle_session_lifetime: 1.5}":                           {720 * time.Hour, 90 * time.Minute},
		"{session_lifetime_in_minutes: 10, idle_session_lifetime_in_minutes: 5}":        {10 * time.Minute, 5 * time.Minute},
		"{session_lifetime: 720, session_lifetime_in_minutes: 30}":                      {30 * time.Minute, 72 * time.Hour},
		"{session_lifetime: 8760, idle_session_lifetime: 2400, friendly_name: longest}": {8760 * time.Hour, 2400 * time.Hour},
	} {
		loaded, err := loadText(t, "clients: [{name: App}]\ntenant: "+text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got := [2]time.Duration{loaded.Settings.SessionLifetime, loaded.Settings.IdleSessionLifetime}; got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

func TestAlgorithmOfALegacyClient(t *testing.T) {
	for text, want := range map[string]string{
		"{name: App}":                         "RS256",
		"{name: App, oidc_conformant: true}":  "RS256",
		"{name: App, oidc_conformant: false}": "HS256",
		"{name: App, oidc_conformant: false, jwt_configuration: {alg: RS256}}":              "RS256",
		"{name: App, oidc_conformant: false, jwt_configuration: {lifetime_in_seconds: 60}}": "HS256",
	} {
		loaded, err := loadText(t, "clients: ["+text+"]")
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got := loaded.Clients[0].IDTokenAlg; got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestMostWebOrigins(t *testing.T) {
	m := tenant.Minimal()
	for i := range 100 {
		m.Clients[0].WebOrigins = append(m.Clients[0].WebOrigins, fmt.Sprintf("https://app%d.example.test", i))
	}
	if err := m.Validate(); err == nil ||
		!strings.Contains(err.Error(), "clients[0].web_origins: web_origins has 101 entries; Auth0 accepts at most 100") {
		t.Errorf("101 of them: %v", err)
	}
	m.Clients[0].WebOrigins = m.Clients[0].WebOrigins[1:]
	if err := m.Validate(); err != nil {
		t.Errorf("100 of them: %v", err)
	}
}

// {organization.metadata.…} stands for what an invitation names: in initiate_login_uri, and nowhere else.
func TestOrganizationMetadataInURLs(t *testing.T) {
	const address = "https://{organization.metadata.public_slug}.example.test/login"
	for text, want := range map[string]bool{
		"clients: [{name: App, initiate_login_uri: '" + address + "'}]":                                      true,
		"clients: [{name: App, callbacks: ['" + address + "']}]":                                             false,
		"clients: [{name: App, allowed_logout_urls: ['" + address + "']}]":                                   false,
		"clients: [{name: App, web_origins: ['" + address + "']}]":                                           false,
		"clients: [{name: App, initiate_login_uri: 'https://{organization.metadata.secret}.example.test/'}]": false,
	} {
		if _, err := loadText(t, text); (err == nil) != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}
