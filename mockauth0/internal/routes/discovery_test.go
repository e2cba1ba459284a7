package routes_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// TestTheDiscoveryDocument: whole, and in Auth0's order, so that a diff with a real tenant's shows differences only.
func TestTheDiscoveryDocument(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	want := `{
"issuer":"https://T/",
"authorization_endpoint":"https://T/authorize",
"token_endpoint":"https://T/oauth/token",
"userinfo_endpoint":"https://T/userinfo",
"jwks_uri":"https://T/.well-known/jwks.json",
"revocation_endpoint":"https://T/oauth/revoke",
"scopes_supported":["openid","profile","offline_access","name","given_name","family_name","nickname","email","email_verified","picture","created_at","identities","phone","address"],
"response_types_supported":["code","token","id_token","code token","code id_token","token id_token","code token id_token"],
"code_challenge_methods_supported":["S256","plain"],
"response_modes_supported":["query","fragment","form_post"],
"subject_types_supported":["public"],
"token_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post","private_key_jwt"],
"token_endpoint_auth_signing_alg_values_supported":["RS256","RS384","PS256"],
"claims_supported":["aud","auth_time","created_at","email","email_verified","exp","family_name","given_name","iat","identities","iss","name","nickname","phone_number","picture","sub"],
"request_uri_parameter_supported":false,
"request_parameter_supported":false,
"id_token_signing_alg_values_supported":["HS256","RS256","PS256"],
"end_session_endpoint":"https://T/oidc/logout",
"pushed_authorization_request_endpoint":"https://T/oauth/par"}`
	got := tenanttest.Browse(t, s).Get("/.well-known/openid-configuration").Text
	if want = strings.ReplaceAll(strings.ReplaceAll(want, "\n", ""), "https://T/", s.Issuer()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestDiscoveryAndKeys(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	got := p.Get("/.well-known/openid-configuration")
	if alias := p.Get("/.well-known/oauth-authorization-server"); alias.Text != got.Text {
		t.Error("the alias differs")
	}
	var doc map[string]any
	if err := json.Unmarshal([]byte(got.Text), &doc); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"issuer": s.Issuer(), "authorization_endpoint": s.URL() + "/authorize",
		"userinfo_endpoint": s.URL() + "/userinfo", "token_endpoint": s.URL() + "/oauth/token", "revocation_endpoint": s.URL() + "/oauth/revoke",
		"jwks_uri": s.URL() + "/.well-known/jwks.json"} {
		if doc[name] != want {
			t.Errorf("%s is %v, want %s", name, doc[name], want)
		}
	}
	// Auth0's order: people compare documents by eye.
	if order := got.MemberOrder(t); order != "issuer authorization_endpoint token_endpoint userinfo_endpoint jwks_uri revocation_endpoint "+
		"scopes_supported response_types_supported "+
		"code_challenge_methods_supported response_modes_supported subject_types_supported token_endpoint_auth_methods_supported "+
		"token_endpoint_auth_signing_alg_values_supported "+
		"claims_supported request_uri_parameter_supported request_parameter_supported id_token_signing_alg_values_supported "+
		"end_session_endpoint pushed_authorization_request_endpoint" {
		t.Errorf("members: %s", order)
	}
	if !strings.HasPrefix(got.Text, `{"issuer":"`) || doc["device_authorization_endpoint"] != nil ||
		doc["end_session_endpoint"] != s.URL()+"/oidc/logout" {
		t.Errorf("discovery: %s", got.Text)
	}
	for name, want := range map[string]string{
		"response_types_supported":                         "[code token id_token code token code id_token token id_token code token id_token]",
		"code_challenge_methods_supported":                 "[S256 plain]",
		"token_endpoint_auth_methods_supported":            "[client_secret_basic client_secret_post private_key_jwt]",
		"token_endpoint_auth_signing_alg_values_supported": "[RS256 RS384 PS256]",
	} {
		if got := fmt.Sprint(doc[name]); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	keys := p.Get("/.well-known/jwks.json")
	var set jose.JSONWebKeySet // go-jose refuses a key whose x5c is another key's
	if err := json.Unmarshal([]byte(keys.Text), &set); err != nil || len(set.Keys) != 2 {
		t.Fatalf("%v: %s", err, keys.Text)
	}
	k := set.Keys[0]
	if k.Algorithm != "RS256" || k.Use != "sig" || len(k.KeyID) != 21 || len(k.Certificates) != 1 ||
		k.Certificates[0].Subject.CommonName != s.Domain() {
		t.Errorf("%+v", k)
	}
	for _, a := range []tenanttest.Answer{got, keys} {
		if a.StatusCode != 200 || a.Header.Get("Content-Type") != "application/json; charset=utf-8" ||
			a.Header.Get("Access-Control-Allow-Origin") != "*" || !strings.HasPrefix(a.Header.Get("Cache-Control"), "public, max-age=15") {
			t.Errorf("%s %v", a.Status, a.Header)
		}
	}
	tok, err := jose.ParseSignedCompact(p.Login(tenanttest.Request(s)).Fragment(t).Get("id_token"), []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tok.Verify(set.Key(tok.Signatures[0].Protected.KeyID)[0]); err != nil {
		t.Error(err)
	}
}

// The document is kept: what may change it must make another one.
func TestTheDocumentFollowsItsTenant(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) { tn.Mock.CustomDomain = "login.acme.test" })
	p := tenanttest.Browse(t, s)
	read := func(origin string) (doc struct {
		Issuer     string `json:"issuer"`
		Token      string `json:"token_endpoint"`
		EndSession string `json:"end_session_endpoint"`
	}) {
		t.Helper()
		if err := json.Unmarshal([]byte(p.Get(origin+"/.well-known/openid-configuration").Text), &doc); err != nil {
			t.Fatal(err)
		}
		return doc
	}
	for range 2 { // made, and kept
		for _, origin := range []string{s.URL(), "https://login.acme.test"} {
			if got := read(origin); got.Issuer != origin+"/" || got.Token != origin+"/oauth/token" || got.EndSession != origin+"/oidc/logout" {
				t.Errorf("%s: %+v", origin, got)
			}
		}
	}
	armed := tenanttest.Arm(t, s, `{"do":{"discovery":{"set":{"issuer":"https://other.example/"}}}}`)
	if got := read(s.URL()); got.Issuer != "https://other.example/" {
		t.Errorf("with a fault: %+v", got)
	}
	s.Disarm(armed.ID)
	if got := read(s.URL()); got.Issuer != s.Issuer() {
		t.Errorf("after the fault: %+v", got)
	}
	tenanttest.Reconfigure(t, s, func(tn *tenant.Config) { tn.Settings.HideEndSession = true })
	if got := read(s.URL()); got.EndSession != "" {
		t.Errorf("after a reload: %+v", got)
	}
}
