package session_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"pgregory.net/rapid"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// sessionModel is what SSO sessions must do, in the plainest form: each browser has one session at most.
type sessionModel struct {
	s        *mockauth0.Server
	now      time.Time
	browsers []*modelBrowser
	stale    []*modelCookie // of sessions that have ended
}

type modelBrowser struct {
	*tenanttest.Person
	session *modelSession // nil: none that counts
}

type modelSession struct {
	user           string
	idle, absolute time.Time
	cookie         *modelCookie
}

type modelCookie struct{ value string }

const (
	modelSessionIdle     = 3 * time.Minute
	modelSessionAbsolute = 8 * time.Minute
)

func (m *sessionModel) alive(b *modelBrowser) bool {
	return b.session != nil && m.now.Before(b.session.idle) && m.now.Before(b.session.absolute)
}

// end forgets a browser's session in the model and keeps its cookie, which must be worth nothing from now on.
func (m *sessionModel) end(b *modelBrowser) {
	if b.session != nil {
		m.stale = append(m.stale, b.session.cookie)
		b.session = nil
	}
}

// TestSessionsAsStateMachines: a live session renews and is prolonged, up to its absolute end; one that was revoked, replaced,
// logged out or has expired renews nothing, and neither does its cookie in another browser. Try more with
// -rapid.checks=10000.
func TestSessionsAsStateMachines(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Frozen(tn)
		tn.Settings.IdleSessionLifetime, tn.Settings.SessionLifetime = modelSessionIdle, modelSessionAbsolute
		tn.Users = append(tn.Users, &tenant.User{Email: "grace@example.test", Password: "Flow-Matic-1"})
		second := tenant.NewClient("Second")
		second.AppType, second.Callbacks = "spa", []string{"http://localhost:3000"}
		tn.Clients = append(tn.Clients, second)
	})
	rapid.Check(t, func(r *rapid.T) {
		s.Reset()
		m := &sessionModel{s: s, now: s.Now()}
		for range 3 {
			p := tenanttest.Browse(t, s)
			p.Transport = tenanttest.InProcess{Handler: s.Handler()}
			m.browsers = append(m.browsers, &modelBrowser{Person: p})
		}
		r.Repeat(map[string]func(*rapid.T){
			"log in":                  m.logIn,
			"renew":                   m.renew,
			"renew with prompt=login": m.relogin,
			"log out":                 m.logOut,
			"ended by an administrator": func(r *rapid.T) {
				who := oneOf(r, s.Snapshot().Users, "user").ID
				s.EndSessions(who)
				for _, b := range m.browsers {
					if b.session != nil && b.session.user == who {
						m.end(b)
					}
				}
			},
			"replay an old cookie": m.replay,
			"time passes": func(r *rapid.T) {
				d := time.Duration(rapid.IntRange(0, 200).Draw(r, "seconds")) * time.Second
				m.now = m.now.Add(d)
				s.Advance(d)
			},
			"": m.check,
		})
	})
}

// authorize is a request of one of the two clients, as the browser's cookies have it.
func (b *modelBrowser) authorize(r *rapid.T, pairs ...string) tenanttest.Answer {
	client := oneOf(r, b.Server.Snapshot().Clients, "client")
	return b.Get(tenanttest.Request(b.Server,
		append([]string{"client_id", client.ClientID, "response_type", "code", "nonce", ""}, pairs...)...))
}

func oneOf[T any](r *rapid.T, from []T, what string) T {
	if len(from) == 0 {
		r.Skip("none yet")
	}
	return from[rapid.IntRange(0, len(from)-1).Draw(r, what)]
}

func (m *sessionModel) logIn(r *rapid.T) {
	b := oneOf(r, m.browsers, "browser")
	who := oneOf(r, m.s.Snapshot().Users, "user")
	first := b.authorize(r, "prompt", "login")
	field := tenanttest.StateField.FindStringSubmatch(b.Get(first.Header.Get("Location")).Text)
	if field == nil {
		r.Fatalf("prompt=login shows no login page: %s %s", first.Status, first.Header.Get("Location"))
	}
	res := b.Post("/u/login", tenanttest.Form("state", field[1], "username", who.Email, "password", who.Password, "action", "default"))
	if got := tenanttest.Outcome(b.Get(res.Header.Get("Location"))); got != "code" {
		r.Fatalf("the login answers %q", got)
	}
	m.end(b)
	b.session = &modelSession{user: who.ID, idle: m.now.Add(modelSessionIdle), absolute: m.now.Add(modelSessionAbsolute), cookie: b.cookie(r)}
}

// cookie is the session cookie that the browser has now.
func (b *modelBrowser) cookie(r *rapid.T) *modelCookie {
	u, err := url.Parse(b.Server.URL())
	if err != nil {
		r.Fatal(err)
	}
	for _, c := range b.Jar.Cookies(u) {
		if c.Name == "auth0" {
			return &modelCookie{c.Value}
		}
	}
	r.Fatal("a login sets no session cookie")
	return nil
}

func (m *sessionModel) renew(r *rapid.T) {
	b := oneOf(r, m.browsers, "browser")
	want := "login_required"
	if m.alive(b) {
		want = "code"
	}
	if got := tenanttest.Outcome(b.authorize(r, "prompt", "none")); got != want {
		r.Fatalf("prompt=none answers %q, want %q: session %+v at %s", got, want, b.session, m.now)
	}
	if want == "code" {
		b.session.idle = m.now.Add(modelSessionIdle)
	} else {
		m.end(b)
	}
}

// relogin asks for a login that never happens: the session stays as it is, and is not prolonged.
func (m *sessionModel) relogin(r *rapid.T) {
	b := oneOf(r, m.browsers, "browser")
	if got := tenanttest.Outcome(b.authorize(r, "prompt", "login")); got != "" {
		r.Fatalf("prompt=login answers %q without a login", got)
	}
	if !m.alive(b) {
		m.end(b)
	}
}

func (m *sessionModel) logOut(r *rapid.T) {
	b := oneOf(r, m.browsers, "browser")
	if got := b.Get("/v2/logout"); got.StatusCode >= 400 {
		r.Fatalf("logout: %s", got.Status)
	}
	m.end(b)
}

// replay sends the cookie of a session that has ended, from a browser that has nothing else.
func (m *sessionModel) replay(r *rapid.T) {
	c := oneOf(r, m.stale, "cookie")
	thief := tenanttest.Browse(m.browsers[0].TB, m.s)
	thief.Transport = tenanttest.InProcess{Handler: m.s.Handler()}
	u, err := url.Parse(m.s.URL())
	if err != nil {
		r.Fatal(err)
	}
	thief.Jar.SetCookies(u, []*http.Cookie{{Name: "auth0", Value: c.value, Path: "/", Secure: true}})
	if got := tenanttest.Outcome((&modelBrowser{Person: thief}).authorize(r, "prompt", "none")); got != "login_required" {
		r.Fatalf("the cookie of an ended session answers %q", got)
	}
}

// check holds that the tenant keeps no more sessions than there are browsers with one.
func (m *sessionModel) check(r *rapid.T) {
	live := 0
	for _, one := range m.s.Sessions() {
		if m.now.Before(one.IdleExpires) && m.now.Before(one.Expires) {
			live++
		}
	}
	want := 0
	for _, b := range m.browsers {
		if m.alive(b) {
			want++
		}
	}
	if live != want {
		r.Fatalf("the tenant keeps %d live sessions, want %d", live, want)
	}
}
