package backchannel_test

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/backchannel"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/eventlog"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/keys"
	"renewal.example/mockauth0/internal/mint"
	"renewal.example/mockauth0/internal/session"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/internal/token"
	"renewal.example/mockauth0/tenant"
)

// receiver is an application's back-channel logout endpoint; what it gets can be read from C.
type receiver struct {
	URL string
	C   chan *http.Request // its form is parsed
}

// receive starts a receiver that answers with status and body.
func receive(t testing.TB, status int, body string) *receiver {
	t.Helper()
	r := &receiver{C: make(chan *http.Request, 16)}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if err := q.ParseForm(); err != nil {
			t.Error(err)
		}
		r.C <- q
		if status == http.StatusFound {
			w.Header().Set("Location", r.URL+"/elsewhere")
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(srv.Close)
	r.URL = srv.URL + "/backchannel"
	return r
}

// delivered waits for the log's next entry of a back-channel logout after an event, and returns it.
func delivered(p *tenanttest.Person, after uint64) event.Event {
	p.Helper()
	sub := p.Server.Subscribe(after)
	defer sub.Close()
	for {
		select {
		case e := <-sub.C:
			if e.Type == event.BackchannelLogoutSucceeded || e.Type == event.BackchannelLogoutFailed {
				return e
			}
		case <-p.Context().Done():
			p.Fatal("no back-channel logout was logged")
		}
	}
}

// heard is a tenant whose two web clients listen at receivers; the first one, a SPA, does not.
func heard(one, two tenant.BackchannelLogout) func(tn *tenant.Config) {
	return func(tn *tenant.Config) {
		tenanttest.Backends(tn)
		second := tenant.NewClient("Second")
		second.ClientID, second.Callbacks = "second", []string{"https://second.example.test/cb"}
		tn.Clients = append(tn.Clients, second)
		tn.Clients[1].BackchannelLogout, second.BackchannelLogout = one, two
	}
}

// parts are what ends a tenant's sessions and tells of it, without a server: a test reaches into their store.
func parts(t testing.TB, tn *tenant.Config) (*session.Registry, *backchannel.Sender, *eventlog.Log) {
	t.Helper()
	if err := tn.Validate(); err != nil {
		t.Fatal(err)
	}
	ca, err := mockauth0.TemporaryCA()
	if err != nil {
		t.Fatal(err)
	}
	ring, err := keys.NewRing(tenanttest.Keys(), "tenant.example.test")
	if err != nil {
		t.Fatal(err)
	}
	current := func() *tenant.Config { return tn }
	store, events := state.NewMemory(), eventlog.New(0)
	issuer := &token.Issuer{Tenant: current, Ring: func() *keys.Ring { return ring }, Store: store}
	emit := func(e event.Event) { events.Append(e) }
	sender := backchannel.New(backchannel.Options{Tenant: current, Tokens: issuer, Emit: emit, CA: ca.Certificate()})
	return session.NewRegistry(store, current, sender), sender, events
}

func at(urls ...string) tenant.BackchannelLogout { return tenant.BackchannelLogout{URLs: urls} }

// visit logs in silently to a client of heard, so that it takes part in the session.
func visit(p *tenanttest.Person, client string) {
	p.Helper()
	p.Code("client_id", client, "redirect_uri", "https://"+client+".example.test/cb")
}

func TestBackchannelLogout(t *testing.T) {
	t.Parallel()
	web, second := receive(t, 200, ""), receive(t, 204, "")
	s := tenanttest.Serve(t, heard(at(web.URL), at(second.URL)))
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	visit(p, "web")
	sid := s.Sessions()[0].ID
	if got := p.Get("/v2/logout"); got.StatusCode != 200 {
		t.Fatal(got.Status)
	}
	sent := <-web.C
	if sent.Method != "POST" || sent.URL.Path != "/backchannel" || sent.Header.Get("Content-Type") != "application/x-www-form-urlencoded" ||
		len(sent.PostForm) != 1 {
		t.Errorf("%s %s %v %v", sent.Method, sent.URL, sent.Header, sent.PostForm)
	}
	token := sent.PostForm.Get("logout_token")
	payload, err := mint.Verify(tenanttest.Ring(s), token)
	if err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`^\{"iss":"` + regexp.QuoteMeta(s.Issuer()) + `","sub":"` + regexp.QuoteMeta(s.Snapshot().Users[0].ID) +
		`","aud":"web","iat":(\d+),"exp":(\d+),` +
		`"jti":"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}","events":\{"http://schemas.openid.net/event/backchannel-logout":\{\}\},"trace_id":"[0-9a-f]{16}","sid":"` + sid + `"\}$`)
	var claims struct{ Iat, Exp int64 }
	if err := json.Unmarshal(payload, &claims); err != nil || !want.Match(payload) || claims.Iat != s.Now().Unix() ||
		claims.Exp != claims.Iat+120 {
		t.Errorf("%s", payload)
	}
	head, _, _ := strings.Cut(token, ".")
	if raw, err := base64.RawURLEncoding.DecodeString(head); err != nil || !strings.Contains(string(raw), `"alg":"RS256"`) ||
		!strings.Contains(string(raw), `"typ":"JWT"`) {
		t.Errorf("header %s", raw)
	}
	e := delivered(p, 0)
	if d := event.Of[event.LogEntry](e); e.Type != event.BackchannelLogoutSucceeded || e.ClientName != "Web" ||
		e.UserName != "ada@example.test" ||
		d.Status != 200 || d.Initiator != "rp-logout" || d.Session != sid {
		t.Errorf("%+v", e)
	}

	// Both take part now, by the other endpoint.
	p.Login(tenanttest.Request(s))
	visit(p, "second")
	visit(p, "web")
	p.Get("/oidc/logout?logout_hint=" + s.Sessions()[0].ID)
	for _, c := range []*receiver{web, second} {
		if again := (<-c.C).PostForm.Get("logout_token"); again == token || tenanttest.Claims(t, again)["sid"] == sid {
			t.Error("the token of the first session again")
		}
	}
	if doc := p.Get("/.well-known/openid-configuration").
		Text; !strings.Contains(doc, `"backchannel_logout_supported":true,"backchannel_logout_session_supported":true`) {
		t.Error(doc)
	}
	if doc := tenanttest.Browse(t, tenanttest.Serve(t, nil)).Get("/.well-known/openid-configuration").
		Text; strings.Contains(doc, "backchannel") {
		t.Error(doc)
	}
	if raw, err := json.Marshal(s.Events(0)); err != nil || strings.Contains(string(raw), token) {
		t.Error("the logout token is in an event")
	}
	if err := s.Close(); err != nil { // which waits for what is under way
		t.Fatal(err)
	}
	if n := len(web.C) + len(second.C); n > 0 {
		t.Errorf("%d logout tokens more than the sessions had clients", n)
	}
}

