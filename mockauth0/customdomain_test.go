package mockauth0_test

import (
	"net/url"
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func TestCustomDomain(t *testing.T) {
	t.Parallel()
	const domain = "login.acme.example.test"
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tn.Mock.CustomDomain = domain
		tn.CustomDomains = []*tenant.CustomDomain{{Domain: domain, Metadata: map[string]string{"public_brand": "brand", "private": "x"}}}
		tn.Clients[0].Callbacks = append(tn.Clients[0].Callbacks, "https://{custom_domain.metadata.public_brand}.example.test/cb",
			"https://{custom_domain.metadata.public_other}.example.test/cb")
	})
	for _, host := range []string{domain, s.Domain(), strings.ToUpper(domain) + ":443"} {
		lower := strings.TrimSuffix(strings.ToLower(host), ":443")
		p := tenanttest.Browse(t, s)
		at := func(host, path string) tenanttest.Answer {
			t.Helper()
			return p.Get("https://" + host + path)
		}
		doc := at(host, "/.well-known/openid-configuration")
		for _, name := range []string{"issuer", "token_endpoint", "jwks_uri"} {
			if !strings.HasPrefix(doc.Member(t, name), "https://"+lower+"/") {
				t.Errorf("%s: %s is %s", host, name, doc.Member(t, name))
			}
		}
		page := at(host, at(host, tenanttest.Request(s)).Header.Get("Location"))
		field := tenanttest.StateField.FindStringSubmatch(page.Text)
		if field == nil {
			t.Fatalf("%s: %s", host, page.Text)
		}
		user := s.Snapshot().Users[0]
		res, err := p.PostForm("https://"+host+"/u/login", url.Values{
			"state": {field[1]}, "username": {user.Email}, "password": {user.Password}, "action": {"default"},
		})
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		got := at(host, res.Header.Get("Location")).Fragment(t)
		id, access := tenanttest.Claims(t, got.Get("id_token")), tenanttest.Claims(t, got.Get("access_token"))
		if id["iss"] != "https://"+lower+"/" || access["iss"] != "https://"+lower+"/" ||
			access["aud"].([]any)[1] != "https://"+lower+"/userinfo" {
			t.Errorf("%s: %v %v %v", host, id["iss"], access["iss"], access["aud"])
		}
		for _, other := range []string{domain, s.Domain()} {
			r, err := p.Client.Get("https://" + other + "/userinfo?access_token=" + got.Get("access_token"))
			if err != nil {
				t.Fatal(err)
			}
			_ = r.Body.Close()
			if (r.StatusCode == 200) != (other == lower) {
				t.Errorf("a token of %s at %s: %s", host, other, r.Status)
			}
		}
	}
	p := tenanttest.Browse(t, s)
	for callback, want := range map[string]int{
		"https://brand.example.test/cb": 302, "https://{custom_domain.metadata.public_other}.example.test/cb": 403,
		"https://{custom_domain.metadata.public_brand}.example.test/cb": 403,
	} {
		if got := p.Get(tenanttest.Request(s, "redirect_uri", callback)); got.StatusCode != want {
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
