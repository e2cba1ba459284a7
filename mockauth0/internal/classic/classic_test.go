package classic_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func TestClassicLoginOnTheTenantsPage(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Frozen)
	p := tenanttest.Browse(t, s)
	first := p.ClassicLogin("state", p.LoginState())
	form := tenanttest.WSFedForm(t, first)
	if form.Get("wa") != "wsignin1.0" || strings.Count(form.Get("wresult"), ".") != 2 ||
		!strings.Contains(first.Text, `action="`+s.URL()+`/login/callback"`) ||
		!json.Valid([]byte(form.Get("wctx"))) || first.Header.Get("Access-Control-Allow-Origin") != "http://localhost:3000" {
		t.Errorf("the form: %v %v", form, first.Header)
	}
	back := p.Post("/login/callback", form)
	if l := back.Header.Get("Location"); back.StatusCode != 302 || !strings.HasPrefix(l, "/authorize/resume?state=") ||
		tenanttest.CookieNamed(back, "auth0") == nil {
		t.Fatalf("%s %q", back.Status, l)
	}
	if got := tenanttest.Outcome(p.Get(back.Header.Get("Location"))); got != "code" {
		t.Errorf("the login answers %q", got)
	}
	if p.Silent() != "" {
		t.Error("no session came of it")
	}
	if got := p.Post("/login/callback", form); got.StatusCode != 400 || tenanttest.CookieNamed(got, "auth0") != nil {
		t.Errorf("the form works twice: %s", got.Status)
	}
}

func TestClassicLoginFromAPageOfTheApp(t *testing.T) {
	t.Parallel()
	for _, allowed := range []bool{true, false} {
		s := tenanttest.Serve(t, func(tn *tenant.Config) { tenanttest.Frozen(tn); tn.Clients[0].CrossOriginAuth = allowed })
		p := tenanttest.Browse(t, s)
		back := p.Post("/login/callback",
			tenanttest.WSFedForm(t, p.ClassicLogin("state", "of-the-app", "redirect_uri", "http://localhost:3000/callback")))
		if !allowed {
			if code, words := back.ErrorPage(t); back.StatusCode != 403 || code != "unauthorized_client" ||
				words != "Cross origin login not enabled." || len(s.Sessions()) != 0 {
				t.Errorf("a client that does not allow it: %s %s %s", back.Status, code, words)
			}
			continue
		}
		got := p.Get(back.Header.Get("Location"))
		if l := got.Header.Get("Location"); !strings.HasPrefix(l, "http://localhost:3000/callback?code=") ||
			!strings.HasSuffix(l, "&state=of-the-app") {
			t.Errorf("%s %q", got.Status, l)
		}
		evil := tenanttest.Browse(t, s)
		back = evil.Post("/login/callback", tenanttest.WSFedForm(t, evil.ClassicLogin("redirect_uri", "https://evil.example/")))
		if got := evil.Get(back.Header.Get("Location")); got.StatusCode != 403 || strings.HasPrefix(got.Header.Get("Location"), "https://evil") {
			t.Errorf("an unregistered callback: %s %q", got.Status, got.Header.Get("Location"))
		}
	}
}

func TestClassicLoginsThatAreRefused(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Frozen)
	p := tenanttest.Browse(t, s)
	for name, tc := range map[string]struct {
		pairs []string
		want  string
		log   string
	}{
		"a wrong password":      {[]string{"password", "x"}, `401 Unauthorized {"name":"ValidationError","code":"invalid_user_password","description":"Wrong email or password.","statusCode":401}`, "fp"},
		"nobody":                {[]string{"username", "x"}, `401 Unauthorized {"name":"ValidationError","code":"invalid_user_password","description":"Wrong email or password.","statusCode":401}`, "fu"},
		"an unknown client":     {[]string{"client_id", "x"}, `400 Bad Request {"name":"BadRequestError","code":"invalid_request","description":"Unknown client: x","statusCode":400}`, "f"},
		"an unknown connection": {[]string{"connection", "x"}, `400 Bad Request {"name":"BadRequestError","code":"bad.connection","description":"the connection was not found","statusCode":400}`, "f"},
	} {
		before := len(s.Events(0))
		if got := p.ClassicLogin(tc.pairs...); got.Status+" "+got.Text != tc.want {
			t.Errorf("%s: %s %s", name, got.Status, got.Text)
		}
		logged := ""
		for _, e := range s.Events(0)[before:] {
			if e.Kind == event.KindLog {
				logged += string(e.Type)
			}
		}
		if logged != tc.log {
			t.Errorf("%s: the log has %q, want %q", name, logged, tc.log)
		}
	}
}

