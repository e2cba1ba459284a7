package diagnose_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// healthyTime is the tenant time for which the browsers of TestParallelBrowsersAreHealthy work. make diagnose gives them longer.
var healthyTime = flag.Duration("healthy", 30*time.Second, "tenant time for which TestParallelBrowsersAreHealthy runs")

// parallelBrowsers is how many isolated browsers work at once, as the workers of a CI machine do.
const parallelBrowsers = 16

// sameMachine sends what the browsers of one machine have in common: name and address. What a page sends for itself it keeps.
type sameMachine struct{ http.RoundTripper }

func (m sameMachine) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.RemoteAddr = "127.0.0.1:40000"
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36")
	if r.Header.Get("Sec-Fetch-Dest") == "" { // a window of the tenant's own
		r.Header.Set("Sec-Fetch-Dest", "document")
		r.Header.Set("Sec-Fetch-Mode", "navigate")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
	}
	return m.RoundTripper.RoundTrip(r)
}

// worker is one isolated browser and the person at it. It does nothing but what is healthy.
type worker struct {
	*page
	draw   *rand.Rand
	user   *tenant.User
	byTab  bool // it renews with refresh tokens
	logged bool
	before bool // somebody has logged in with it before
	early  int  // seconds until it may renew again: an app renews at the end of its token
}

func newWorker(t testing.TB, s *mockauth0.Server, n int) *worker {
	p := open(t, s)
	p.Transport = sameMachine{tenanttest.InProcess{Handler: s}}
	users := s.Snapshot().Users
	return &worker{page: p, draw: rand.New(rand.NewPCG(uint64(n), 7)), user: users[n%len(users)], byTab: n%2 == 1}
}

// step is what the browser does in one second.
func (w *worker) step() error {
	w.early--
	switch d := w.draw.IntN(10); {
	case !w.logged && d < 2: // somebody opens the login page, and leaves it
		w.LoginPage(tenanttest.Request(w.Server))
	case !w.logged && !w.before && d < 4: // an app that is opened for the first time asks who is there
		if _, err := w.askSilently(w.Context()); err != nil {
			return err
		}
	case !w.logged:
		return w.logsIn()
	case d == 0:
		w.Get("/v2/logout?client_id=" + w.Server.Snapshot().Clients[0].ClientID)
		w.logged, w.refresh = false, ""
	case w.early <= 0:
		w.early = 5
		if !w.renewAs() {
			return fmt.Errorf("%s: a healthy renewal failed", w.user.Email)
		}
	case d == 1 && !w.byTab: // auth0.js checks the signature of what it got
		_, err := w.sent(w.Context(), http.MethodGet, "/.well-known/jwks.json", "", w.fetchHeaders()...)
		return err
	}
	return nil
}

func (w *worker) logsIn() error {
	scope := "openid profile email"
	if w.byTab {
		scope += " offline_access"
	}
	a := loginAs(w.Person, tenanttest.Request(w.Server, "response_type", "code", "code_challenge", tenanttest.S256(tenanttest.Verifier),
		"code_challenge_method", "S256", "scope", scope), w.user)
	c := w.Server.Snapshot().Clients[0]
	code := tenanttest.ParseURL(w, a.Header.Get("Location")).Query().Get("code")
	if !w.fetchTokens("grant_type", "authorization_code", "client_id", c.ClientID, "redirect_uri", c.Callbacks[0], "code", code,
		"code_verifier", tenanttest.Verifier) {
		return fmt.Errorf("%s: the login's code brought no tokens: %s", w.user.Email, a.Status)
	}
	w.logged, w.before, w.early = true, true, 5
	if !w.byTab {
		w.refresh = ""
	}
	return nil
}

// TestParallelBrowsersAreHealthy: isolated browsers of one machine, with one name and one address, log in, renew by frames and
// by refresh tokens, and log out, all at once. Nothing fails, so nothing is diagnosed.
func TestParallelBrowsersAreHealthy(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Backends(tn)
		tn.Clients[0].RefreshToken = tenant.RefreshToken{Rotating: true}
		grace := *tn.Users[0]
		grace.ID, grace.Email, grace.Name = "auth0|grace", "grace@example.test", "Grace Hopper"
		tn.Users = append(tn.Users, &grace)
	})
	workers := make([]*worker, parallelBrowsers)
	for n := range workers {
		workers[n] = newWorker(t, s, n)
	}
	for second := range int(*healthyTime / time.Second) {
		var all sync.WaitGroup
		for _, w := range workers {
			all.Go(func() {
				if err := w.step(); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if found := s.Diagnoses(); len(found) > 0 {
			t.Fatalf("second %d: nothing went wrong, and yet:\n%s\n%s", second, listed(found), listing(s))
		}
		s.Advance(time.Second)
	}
}
