package faults_test

import (
	"encoding/json"
	"slices"
	"testing"

	"renewal.example/mockauth0/internal/tenanttest"
)

func TestTheKeysThatAreServed(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	kids := func() (out []string) {
		t.Helper()
		got := p.Get("/.well-known/jwks.json")
		var set struct {
			Keys []struct{ Kid, N, Alg string }
		}
		if err := json.Unmarshal([]byte(got.Text), &set); err != nil || got.StatusCode != 200 || set.Keys == nil {
			t.Fatalf("%s %s %v", got.Status, got.Text, err)
		}
		for _, k := range set.Keys {
			if out = append(out, k.Kid); k.N == "" || k.Alg != "RS256" {
				t.Errorf("a key without its parts: %+v", k)
			}
		}
		return out
	}
	current, err := s.RotateKey()
	if err != nil {
		t.Fatal(err)
	}
	all := kids()
	for do, want := range map[string][]string{`{"jwks":"stale"}`: all[1:], `{"jwks":"empty"}`: nil} {
		tenanttest.Arm(t, s, `{"times":1,"do":`+do+`}`)
		if got := kids(); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", do, got, want)
		}
		if got := kids(); !slices.Equal(got, all) {
			t.Errorf("after %s: %v, want %v", do, got, all)
		}
	}
	if all[0] != current || len(all) != 3 {
		t.Errorf("current %s of %v", current, all)
	}
}

func TestDiscoveryThatLies(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	tenanttest.Arm(t, s, `{"times":2,"do":{"discovery":{"set":{"issuer":"https://other.example/","jwks_uri":null,"x":[1]},"remove":["token_endpoint"]}}}`)
	for i, path := range []string{
		"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/.well-known/openid-configuration",
	} {
		var doc map[string]any
		if err := json.Unmarshal([]byte(p.Get(path).Text), &doc); err != nil {
			t.Fatal(err)
		}
		_, token := doc["token_endpoint"]
		jwks, there := doc["jwks_uri"]
		lies := doc["issuer"] == "https://other.example/" && !token && there && jwks == nil && doc["x"] != nil
		if lies != (i < 2) || (doc["issuer"] == s.Issuer()) != (i == 2) || doc["authorization_endpoint"] == nil {
			t.Errorf("%s, %d: %v", path, i, doc)
		}
	}
}
