package domain

import (
	"net"
	"strings"
	"testing"
)

func TestDomains(t *testing.T) {
	for _, tc := range []struct {
		written, want, url, name, port string
		plain                          bool
	}{
		{"localhost:4443", "localhost:4443", "https://localhost:4443", "localhost", "4443", false},
		{"Login.Acme.test:443", "login.acme.test", "https://login.acme.test", "login.acme.test", "443", false},
		{"https://localhost:4443/", "localhost:4443", "https://localhost:4443", "localhost", "4443", false},
		{"http://localhost:4480", "http://localhost:4480", "http://localhost:4480", "localhost", "4480", true},
		{"HTTP://LOCALHOST:80/", "http://localhost", "http://localhost", "localhost", "80", true},
		{"http://localhost:443", "http://localhost:443", "http://localhost:443", "localhost", "443", true},
		{"http://[::1]:4480", "http://[::1]:4480", "http://[::1]:4480", "::1", "4480", true},
		{"[::1]", "[::1]", "https://[::1]", "::1", "443", false},
	} {
		scheme, host := Split(tc.written)
		d := New(host, scheme == HTTP)
		if d.String() != tc.want || d.URL() != tc.url || d.Issuer() != tc.url+"/" || d.Name() != tc.name || d.Port() != tc.port ||
			d.Plain != tc.plain {
			t.Errorf("%q is %s, %s, name %s, port %s, plain %v; want %+v", tc.written, d, d.URL(), d.Name(), d.Port(), d.Plain, tc)
		}
	}
	for _, other := range []string{"ftp://x.test", "javascript://localhost", "x.test/", "auto", ""} {
		if scheme, host := Split(other); scheme != "" || host != other {
			t.Errorf("%q is split into %q and %q", other, scheme, host)
		}
	}
}

// TestPlainHTTPStaysHere: tokens and passwords by plain http never leave this machine.
func TestPlainHTTPStaysHere(t *testing.T) {
	for name, here := range map[string]bool{
		"localhost": true, "LOCALHOST": true, "localhost.": true, "a.localhost": true, "127.0.0.1": true, "127.9.9.9": true, "[::1]": true,
		"login.acme.test": false, "localhost.evil.test": false, "10.0.0.1": false, "0.0.0.0": false, "[::]": false, "127.0.0.1.evil.test": false,
		"evillocalhost": false, "": false,
	} {
		if err := New(name+":4480", true).Check(); (err == nil) != here {
			t.Errorf("http://%s: %v", name, err)
		}
		if err := New(name, false).Check(); err != nil {
			t.Errorf("https://%s: %v", name, err)
		}
	}
	for address, here := range map[string]bool{
		"127.0.0.1:1": true, "127.1.2.3:1": true, "[::1]:1": true, "0.0.0.0:1": false, "[::]:1": false, "192.0.2.1:1": false,
	} {
		tcp, err := net.ResolveTCPAddr("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if err := New("localhost", true).CheckListen(tcp); (err == nil) != here || err != nil && !strings.Contains(err.Error(), address) {
			t.Errorf("listening on %s: %v", address, err)
		}
		if err := New("localhost", false).CheckListen(tcp); err != nil {
			t.Errorf("https on %s: %v", address, err)
		}
	}
	if New("localhost", true).CheckListen(&net.UnixAddr{}) == nil {
		t.Error("what is no TCP address is taken for this machine's")
	}
}

func TestWhichAppsTakeHTTP(t *testing.T) {
	for packages, want := range map[string]string{
		"react @auth0/auth0-react vite":                 "@auth0/auth0-react true",
		"express express-openid-connect":                "express-openid-connect true",
		"@auth0/auth0-react auth0":                      "auth0 false",
		"@auth0/nextjs-auth0 express-oauth2-jwt-bearer": "@auth0/nextjs-auth0 false",
		"react vite": " false",
		"":           " false",
		"auth0-js @auth0/auth0-spa-js @auth0/auth0-angular": "auth0-js false",
	} {
		sdk, ok := TakesHTTP(strings.Fields(packages))
		if got := sdk + map[bool]string{true: " true", false: " false"}[ok]; got != want {
			t.Errorf("%s: %q, want %q", packages, got, want)
		}
	}
	if got := SDKNames(true); !strings.HasPrefix(got, "auth0-spa-js, auth0-react, ") || !strings.HasSuffix(got, " and openid-client") {
		t.Error(got)
	}
	if got := SDKNames(false); !strings.Contains(got, "nextjs-auth0") || strings.Contains(got, "react") {
		t.Error(got)
	}
}
