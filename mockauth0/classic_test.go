package mockauth0

import (
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/tenant"
)

var hiddenField = regexp.MustCompile(`name="(wa|wresult|wctx)" value="([^"]*)"`)

// wsfed reads the form that a Classic login answers.
func wsfed(t testing.TB, a answer) url.Values {
	t.Helper()
	v := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(a.body, -1) {
		v.Set(m[1], html.UnescapeString(m[2]))
	}
	if a.StatusCode != 200 || a.Header.Get("Content-Type") != "text/html; charset=utf-8" || len(v) != 3 {
		t.Fatalf("no form but %s: %s", a.Status, a.body)
	}
	return v
}

// classic posts a login by script, as auth0.js does.
func (p *person) classic(pairs ...string) answer {
	p.Helper()
	tn := p.s.Snapshot()
	body := map[string]any{"client_id": tn.Clients[0].ClientID, "redirect_uri": tn.Clients[0].Callbacks[0], "response_type": "code", "scope": "openid",
		"tenant": tn.Name, "connection": tn.Connections[0].Name, "username": tn.Users[0].Email, "password": tn.Users[0].Password, "_intstate": "deprecated", "popup_options": map[string]int{}}
	for i := 0; i < len(pairs); i += 2 {
		body[pairs[i]] = pairs[i+1]
	}
	text, err := json.Marshal(body)
	if err != nil {
		p.Fatal(err)
	}
	return p.ask("POST", "/usernamepassword/login", string(text), "Content-Type", "application/json", "Origin", "http://localhost:3000")
}

// pageState begins a login and gives the state of its page.
func (p *person) pageState() string {
	p.Helper()
	_, state := p.loginPage(request(p.s, "response_type", "code"))
	return state
}

func TestClassicLoginOnTheTenantsPage(t *testing.T) {
	t.Parallel()
	s := serve(t, frozen)
	p := browse(t, s)
	first := p.classic("state", p.pageState())
	form := wsfed(t, first)
	if form.Get("wa") != "wsignin1.0" || strings.Count(form.Get("wresult"), ".") != 2 || !strings.Contains(first.body, `action="`+s.URL()+`/login/callback"`) ||
		!json.Valid([]byte(form.Get("wctx"))) || first.Header.Get("Access-Control-Allow-Origin") != "http://localhost:3000" {
		t.Errorf("the form: %v %v", form, first.Header)
	}
	back := p.post("/login/callback", form)
	if l := back.Header.Get("Location"); back.StatusCode != 302 || !strings.HasPrefix(l, "/authorize/resume?state=") || cookieNamed(back, "auth0") == nil {
		t.Fatalf("%s %q", back.Status, l)
	}
	if got := outcome(p.get(back.Header.Get("Location"))); got != "code" {
		t.Errorf("the login answers %q", got)
	}
	if p.silent() != "" {
		t.Error("no session came of it")
	}
	if got := p.post("/login/callback", form); got.StatusCode != 400 || cookieNamed(got, "auth0") != nil {
		t.Errorf("the form works twice: %s", got.Status)
	}
}

func TestClassicLoginFromAPageOfTheApp(t *testing.T) {
	t.Parallel()
	for _, allowed := range []bool{true, false} {
		s := serve(t, func(tn *tenant.Config) { frozen(tn); tn.Clients[0].CrossOriginAuth = allowed })
		p := browse(t, s)
		back := p.post("/login/callback", wsfed(t, p.classic("state", "of-the-app", "redirect_uri", "http://localhost:3000/callback")))
		if !allowed {
			if code, words := back.errorPage(t); back.StatusCode != 403 || code != "unauthorized_client" || words != "Cross origin login not enabled." || len(s.Sessions()) != 0 {
				t.Errorf("a client that does not allow it: %s %s %s", back.Status, code, words)
			}
			continue
		}
		got := p.get(back.Header.Get("Location"))
		if l := got.Header.Get("Location"); !strings.HasPrefix(l, "http://localhost:3000/callback?code=") || !strings.HasSuffix(l, "&state=of-the-app") {
			t.Errorf("%s %q", got.Status, l)
		}
		evil := browse(t, s)
		back = evil.post("/login/callback", wsfed(t, evil.classic("redirect_uri", "https://evil.example/")))
		if got := evil.get(back.Header.Get("Location")); got.StatusCode != 403 || strings.HasPrefix(got.Header.Get("Location"), "https://evil") {
			t.Errorf("an unregistered callback: %s %q", got.Status, got.Header.Get("Location"))
		}
	}
}

func TestClassicLoginsThatAreRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, frozen)
	p := browse(t, s)
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
		if got := p.classic(tc.pairs...); got.Status+" "+got.body != tc.want {
			t.Errorf("%s: %s %s", name, got.Status, got.body)
		}
		logged := ""
		for _, e := range s.Events(0)[before:] {
			if e.Kind == "log" {
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
	s := serve(t, func(tn *tenant.Config) { frozen(tn); tn.Clients[0].CrossOriginAuth = true })
	p := browse(t, s)
	good := wsfed(t, p.classic())
	tokens, err := s.MintToken(TokenRequest{Client: s.Snapshot().Clients[0].ClientID, User: s.Snapshot().Users[0].Email,
		Claims: map[string]any{"jti": claimsOf(t, good.Get("wresult"))["jti"]}})
	if err != nil {
		t.Fatal(err)
	}
	body, _, _ := strings.Cut(good.Get("wresult"), ".")
	for name, wresult := range map[string]string{"nothing": "", "an ID token": tokens.IDToken, "no signature": good.Get("wresult")[:len(good.Get("wresult"))-20], "a header alone": body} {
		if got := p.post("/login/callback", url.Values{"wa": {"wsignin1.0"}, "wresult": {wresult}, "wctx": {"{}"}}); got.StatusCode != 400 || len(s.Sessions()) != 0 {
			t.Errorf("%s: %s", name, got.Status)
		}
	}
	s.Advance(time.Minute)
	if got := p.post("/login/callback", good); got.StatusCode != 400 || len(s.Sessions()) != 0 {
		t.Errorf("a late form: %s", got.Status)
	}
	if got := p.ask("GET", "/userinfo", "", "Authorization", "Bearer "+good.Get("wresult")); got.StatusCode != 401 {
		t.Errorf("a wresult opens userinfo: %s", got.Status)
	}
}

// TestAFormOfAnotherBrowser: a page's state belongs to the browser that began the login.
func TestAFormOfAnotherBrowser(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) { frozen(tn); tn.Clients[0].CrossOriginAuth = true })
	attacker, victim := browse(t, s), browse(t, s)
	form := wsfed(t, attacker.classic("state", attacker.pageState()))
	if got := victim.post("/login/callback", form); got.StatusCode != 400 || len(s.Sessions()) != 0 {
		t.Errorf("the victim is logged in as the attacker: %s", got.Status)
	}
}

func TestSSODataAndChallenge(t *testing.T) {
	t.Parallel()
	s := serve(t, frozen)
	p := browse(t, s)
	if got := p.ask("POST", "/usernamepassword/challenge", `{"state":"x"}`, "Content-Type", "application/json"); got.body != `{"required":false}` {
		t.Errorf("challenge: %s %s", got.Status, got.body)
	}
	if got := p.get("/user/ssodata?ldaps=1"); got.body != `{"sso":false}` {
		t.Errorf("before the login: %s %s", got.Status, got.body)
	}
	p.login(request(s))
	u, c := s.Snapshot().Users[0], s.Snapshot().Clients[0].ClientID
	want := `{"sso":true,"lastUsedUserID":"` + u.ID + `","lastUsedUsername":"ada@example.test","lastUsedClientID":"` + c + `","sessionClients":["` + c +
		`"],"lastUsedConnection":{"name":"Username-Password-Authentication","strategy":"auth0"}}`
	got := p.ask("GET", "/user/ssodata", "", "Origin", "http://localhost:3000")
	if got.body != want || got.Header.Get("Access-Control-Allow-Credentials") != "true" {
		t.Errorf("logged in: %s %s", got.Status, got.body)
	}
	if slash := p.ask("GET", "/user/ssodata/", "", "Origin", "http://localhost:3000"); slash.body != got.body || slash.Header.Get("Access-Control-Allow-Credentials") != "true" {
		t.Errorf("with a final slash, as auth0.js 8 writes it: %s %s", slash.Status, slash.body)
	}
	if got := p.ask("GET", "/user/ssodata", "", "Origin", "https://evil.example"); got.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("any page may read who is logged in")
	}
}

