package admin_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/admin"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/tenanttest"
)

// TestMain fails the run when a client or a server left a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func client(t *testing.T) (*mockauth0.Server, *admin.Client) {
	t.Helper()
	s := tenanttest.Serve(t, tenanttest.AdaAndGrace)
	c, err := admin.New(admin.Options{URL: s.URL(), HTTP: s.Client()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return s, c
}

// TestTheVerbsDoWhatTheirNamesSay on a tenant that runs.
func TestTheVerbsDoWhatTheirNamesSay(t *testing.T) {
	t.Parallel()
	s, c := client(t)
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	start := s.Now()
	now, err := c.Advance(ctx, 2*time.Hour)
	must(err)
	if !now.Now.Equal(start.Add(2*time.Hour)) || !now.Frozen || !s.Now().Equal(now.Now) {
		t.Errorf("two hours on: %+v", now)
	}
	login, err := c.Login(ctx, admin.LoginRequest{User: "ada@example.test", Client: "My App"})
	must(err)
	tokens, err := c.IssueTokens(ctx, admin.TokenRequest{User: "ada@example.test", Client: "web", Scope: "openid offline_access"})
	must(err)
	if tokens.RefreshToken == "" || len(login.Cookies) == 0 {
		t.Errorf("%+v %+v", tokens, login)
	}
	sessions, err := c.Sessions(ctx)
	must(err)
	families, err := c.RefreshTokens(ctx)
	must(err)
	if len(sessions) != 2 || len(families) != 1 || families[0].UserID != sessions[0].UserID {
		t.Fatalf("%+v %+v", sessions, families)
	}
	must(c.ExpireSession(ctx, sessions[0].ID, admin.IdleLife))
	must(c.EndSession(ctx, sessions[1].ID))
	must(c.RevokeRefreshToken(ctx, families[0].ID))
	if len(s.Sessions())+len(s.RefreshTokens()) != 0 {
		t.Errorf("left: %+v %+v", s.Sessions(), s.RefreshTokens())
	}
	f, err := c.Arm(ctx, fault.Fault{When: fault.Match{Endpoint: "jwks"}, Times: 1, Do: fault.Effect{Status: 503}})
	must(err)
	_, err = c.SetFault(ctx, fault.Fault{ID: "mine", Do: fault.Effect{Error: "login_required"}, When: fault.Match{Prompt: "none"}})
	must(err)
	if len(s.Faults()) != 2 {
		t.Errorf("%+v", s.Faults())
	}
	must(c.Disarm(ctx, f.ID))
	must(c.Disarm(ctx, "mine"))
	password := "Eniac-1"
	email := "joan@example.test"
	_, err = c.CreateUser(ctx, admin.UserInput{Email: &email, Password: &password})
	must(err)
	must(c.BlockUser(ctx, email))
	users, err := c.Users(ctx)
	must(err)
	if last := users[len(users)-1]; last.Email != email || !last.Blocked {
		t.Errorf("%+v", users)
	}
	must(c.UnblockUser(ctx, email))
	must(c.DeleteUser(ctx, email))
	before, err := c.Keys(ctx)
	must(err)
	kid, err := c.RotateKey(ctx)
	must(err)
	if before[0].KID == kid {
		t.Errorf("the key before signs again: %s", kid)
	}
	e, err := c.ExpectRenewals(ctx, "My App", 1, s.Now().Add(time.Hour))
	must(err)
	if e.State != "open" {
		t.Errorf("%+v", e)
	}
	settled, err := c.SettleExpectations(ctx, "My App")
	must(err)
	if len(settled) != 1 || settled[0].State != "failed" {
		t.Errorf("%+v", settled)
	}
	var har bytes.Buffer
	must(c.HAR(ctx, &har))
	if !strings.HasPrefix(har.String(), "{") {
		t.Errorf("%.80s", har.String())
	}
	must(c.Reset(ctx))
	if n, err := c.LastEvent(ctx); err != nil || len(s.Events(0)) != 0 {
		t.Errorf("%d %v %v", n, err, s.Events(0))
	}
}

// TestEventsComeAsTheyHappen to a client that waits and to one that follows.
func TestEventsComeAsTheyHappen(t *testing.T) {
	t.Parallel()
	s, c := client(t)
	p := tenanttest.Browse(t, s)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	connected, got, ended := make(chan struct{}), make(chan event.Event, 16), make(chan error, 1)
	go func() {
		ended <- c.FollowEvents(ctx, admin.EventFilter{Kind: event.KindMail}, func() { close(connected) }, func(e event.Event) error {
			got <- e
			return nil
		})
	}()
	<-connected
	link := p.ResetLink("ada@example.test").String()
	if e := <-got; event.Of[event.Mail](e).URL != link {
		t.Errorf("%+v", e)
	}
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the stream ended with %v", err)
	}
	mail, err := c.WaitForMail(t.Context(), "ada@example.test", 0, time.Second)
	if err != nil || mail.Link != link {
		t.Errorf("%+v %v", mail, err)
	}
	_, err = c.WaitForEvent(t.Context(), admin.EventFilter{Kind: event.KindFault}, time.Millisecond)
	if refused, ok := errors.AsType[*admin.Error](err); !ok || !refused.Timeout() {
		t.Errorf("nothing came: %v", err)
	}
	events, missed, err := c.Events(t.Context(), admin.EventFilter{User: "ada@example.test"})
	if err != nil || missed != 0 || len(events) == 0 {
		t.Errorf("%d events, %d missed, %v", len(events), missed, err)
	}
}

