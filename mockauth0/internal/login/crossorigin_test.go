package login_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func TestCrossOriginAuthentication(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.EmbeddedLogin)
	p := tenanttest.Browse(t, s)
	got := p.CrossOrigin()
	if !regexp.MustCompile(`^\{"login_ticket":"[\w-]{32}","co_verifier":"[\w-]{32}","co_id":"[\w-]{12}"\}$`).MatchString(got.Text) ||
		tenanttest.LastLog(s).Type != "scoa" || tenanttest.LastLog(s).UserName != "ada@example.test" {
		t.Fatalf("%s %s, log %+v", got.Status, got.Text, tenanttest.LastLog(s))
	}
	if h := got.Header; h.Get("Access-Control-Allow-Origin") != "http://localhost:3000" ||
		h.Get("Access-Control-Allow-Credentials") != "true" || tenanttest.CookieNamed(got, "did") == nil ||
		tenanttest.CookieNamed(got, "auth0") != nil {
		t.Errorf("%v", h)
	}
	if len(s.Sessions()) != 0 {
		t.Error("there is a session before the ticket is redeemed")
	}
	lt := got.Member(t, "login_ticket")
	ask := tenanttest.Request(s, "login_ticket", lt, "realm", tenanttest.Database)
	back := p.Get(ask)
	if !strings.HasPrefix(back.Header.Get("Location"), "/authorize/resume?state=") {
		t.Fatalf("%s %q\n%s", back.Status, back.Header.Get("Location"), back.Text)
	}
	tokens := p.Get(back.Header.Get("Location")).Fragment(t)
	if tenanttest.Claims(t, tokens.Get("id_token"))["email"] != "ada@example.test" || tokens.Get("state") != "the-state" || p.Silent() != "" {
		t.Errorf("%v", tokens)
	}
	const bad = "Unknown or invalid login ticket."
	if got := p.Get(ask).Fragment(t); got.Get("error") != "access_denied" || got.Get("error_description") != bad {
		t.Errorf("a used ticket: %v", got)
	}
	for _, pairs := range [][]string{{"login_ticket", "x"}, {"login_ticket", p.LoginTicket().ID, "realm", "other"},
		{"login_ticket", p.LoginTicket().ID, "client_id", "web", "redirect_uri", "https://web.example.test/cb"}} {
		if got := p.Get(tenanttest.Request(s, pairs...)).Fragment(t); got.Get("error_description") != bad {
			t.Errorf("%s: %v", pairs, got)
		}
	}
	late := p.LoginTicket()
	s.Advance(5 * time.Minute)
	if got := p.Get(tenanttest.Request(s, "login_ticket", late.ID)).Fragment(t); got.Get("error_description") != bad {
		t.Errorf("after five minutes: %v", got)
	}

	// As auth0.js' popup mode asks: in a frame, in silence.
	q := tenanttest.Browse(t, s)
	resume := q.Get(tenanttest.Request(s, "login_ticket", q.LoginTicket().ID, "prompt", "none", "response_mode", "web_message"))
	framed := q.Get(resume.Header.Get("Location"))
	if got := tenanttest.Received(t, framed, "web_message"); framed.Header.Get("X-Frame-Options") != "" || len(got) < 3 ||
		got[0][0] != "access_token" {
		t.Errorf("in silence: %v %v", framed.Header, got)
	}
}

func TestRefusedCrossOriginLogins(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.EmbeddedLogin)
	p := tenanttest.Browse(t, s)
	for _, tc := range []struct {
		name        string
		pairs       []string
		status      int
		code, words string
	}{
		{"wrong password", []string{"password", "x"}, 403, "access_denied", "Wrong email or password."},
		{"no password", []string{"password", ""}, 403, "access_denied", "Wrong email or password."},
		{"unknown user", []string{"username", "nobody@example.test"}, 403, "access_denied", "Wrong email or password."},
		{"blocked user", []string{"username", "mallory@example.test", "password", "p"}, 401, "unauthorized", "user is blocked"},
		{"no client", []string{"client_id", ""}, 400, "invalid_request", "Missing required parameter: client_id"},
		{"no user", []string{"username", ""}, 400, "invalid_request", "Missing required parameter: username"},
		{"no credential type", []string{"credential_type", ""}, 400, "invalid_request", "Missing required parameter: credential_type"},
		{"unknown credential type", []string{"credential_type", "x"}, 400, "invalid_request", "Invalid parameter: credential_type x is not supported"},
		{"one-time password", []string{"credential_type", "http://auth0.com/oauth/grant-type/passwordless/otp", "otp", "1"}, 501, "not_implemented", "mockauth0 does not take the credential_type http://auth0.com/oauth/grant-type/passwordless/otp at /co/authenticate yet. Auth0 does: your request may be right."},
		{"no realm", []string{"realm", ""}, 400, "invalid_request", "Missing required parameter: realm"},
		{"unknown realm", []string{"realm", "x"}, 400, "invalid_request", "the connection was not found"},
		{"unknown client", []string{"client_id", "nobody"}, 403, "unauthorized_client", "Unknown client: nobody"},
		{"not enabled", []string{"client_id", "web"}, 403, "unauthorized_client", "Cross origin login not enabled."},
	} {
		got := p.CrossOrigin(tc.pairs...)
		if got.StatusCode != tc.status || got.Member(t, "error") != tc.code || got.Member(t, "error_description") != tc.words ||
			tenanttest.LastLog(s).Type != "fcoa" ||
			got.Header.Get("Access-Control-Allow-Credentials") != "true" || got.Header.Get("Content-Type") != "application/json; charset=utf-8" {
			t.Errorf("%s: %s %s %v, log %s", tc.name, got.Status, got.Text, got.Header, tenanttest.LastLog(s).Type)
		}
	}
	body := `{"client_id":"` + s.Snapshot().Clients[0].ClientID +
		`","username":"ada@example.test","password":"Analytical-Engine-1","credential_type":"password"}`
	for origin, want := range map[string]int{
		"http://localhost:3000": 200, s.URL(): 200, "": 200, "https://evil.example": 403, "https://web.example.test": 403, "null": 403,
	} {
		got := p.Ask("POST", "/co/authenticate", body, "Content-Type", "application/json", "Origin", origin)
		if got.StatusCode != want || want == 403 && got.Member(t, "error_description") != "Origin "+origin+" is not allowed." {
			t.Errorf("from %q by the default directory: %s %s", origin, got.Status, got.Text)
		}
	}
	next := s.Snapshot().Clone()
	next.Settings.DefaultDirectory = ""
	if err := s.Reload(next); err != nil {
		t.Fatal(err)
	}
	if got := p.Ask("POST", "/co/authenticate", body, "Content-Type", "application/json"); got.StatusCode != 500 ||
		got.Member(t, "error_description") != "Authorization server not configured with default connection." {
		t.Errorf("no default directory: %s %s", got.Status, got.Text)
	}
}

