package grant_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// grantModel is what codes and refresh token families must do, in the plainest form.
type grantModel struct {
	p        *tenanttest.Person
	now      time.Time
	leeway   time.Duration
	codes    []*modelCode
	families []*modelFamily
}

type modelCode struct {
	text    string
	expires time.Time
	used    bool
}

type modelFamily struct {
	tokens   []string
	live     int
	parent   int
	rotated  time.Time // when parent was exchanged; zero: never
	expires  time.Time
	idle     time.Time
	revoked  bool
	accepted map[int]int // exchanges by token
}

const (
	modelIdle     = 2 * time.Minute
	modelAbsolute = 5 * time.Minute
)

// TestGrantsAsStateMachines: a code works once; a family has one live token; reuse outside the leeway ends the family;
// a revoked or expired family renews nothing. Try more with -rapid.checks=10000.
func TestGrantsAsStateMachines(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Rotating(0))
	rapid.Check(t, func(r *rapid.T) {
		leeway := time.Duration(rapid.SampledFrom([]int{0, 10}).Draw(r, "leeway")) * time.Second
		s.Reset()
		tenanttest.Reconfigure(t, s, func(tn *tenant.Config) {
			tn.Clients[0].RefreshToken = tenant.RefreshToken{Rotating: true, Leeway: leeway, Lifetime: modelAbsolute, IdleLifetime: modelIdle}
		})
		p := tenanttest.Browse(t, s)
		p.Transport = tenanttest.InProcess{Handler: s.Handler()}
		m := &grantModel{p: p, now: s.Now(), leeway: leeway}
		r.Repeat(map[string]func(*rapid.T){
			"login":            m.login,
			"exchange a code":  m.exchange,
			"misuse a code":    m.misuse,
			"exchange a token": m.renew,
			"revoke":           m.revoke,
			"time passes": func(r *rapid.T) {
				d := time.Duration(rapid.IntRange(0, 90).Draw(r, "seconds")) * time.Second
				m.now = m.now.Add(d)
				s.Advance(d)
			},
			"": m.check,
		})
	})
}

func pick[T any](r *rapid.T, from []T, what string) T {
	if len(from) == 0 {
		r.Skip("none yet")
	}
	return from[rapid.IntRange(0, len(from)-1).Draw(r, what)]
}

func (m *grantModel) login(*rapid.T) {
	m.codes = append(m.codes, &modelCode{text: m.p.Code("scope", "offline_access", "audience", ""), expires: m.now.Add(10 * time.Minute)})
}

func (m *grantModel) exchange(r *rapid.T) {
	c := pick(r, m.codes, "code")
	got := m.p.Exchange(c.text)
	if c.used || !m.now.Before(c.expires) {
		if got.Text != tenanttest.WrongCode {
			r.Fatalf("a code that was used (%v) or has expired (%v): %s %s", c.used, !c.used, got.Status, got.Text)
		}
		return
	}
	c.used = true
	token := got.Member(m.p, "refresh_token")
	if got.StatusCode != 200 || token == "" {
		r.Fatalf("a good code: %s %s", got.Status, got.Text)
	}
	m.families = append(m.families, &modelFamily{
		tokens: []string{token}, expires: m.now.Add(modelAbsolute), idle: m.now.Add(modelIdle), accepted: map[int]int{},
	})
}

func (m *grantModel) misuse(r *rapid.T) {
	c := pick(r, m.codes, "code")
	wrong := rapid.SampledFrom([][]string{{"code_verifier", "x"}, {"code_verifier", ""}, {"redirect_uri", "http://localhost:3000/callback"},
		{"client_id", "web", "client_secret", "x"}, {"client_id", "web", "client_secret", "web+secret%21"}}).Draw(r, "wrong")
	if got := m.p.Exchange(c.text, wrong...); got.StatusCode == 200 {
		r.Fatalf("%v got tokens: %s", wrong, got.Text)
	}
}

func (m *grantModel) renew(r *rapid.T) {
	f := pick(r, m.families, "family")
	i := rapid.IntRange(max(0, len(f.tokens)-4), len(f.tokens)-1).Draw(r, "token")
	got := m.p.Renew(f.tokens[i])
	again := i >= f.parent && m.now.Before(f.rotated.Add(m.leeway))
	switch {
	case f.revoked || !m.now.Before(f.expires) || !m.now.Before(f.idle):
		if got.Text != tenanttest.UnknownRT {
			r.Fatalf("a family that ended: %s %s", got.Status, got.Text)
		}
	case i == f.live || again:
		if got.StatusCode != 200 {
			r.Fatalf("token %d of %d: %s %s", i, len(f.tokens), got.Status, got.Text)
		}
		if i == f.live {
			f.parent, f.rotated = i, m.now
		}
		f.tokens = append(f.tokens, got.Member(m.p, "refresh_token"))
		f.live, f.idle = len(f.tokens)-1, m.now.Add(modelIdle)
		f.accepted[i]++
	default:
		if got.Text != tenanttest.ReusedRT {
			r.Fatalf("token %d of %d, used again: %s %s", i, len(f.tokens), got.Status, got.Text)
		}
		f.revoked = true
	}
}

func (m *grantModel) revoke(r *rapid.T) {
	f := pick(r, m.families, "family")
	token := f.tokens[rapid.IntRange(0, len(f.tokens)-1).Draw(r, "token")]
	if got := m.p.Post("/oauth/revoke",
		tenanttest.Form("client_id", m.p.Server.Snapshot().Clients[0].ClientID, "token", token)); got.StatusCode != 200 {
		r.Fatalf("%s %s", got.Status, got.Text)
	}
	f.revoked = true
}

// check holds what must be true whatever the model believes: without a leeway no token is accepted twice.
func (m *grantModel) check(r *rapid.T) {
	for _, f := range m.families {
		seen := map[string]bool{}
		for i, token := range f.tokens {
			if m.leeway == 0 && f.accepted[i] > 1 {
				r.Fatalf("token %d was accepted %d times", i, f.accepted[i])
			}
			if token == "" || seen[token] {
				r.Fatalf("token %d is %q, which was issued before", i, token)
			}
			seen[token] = true
		}
	}
}
