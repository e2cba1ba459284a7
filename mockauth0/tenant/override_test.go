package tenant

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// overridden is a small tenant with an override.
func overridden(t *testing.T, document string) (*Config, error) {
	t.Helper()
	base := Minimal()
	base.Clients[0].RefreshToken = RefreshToken{Rotating: true, Lifetime: time.Hour, IdleLifetime: time.Minute}
	base.Settings.SkipLogoutPrompt, base.Settings.NonPersistentCookie, base.Settings.ClassicLogin = true, true, true
	if err := base.Validate(); err != nil {
		t.Fatal(err)
	}
	before := base.Clone()
	if err := before.Validate(); err != nil {
		t.Fatal(err)
	}
	next, err := base.Override([]byte(document))
	base.index, before.index = nil, nil
	if !reflect.DeepEqual(base, before) {
		t.Errorf("%s changes the tenant that it is laid over", document)
	}
	return next, err
}

func TestOverride(t *testing.T) {
	t.Parallel()
	for document, holds := range map[string]func(t *Config) bool{
		`{}`: func(t *Config) bool { return len(t.Clients) == 1 && t.Clients[0].RefreshToken.Rotating },
		`{"client":{"refresh_token":{"token_lifetime":60}}}`: func(t *Config) bool {
			return t.Clients[0].RefreshToken == RefreshToken{Rotating: true, Lifetime: time.Minute, IdleLifetime: time.Minute}
		},
		`{"client":{"refresh_token":{"expiration_type":"non-expiring"}}}`: func(t *Config) bool {
			return t.Clients[0].RefreshToken == RefreshToken{Rotating: true}
		},
		`{"tenant":{"clients":[{"name":"My App","callbacks":["http://localhost:9"]},{"name":"Other","app_type":"spa"}]}}`: func(t *Config) bool {
			return len(t.Clients) == 2 && len(t.Clients[0].Callbacks) == 1 && len(t.Clients[0].WebOrigins) == 1 && t.Clients[1].ClientID != ""
		},
		`{"tenant":{"tenant":{"session_lifetime":1}}}`: func(t *Config) bool {
			return t.Settings.SessionLifetime == time.Hour && t.Settings.SkipLogoutPrompt && t.Settings.NonPersistentCookie
		},
		`{"tenant":{"prompts":{"identifier_first":true}}}`: func(t *Config) bool { return t.Settings.ClassicLogin && t.Settings.IdentifierFirst },
		`{"tenant":{"resourceServers":[{"identifier":"https://api.example.test/","token_lifetime":5}]}}`: func(t *Config) bool {
			return len(t.ResourceServers) == 1 && t.ResourceServers[0].TokenLifetime == 5*time.Second && t.ResourceServers[0].AllowOfflineAccess
		},
		`{"tenant":{"databases":[{"name":"Username-Password-Authentication","options":{"disable_signup":true}}]}}`: func(t *Config) bool {
			return len(t.Connections) == 1 && t.Connections[0].DisableSignup
		},
		`{"users":[{"email":"ADA@example.test","blocked":true},{"email":"grace@example.test","password":"Flow-Matic-1"}]}`: func(t *Config) bool {
			return len(t.Users) == 2 && t.Users[0].Blocked && t.Users[0].Password != "" && t.Users[1].ID != ""
		},
		`{"mock":{"code_lifetime":5,"users":{"ada@example.test":{"password_leaked":true}},"custom_domain":"login.acme.test"}}`: func(t *Config) bool {
			return t.Mock.CodeLifetime == 5*time.Second && t.Users[0].PasswordLeaked && t.Mock.CustomDomain == "login.acme.test"
		},
	} {
		next, err := overridden(t, document)
		if err != nil {
			t.Errorf("%s: %v", document, err)
			continue
		}
		if !holds(next) || next.ClientByName("My App") == nil || next.UserByID(next.Users[0].ID) == nil {
			t.Errorf("%s: %+v %+v", document, next.Clients[0], next.Settings)
		}
	}
}

