package faults_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/mint"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// tokens are those of a silent answer.
func tokens(p *tenanttest.Person) (access, id string, expires string) {
	p.Helper()
	f := p.Get(tenanttest.Request(p.Server, "prompt", "none")).Fragment(p)
	return f.Get("access_token"), f.Get("id_token"), f.Get("expires_in")
}

func TestClaimsGoWrongBeforeSigning(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Frozen)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	now := float64(s.Now().Unix())
	for _, tc := range []struct {
		claims     string
		id, access map[string]any // what changes; nil: the claim is not there
	}{
		{`{"set":{"nonce":"x","iss":"https://other.example/","aud":["a","b"],"org_id":null,"https://a.b/c":{"d":[1,2.5,true]}}}`,
			map[string]any{
				"nonce": "x", "iss": "https://other.example/", "aud": []any{"a", "b"}, "https://a.b/c": map[string]any{"d": []any{1.0, 2.5, true}},
			}, map[string]any{}},
		{`{"remove":["at_hash","sub"]}`, map[string]any{"at_hash": nil, "sub": nil}, map[string]any{}},
		{`{"shift":{"iat":"2h","exp":"-11h"}}`, map[string]any{"iat": now + 7200, "exp": now + 36000 - 11*3600}, map[string]any{}},
		{`{"shift":{"nbf":"10m","auth_time":"-10m"}}`, map[string]any{"nbf": now + 600, "auth_time": now - 600}, map[string]any{}},
		{`{"token":"access_token","set":{"azp":"x"},"remove":["scope"]}`, map[string]any{}, map[string]any{"azp": "x", "scope": nil}},
		{`{"token":"both","shift":{"exp":"-30h"},"set":{"sub":"auth0|other"}}`, map[string]any{"exp": now + 36000 - 30*3600, "sub": "auth0|other"}, map[string]any{"exp": now + 7200 - 30*3600, "sub": "auth0|other"}},
	} {
		oldAccess, oldID, _ := tokens(p)
		tenanttest.Arm(t, s, `{"times":1,"when":{"endpoint":"authorize"},"do":{"claims":`+tc.claims+`}}`)
		access, id, _ := tokens(p)
		for name, one := range map[string]struct {
			old, token string
			changed    map[string]any
		}{"ID": {oldID, id, tc.id}, "access": {oldAccess, access, tc.access}} {
			want := tenanttest.Claims(t, one.old)
			for claim, value := range one.changed {
				if want[claim] = value; value == nil {
					delete(want, claim)
				}
			}
			got := tenanttest.Claims(t, one.token)
			if strings.Contains(tc.claims, "org_id") && name == "ID" {
				if v, there := got["org_id"]; !there || v != nil {
					t.Errorf("%s: org_id is %v, %v", tc.claims, v, there)
				}
				delete(got, "org_id")
			}
			delete(want, "at_hash")
			if _, kept := one.changed["at_hash"]; !kept || one.changed["at_hash"] != nil {
				delete(got, "at_hash")
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %s token %v, want %v", tc.claims, name, got, want)
			}
			if _, err := mint.Verify(tenanttest.Ring(s), one.token); err != nil {
				t.Errorf("%s: the %s token is not signed: %v", tc.claims, name, err)
			}
		}
		if fired := s.Faults()[len(s.Faults())-1].Fired; fired != 1 {
			t.Errorf("%s: fired %d times: a request counts once", tc.claims, fired)
		}
	}
}

func TestALifetime(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Backends)
	p := tenanttest.Browse(t, s)
	rt := p.Offline()
	tenanttest.Arm(t, s, `{"when":{"endpoint":"authorize"},"do":{"lifetime":"10s"}}`)
	tenanttest.Arm(t, s, `{"when":{"endpoint":"token"},"do":{"lifetime":"24855h"}}`)
	access, id, expires := tokens(p)
	if c := tenanttest.Claims(t, access); c["exp"].(float64)-c["iat"].(float64) != 10 || expires != "10" {
		t.Errorf("exp %v, iat %v, expires_in %s", c["exp"], c["iat"], expires)
	}
	if c := tenanttest.Claims(t, id); c["exp"].(float64)-c["iat"].(float64) != 36000 {
		t.Errorf("the ID token changed too: %v", c)
	}
	if got := p.Renew(rt); !strings.Contains(got.Text, fmt.Sprintf(`"expires_in":%d`, 24855*3600)) {
		t.Errorf("renewed: %s", got.Text)
	}
	s.Disarm("")
	tenanttest.Arm(t, s, `{"when":{"endpoint":"authorize"},"do":{"lifetime":"10s"}}`)
	opaque := p.Get(tenanttest.Request(s, "prompt", "none", "audience", "")).Fragment(t)
	if got := p.Ask("GET", "/userinfo", "", "Authorization", "Bearer "+opaque.Get("access_token")); got.StatusCode != 200 ||
		opaque.Get("expires_in") != "10" {
		t.Fatalf("an opaque token, expires_in %s: %s", opaque.Get("expires_in"), got.Status)
	}
	s.Advance(10e9)
	if got := p.Ask("GET", "/userinfo", "", "Authorization", "Bearer "+opaque.Get("access_token")); got.StatusCode != 401 {
		t.Errorf("an opaque token of 10 s after 10 s: %s", got.Status)
	}
}

// expect is nothing when it holds.
func expect(holds bool, otherwise string) string {
	if holds {
		return ""
	}
	return otherwise
}

func verifies(s *mockauth0.Server, token string) bool {
	_, err := mint.Verify(tenanttest.Ring(s), token)
	return err == nil
}

