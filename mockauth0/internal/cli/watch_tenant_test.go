package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/localca"
	"renewal.example/mockauth0/internal/ownapp"
)

// notes is what a command has written so far, for who waits for it.
type notes struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (n *notes) Write(b []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(b)
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}

func (n *notes) wait(t *testing.T, words ...string) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; <-time.After(5 * time.Millisecond) {
		missing := ""
		for _, w := range words {
			if !strings.Contains(n.String(), w) {
				missing = w
			}
		}
		if missing == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("never said %q:\n%s", missing, n)
		}
	}
}

// watched runs `mockauth0 watch` beside a tenant until the test ends.
func watched(t *testing.T, args ...string) (*mockauth0.Server, *notes) {
	t.Helper()
	return watchedTenant(t, mockauth0.Options{}, args...)
}

func watchedTenant(t *testing.T, o mockauth0.Options, args ...string) (*mockauth0.Server, *notes) {
	t.Helper()
	dir := t.TempDir()
	ca, err := localca.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	o.CA, o.Keys = ca, mockauth0.NewKeyPool(dir)
	s, err := mockauth0.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	out, said := &notes{}, &notes{}
	ctx, cancel := context.WithCancel(t.Context())
	code := make(chan int, 1)
	go func() {
		code <- Run(ctx, append([]string{"watch", "--data-dir", dir, "--url", s.URL()}, args...), Environment{
			Lookup: func(string) (string, bool) { return "", false }, GOOS: "linux",
		}, Stdio{strings.NewReader(""), out, said})
	}()
	t.Cleanup(func() {
		cancel()
		if got := <-code; got != 0 {
			t.Errorf("exit code %d: %s", got, said)
		}
	})
	said.wait(t, "watching "+s.URL())
	return s, out
}

// askSilently is a silent request of the tenant's only client, without a session.
func askSilently(t *testing.T, s *mockauth0.Server) {
	t.Helper()
	c := s.Snapshot().Clients[0]
	client := *s.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
		fmt.Sprintf("%s/authorize?prompt=none&response_type=token&client_id=%s&redirect_uri=%s", s.URL(), c.ClientID, c.Callbacks[0]), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Sec-Fetch-Dest", "iframe")
	r.Header.Set("Sec-Fetch-Storage-Access", "none")
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
}

func TestWatchTellsWhoAsksWhatAndWhyRenewalsFail(t *testing.T) {
	s, out := watched(t)
	if _, err := s.Login(s.Snapshot().Users[0].Email); err != nil {
		t.Fatal(err)
	}
	askSilently(t, s)
	out.wait(t, "silent token by redirect", "302 login_required", "My App", "third_party_cookies_blocked, likely",
		"Sec-Fetch-Storage-Access: none", "Do: Use refresh tokens",
		"Events: "+s.URL()+"/__mock/v1/events?request=", "mockauth0 reproduce third-party-cookies-blocked")
}

// Whoever asks the tenant for something chooses what stands in the line about it: it must not steer the terminal.
func TestWatchTellsWhatATenantLearned(t *testing.T) {
	for _, c := range []struct {
		args []string
		says string
	}{{nil, "  learned the client id Theirs\n"}, {[]string{"--json"}, `{"learned":{"name":"client id","value":"Theirs"}}`}} {
		app, err := ownapp.New(ownapp.Options{URLs: []string{"http://localhost:5173"}})
		if err != nil {
			t.Fatal(err)
		}
		s, out := watchedTenant(t, mockauth0.Options{Tenant: app.Tenant(), Learner: app}, append(c.args, "--all")...)
		res, err := s.Client().Get(s.URL() + "/authorize?client_id=Theirs&response_type=code&redirect_uri=http://localhost:5173")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		out.wait(t, c.says)
	}
}

func TestWatchWritesNothingThatSteersATerminal(t *testing.T) {
	s, out := watched(t)
	res, err := s.Client().Get(s.URL() + "/hello%1b%5d0;renamed%07there")
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	out.wait(t, "/hello\uFFFD]0;renamed\uFFFDthere")
	if strings.ContainsAny(out.String(), "\x1b\a") {
		t.Errorf("%q", out)
	}
}

func TestWatchTellsOfARenewalThatNeverCame(t *testing.T) {
	s, out := watched(t, "--expect", "My App", "--json")
	if _, err := s.MintToken(mockauth0.TokenRequest{Client: "My App", User: s.Snapshot().Users[0].Email, Scope: "openid"}); err != nil {
		t.Fatal(err)
	}
	askSilently(t, s) // it is diagnosed, and from now on the next one is expected
	out.wait(t, `{"exchange":`, `{"diagnosis":`)
	for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
	s.ExpectRenewal("My App", s.Now().Add(time.Minute))
	s.Advance(2 * time.Minute)
	out.wait(t, `"request_never_came"`)
}

