package mockauth0

import (
	"net/url"
	"strings"
	"testing"

	"renewal.example/mockauth0/tenant"
)

func TestCustomDomain(t *testing.T) {
	t.Parallel()
	const domain = "login.acme.example.test"
	s := serve(t, func(tn *tenant.Config) {
		tn.Mock.CustomDomain = domain
		tn.CustomDomains = []*tenant.CustomDomain{{Domain: domain, Metadata: map[string]string{"public_brand": "brand", "private": "x"}}}
		tn.Clients[0].Callbacks = append(tn.Clients[0].Callbacks, "https://{custom_domain.metadata.public_brand}.example.test/cb", "https://{custom_domain.metadata.public_other}.example.test/cb")
	})
	for _, host := range []string{domain, s.Domain(), strings.ToUpper(domain) + ":443"} {
		lower := strings.TrimSuffix(strings.ToLower(host), ":443")
		p := browse(t, s)
		at := func(host, path string) answer {
			t.Helper()
			return p.get("https://" + host + path)
		}
		doc := at(host, "/.well-known/openid-configuration")
		for _, name := range []string{"issuer", "token_endpoint", "jwks_uri"} {
			if !strings.HasPrefix(doc.member(t, name), "https://"+lower+"/") {
				t.Errorf("%s: %s is %s", host, name, doc.member(t, name))
			}
		}
		page := at(host, at(host, request(s)).Header.Get("Location"))
		field := stateField.FindStringSubmatch(page.body)
		if field == nil {
			t.Fatalf("%s: %s", host, page.body)
		}
		user := s.Snapshot().Users[0]
		res, err := p.PostForm("https://"+host+"/u/login", url.Values{"state": {field[1]}, "username": {user.Email}, "password": {user.Password}, "action": {"default"}})
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		got := at(host, res.Header.Get("Location")).fragment(t)
		id, access := claimsOf(t, got.Get("id_token")), claimsOf(t, got.Get("access_token"))
		if id["iss"] != "https://"+lower+"/" || access["iss"] != "https://"+lower+"/" || access["aud"].([]any)[1] != "https://"+lower+"/userinfo" {
			t.Errorf("%s: %v %v %v", host, id["iss"], access["iss"], access["aud"])
		}
		for _, other := range []string{domain, s.Domain()} {
			r, err := p.Get("https://" + other + "/userinfo?access_token=" + got.Get("access_token"))
			if err != nil {
				t.Fatal(err)
			}
			_ = r.Body.Close()
			if (r.StatusCode == 200) != (other == lower) {
				t.Errorf("a token of %s at %s: %s", host, other, r.Status)
			}
		}
	}
	p := browse(t, s)
	for callback, want := range map[string]int{
		"https://brand.example.test/cb": 302, "https://{custom_domain.metadata.public_other}.example.test/cb": 403, "https://{custom_domain.metadata.public_brand}.example.test/cb": 403,
	} {
		if got := p.get(request(s, "redirect_uri", callback)); got.StatusCode != want {
			t.Errorf("%s: %s", callback, got.Status)
		}
	}
	for _, name := range []string{domain, s.Domain()} {
		if _, err := s.AddTenant(nil, name); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s is served twice: %v", name, err)
		}
	}
	again := tenant.Minimal()
	again.Mock.CustomDomain = domain
	if _, err := s.AddTenant(again, "fresh.example.test"); err == nil {
		t.Error("a custom domain is served twice")
	} else if _, err := s.AddTenant(nil, "fresh.example.test"); err != nil {
		t.Errorf("a refused tenant took its domain: %v", err)
	}
}