func TestInitiatorsOfBackchannelLogout(t *testing.T) {
	t.Parallel()
	ends := map[string]func(s *mockauth0.Server, p *tenanttest.Person){
		"rp-logout":       func(_ *mockauth0.Server, p *tenanttest.Person) { p.Get("/v2/logout") },
		"session-revoked": func(s *mockauth0.Server, _ *tenanttest.Person) { s.EndSessions("") },
		"session-expired": func(s *mockauth0.Server, _ *tenanttest.Person) { s.Advance(72 * time.Hour) },
		// replaced: the person stays
		"": func(s *mockauth0.Server, p *tenanttest.Person) { p.Login(tenanttest.Request(s, "prompt", "login")) },
	}
	for _, tc := range []struct {
		name  string
		set   tenant.BackchannelLogout
		hears string
	}{
		{"by default", tenant.BackchannelLogout{}, "rp-logout"},
		{"all", tenant.BackchannelLogout{All: true}, "rp-logout session-revoked session-expired"},
		{"selected", tenant.BackchannelLogout{Initiators: []string{"session-expired"}}, "rp-logout session-expired"},
	} {
		for by, end := range ends {
			t.Run(tc.name+" "+by, func(t *testing.T) {
				t.Parallel()
				// The second client hears of everything, and is told after the first: when it knows, the first was told or never is.
				web, second := receive(t, 200, ""), receive(t, 200, "")
				set := tc.set
				set.URLs = []string{web.URL}
				s := tenanttest.Serve(t, heard(set, tenant.BackchannelLogout{URLs: []string{second.URL}, All: true}))
				p := tenanttest.Browse(t, s)
				p.Login(tenanttest.Request(s))
				visit(p, "web")
				visit(p, "second")
				if end(s, p); by == "" {
					by = "rp-logout" // of the next logout, which alone is told
					visit(p, "web")
					visit(p, "second")
					p.Get("/v2/logout")
				}
				if d := event.Of[event.LogEntry](delivered(p, 0)); d.Initiator != by {
					t.Errorf("initiator %v, want %s", d.Initiator, by)
				}
				<-second.C
				if err := s.Close(); err != nil { // waits for what is under way
					t.Error(err)
				}
				if n := len(web.C); (n == 1) != strings.Contains(tc.hears, by) || n > 1 || len(second.C) != 0 {
					t.Errorf("the client was told %d times, the other one %d times more", n, len(second.C))
				}
			})
		}
	}
	t.Run("sessions that the store drops", func(t *testing.T) {
		web := receive(t, 200, "")
		tn := tenant.Minimal()
		heard(tenant.BackchannelLogout{URLs: []string{web.URL}, All: true}, at())(tn)
		sessions, sender, events := parts(t, tn)
		x := &httpx.Exchange{Clock: clock.New(time.Time{}), Events: events}
		store, user := sessions.Store, tn.Users[0].ID
		over := state.Session{UserID: user, Clients: []string{"web"}, Expires: x.Now().Add(-time.Minute), IdleExpires: x.Now()}
		for n := range 1023 { // with one more, they are swept
			over.ID, over.ExpiryTold = fmt.Sprint(n), n > 0
			store.PutSession(over)
		}
		sessions.Begin(x, httptest.NewRequest(http.MethodGet, "/", nil), session.NewID(), user, tenanttest.Database)
		if n := len(store.Sessions()); n != 1 {
			t.Fatalf("%d sessions are left", n)
		}
		if sender.Close(t.Context()); len(web.C) != 1 {
			t.Fatalf("told %d times", len(web.C))
		}
		all, _ := events.Since(0)
		if !slices.ContainsFunc(all, func(e event.Event) bool {
			d := event.Of[event.LogEntry](e)
			return d.Initiator == "session-expired" && d.Session == "0"
		}) {
			t.Error("not told of the session that has expired")
		}
	})
	t.Run("expiry is told once", func(t *testing.T) {
		web := receive(t, 200, "")
		s := tenanttest.Serve(t, heard(tenant.BackchannelLogout{URLs: []string{web.URL}, All: true}, at()))
		p := tenanttest.Browse(t, s)
		p.Login(tenanttest.Request(s))
		visit(p, "web")
		for range 3 {
			s.Advance(100 * time.Hour)
		}
		if got := p.Silent(); got != "login_required" {
			t.Error(got)
		}
		for _, e := range s.Events(0) {
			if d := event.Of[event.Session](e); d.Change == event.SessionExpired && d.Why != event.IdleExpired { // that life was over first
				t.Errorf("%+v", d)
			}
		}
		<-web.C
		if s.Close(); len(web.C) != 0 {
			t.Error("told more than once")
		}
	})
}