func TestWatchSaysWhatIsWrongWithAnAddress(t *testing.T) {
	s, _ := watched(t)
	other := t.TempDir()
	app := httptest.NewServer(http.NotFoundHandler())
	defer app.Close()
	plain := strings.Replace(app.URL, "http://", "https://", 1)
	for _, tc := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--url", "ftp://localhost:1"}, exitRefused, "expected the address of a tenant"},
		{[]string{"--no-wait", "--url", "http://localhost:1"}, exitFailed, "no tenant answers at http://localhost:1: start one with mockauth0 serve"},
		{[]string{"--url", "https://localhost:1/path"}, exitRefused, "expected the address of a tenant"},
		{[]string{"--no-wait", "--url", "https://localhost:1"}, exitFailed, "no tenant answers at https://localhost:1: start one with mockauth0 serve"},
		{[]string{"--url", s.URL(), "--data-dir", other}, exitFailed, "is not of this data directory's CA"},
		{[]string{"--control", plain}, exitFailed, "mockauth0: " + app.URL + "/__mock/v1 answers 404 Not Found, as no mockauth0 tenant does: is it the app?"},
		{[]string{"stray"}, exitRefused, "takes no argument"},
	} {
		var out, said bytes.Buffer
		args := append([]string{"watch", "--data-dir", other}, tc.args...)
		code := Run(t.Context(), args, Environment{
			Lookup: func(string) (string, bool) { return "", false }, GOOS: "linux",
		}, Stdio{strings.NewReader(""), &out, &said})
		if code != tc.code || !strings.Contains(said.String(), tc.want) {
			t.Errorf("%v: exit code %d, %s", tc.args, code, said.String())
		}
	}
}

// An answer beside an error would have net/http write a line of its own to the terminal.
func TestARemoteAnswersOrFails(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	a := &app{env: Environment{Lookup: func(string) (string, bool) { return "", false }}}
	r, err := a.remoteTenant(where{url: server.URL, given: func() bool { return true }})
	if err != nil {
		t.Fatal(err)
	}
	defer r.CloseIdleConnections()
	res, err := r.RoundTrip(httptest.NewRequest(http.MethodGet, server.URL, nil))
	if res != nil || err == nil {
		t.Errorf("%v, %v", res, err)
	}
}

// Tenants end and start again while somebody works on an app. watch says each once, and leaves nothing out.
func TestWatchWaitsForATenantThatIsNotThere(t *testing.T) {
	dir := t.TempDir()
	ca, err := localca.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	serve := func() *mockauth0.Server {
		s, err := mockauth0.Start(mockauth0.Options{Listen: address, CA: ca, Keys: mockauth0.NewKeyPool(dir)})
		if err != nil {
			t.Skip(err) // somebody has the port by now
		}
		if _, err := s.Login(s.Snapshot().Users[0].Email); err != nil {
			t.Fatal(err)
		}
		return s
	}
	out, said, code := &notes{}, &notes{}, make(chan int, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		code <- Run(ctx, []string{"watch", "--data-dir", dir, "--url", "https://" + address}, Environment{
			Lookup: func(string) (string, bool) { return "", false }, GOOS: "linux",
		}, Stdio{strings.NewReader(""), out, said})
	}()
	defer func() {
		cancel()
		if got := <-code; got != 0 {
			t.Errorf("exit code %d: %s", got, said)
		}
	}()
	said.wait(t, "no tenant answers at https://"+address+" yet; waiting for it. Start one with mockauth0 serve --data-dir ")
	s := serve()
	askSilently(t, s)
	out.wait(t, "silent renewal of My App failed: login_required")
	askSilently(t, s)
	out.wait(t, "again, ×2: silent renewal of My App failed: login_required")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	said.wait(t, "has gone; waiting until it is back")
	s = serve()
	defer s.Close()
	askSilently(t, s) // before watch looks again, perhaps
	said.wait(t, ": it is there again")
	for deadline := time.Now().Add(patience); strings.Count(out.String(),
		"\n   silent renewal of My App failed") < 2; <-time.After(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("another tenant's failure is not told in full:\n%s", out)
		}
	}
	for _, once := range []string{"no tenant answers", "watching https://", "has gone; waiting until it is back", "it is there again"} {
		if n := strings.Count(said.String(), once); n != 1 {
			t.Errorf("%q is said %d times:\n%s", once, n, said)
		}
	}
}