// signedByTheKey looks at the signature alone, not at which key the header names.
func signedByTheKey(s *mockauth0.Server, token string) bool {
	i := strings.LastIndexByte(token, '.')
	signature, err := base64.RawURLEncoding.DecodeString(token[i+1:])
	sum := sha256.Sum256([]byte(token[:i]))
	return err == nil && rsa.VerifyPKCS1v15(&tenanttest.Ring(s).Current().Private.PublicKey, crypto.SHA256, sum[:], signature) == nil
}

// head is a token's header; nil when it has none.
func head(token string) (h map[string]any) {
	first, _, _ := strings.Cut(token, ".")
	if raw, err := base64.RawURLEncoding.DecodeString(first); err == nil {
		_ = json.Unmarshal(raw, &h) // then it stays nil
	}
	return h
}

func TestTokensGoWrongAfterSigning(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		token string
		fits  func(s *mockauth0.Server, token, before string) string // what is wrong with the changed one; "": nothing
	}{
		{`"signature":"broken"`, func(s *mockauth0.Server, token, before string) string {
			return expect(!verifies(s, token) && strings.Count(token, ".") == 2 && len(token) == len(before) &&
				fmt.Sprint(head(token)) == fmt.Sprint(head(before)), "verifies, or has another header")
		}},
		{`"kid":"unknown"`, func(s *mockauth0.Server, token, _ string) string {
			h := head(token)
			return expect(h["kid"] == "unknown-to-this-tenant" && h["alg"] == "RS256" && signedByTheKey(s, token), fmt.Sprint(h))
		}},
		{`"kid":"mine"`, func(s *mockauth0.Server, token, _ string) string {
			return expect(head(token)["kid"] == "mine", fmt.Sprint(head(token)))
		}},
		{`"kid":"missing"`, func(s *mockauth0.Server, token, _ string) string {
			_, there := head(token)["kid"]
			return expect(!there && signedByTheKey(s, token), "has a kid, or the signature is not that of the key")
		}},
		{`"alg":"none"`, func(s *mockauth0.Server, token, _ string) string {
			return expect(strings.HasSuffix(token, ".") && strings.Count(token, ".") == 2 && head(token)["alg"] == "none", token)
		}},
		{`"alg":"HS256"`, func(s *mockauth0.Server, token, _ string) string {
			_, err := mint.VerifySecret([]byte("the-client-secret"), token)
			return expect(head(token)["alg"] == "HS256" && err == nil, fmt.Sprint(head(token), err))
		}},
		{`"form":"malformed"`, func(s *mockauth0.Server, token, _ string) string {
			return expect(strings.Count(token, ".") == 1, "has all its parts")
		}},
		{`"form":"oversized"`, func(s *mockauth0.Server, token, _ string) string {
			return expect(len(token) > 256<<10 && verifies(s, token), fmt.Sprintf("%d bytes, or it does not verify", len(token)))
		}},
	} {
		s := tenanttest.Serve(t, func(tn *tenant.Config) { tenanttest.Frozen(tn); tn.Clients[0].ClientSecret = "the-client-secret" })
		p := tenanttest.Browse(t, s)
		p.Login(tenanttest.Request(s))
		beforeAccess, beforeID, _ := tokens(p)
		tenanttest.Arm(t, s, `{"times":1,"when":{"endpoint":"authorize"},"do":{"token":{`+tc.token+`}}}`)
		access, id, _ := tokens(p)
		if wrong := tc.fits(s, id, beforeID); wrong != "" {
			t.Errorf("%s: the ID token: %.300s", tc.token, wrong)
		}
		if !verifies(s, access) {
			t.Errorf("%s: the access token is changed too", tc.token)
		}
		tenanttest.Arm(t, s, `{"times":1,"when":{"endpoint":"authorize"},"do":{"token":{"kind":"access_token",`+tc.token+`}}}`)
		if access, id, _ = tokens(p); !verifies(s, id) || tc.token != `"alg":"HS256"` && tc.fits(s, access, beforeAccess) != "" {
			t.Errorf("%s, access_token: %.300s", tc.token, tc.fits(s, access, beforeAccess))
		}
		f := tenanttest.Arm(t, s, `{"times":1,"when":{"endpoint":"authorize"},"do":{"token":{"kind":"both",`+tc.token+`}}}`)
		if access, id, _ = tokens(p); tc.fits(s, id, beforeID) != "" || tc.token != `"alg":"HS256"` && tc.fits(s, access, beforeAccess) != "" {
			t.Errorf("%s, both: %.300s %.300s", tc.token, tc.fits(s, id, beforeID), tc.fits(s, access, beforeAccess))
		}
		for _, armed := range s.Faults() {
			if armed.ID == f.ID && armed.Fired != 1 {
				t.Errorf("%s: two tokens of one request count %d times", tc.token, armed.Fired)
			}
		}
		if access, id, _ = tokens(p); !verifies(s, id) || !verifies(s, access) {
			t.Errorf("%s: the next request's are changed too", tc.token)
		}
	}
}

// TestAnOpaqueTokenHasNoPartsToSpoil leaves the fault for a token that has.
func TestAnOpaqueTokenHasNoPartsToSpoil(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	tenanttest.Arm(t, s, `{"times":1,"do":{"token":{"kind":"access_token","alg":"none"}}}`)
	opaque := p.Get(tenanttest.Request(s, "prompt", "none", "audience", "")).Fragment(t)
	if got := p.Ask("GET", "/userinfo", "", "Authorization", "Bearer "+opaque.Get("access_token")); got.StatusCode != http.StatusOK ||
		s.Faults()[0].Fired != 0 {
		t.Errorf("%s, fired %d", got.Status, s.Faults()[0].Fired)
	}
	if access, _, _ := tokens(p); !strings.HasSuffix(access, ".") {
		t.Errorf("a JWT is whole: %s", access)
	}
}
