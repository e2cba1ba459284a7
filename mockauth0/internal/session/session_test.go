package session_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// Where cookies are not persistent, sessions have the lives of ephemeral ones.
func TestLivesOfEphemeralSessions(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		set   func(*tenant.Settings)
		steps []time.Duration
		want  string
	}{
		{"by default, a day of idleness", func(*tenant.Settings) {}, []time.Duration{24*time.Hour - 1, 24 * time.Hour}, "login_required"},
		{"by default, three days in all", func(*tenant.Settings) {}, []time.Duration{23 * time.Hour, 23 * time.Hour, 23 * time.Hour, 3*time.Hour - 1}, ""},
		{"three days are over", func(*tenant.Settings) {}, []time.Duration{23 * time.Hour, 23 * time.Hour, 23 * time.Hour, 3 * time.Hour}, "login_required"},
		{"settings of their own", func(s *tenant.Settings) { s.EphemeralLifetime, s.IdleEphemeralLifetime = 3*time.Hour, 2*time.Hour }, []time.Duration{2*time.Hour - 1, time.Hour + 1}, "login_required"},
		{"persistent ones count for nothing", func(s *tenant.Settings) { s.SessionLifetime, s.IdleSessionLifetime = time.Hour, time.Hour }, []time.Duration{2 * time.Hour}, ""},
		{"and ephemeral ones for nothing else", func(s *tenant.Settings) { s.NonPersistentCookie = false }, []time.Duration{72*time.Hour - 1}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := tenanttest.Serve(t, func(tn *tenant.Config) {
				tenanttest.Frozen(tn)
				tn.Settings.NonPersistentCookie = true
				tc.set(&tn.Settings)
			})
			p := tenanttest.Browse(t, s)
			p.Login(tenanttest.Request(s))
			got := ""
			for _, d := range tc.steps {
				if got != "" {
					t.Fatalf("too early: %q", got)
				}
				s.Advance(d)
				got = p.Silent()
			}
			if got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}

func TestASessionEndsOnTheTenantsClock(t *testing.T) {
	t.Parallel()
	const idle, absolute = 10 * time.Hour, 24 * time.Hour
	limits := func(tn *tenant.Config) {
		tenanttest.Frozen(tn)
		tn.Settings.IdleSessionLifetime, tn.Settings.SessionLifetime = idle, absolute
	}
	for _, tc := range []struct {
		name  string
		steps []time.Duration // a silent request after each; all but the last succeed
		want  string
	}{
		{"just before the idle end", []time.Duration{idle - time.Nanosecond}, ""},
		{"at the idle end", []time.Duration{idle}, "login_required"},
		{"after the idle end", []time.Duration{idle + time.Hour}, "login_required"},
		{"each request renews the idle life", []time.Duration{idle - 1, idle - 1}, ""},
		{"just before the absolute end", []time.Duration{9 * time.Hour, 9 * time.Hour, 6*time.Hour - 1}, ""},
		{"at the absolute end, though in use", []time.Duration{9 * time.Hour, 9 * time.Hour, 6 * time.Hour}, "login_required"},
		{"a clock set back", []time.Duration{-5 * time.Hour}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := tenanttest.Serve(t, limits)
			p := tenanttest.Browse(t, s)
			p.Login(tenanttest.Request(s))
			for i, d := range tc.steps {
				s.Advance(d)
				want := ""
				if i == len(tc.steps)-1 {
					want = tc.want
				}
				if got := p.Silent(); got != want {
					t.Fatalf("after step %d: %q, want %q", i, got, want)
				}
			}
			if tc.want != "" && len(s.Sessions()) != 0 {
				t.Error("the expired session is still listed")
			}
		})
	}
}

func TestAnExpiredSessionMeansALoginPage(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	if got := p.Get(tenanttest.Request(s)); !strings.HasPrefix(got.Header.Get("Location"), "http://localhost:3000#access_token=") {
		t.Fatalf("with a session: %q", got.Header.Get("Location"))
	}
	s.Advance(72 * time.Hour)
	if got := p.Get(tenanttest.Request(s)); !strings.HasPrefix(got.Header.Get("Location"), "/u/login?state=hKFo2SB") {
		t.Fatalf("after three idle days: %q", got.Header.Get("Location"))
	}
	if p.Login(tenanttest.Request(s)); p.Silent() != "" {
		t.Error("a new login does not help")
	}
}

