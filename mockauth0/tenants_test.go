package mockauth0_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/mockauth0test"
	"renewal.example/mockauth0/tenant"
)

func newTenant(t testing.TB, of *mockauth0.Server, o mockauth0.TenantOptions) *mockauth0.Tenant {
	t.Helper()
	made, err := of.NewTenant(o)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// jwks is what a tenant publishes.
func jwks(t testing.TB, s *mockauth0.Server, tn *mockauth0.Tenant) string {
	t.Helper()
	res, err := s.Client().Get(tn.URL() + "/.well-known/jwks.json")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s %v", res.Status, err)
	}
	return string(body)
}

// modulus is that of a tenant's key. The rest of what it publishes names its domain.
func modulus(t testing.TB, s *mockauth0.Server, tn *mockauth0.Tenant) string {
	t.Helper()
	var published struct{ Keys []struct{ N string } }
	if err := json.Unmarshal([]byte(jwks(t, s, tn)), &published); err != nil || len(published.Keys) == 0 || published.Keys[0].N == "" {
		t.Fatalf("no key: %v", err)
	}
	return published.Keys[0].N
}

func TestNewTenant(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) { tn.Mock.CustomDomain = "login.acme.test" })
	_, port, _ := strings.Cut(s.Addr(), ":")
	if err := s.BlockUser("ada@example.test"); err != nil {
		t.Fatal(err)
	}
	first, second := newTenant(t, s, mockauth0.TenantOptions{Name: "first"}), newTenant(t, s,
		mockauth0.TenantOptions{Domain: "Second.test:44"})
	if first.Domain() != "first.localhost:"+port || first.Name() != "first" || first.CustomDomain() != "" {
		t.Errorf("%s %s %s", first.Name(), first.Domain(), first.CustomDomain())
	}
	if second.Issuer() != "https://second.test:44/" || len(second.Name()) != 8 || s.Name() != mockauth0.OwnTenant {
		t.Errorf("%s %s", second.Name(), second.Issuer())
	}
	if first.Snapshot() != second.Snapshot() || first.Snapshot().Users[0].Blocked {
		t.Error("tenants that are made alike do not share the configuration, or have what people did to it")
	}
	if _, err := first.Login("ada@example.test"); err != nil || len(s.Sessions())+len(second.Sessions()) > 0 {
		t.Errorf("the session is not the tenant's own: %v", err)
	}
	if a, b := modulus(t, s, first), modulus(t, s, second); a == b || a == modulus(t, s, s.Tenant) {
		t.Error("two tenants have the same key")
	}
	for _, o := range []mockauth0.TenantOptions{{Name: "first"}, {Domain: "second.test:44"}, {Name: mockauth0.OwnTenant},
		{Domain: s.Domain()}} {
		var taken *mockauth0.TakenError
		if _, err := s.NewTenant(o); !errors.As(err, &taken) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	for _, o := range []mockauth0.TenantOptions{{Name: "a.b"}, {Name: "Upper"}, {Name: "-a"}, {Domain: "a/b"}, {Domain: "http://a.test"}} {
		if made, err := s.NewTenant(o); err == nil {
			t.Errorf("%+v: %s", o, made.Domain())
		}
	}
	lived := []byte(`{"tenant":{"tenant":{"session_lifetime":1}},"mock":{"custom_domain":"login.third.test"}}`)
	third := newTenant(t, s, mockauth0.TenantOptions{Override: lived})
	if third.Snapshot().Settings.SessionLifetime != time.Hour || s.Snapshot().Settings.SessionLifetime == time.Hour ||
		third.CustomDomain() != "login.third.test" {
		t.Errorf("override: %+v", third.Snapshot().Settings)
	}
	if err := third.Close(); err != nil {
		t.Error(err)
	}
	var names []string
	for _, tn := range s.Tenants() {
		names = append(names, tn.Name())
	}
	if want := []string{mockauth0.OwnTenant, "first", second.Name()}; !slices.Equal(names, want) {
		t.Errorf("tenants %v, want %v", names, want)
	}
	if err := errors.Join(first.Close(), first.Close()); err != nil || len(s.Tenants()) != 2 {
		t.Errorf("%v", err)
	}
	if err := s.Tenant.Close(); err == nil {
		t.Error("the server's own tenant can be closed")
	}
	newTenant(t, s, mockauth0.TenantOptions{Name: "first"})
}