func TestFailedBackchannelLogouts(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for _, tc := range []struct {
		name, url, reach string
		status           int
		response         string // part of it
	}{
		{"refused by the application", receive(t, 400, "unknown sid").URL, "", 400, "unknown sid"},
		{"a long answer", receive(t, 500, strings.Repeat("x", 9999)).URL, "", 500, strings.Repeat("x", 256)},
		{"a redirect is not followed", receive(t, 302, "").URL, "", 302, ""},
		{"nobody listens", gone.URL, "", 0, "connection refused"},
		{"another machine", "https://192.0.2.1/backchannel", "", 0, "192.0.2.1 is not on this machine, so nothing is sent there: set backchannel_logout: any in mock.yaml"},
		{"another machine by name", "https://app.example.test/backchannel", "", 0, "app.example.test is not on this machine"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := tenanttest.Serve(t, func(tn *tenant.Config) {
				heard(at(tc.url), at())(tn)
				tn.Mock.BackchannelLogout = tc.reach
			})
			p := tenanttest.Browse(t, s)
			p.Login(tenanttest.Request(s))
			visit(p, "web")
			p.Get("/v2/logout")
			e := delivered(p, 0)
			d := event.Of[event.LogEntry](e)
			if e.Type != event.BackchannelLogoutFailed || d.Status != tc.status || !strings.Contains(d.Answer, tc.response) ||
				len(d.Answer) > 300 || d.URL != tc.url {
				t.Errorf("%+v", e)
			}
		})
	}
}