// A login ticket in another browser than the one that got it would log its person in to somebody else's account.
func TestALoginTicketInAnotherBrowser(t *testing.T) {
	t.Parallel()
	const page = "http://localhost:3000/callback-cross-auth"
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.EmbeddedLogin(tn)
		tn.Clients[0].CrossOriginPage = page
		second := tenant.NewClient("Without a page")
		second.ClientID, second.CrossOriginAuth, second.Callbacks, second.WebOrigins = "second", true, []string{"http://localhost:3000"},
			[]string{"http://localhost:3000"}
		tn.Clients = append(tn.Clients, second)
	})
	p, other := tenanttest.Browse(t, s), tenanttest.Browse(t, s)
	other.Login(tenanttest.Request(s)) // it has cookies, but of its own

	bare := p.CrossOrigin("client_id", "second").Member(t, "login_ticket")
	for name, q := range map[string]*tenanttest.Person{"with cookies": other, "without": tenanttest.Browse(t, s)} {
		got := q.Get(tenanttest.Request(s, "client_id", "second", "login_ticket", bare)).Fragment(t)
		if got.Get("error") != "server_error" || got.Get("error_description") != "Unable to configure verification page." ||
			got.Get("state") != "the-state" {
			t.Errorf("no page to ask, %s: %v", name, got)
		}
	}

	lt := p.LoginTicket()
	framed := tenanttest.Browse(t, s).Get(tenanttest.Request(s, "login_ticket", lt.ID, "prompt", "none", "response_mode", "web_message"))
	if framed.Header.Get("X-Frame-Options") != "" || strings.Contains(framed.Header.Get("Content-Security-Policy"), "frame-ancestors") {
		t.Errorf("a silent request cannot ask in its frame: %v", framed.Header)
	}
	verify := func(q *tenanttest.Person, verifier string) tenanttest.Answer {
		shown := q.Get(tenanttest.Request(s, "login_ticket", lt.ID))
		for _, want := range []string{
			`<iframe src="` + page + `#origin=` + url.QueryEscape(s.URL()) + `"`, `data-origin="http://localhost:3000"`, `data-id="` + lt.CoID + `"`,
		} {
			if !strings.Contains(shown.Text, want) {
				t.Fatalf("the page has no %s\n%s", want, shown.Text)
			}
		}
		if csp := shown.Header.Get("Content-Security-Policy"); shown.Header.Get("X-Frame-Options") != "deny" ||
			!strings.Contains(csp, "frame-src http://localhost:3000") || !strings.Contains(csp, "script-src 'sha256-") ||
			strings.Contains(csp, "unsafe") {
			t.Errorf("%v", shown.Header)
		}
		return q.Post("/co/verify", tenanttest.Form("state", tenanttest.StateField.FindStringSubmatch(shown.Text)[1], "verifier", verifier))
	}
	if got := verify(other, "").Fragment(t); got.Get("error") != "invalid_request" ||
		got.Get("error_description") != "No verifier returned from client." {
		t.Errorf("no verifier: %v", got)
	}
	if got := verify(other, "x").Fragment(t); got.Get("error") != "access_denied" ||
		got.Get("error_description") != "Unknown or invalid login ticket." {
		t.Errorf("wrong verifier: %v", got)
	}
	if len(s.Sessions()) != 1 {
		t.Fatalf("%d sessions, want the other browser's own", len(s.Sessions()))
	}
	got := verify(other, lt.Verifier)
	if got = other.Get(got.Header.Get("Location")); tenanttest.Claims(t, got.Fragment(t).Get("id_token"))["email"] != "ada@example.test" {
		t.Errorf("the verifier: %s %s", got.Status, got.Header.Get("Location"))
	}
	if got := p.Get(tenanttest.Request(s, "login_ticket", lt.ID)).Fragment(t); got.Get("error") != "access_denied" {
		t.Errorf("a ticket that was verified and used: %v", got)
	}
	if _, words := other.Post("/co/verify", tenanttest.Form("state", "x", "verifier", lt.Verifier)).
		ErrorPage(t); words != tenanttest.LostText {
		t.Errorf("no transaction: %s", words)
	}
}