// TestATenantIsCheap: one that nobody uses has no goroutine, and little memory; what it had is free when it is closed.
// `make bench` measures ten thousand of them.
func TestATenantIsCheap(t *testing.T) {
	s := tenanttest.Serve(t, nil)
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC() // the first one moves what sync.Pool holds
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	made := func() (all []*mockauth0.Tenant) {
		for range 500 {
			all = append(all, newTenant(t, s, mockauth0.TenantOptions{}))
		}
		return all
	}
	for _, tn := range made() { // what is made once: keys, and room in the maps
		if err := tn.Close(); err != nil {
			t.Fatal(err)
		}
	}
	before, goroutines := heap(), runtime.NumGoroutine()
	all := made()
	if each := (heap() - before) / uint64(len(all)); each > 16<<10 {
		t.Errorf("an idle tenant takes %d bytes", each)
	}
	if n := runtime.NumGoroutine() - goroutines; n > 1 { // which makes keys
		t.Errorf("%d idle tenants have %d goroutines", len(all), n)
	}
	for _, tn := range all {
		w := httptest.NewRecorder()
		tn.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, tn.URL()+"/.well-known/openid-configuration", nil))
		if _, err := tn.Login("ada@example.test"); err != nil || w.Code != http.StatusOK {
			t.Fatal(w.Code, err)
		}
	}
	if each := (heap() - before) / uint64(len(all)); each > 64<<10 {
		t.Errorf("a tenant that was used takes %d bytes", each)
	}
	for _, tn := range all {
		if err := tn.Close(); err != nil {
			t.Fatal(err)
		}
	}
	count := len(all)
	clear(all)
	if after := heap(); after > before && (after-before)/uint64(count) > 1<<10 {
		t.Errorf("%d bytes are left of each tenant that was closed", (after-before)/uint64(count))
	}
}

