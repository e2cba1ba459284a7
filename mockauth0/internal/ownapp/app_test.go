package ownapp

import (
	"slices"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/tenant"
)

// appAt is an app on http://localhost:5173.
func appAt(t *testing.T, o Options) *App {
	t.Helper()
	if o.URLs == nil {
		o.URLs = []string{"http://localhost:5173"}
	}
	a, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTenantIsWhatTheDashboardSetsUp(t *testing.T) {
	t.Parallel()
	tn := appAt(t, Options{URLs: []string{"http://localhost:5173/shop/?page=1#top", "https://localhost:8443"}}).Tenant()
	c, api := tn.Clients[0], tn.ResourceServers[0]
	if c.AppType != "spa" || c.TokenEndpointAuthMethod != "none" || !c.FirstParty || !c.OIDCConformant || c.IDTokenAlg != "RS256" {
		t.Errorf("the client is %+v", c)
	}
	if want := (tenant.RefreshToken{Rotating: true, Lifetime: 720 * time.Hour, IdleLifetime: 360 * time.Hour}); c.RefreshToken != want {
		t.Errorf("refresh tokens %+v, want %+v (facts 4.1-spa-defaults)", c.RefreshToken, want)
	}
	for _, callback := range []string{
		"http://localhost:5173/shop", "http://localhost:5173/shop/", "http://localhost:5173", "http://localhost:5173/", "https://localhost:8443",
		"http://localhost:5173/callback", "https://localhost:8443/callback", "http://localhost:5173/auth/callback",
		"http://localhost:5173/api/auth/callback", "http://localhost:5173/login/callback", "http://localhost:5173/silent.html",
	} {
		if !slices.Contains(c.Callbacks, callback) {
			t.Errorf("%s is no callback", callback)
		}
	}
	if want := "http://localhost:5173 https://localhost:8443"; strings.Join(c.WebOrigins, " ") != want ||
		strings.Join(c.AllowedOrigins, " ") != want {
		t.Errorf("web origins %v, allowed origins %v", c.WebOrigins, c.AllowedOrigins)
	}
	if !slices.Contains(c.AllowedLogoutURLs, "http://localhost:5173/shop/") ||
		!slices.Contains(c.AllowedLogoutURLs, "https://localhost:8443") {
		t.Errorf("logout URLs %v", c.AllowedLogoutURLs)
	}
	if !api.AllowOfflineAccess || len(tn.Warnings) > 0 {
		t.Errorf("the API is %+v, the warnings %v", api, tn.Warnings)
	}
	if people := slices.DeleteFunc(slices.Clone(tn.Users), (*tenant.User).Magic); len(people) != 2 || people[0].Password == "" {
		t.Errorf("%d people", len(people))
	}
}

func TestARegularWebApplicationHasASecret(t *testing.T) {
	t.Parallel()
	c := appAt(t, Options{Type: RegularWeb}).Tenant().Clients[0]
	if c.AppType != "regular_web" || c.TokenEndpointAuthMethod != "client_secret_post" || len(c.ClientSecret) < 32 || c.RefreshToken.Rotating {
		t.Errorf("the client is %+v", c)
	}
}

func TestNewSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	const app = "http://localhost:5173"
	for _, c := range []struct {
		o    Options
		says string
	}{
		{Options{}, "an app has an address"},
		{Options{URLs: []string{"localhost:5173"}}, `"localhost:5173" is not the address of an app; expected one such as`},
		{Options{URLs: []string{"ftp://localhost"}}, "is not the address of an app"},
		{Options{URLs: []string{"http://u:p@localhost"}}, "is not the address of an app"},
		{Options{URLs: []string{"http://*.example.test"}}, "is not the address of an app"},
		{Options{URLs: []string{"http://:80"}}, "is not the address of an app"},
		{Options{URLs: []string{app}, Callback: "http://localhost:51730/"}, "is not of the app's origin, http://localhost:5173"},
		{Options{URLs: []string{app}, ClientID: "two words"}, "the client id"},
	} {
		if _, err := New(c.o); err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%+v: %v, want %q", c.o, err, c.says)
		}
	}
}

func TestMineAreAddressesOnTheAppsOriginsOnly(t *testing.T) {
	t.Parallel()
	a := appAt(t, Options{URLs: []string{"http://localhost:5173", "https://App.example.test:443/x"}})
	for address, want := range map[string]bool{
		"http://localhost:5173": true, "http://localhost:5173/any": true, "http://localhost:5173?a=b": true, "https://app.example.test/": true,
		"http://localhost:51730": false, "http://localhost:5173@evil.example": false, "http://localhost:5173.evil.example/": false,
		"https://localhost:5173/": false, "http://127.0.0.1:5173/": false, "//localhost:5173/": false, "http://localhost:5173/*": false,
		"http://evil.example/http://localhost:5173/": false, "": false,
	} {
		if a.Mine(address) != want {
			t.Errorf("%q: %v", address, !want)
		}
	}
}

// TestAnAppsOriginIsAsBrowsersWriteIt, so that the addresses of its pages begin with it.
func TestAnAppsOriginIsAsBrowsersWriteIt(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"http://localhost:80/": "http://localhost", "https://Shop.test:443/in?x#y": "https://shop.test",
		"http://localhost:443": "http://localhost:443",
		"http://[::1]:5173":    "http://[::1]:5173", "http://ada@localhost/": "", "localhost:5173": "", "ftp://localhost/": "",
		"http://*.test/": "",
	} {
		if got, err := OriginOf(address); got != want || (err == nil) != (want != "") {
			t.Errorf("the origin of %q is %q (%v), want %q", address, got, err, want)
		}
	}
}