// TestTheClassicPage has its own address, from which a tenant's scripts read the request.
func TestTheClassicPage(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		tn.Settings.ClassicLogin, tn.Settings.IdentifierFirst = true, true // Auth0's identifier-first is of the new experience
	})
	p := browse(t, s)
	at := mustURL(t, p.get(request(s, "response_type", "code")).Header.Get("Location"))
	q := at.Query()
	if at.Path != "/login" || q.Get("client") != s.Snapshot().Clients[0].ClientID || q.Get("protocol") != "oauth2" || q.Get("response_type") != "code" ||
		q.Get("redirect_uri") != "http://localhost:3000" || len(q["state"]) != 1 || q.Has("client_id") {
		t.Errorf("the page is at %s", at)
	}
	back := p.post("/login/callback", wsfed(t, p.classic("state", q.Get("state"))))
	if got := p.get(back.Header.Get("Location")).Header.Get("Location"); !strings.HasSuffix(got, "&state=the-state") {
		t.Errorf("a login by script on that page answers %q", got)
	}
	other := browse(t, s)
	if got := outcome(other.login(request(s, "response_type", "code"))); got != "code" {
		t.Errorf("a login by its form answers %q", got)
	}
}

// TestAPageOfAnotherClient: a user whom one client knows does not get into another one's login by script.
func TestAPageOfAnotherClient(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		frozen(tn)
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
	p := browse(t, s)
	staff := []string{"client_id", "backoffice", "connection", "Staff", "username", "grace@example.test", "password", "Flow-Matic-1"}
	if got := p.post("/login/callback", wsfed(t, p.classic(append(staff, "state", p.pageState())...))); got.StatusCode != 400 || len(s.Sessions()) != 0 {
		t.Errorf("a user of another client's: %s %q", got.Status, got.Header.Get("Location"))
	}
	_, state := p.loginPage(request(s, "response_type", "code", "connection", "Username-Password-Authentication"))
	partner := []string{"connection", "Partners", "username", "mary@example.test", "password", "Scripting-1", "state", state}
	if got := p.post("/login/callback", wsfed(t, p.classic(partner...))); got.StatusCode != 400 || len(s.Sessions()) != 0 {
		t.Errorf("another connection than the request names: %s %q", got.Status, got.Header.Get("Location"))
	}
}

// TestAFormOfAnotherSite: a page of somebody else must not log its visitors in, as anybody (login CSRF).
func TestAFormOfAnotherSite(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) { frozen(tn); tn.Clients[0].CrossOriginAuth = true })
	attacker, victim := browse(t, s), browse(t, s)
	for origin, status := range map[string]int{"https://evil.example": 403, "null": 403, "http://localhost:3000": 302} {
		form := wsfed(t, attacker.classic("state", "of-the-app"))
		got := victim.ask("POST", "/login/callback", form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Origin", origin)
		if got.StatusCode != status || (cookieNamed(got, "auth0") != nil) != (status == 302) {
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
		s := serve(t, func(tn *tenant.Config) { frozen(tn); tn.Clients[0].CrossOriginAuth = true; change(tn) })
		p := browse(t, s)
		if got := p.post("/login/callback", wsfed(t, p.classic("state", "of-the-app"))); got.StatusCode != 400 || len(s.Sessions()) != 0 {
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
		s := serve(t, func(tn *tenant.Config) {
			tn.Settings.ClassicLogin, tn.Settings.FrameableLogin = tc.classic, tc.frameable
		})
		p := browse(t, s)
		h := p.get(p.get(request(s)).Header.Get("Location")).Header
		if h.Get("X-Frame-Options") != tc.want || strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors") != (tc.want != "") {
			t.Errorf("%s: %v", tc.name, h)
		}
		if h := p.get("/authorize").Header; h.Get("X-Frame-Options") != "deny" {
			t.Errorf("%s, the error page: %v", tc.name, h)
		}
	}
}
