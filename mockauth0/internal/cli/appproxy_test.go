package cli

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// servedBeside runs serve with these arguments until the test ends, and waits until it has printed the table.
func servedBeside(t *testing.T, dir string, args ...string) (announcement, *notes) {
	t.Helper()
	out, said, code := newTranscript(), &notes{}, make(chan int, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		code <- Run(ctx, append([]string{"serve", "--listen", "127.0.0.1:0", "--data-dir", dir}, args...), Environment{
			Lookup: func(string) (string, bool) { return "", false }, GOOS: "linux",
		}, Stdio{strings.NewReader(""), out, said})
	}()
	t.Cleanup(func() {
		cancel()
		if got := <-code; got != 0 {
			t.Errorf("exit code %d: %s", got, said)
		}
	})
	said.wait(t, "Ctrl-C ends it")
	return announced(t, out), said
}

func TestServePutsTheAppOnHTTPSBesideTheTenant(t *testing.T) {
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "my app at "+r.URL.Path) }))
	defer app.Close()
	dir := t.TempDir()
	tenant, said := servedBeside(t, dir, "--app", app.URL+"/start", "--app-proxy=127.0.0.1:0")
	said.wait(t, "a proxy puts "+app.URL+"/start on https: app and tenant are one site")
	found := regexp.MustCompile(`open +(https://localhost:\d+)/start`).FindStringSubmatch(said.String())
	if found == nil {
		t.Fatalf("it does not say what to open:\n%s", said)
	}
	origin := found[1]
	if tenant.App != origin+"/start" {
		t.Errorf("the JSON line says that the app is at %q, want %s/start", tenant.App, origin)
	}
	pem, err := os.ReadFile(filepath.Join(dir, "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	get := func(address string) (*http.Response, string) {
		t.Helper()
		res, err := client.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res, string(body)
	}
	if _, body := get(origin + "/start"); body != "my app at /start" {
		t.Errorf("the proxy answers %q", body)
	}
	asked := url.Values{"client_id": {"MyOwnClient"}, "response_type": {"code"}, "scope": {"openid"}, "prompt": {"none"}, "state": {"s"},
		"redirect_uri": {origin + "/callback"}}
	res, body := get(tenant.Issuer + "authorize?" + asked.Encode())
	if !strings.HasPrefix(res.Header.Get("Location"), origin+"/callback?error=login_required") {
		t.Errorf("the tenant does not take the app's https address: %s %s", res.Status, body)
	}
	app.Close()
	if res, body = get(origin + "/start"); res.StatusCode != http.StatusBadGateway || !strings.Contains(body, "not answer at "+app.URL) {
		t.Errorf("%s: %s", res.Status, body)
	}
	said.wait(t, "warning: your app does not answer; its page says so")
}

func TestServeSaysWhyAProxyCannotBe(t *testing.T) {
	taken := httptest.NewServer(http.NotFoundHandler())
	defer taken.Close()
	at := strings.TrimPrefix(taken.URL, "http://")
	for _, tc := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--app-proxy"}, exitRefused, "--app-proxy needs --app"},
		{[]string{"--app", "https://localhost:5173", "--app-proxy"}, exitRefused, `and --app is "https://localhost:5173"`},
		{[]string{"--app", "http://localhost:5443", "--app-proxy"}, exitRefused, "have the same port, 5443"},
		{[]string{"--app", "http://localhost:5173", "--app-proxy=5443"}, exitRefused, `--app-proxy is "5443"; expected HOST:PORT`},
		{[]string{"--app", "http://localhost:5173", "--app-proxy=" + at}, exitFailed, "is in use (" + at +
			"): stop the program that has it, or " +
			"choose another port with --app-proxy"},
		{[]string{"--app", "http://localhost:5173", "--app-proxy", "127.0.0.1:0"}, exitRefused, "write --app-proxy=127.0.0.1:0"},
		{[]string{"--http", "--app", "http://localhost:5173", "--app-proxy=127.0.0.1:0"}, exitRefused, "this tenant is by plain http, so"},
		{[]string{"--app", "nonsense", "--app-proxy=127.0.0.1:0"}, exitRefused, `"nonsense"`},
	} {
		var out, said bytes.Buffer
		code := Run(t.Context(), append([]string{"serve", "--listen", "127.0.0.1:0", "--data-dir", t.TempDir()}, tc.args...),
			Environment{Lookup: func(string) (string, bool) { return "", false }, GOOS: "linux"}, Stdio{strings.NewReader(""), &out, &said})
		if code != tc.code || !strings.Contains(said.String(), tc.want) {
			t.Errorf("%v: exit code %d, %s", tc.args, code, said.String())
		}
	}
}

func TestSitesAreSchemeful(t *testing.T) {
	for _, tc := range []struct {
		app, issuer string
		same        bool
	}{
		{"http://localhost:5173/", "http://localhost:4443/", true},
		{"https://localhost:5443/", "https://localhost:4443/", true},
		{"http://localhost:5173/", "https://localhost:4443/", false},
		{"http://127.0.0.1:5173/", "http://localhost:4443/", false},
		{"https://app.localhost/", "https://localhost:4443/", false},
		{"https://app.acme.localhost/", "https://login.acme.localhost:4443/", true},
		{"https://app.acme.com/", "https://login.acme.com/", true},
		{"https://acme.github.io/", "https://other.github.io/", false},
		{"http://127.0.0.1:1/", "http://127.0.0.2:1/", false},
	} {
		if got := sameSite(tc.app, tc.issuer); got != tc.same {
			t.Errorf("%s and %s: one site %v, want %v", tc.app, tc.issuer, got, tc.same)
		}
	}
}

// listensAt is a listener with an address that a test may not have.
type listensAt struct {
	net.Listener
	port int
}

func (l listensAt) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: l.port} }

// Browsers leave out the port that a scheme has anyway (https://html.spec.whatwg.org/multipage/browsers.html#concept-origin).
func TestOriginsAreThoseThatBrowsersSend(t *testing.T) {
	for _, tc := range []struct {
		site site
		want string
	}{
		{site{tls: true, socket: listensAt{port: 443}}, "https://localhost"},
		{site{tls: true, socket: listensAt{port: 80}}, "https://localhost:80"},
		{site{socket: listensAt{port: 80}}, "http://localhost"},
		{site{socket: listensAt{port: 443}}, "http://localhost:443"},
		{site{tls: true, socket: listensAt{port: 5443}}, "https://localhost:5443"},
	} {
		if got := tc.site.origin(); got != tc.want {
			t.Errorf("%s, TLS %v: %s, want %s", tc.site.socket.Addr(), tc.site.tls, got, tc.want)
		}
	}
}
