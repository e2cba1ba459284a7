package localca

import (
	"crypto/tls"
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/clock"
)

func TestIssueSignsForEachName(t *testing.T) {
	a := mustOpen(t, t.TempDir(), "dev.acme.com")
	issued, err := a.Issue([]string{"localhost", "APP.localhost.", "*.acme.test", "app.dev.acme.com", "127.0.0.1", "[::1]", "localhost"})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(issued.Names, " "); got != "localhost app.localhost *.acme.test app.dev.acme.com 127.0.0.1 ::1" {
		t.Errorf("names %s", got)
	}
	served, err := tls.X509KeyPair(issued.Certificate, issued.Key)
	if err != nil {
		t.Fatal(err)
	}
	if len(served.Certificate) != 2 || string(served.Certificate[1]) != string(a.Certificate().Raw) {
		t.Error("the CA does not follow the certificate: a browser that knows the hash of its key does not find it")
	}
	for name, want := range map[string]bool{
		"localhost": true, "app.localhost": true, "shop.acme.test": true, "app.dev.acme.com": true, "127.0.0.1": true, "::1": true,
		"acme.test": false, "dev.acme.com": false, "other.localhost": false, "127.0.0.2": false,
	} {
		host := name
		if strings.Contains(name, "::") {
			host = "[" + name + "]"
		}
		_, err := served.Leaf.Verify(x509.VerifyOptions{Roots: a.Pool(), DNSName: host})
		if (err == nil) != want {
			t.Errorf("%s: %v, want it to be accepted: %v", name, err, want)
		}
	}
	if life := issued.NotAfter.Sub(clock.Wall()); life > 397*24*time.Hour || life < 390*24*time.Hour {
		t.Errorf("it lives for %v", life)
	}
	again, err := a.Issue([]string{"localhost"})
	if err != nil || string(again.Key) == string(issued.Key) {
		t.Errorf("a second certificate has the same key (%v)", err)
	}
}

func TestIssueRefusesWhatIsNoNameOrNotTheCAs(t *testing.T) {
	own, plain := mustOpen(t, t.TempDir(), "dev.acme.com", "192.168.0.7"), mustOpen(t, t.TempDir())
	for _, test := range []struct {
		ca         *Authority
		name, want string
	}{
		{plain, "app.acme.com", "may not sign for app.acme.com: it is for localhost, *.localhost, *.test and loopback addresses"},
		{plain, "*.acme.com", "may not sign for *.acme.com"},
		{plain, "192.168.0.7", "may not sign for 192.168.0.7"},
		{own, "acme.com", "and for dev.acme.com, 192.168.0.7"},
		{plain, "https://localhost:3000", `"https://localhost:3000" is no host name: give the name alone, without scheme and path`},
		{plain, "localhost/app", "without scheme and path"},
		{plain, "me@localhost", "without scheme and path"},
		{plain, "localhost:3000", `has a port (3000), and a certificate holds on every port: give the name alone, localhost`},
		{plain, "", `"" is no host name`},
		{plain, "my app", `"my app" is no host name`},
		{plain, "*", `"*" is no host name`},
		{plain, "app.*.test", "is no host name"},
		{plain, "*.*.test", "is no host name"},
		{plain, "bücher.test", "non-ASCII names as xn--…"},
		{plain, "*.127.0.0.1", "nothing below an address"},
	} {
		if _, err := test.ca.Issue([]string{"localhost", test.name}); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: error %v, want %q", test.name, err, test.want)
		}
	}
}