func TestChangedLimits(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name           string
		idle, absolute time.Duration
		after          time.Duration
		want           string
	}{
		{"lowered idle limit, passed already", time.Hour, 100 * time.Hour, 2 * time.Hour, "login_required"},
		{"lowered idle limit, not passed", 3 * time.Hour, 100 * time.Hour, 2 * time.Hour, ""},
		{"lowered absolute limit, passed already", 10 * time.Hour, time.Hour, 2 * time.Hour, "login_required"},
		{"raised limits are for new sessions", 50 * time.Hour, 500 * time.Hour, 10 * time.Hour, "login_required"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := tenanttest.Serve(t, func(tn *tenant.Config) {
				tenanttest.Frozen(tn)
				tn.Settings.IdleSessionLifetime, tn.Settings.SessionLifetime = 10*time.Hour, 100*time.Hour
			})
			p := tenanttest.Browse(t, s)
			p.Login(tenanttest.Request(s))
			next := s.Snapshot().Clone()
			next.Settings.IdleSessionLifetime, next.Settings.SessionLifetime = tc.idle, tc.absolute
			if err := s.Reload(next); err != nil {
				t.Fatal(err)
			}
			s.Advance(tc.after)
			if got := p.Silent(); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
	t.Run("a raised idle limit does not roll", func(t *testing.T) {
		s := tenanttest.Serve(t, func(tn *tenant.Config) { tenanttest.Frozen(tn); tn.Settings.IdleSessionLifetime = 10 * time.Hour })
		p := tenanttest.Browse(t, s)
		p.Login(tenanttest.Request(s))
		next := s.Snapshot().Clone()
		next.Settings.IdleSessionLifetime = 50 * time.Hour
		if err := s.Reload(next); err != nil {
			t.Fatal(err)
		}
		s.Advance(time.Hour)
		if got := p.Silent(); got != "" {
			t.Fatal(got)
		}
		s.Advance(10 * time.Hour)
		if got := p.Silent(); got != "login_required" {
			t.Errorf("%q, want login_required", got)
		}
	})
	t.Run("a limit that was lowered stays so for the session that met it", func(t *testing.T) {
		s := tenanttest.Serve(t, func(tn *tenant.Config) { tenanttest.Frozen(tn); tn.Settings.IdleSessionLifetime = 10 * time.Hour })
		p := tenanttest.Browse(t, s)
		p.Login(tenanttest.Request(s))
		for _, idle := range []time.Duration{3 * time.Hour, 10 * time.Hour} {
			next := s.Snapshot().Clone()
			next.Settings.IdleSessionLifetime = idle
			if err := s.Reload(next); err != nil {
				t.Fatal(err)
			}
			s.Advance(time.Hour)
			if got := p.Silent(); got != "" {
				t.Fatal(got)
			}
		}
		s.Advance(3 * time.Hour)
		if got := p.Silent(); got != "login_required" {
			t.Errorf("%q, want login_required", got)
		}
	})
}

func TestSessionCookies(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		shift time.Duration // of the tenant's clock
	}{{"in step with real time", 0}, {"a tenant in the past", -1000 * time.Hour}, {"a tenant in the future", 1000 * time.Hour}} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := tenanttest.Serve(t, nil)
			s.SetOffset(tc.shift)
			p := tenanttest.Browse(t, s)
			p.Login(tenanttest.Request(s))
			got := p.Get(tenanttest.Request(s, "prompt", "none"))
			for _, name := range []string{"auth0", "auth0_compat"} {
				c := tenanttest.CookieNamed(got, name)
				if c == nil {
					t.Fatalf("no cookie %s; there are %v", name, got.Cookies())
				}
				if !strings.HasPrefix(c.Value, "s%3A"+s.Sessions()[0].ID+".") || c.Path != "/" || !c.Secure || !c.HttpOnly ||
					c.Domain != "" || c.MaxAge != 0 {
					t.Errorf("%s", c.Raw)
				}
				if none := c.SameSite == http.SameSiteNoneMode; none != (name == "auth0") ||
					name == "auth0_compat" && strings.Contains(c.Raw, "SameSite") {
					t.Errorf("SameSite: %s", c.Raw)
				}
				// Expires is real time, whatever the tenant's clock says; the Date header is the server's real time.
				date, err := http.ParseTime(got.Header.Get("Date"))
				if err != nil {
					t.Fatal(err)
				}
				if left := c.Expires.Sub(date); left < 72*time.Hour-time.Minute || left > 72*time.Hour+time.Minute {
					t.Errorf("%s lives for %v, want 72h of real time", name, left)
				}
			}
		})
	}
	t.Run("near the absolute end", func(t *testing.T) {
		s := tenanttest.Serve(t, func(tn *tenant.Config) { tn.Settings.SessionLifetime = 73 * time.Hour })
		p := tenanttest.Browse(t, s)
		p.Login(tenanttest.Request(s))
		s.Advance(71 * time.Hour)
		got := p.Get(tenanttest.Request(s, "prompt", "none"))
		date, err := http.ParseTime(got.Header.Get("Date"))
		if err != nil {
			t.Fatal(err)
		}
		if left := tenanttest.CookieNamed(got, "auth0").Expires.Sub(date); left > 2*time.Hour+time.Minute || left < 2*time.Hour-time.Minute {
			t.Errorf("two hours before the absolute end the cookie lives for %v", left)
		}
	})
	t.Run("not persistent", func(t *testing.T) {
		s := tenanttest.Serve(t, func(tn *tenant.Config) { tn.Settings.NonPersistentCookie = true })
		p := tenanttest.Browse(t, s)
		p.Login(tenanttest.Request(s))
		for _, name := range []string{"auth0", "auth0_compat"} {
			if c := tenanttest.CookieNamed(p.Get(tenanttest.Request(s, "prompt", "none")), name); c == nil || strings.Contains(c.Raw, "Expires") ||
				strings.Contains(c.Raw, "Max-Age") {
				t.Errorf("%s: %v", name, c)
			}
		}
	})
	t.Run("the compat twin is enough", func(t *testing.T) {
		s := tenanttest.Serve(t, nil)
		p := tenanttest.Browse(t, s)
		p.Login(tenanttest.Request(s))
		var value string
		for _, c := range p.Jar.Cookies(tenanttest.ParseURL(t, s.URL())) {
			if c.Name == "auth0_compat" {
				value = c.Value
			}
		}
		other := tenanttest.Browse(t, s)
		other.Jar.SetCookies(tenanttest.ParseURL(t, s.URL()), []*http.Cookie{{Name: "auth0_compat", Value: value, Secure: true}})
		if got := other.Silent(); got != "" {
			t.Error(got)
		}
	})
}

