package cli

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"renewal.example/mockauth0"
)

// lockedBuffer is written to by the goroutine under test.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// authorizeAt asks the tenant for a token and gives what it answers, after the redirects on its own host.
func authorizeAt(t *testing.T, client *http.Client, address string) (location, body string) {
	t.Helper()
	for {
		res, err := client.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		location = res.Header.Get("Location")
		if !strings.HasPrefix(location, "/") {
			return location, string(text)
		}
		address = strings.Join(strings.SplitN(address, "/", 4)[:3], "/") + location
	}
}

func TestTheScenarioBeginsWhenSomebodyHasLoggedIn(t *testing.T) {
	a := &app{stdio: Stdio{Err: &lockedBuffer{}}, log: slog.New(slog.DiscardHandler)}
	s, err := a.scenario("session-ended-elsewhere")
	if err != nil {
		t.Fatal(err)
	}
	server, err := mockauth0.New(mockauth0.Options{Tenant: s.Tenant})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	stop := a.arrangeAfterLogin(server, s)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := *server.Client()
	client.Jar, client.CheckRedirect = jar, func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	query := url.Values{"client_id": {s.Tenant.Clients[0].ClientID}, "response_type": {"token id_token"},
		"redirect_uri": {"http://localhost:5000/callback"}, "scope": {"openid"}, "state": {"s"}, "nonce": {"n"}}
	_, page := authorizeAt(t, &client, server.URL()+"/authorize?"+query.Encode())
	state := regexp.MustCompile(`name="state" value="([^"]+)"`).FindStringSubmatch(page)
	if state == nil {
		t.Fatalf("no login page but %s", page)
	}
	events := server.Subscribe(0)
	defer events.Close()
	res, err := client.PostForm(server.URL()+"/u/login?state="+url.QueryEscape(state[1]),
		url.Values{"state": {state[1]}, "username": {"ada@example.test"}, "password": {"Analytical-Engine-1"}})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if len(server.Sessions()) != 1 {
		t.Fatal("nobody is logged in")
	}
	if location, _ := authorizeAt(t, &client, server.URL()+res.Header.Get("Location")); !strings.Contains(location, "access_token=") {
		t.Fatalf("the login ends at %s", location)
	}
	for e := range events.C { // the session ends when the login is over, and not before
		if e.Description == "session ended" {
			break
		}
	}
	stop()
	if len(server.Sessions()) != 0 {
		t.Error("the session goes on")
	}
}