// TestParallelTenantsShareNothing: each worker keeps its own account of what it did to its tenant, and the tenant has to agree
// after each step.
func TestParallelTenantsShareNothing(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	s.Freeze()
	began := s.Now()
	var all sync.WaitGroup
	for n := range 16 {
		all.Go(func() {
			made, err := s.NewTenant(mockauth0.TenantOptions{})
			if err != nil {
				t.Error(err)
				return
			}
			w := &worker{TB: t, server: s, tenant: made, chance: rand.New(rand.NewPCG(uint64(n), 12)), sessions: map[string]*http.Cookie{}}
			w.tenant.Freeze()
			w.now, w.last = made.Now(), made.Events(0)[0].Seq
			for range 200 {
				w.step()
				if err := w.check(); err != nil {
					t.Errorf("worker %d: %v", n, err)
					return
				}
			}
			if err := made.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(s.Sessions())+len(s.Faults())+len(s.Mails()) > 0 || len(s.Events(0)) != 1 || !s.Now().Equal(began) {
		t.Errorf("the server's own tenant has %d sessions, %d faults, %d mails, %d events", len(s.Sessions()), len(s.Faults()), len(s.Mails()),
			len(s.Events(0)))
	}
}

// worker does to its tenant what chance wants, and knows what must come of it.
type worker struct {
	testing.TB
	server   *mockauth0.Server
	tenant   *mockauth0.Tenant
	chance   *rand.Rand
	now      time.Time
	sessions map[string]*http.Cookie // by id
	faults   int
	mails    int
	blocked  bool
	last     uint64 // sequence number of the newest event
	events   int    // that must have come since
}

// step does one thing.
func (w *worker) step() {
	switch w.chance.IntN(9) {
	case 0:
		login, err := w.tenant.Login("ada@example.test")
		if w.blocked != (err != nil) {
			w.Errorf("a login of a user who is blocked: %t, %v", w.blocked, err)
		}
		if err == nil {
			w.sessions[login.SessionID] = login.Cookies[0]
			w.events++
		}
	case 1:
		by := time.Duration(w.chance.IntN(60)) * time.Second
		w.now = w.tenant.Advance(by)
		w.events++
	case 2:
		if _, err := w.tenant.Arm(fault.Fault{When: fault.Match{Endpoint: "token"}, Do: fault.Effect{Error: "server_error"}}); err != nil {
			w.Error(err)
		}
		w.faults++
		w.events++
	case 3:
		if n := w.tenant.Disarm(""); n != w.faults {
			w.Errorf("%d faults were armed, want %d", n, w.faults)
		}
		w.events += w.faults
		w.faults = 0
	case 4:
		if n := w.tenant.EndSessions(""); n != len(w.sessions) {
			w.Errorf("%d sessions ended, want %d", n, len(w.sessions))
		}
		w.events += len(w.sessions)
		clear(w.sessions)
	case 5:
		w.forgetPassword()
	case 6:
		w.block()
	default:
		w.renew()
	}
}

func (w *worker) block() {
	do := w.tenant.BlockUser
	if w.blocked = !w.blocked; !w.blocked {
		do = w.tenant.UnblockUser
	}
	if err := do("ada@example.test"); err != nil {
		w.Error(err)
	}
	w.events++
}

// ask sends a request through the server, which finds the tenant by its host.
func (w *worker) ask(method, target, body string, cookie *http.Cookie) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, w.tenant.URL()+target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if cookie != nil {
		r.AddCookie(cookie)
	}
	res := httptest.NewRecorder()
	w.server.ServeHTTP(res, r)
	return res
}

// forgetPassword has the tenant send a mail.
func (w *worker) forgetPassword() {
	res := w.ask(http.MethodPost, "/dbconnections/change_password", fmt.Sprintf(
		`{"client_id":%q,"email":"ada@example.test","connection":"Username-Password-Authentication"}`, w.tenant.Snapshot().Clients[0].ClientID), nil)
	if res.Code != http.StatusOK {
		w.Errorf("change_password: %d %s", res.Code, res.Body)
	}
	w.mails++
	w.events = -1 // as many as there are
}

// renew makes a silent request with a session of the tenant's own, or with none.
func (w *worker) renew() {
	c := w.tenant.Snapshot().Clients[0]
	var cookie *http.Cookie
	for _, one := range w.sessions {
		cookie = one
		break
	}
	res := w.ask(http.MethodGet, "/authorize?"+url.Values{"client_id": {c.ClientID}, "redirect_uri": {c.Callbacks[0]},
		"response_type": {"code"},
		"prompt":        {"none"}, "scope": {"openid"}}.Encode(), "", cookie)
	got := res.Header().Get("Location")
	if alive := cookie != nil && !w.blocked; strings.Contains(got, "code=") != alive || alive == strings.Contains(got, "error=") {
		w.Errorf("a silent request with a session: %t, blocked: %t, got %q", cookie != nil, w.blocked, got)
	}
	w.events = -1
}

// check compares the account with the tenant.
func (w *worker) check() error {
	if now := w.tenant.Now(); !now.Equal(w.now) {
		return fmt.Errorf("the clock is at %s, want %s", now, w.now)
	}
	for _, s := range w.tenant.Sessions() {
		if w.sessions[s.ID] == nil {
			return fmt.Errorf("a session %s of somebody else", s.ID)
		}
	}
	if n := len(w.tenant.Sessions()); n != len(w.sessions) {
		return fmt.Errorf("%d sessions, want %d", n, len(w.sessions))
	}
	if faults, mails := len(w.tenant.Faults()), len(w.tenant.Mails()); faults != w.faults || mails != w.mails {
		return fmt.Errorf("%d faults and %d mails, want %d and %d", faults, mails, w.faults, w.mails)
	}
	if u := w.tenant.Snapshot().Users[0]; u.Blocked != w.blocked {
		return fmt.Errorf("blocked: %t", u.Blocked)
	}
	came := w.tenant.Events(w.last)
	if w.events >= 0 && len(came) != w.events {
		return fmt.Errorf("%d events, want %d: %+v", len(came), w.events, came)
	}
	for _, e := range came {
		if d := event.Of[event.Session](e); d.Change == event.SessionBegun && w.sessions[d.ID] == nil {
			return fmt.Errorf("an event of somebody else's session %s", d.ID)
		}
		w.last = e.Seq
	}
	w.events = 0
	return nil
}

func TestRemoveTenant(t *testing.T) {
	t.Parallel()
	var unexpected []string
	srv := mockauth0test.Start(t, mockauth0.Options{Unexpected: func(request string) { unexpected = append(unexpected, request) }})
	tn := tenant.Minimal()
	tn.Mock.CustomDomain = "login.second.test"
	second, err := srv.AddTenant(tn, "")
	if err != nil {
		t.Fatal(err)
	}
	client := srv.Client()
	status := func(origin string) int {
		t.Helper()
		r, err := http.NewRequest(http.MethodGet, srv.URL()+"/.well-known/jwks.json", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = strings.TrimPrefix(origin, "https://")
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	if got := status(second.URL()); got != http.StatusOK {
		t.Fatalf("before: %d", got)
	}
	if _, err := second.Arm(fault.Fault{When: fault.Match{Endpoint: "jwks"}, Do: fault.Effect{Hang: true}}); err != nil {
		t.Fatal(err)
	}
	held := make(chan error, 1)
	go func() {
		res, err := client.Get(second.URL() + "/.well-known/jwks.json")
		if err == nil {
			res.Body.Close()
		}
		held <- err
	}()
	for len(second.Holds()) == 0 {
		runtime.Gosched()
	}
	if err := srv.RemoveTenant(second); err != nil {
		t.Fatal(err)
	}
	if err := <-held; err == nil {
		t.Error("the request that a fault held got an answer")
	}
	for _, origin := range []string{second.URL(), "https://login.second.test"} {
		if got := status(origin); got != http.StatusMisdirectedRequest {
			t.Errorf("%s is still served: %d", origin, got)
		}
	}
	if got := status(srv.URL()); got != http.StatusOK {
		t.Errorf("the server's own tenant: %d", got)
	}
	if len(unexpected) != 2 {
		t.Errorf("unexpected: %v", unexpected)
	}
	if again, err := srv.AddTenant(tn, second.Domain()); err != nil || status(again.URL()) != http.StatusOK {
		t.Errorf("its domain cannot be used again: %v", err)
	}
	if err := srv.RemoveTenant(second); err == nil {
		t.Error("it was removed twice")
	}
	if err := srv.RemoveTenant(srv.Tenant); err == nil || !strings.Contains(err.Error(), "close the server") {
		t.Errorf("the server's own tenant: %v", err)
	}
}