func TestDeviceCookie(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	first := p.Get("/.well-known/openid-configuration")
	for _, name := range []string{"did", "did_compat"} {
		c := tenanttest.CookieNamed(first, name)
		if c == nil || !strings.HasPrefix(c.Value, "s%3Av0%3A") || c.MaxAge != 31557600 || !c.Secure || !c.HttpOnly || c.Path != "/" {
			t.Fatalf("%s: %v", name, c)
		}
	}
	if c := tenanttest.CookieNamed(p.Get("/.well-known/jwks.json"), "did"); c != nil {
		t.Errorf("the browser has its device cookie and got another: %v", c)
	}
}

func TestForgedAndForeignCookies(t *testing.T) {
	t.Parallel()
	s, other := tenanttest.Serve(t, nil), tenanttest.Serve(t, nil)
	p, q := tenanttest.Browse(t, s), tenanttest.Browse(t, other)
	p.Login(tenanttest.Request(s))
	q.Login(tenanttest.Request(other))
	value := func(p *tenanttest.Person, name string) string {
		for _, c := range p.Jar.Cookies(tenanttest.ParseURL(t, p.Server.URL())) {
			if c.Name == name {
				return c.Value
			}
		}
		return ""
	}
	mine := value(p, "auth0")
	id := s.Sessions()[0].ID
	for name, forged := range map[string]string{
		"no signature":            "s%3A" + id,
		"empty signature":         "s%3A" + id + ".",
		"wrong signature":         "s%3A" + id + ".AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"plain id":                id,
		"another tenant's cookie": value(q, "auth0"),
		"the device cookie":       value(p, "did"),
		"bad encoding":            "s%3",
		"cut":                     mine[:len(mine)-1],
	} {
		thief := tenanttest.Browse(t, s)
		thief.Jar.SetCookies(tenanttest.ParseURL(t, s.URL()),
			[]*http.Cookie{{Name: "auth0", Value: forged, Secure: true}, {Name: "auth0_compat", Value: forged, Secure: true}})
		if got := thief.Silent(); got != "login_required" {
			t.Errorf("%s opens a session: %q", name, got)
		}
	}
	if got := p.Silent(); got != "" {
		t.Errorf("the real one: %q", got)
	}
	if got := q.Silent(); got != "" {
		t.Errorf("the real one of the other tenant: %q", got)
	}
}