// TestWresultsThatAreRefused: no other token of the tenant's, and none that is late, logs anybody in.
func TestWresultsThatAreRefused(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) { tenanttest.Frozen(tn); tn.Clients[0].CrossOriginAuth = true })
	p := tenanttest.Browse(t, s)
	good := tenanttest.WSFedForm(t, p.ClassicLogin())
	tokens, err := s.MintToken(mockauth0.TokenRequest{Client: s.Snapshot().Clients[0].ClientID, User: s.Snapshot().Users[0].Email,
		Claims: map[string]any{"jti": tenanttest.Claims(t, good.Get("wresult"))["jti"]}})
	if err != nil {
		t.Fatal(err)
	}
	body, _, _ := strings.Cut(good.Get("wresult"), ".")
	for name, wresult := range map[string]string{
		"nothing": "", "an ID token": tokens.IDToken, "no signature": good.Get("wresult")[:len(good.Get("wresult"))-20], "a header alone": body,
	} {
		if got := p.Post("/login/callback", url.Values{"wa": {"wsignin1.0"}, "wresult": {wresult}, "wctx": {"{}"}}); got.StatusCode != 400 ||
			len(s.Sessions()) != 0 {
			t.Errorf("%s: %s", name, got.Status)
		}
	}
	s.Advance(time.Minute)
	if got := p.Post("/login/callback", good); got.StatusCode != 400 || len(s.Sessions()) != 0 {
		t.Errorf("a late form: %s", got.Status)
	}
	if got := p.Ask("GET", "/userinfo", "", "Authorization", "Bearer "+good.Get("wresult")); got.StatusCode != 401 {
		t.Errorf("a wresult opens userinfo: %s", got.Status)
	}
}

// TestAFormOfAnotherBrowser: a page's state belongs to the browser that began the login.
func TestAFormOfAnotherBrowser(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) { tenanttest.Frozen(tn); tn.Clients[0].CrossOriginAuth = true })
	attacker, victim := tenanttest.Browse(t, s), tenanttest.Browse(t, s)
	form := tenanttest.WSFedForm(t, attacker.ClassicLogin("state", attacker.LoginState()))
	if got := victim.Post("/login/callback", form); got.StatusCode != 400 || len(s.Sessions()) != 0 {
		t.Errorf("the victim is logged in as the attacker: %s", got.Status)
	}
}

func TestSSODataAndChallenge(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Frozen)
	p := tenanttest.Browse(t, s)
	if got := p.Ask("POST", "/usernamepassword/challenge", `{"state":"x"}`, "Content-Type",
		"application/json"); got.Text != `{"required":false}` {
		t.Errorf("challenge: %s %s", got.Status, got.Text)
	}
	if got := p.Get("/user/ssodata?ldaps=1"); got.Text != `{"sso":false}` {
		t.Errorf("before the login: %s %s", got.Status, got.Text)
	}
	p.Login(tenanttest.Request(s))
	u, c := s.Snapshot().Users[0], s.Snapshot().Clients[0].ClientID
	want := `{"sso":true,"lastUsedUserID":"` + u.ID + `","lastUsedUsername":"ada@example.test","lastUsedClientID":"` + c +
		`","sessionClients":["` + c +
		`"],"lastUsedConnection":{"name":"Username-Password-Authentication","strategy":"auth0"}}`
	got := p.Ask("GET", "/user/ssodata", "", "Origin", "http://localhost:3000")
	if got.Text != want || got.Header.Get("Access-Control-Allow-Credentials") != "true" {
		t.Errorf("logged in: %s %s", got.Status, got.Text)
	}
	if slash := p.Ask("GET", "/user/ssodata/", "", "Origin", "http://localhost:3000"); slash.Text != got.Text ||
		slash.Header.Get("Access-Control-Allow-Credentials") != "true" {
		t.Errorf("with a final slash, as auth0.js 8 writes it: %s %s", slash.Status, slash.Text)
	}
	if got := p.Ask("GET", "/user/ssodata", "", "Origin", "https://evil.example"); got.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("any page may read who is logged in")
	}
}

// TestTheClassicPage has its own address, from which a tenant's scripts read the request.
func TestTheClassicPage(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tn.Settings.ClassicLogin, tn.Settings.IdentifierFirst = true, true // Auth0's identifier-first is of the new experience
	})
	p := tenanttest.Browse(t, s)
	at := tenanttest.ParseURL(t, p.Get(tenanttest.Request(s, "response_type", "code")).Header.Get("Location"))
	q := at.Query()
	if at.Path != "/login" || q.Get("client") != s.Snapshot().Clients[0].ClientID || q.Get("protocol") != "oauth2" ||
		q.Get("response_type") != "code" ||
		q.Get("redirect_uri") != "http://localhost:3000" || len(q["state"]) != 1 || q.Has("client_id") {
		t.Errorf("the page is at %s", at)
	}
	back := p.Post("/login/callback", tenanttest.WSFedForm(t, p.ClassicLogin("state", q.Get("state"))))
	if got := p.Get(back.Header.Get("Location")).Header.Get("Location"); !strings.HasSuffix(got, "&state=the-state") {
		t.Errorf("a login by script on that page answers %q", got)
	}
	other := tenanttest.Browse(t, s)
	if got := tenanttest.Outcome(other.Login(tenanttest.Request(s, "response_type", "code"))); got != "code" {
		t.Errorf("a login by its form answers %q", got)
	}
}

