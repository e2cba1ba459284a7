package names_test

import (
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/names"
)

// Readers of recordings see paths of real tenants, some of which are not served here.
func TestEndpointAt(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		names.TokenPath:             names.Token,
		names.MetadataPath:          names.Discovery,
		names.SSODataSlashPath:      names.SSOData,
		names.ClassicLoginPath:      names.Login,
		names.FormCallbackPath:      names.ClassicCallback,
		names.IdentifierPath:        names.LoginIdentifier,
		"/u/login/passwordless":     names.Login,
		"/u/mfa-sms-challenge":      names.Factor,
		"/mf":                       names.Factor,
		"/u/consent-again":          names.Consent,
		"/client/abc.js":            names.Lock,
		names.ProviderPath + "acme": names.Provider,
		"/tokeninfo":                "",
		names.FaviconPath:           "",
		"/":                         "",
		"/index.html":               "",
	} {
		if got := names.EndpointAt(path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
}

func TestTheRegistryNamesEachOnce(t *testing.T) {
	t.Parallel()
	paths := map[string]string{}
	for _, e := range names.Endpoints() {
		if found, ok := names.EndpointOf(e.Name); !ok || len(found.Paths) != len(e.Paths) || len(e.Paths) == 0 {
			t.Errorf("%s is there twice, or has no path", e.Name)
		}
		for _, path := range e.Paths {
			if other := paths[path]; other != "" || !strings.HasPrefix(path, "/") {
				t.Errorf("%s of %s is of %q too, or no path", path, e.Name, other)
			}
			paths[path] = e.Name
		}
	}
	for _, g := range names.Grants() {
		if found, ok := names.GrantOf(g.Type); !ok || found != g {
			t.Errorf("the grant %s is there twice", g.Type)
		}
		if _, ok := names.GrantOf(g.AllowedBy); g.AllowedBy != "" && !ok {
			t.Errorf("%s is allowed by %s, which is no grant", g.Type, g.AllowedBy)
		}
	}
}