// TestErrorsSayWhatToDo of the tenant's refusals and of addresses that are none.
func TestErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	s, c := client(t)
	_, err := c.Login(t.Context(), admin.LoginRequest{User: "nobody"})
	if refused, ok := errors.AsType[*admin.Error](err); !ok || refused.Status != http.StatusNotFound ||
		!strings.Contains(err.Error(), "lists them") {
		t.Errorf("%v", err)
	}
	for _, address := range []string{"", "localhost:4443", "ftp://localhost", "https://localhost:4443/app"} {
		if _, err := admin.New(admin.Options{URL: address}); err == nil || !strings.Contains(err.Error(), "such as https://localhost:4443") &&
			!strings.Contains(err.Error(), "such as https://") {
			t.Errorf("%q: %v", address, err)
		}
	}
	untrusting, err := admin.New(admin.Options{URL: "https://" + s.Addr()})
	if err != nil {
		t.Fatal(err)
	}
	defer untrusting.Close()
	if err := untrusting.Reset(t.Context()); err == nil || !strings.Contains(err.Error(), "mockauth0 ca --path") {
		t.Errorf("a CA that nobody knows: %v", err)
	}
	other := tenanttest.InProcess{Handler: http.NotFoundHandler()}
	app, err := admin.New(admin.Options{URL: "http://localhost:3000", HTTP: &http.Client{Transport: other}})
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Reset(t.Context()); err == nil || !strings.Contains(err.Error(), "is it the app?") {
		t.Errorf("another server: %v", err)
	}
}

// Log a user in without a page, let the browser renew, and see why it fails when the session is over.
func Example() {
	srv, err := mockauth0.New(mockauth0.Options{Keys: tenanttest.Keys()}) // in another process, as a rule: mockauth0 serve
	if err != nil {
		panic(err)
	}
	defer srv.Close()

	ctx := context.Background()
	tenant, err := admin.New(admin.Options{URL: srv.URL(), HTTP: srv.Client()})
	if err != nil {
		panic(err)
	}
	defer tenant.Close()
	login, err := tenant.Login(ctx, admin.LoginRequest{User: "ada@example.test"})
	if err != nil {
		panic(err)
	}
	jar, _ := cookiejar.New(nil)
	at, _ := url.Parse(srv.URL())
	for _, c := range login.Cookies {
		jar.SetCookies(at, []*http.Cookie{c.HTTP()})
	}
	fmt.Println(len(jar.Cookies(at)) > 0)

	if _, err := tenant.AdvanceToExpiry(ctx); err != nil {
		panic(err)
	}
	sessions, err := tenant.Sessions(ctx)
	fmt.Println(len(sessions), err)
	// Output:
	// true
	// 0 <nil>
}