// TestAPageOfAnotherClient: a user whom one client knows does not get into another one's login by script.
func TestAPageOfAnotherClient(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Frozen(tn)
		backoffice := tenant.NewClient("Back Office")
		backoffice.ClientID, backoffice.Callbacks = "backoffice", []string{"https://office.example.test/cb"}
		tn.Clients = append(tn.Clients, backoffice)
		tn.Connections = append(tn.Connections,
			&tenant.Connection{Name: "Staff", Strategy: "auth0", EnabledClients: []string{"Back Office"}},
			&tenant.Connection{Name: "Partners", Strategy: "auth0", EnabledClients: []string{tn.Clients[0].Name}})
		tn.Users = append(tn.Users,
			&tenant.User{Connection: "Staff", Email: "grace@example.test", Password: "Flow-Matic-1"},
			&tenant.User{Connection: "Partners", Email: "mary@example.test", Password: "Scripting-1"})
	})
	p := tenanttest.Browse(t, s)
	staff := []string{"client_id", "backoffice", "connection", "Staff", "username", "grace@example.test", "password", "Flow-Matic-1"}
	if got := p.Post("/login/callback", tenanttest.WSFedForm(t, p.ClassicLogin(append(staff, "state", p.LoginState())...))); got.StatusCode !=
		400 || len(s.Sessions()) != 0 {
		t.Errorf("a user of another client's: %s %q", got.Status, got.Header.Get("Location"))
	}
	_, state := p.LoginPage(tenanttest.Request(s, "response_type", "code", "connection", "Username-Password-Authentication"))
	partner := []string{"connection", "Partners", "username", "mary@example.test", "password", "Scripting-1", "state", state}
	if got := p.Post("/login/callback", tenanttest.WSFedForm(t, p.ClassicLogin(partner...))); got.StatusCode != 400 || len(s.Sessions()) != 0 {
		t.Errorf("another connection than the request names: %s %q", got.Status, got.Header.Get("Location"))
	}
}

// TestAFormOfAnotherSite: a page of somebody else must not log its visitors in, as anybody (login CSRF).
func TestAFormOfAnotherSite(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) { tenanttest.Frozen(tn); tn.Clients[0].CrossOriginAuth = true })
	attacker, victim := tenanttest.Browse(t, s), tenanttest.Browse(t, s)
	for origin, status := range map[string]int{"https://evil.example": 403, "null": 403, "http://localhost:3000": 302} {
		form := tenanttest.WSFedForm(t, attacker.ClassicLogin("state", "of-the-app"))
		got := victim.Ask("POST", "/login/callback", form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Origin", origin)
		if got.StatusCode != status || (tenanttest.CookieNamed(got, "auth0") != nil) != (status == 302) {
			t.Errorf("a form on a page of %s: %s", origin, got.Status)
		}
	}
}

// TestPushedRequestsOnly: where requests have to be pushed, a form of the app's own begins none.
func TestPushedRequestsOnly(t *testing.T) {
	t.Parallel()
	for _, change := range []func(*tenant.Config){
		func(tn *tenant.Config) { tn.Settings.RequirePushedRequests = true },
		func(tn *tenant.Config) { tn.Clients[0].RequirePushedRequests = true },
	} {
		s := tenanttest.Serve(t, func(tn *tenant.Config) { tenanttest.Frozen(tn); tn.Clients[0].CrossOriginAuth = true; change(tn) })
		p := tenanttest.Browse(t, s)
		if got := p.Post("/login/callback", tenanttest.WSFedForm(t, p.ClassicLogin("state", "of-the-app"))); got.StatusCode != 400 ||
			len(s.Sessions()) != 0 {
			t.Errorf("%s %q", got.Status, got.Header.Get("Location"))
		}
	}
}

// TestFramingOfTheClassicPage: Auth0 lets a tenant show its Classic page in a frame, and no page of the new experience.
func TestFramingOfTheClassicPage(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name               string
		classic, frameable bool
		want               string
	}{{"classic", true, false, "deny"}, {"classic, protection off", true, true, ""}, {"new, protection off", false, true, "deny"}} {
		s := tenanttest.Serve(t, func(tn *tenant.Config) {
			tn.Settings.ClassicLogin, tn.Settings.FrameableLogin = tc.classic, tc.frameable
		})
		p := tenanttest.Browse(t, s)
		h := p.Get(p.Get(tenanttest.Request(s)).Header.Get("Location")).Header
		if h.Get("X-Frame-Options") != tc.want || strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors") != (tc.want != "") {
			t.Errorf("%s: %v", tc.name, h)
		}
		if h := p.Get("/authorize").Header; h.Get("X-Frame-Options") != "deny" {
			t.Errorf("%s, the error page: %v", tc.name, h)
		}
	}
}
