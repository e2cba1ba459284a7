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
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/event"
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
	for _, c := range []struct {
		scenario, event string
		passed          time.Duration
	}{
		{"session-ended-elsewhere", "session ended", 0},
		{"session-idle-expired", "clock moved", 9 * time.Hour},
	} {
		t.Run(c.scenario, func(t *testing.T) { testScenarioBegins(t, c.scenario, c.event, c.passed) })
	}
}

// testScenarioBegins logs in, waits for the event with which the scenario begins, and expects that the session is of no use then.
func testScenarioBegins(t *testing.T, id, begins string, passed time.Duration) {
	log := &lockedBuffer{}
	a := &app{stdio: Stdio{Err: &lockedBuffer{}}, log: slog.New(slog.NewTextHandler(log, nil))}
	s, err := a.scenario(id)
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
	for late := time.After(10 * time.Second); ; { // the failure begins when the login is over, and not before
		var e event.Event
		select {
		case e = <-events.C:
		case <-late:
			stop()
			t.Fatalf("there was no event %q", begins)
		}
		if e.Description == begins {
			break
		}
	}
	stop()
	query.Set("prompt", "none")
	if location, _ := authorizeAt(t, &client, server.URL()+"/authorize?"+query.Encode()); !strings.Contains(location, "error=login_required") {
		t.Errorf("a renewal ends at %s", location)
	}
	if got := time.Until(server.Now()).Round(time.Minute); got != passed {
		t.Errorf("%v passed on the tenant's clock, want %v", got, passed)
	}
	if said := strings.Contains(log.String(), "tenant_clock=+"+passed.String()); said != (passed != 0) {
		t.Errorf("the log says that %v passed: %v; it is %s", passed, said, log)
	}
}

// TestAScenarioWaitsForTheTokensOfALogin, however their code comes to the app: one that expires before the app has exchanged it lets nobody
// in.
func TestAScenarioWaitsForTheTokensOfALogin(t *testing.T) {
	t.Parallel()
	login := func(answer event.Response) []event.Event {
		return []event.Event{
			{Request: "1", Kind: event.KindLog, Type: event.SuccessLogin},
			{Request: "2", Data: &event.Response{Status: 200}}, // somebody else's
			{Request: "1", Data: &answer},
		}
	}
	exchanged := []event.Event{
		{Request: "3", Kind: event.KindLog, Type: event.SuccessExchangeCode}, {Request: "3", Data: &event.Response{Status: 200}},
	}
	code := event.Members{"code": event.Redacted, "state": "s"}
	for _, c := range []struct {
		name   string
		answer event.Response
		at     int // how many events there are when the login is over
	}{
		{"by redirect", event.Response{Status: 302, Location: "http://localhost:5173/?code=" + event.Redacted + "&state=s"}, 5},
		{"in a popup", event.Response{Status: 200, Mode: "web_message", Response: code}, 5},
		{"by a form", event.Response{Status: 200, Mode: "form_post", Response: code}, 5},
		{"tokens by redirect", event.Response{Status: 302, Location: "http://localhost:5173/#access_token=" + event.Redacted}, 3},
		{"tokens by a form", event.Response{Status: 200, Mode: "form_post", Response: event.Members{"id_token": event.Redacted}}, 3},
	} {
		all := append(login(c.answer), exchanged...)
		for n := range len(all) + 1 {
			events := make(chan event.Event, len(all))
			for _, e := range all[:n] {
				events <- e
			}
			close(events)
			if over := loggedIn(&mockauth0.Subscription{C: events}); over != (n >= c.at) {
				t.Errorf("%s: after %d events the login is over: %v", c.name, n, over)
			}
		}
	}
}