func TestOverridesThatAreRefused(t *testing.T) {
	t.Parallel()
	for document, want := range map[string]string{
		``:                              "the file is empty",
		`[]`:                            "override:1:1: the override is a list; expected an object",
		`{"tenants":{}}`:                `unknown key "tenants" in the override`,
		`{"client":{"calbacks":[]}}`:    `unknown key "calbacks" in client "My App"`,
		`{"client":{"callbacks":null}}`: "override.client.callbacks is null; expected the value",
		`{"client":{"callbacks":"x"}}`:  `callbacks is the string "x"; expected a list of strings`,
		`{"tenant":{"clients":[{"name":"My App","jwt_configuration":{"lifetime_in_seconds":"1h"}}]}}`: "lifetime_in_seconds is",

		`{"users":[{"email":"grace@example.test","pasword":"x"}]}`: `unknown key "pasword"`,
		`{"mock":{"consent_policy":"maybe"}}`:                      `consent_policy is "maybe", which is not accepted`,
		`{"mock":{"domain":"a.test"}}`:                             "mock.domain is not the override's to say",
		`{"mock":{"users":{"nobody@example.test":{}}}}`:            `users.json has no user "nobody@example.test"`,
		`{"client":{"callbacks":[`:                                 "override:1:",
	} {
		_, err := overridden(t, document)
		var problems Problems
		if !errors.As(err, &problems) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", document, err, want)
		}
	}
}

// TestAnOverrideOfNothingChangesNothing of a tenant with all kinds of settings: what readers take for a default must be what is there.
func TestAnOverrideOfNothingChangesNothing(t *testing.T) {
	t.Parallel()
	base, err := Load(fstest.MapFS{"tenant.yaml": {Data: []byte(everything)}}, "whole", LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	next, err := base.Override([]byte(`{"tenant":{"tenant":{"session_cookie":{},"sessions":{},"oidc_logout":{},"flags":{}},"prompts":{},
		"attackProtection":{},"guardianPolicies":{},
		"clients":[{"name":"App","refresh_token":{},"oidc_logout":{"backchannel_logout_initiators":{}},"jwt_configuration":{}}],
		"databases":[{"name":"DB","options":{"password_history":{}}}],
		"resourceServers":[{"identifier":"https://api.example.test/","subject_type_authorization":{}}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	base.index, next.index, base.Warnings, next.Warnings = nil, nil, nil, nil
	if !reflect.DeepEqual(base, next) {
		t.Error("the tenant is another")
		for i, pair := range [][2]any{{base.Settings, next.Settings}, {*base.Clients[0], *next.Clients[0]},
			{*base.Connections[0], *next.Connections[0]},
			{*base.ResourceServers[0], *next.ResourceServers[0]}} {
			if !reflect.DeepEqual(pair[0], pair[1]) {
				t.Errorf("%d:\n%+v\n%+v", i, pair[0], pair[1])
			}
		}
	}
}

const everything = `
tenant:
  session_cookie: {mode: non-persistent}
  sessions: {oidc_logout_prompt_enabled: false}
  oidc_logout: {rp_logout_end_session_endpoint_discovery: false}
  pushed_authorization_requests_supported: false
  resource_parameter_profile: compatibility
  flags: {remove_alg_from_jwks: true}
prompts: {universal_login_experience: classic, identifier_first: true}
attackProtection: {bruteForceProtection: {enabled: true, max_attempts: 3}}
guardianFactors: [{name: email, enabled: true}]
guardianPolicies: {policies: [all-applications]}
clients:
  - name: App
    app_type: spa
    callbacks: [http://localhost:3000]
    third_party_security_mode: permissive
    redirection_policy: open_redirect_protection
    refresh_token: {rotation_type: rotating, expiration_type: expiring, token_lifetime: 100, idle_token_lifetime: 50, leeway: 3}
    oidc_logout: {backchannel_logout_urls: [https://app.example.test/], backchannel_logout_initiators: {mode: all}}
databases:
  - name: DB
    options: {password_history: {enable: true, size: 3}}
resourceServers:
  - {name: API, identifier: "https://api.example.test/", scopes: [{value: read}]}
`