func TestAReceiverWithACertificateOfTheCA(t *testing.T) {
	t.Parallel()
	var s *mockauth0.Server
	got := make(chan string, 1)
	receiver := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.Host }))
	receiver.TLS = &tls.Config{GetCertificate: func(h *tls.ClientHelloInfo) (*tls.Certificate, error) { return s.CA().GetCertificate(h) }}
	receiver.StartTLS()
	t.Cleanup(receiver.Close)
	_, port, _ := strings.Cut(strings.TrimPrefix(receiver.URL, "https://"), ":")
	s = tenanttest.Serve(t, heard(at("https://app.localhost:"+port+"/"), at()))
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	visit(p, "web")
	p.Get("/v2/logout")
	if e := delivered(p, 0); e.Type != "oidc_backchannel_logout_succeeded" {
		t.Fatalf("%+v", e)
	}
	if host := <-got; host != "app.localhost:"+port {
		t.Error(host)
	}
}

func TestASlowReceiverDelaysNoLogoutAndNoClose(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 1)
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm() // the server notices that the client went away once the body is read
		asked <- struct{}{}
		<-r.Context().Done() // until the tenant gives up
	}))
	t.Cleanup(slow.Close)
	quick := receive(t, 200, "")
	s := tenanttest.Serve(t, heard(at(slow.URL), at(quick.URL)))
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	visit(p, "web")
	visit(p, "second")
	p.Get("/v2/logout")
	<-asked
	<-quick.C // the slow one holds up nobody else
	e := delivered(p, 0)
	if e.ClientID != "second" {
		t.Errorf("%+v", e)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // no patience at all
	if err := s.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	if e = delivered(p, e.Seq); e.Type != "oidc_backchannel_logout_failed" || e.ClientID != "web" {
		t.Errorf("the delivery that was cut: %+v", e)
	}
}

// A session is told of by the clients that it has then: one that was removed meanwhile hears nothing.
func TestBackchannelLogoutOfAClientThatIsGone(t *testing.T) {
	t.Parallel()
	web, second := receive(t, 200, ""), receive(t, 200, "")
	s := tenanttest.Serve(t, heard(at(web.URL), at(second.URL)))
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	visit(p, "web")
	visit(p, "second")
	next := s.Snapshot().Clone()
	next.Clients = append(next.Clients[:1:1], next.Clients[2:]...)
	if err := s.Reload(next); err != nil {
		t.Fatal(err)
	}
	p.Post("/oidc/logout", url.Values{"logout_hint": {s.Sessions()[0].ID}})
	<-second.C
	if s.Close(); len(web.C) != 0 {
		t.Error("a removed client was told")
	}
}