func TestPrompts(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Frozen)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	login := func(path string) bool {
		return strings.HasPrefix(p.Get(path).Header.Get("Location"), "/u/login?state=")
	}
	for _, tc := range []struct {
		name  string
		pairs []string
		asked bool
	}{
		{"no prompt", nil, false},
		{"consent, which is skipped", []string{"prompt", "consent"}, false},
		{"login", []string{"prompt", "login"}, true},
		{"select_account, which has a page of its own", []string{"prompt", "select_account"}, false},
		{"login select_account", []string{"prompt", "login select_account"}, true},
		{"login consent", []string{"prompt", "login consent"}, true},
		{"max_age=0", []string{"max_age", "0"}, true},
		{"max_age not over", []string{"max_age", "3600"}, false},
	} {
		if got := login(tenanttest.Request(s, tc.pairs...)); got != tc.asked {
			t.Errorf("%s: a login page is shown: %v, want %v", tc.name, got, tc.asked)
		}
	}
	s.Advance(time.Hour)
	if login(tenanttest.Request(s, "max_age", "3600")) {
		t.Error("at max_age: OIDC asks for a login when the time is greater")
	}
	s.Advance(time.Second)
	if !login(tenanttest.Request(s, "max_age", "3600")) {
		t.Error("after max_age: no login page")
	}
	for _, maxAge := range []string{"0", "3600"} {
		if got := p.Silent("max_age", maxAge); got != "login_required" {
			t.Errorf("silent with max_age=%s: %q", maxAge, got)
		}
	}
	old := s.Sessions()[0].ID
	answer := p.Login(tenanttest.Request(s, "max_age", "0"))
	claims := tenanttest.Claims(t, answer.Fragment(t).Get("id_token"))
	if got := claims["auth_time"]; got != float64(s.Now().Unix()) {
		t.Errorf("auth_time is %v, want the login just now, %d", got, s.Now().Unix())
	}
	if all := s.Sessions(); len(all) != 1 || all[0].ID == old || claims["sid"] != all[0].ID {
		t.Errorf("the new login does not replace the session: %v", all)
	}
	if claims := tenanttest.Claims(t, p.Get(tenanttest.Request(s, "prompt", "none")).Fragment(t).Get("id_token")); claims["auth_time"] != nil {
		t.Errorf("auth_time without max_age and prompt=login: %v", claims["auth_time"])
	}
}

func TestSingleSignOnAcrossClients(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		second := tenant.NewClient("Second App")
		second.Callbacks = []string{"http://localhost:4000"}
		third := tenant.NewClient("Third App")
		third.Callbacks = []string{"http://localhost:5000"}
		tn.Clients = append(tn.Clients, second, third)
		tn.Connections[0].EnabledClients = []string{"My App", "Second App"}
		tn.Connections = append(tn.Connections, &tenant.Connection{Name: "staff", Strategy: "auth0", EnabledClients: []string{"Third App"}})
	})
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	second, third := s.Snapshot().Clients[1].ClientID, s.Snapshot().Clients[2].ClientID
	if got := p.Silent("client_id", second, "redirect_uri", "http://localhost:4000"); got != "" {
		t.Errorf("second client: %q", got)
	}
	if got := p.Silent("client_id", third, "redirect_uri", "http://localhost:5000"); got != "login_required" {
		t.Errorf("a client without the session's connection: %q", got)
	}
	if got := s.Sessions()[0].Clients; len(got) != 2 || got[1] != second {
		t.Errorf("clients of the session: %v", got)
	}
}

func TestUsersThatAreGoneOrBlocked(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	blocked := s.Snapshot().Clone()
	blocked.Users[0].Blocked = true
	if err := s.Reload(blocked); err != nil {
		t.Fatal(err)
	}
	got := p.Get(tenanttest.Request(s, "prompt", "none")).Fragment(t)
	if got.Get("error") != "unauthorized" || got.Get("error_description") != "user is blocked" {
		t.Errorf("silent, blocked: %v", got)
	}
	stranger := tenanttest.Browse(t, s)
	if got := stranger.Login(tenanttest.Request(s)).Fragment(t); got.Get("error") != "unauthorized" ||
		got.Get("error_description") != "user is blocked" || got.Get("state") != "the-state" {
		t.Errorf("login, blocked: %v", got)
	}
	if got := stranger.Silent(); got != "login_required" {
		t.Errorf("a blocked user's refused login leaves a session: %q", got)
	}
	gone := s.Snapshot().Clone()
	gone.Users = nil
	if err := s.Reload(gone); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []string{"fragment", "web_message"} {
		a := p.Get(tenanttest.Request(s, "prompt", "none", "response_mode", mode))
		if code, words := a.ErrorPage(t); a.StatusCode != 500 || code != "server_error" || words != "Unable to construct sso user." {
			t.Errorf("silent, user deleted: %d %s: %s", a.StatusCode, code, words)
		}
	}
	if got := p.Get(tenanttest.Request(s, "prompt", "login")).Header.Get("Location"); !strings.HasPrefix(got, "/u/login") {
		t.Errorf("prompt=login is a way out for the person: %q", got)
	}
}
