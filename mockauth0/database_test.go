package mockauth0

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/tenant"
)

// database is the connection of the small default tenant.
const database = "Username-Password-Authentication"

const notAllowed = `{"name":"BadRequestError","code":"invalid_signup","description":"Invalid sign up","statusCode":400}`

// postJSON sends JSON, as SDKs do.
func (p *person) postJSON(path string, pairs ...string) answer {
	p.Helper()
	body := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		body[pairs[i]] = pairs[i+1]
	}
	raw, err := json.Marshal(body)
	if err != nil {
		p.Fatal(err)
	}
	return p.ask("POST", path, string(raw), "Content-Type", "application/json", "Origin", "http://localhost:3000")
}

// signUp posts to the sign-up endpoint as the first client.
func (p *person) signUp(email, password string, pairs ...string) answer {
	p.Helper()
	return p.postJSON("/dbconnections/signup", append([]string{"client_id", p.s.Snapshot().Clients[0].ClientID, "connection", database, "email", email, "password", password}, pairs...)...)
}

// logInAs goes through the hosted page as somebody and tells whether it worked.
func (p *person) logInAs(name, password string) bool {
	p.Helper()
	_, state := p.loginPage(request(p.s, "prompt", "login"))
	return p.post("/u/login", url.Values{"state": {state}, "username": {name}, "password": {password}}).StatusCode == 302
}

func TestSignUp(t *testing.T) {
	t.Parallel()
	s := serve(t, frozen)
	p := browse(t, s)
	got := p.signUp(" Grace@Example.test", "any", "given_name", "Grace", "family_name", "Hopper", "name", "Grace Hopper", "username", "ignored")
	if want := regexp.MustCompile(`^\{"_id":"[0-9a-f]{24}","email":"grace@example\.test","email_verified":false\}$`); got.StatusCode != 200 || !want.MatchString(got.body) ||
		got.Header.Get("Content-Type") != "application/json; charset=utf-8" || got.Header.Get("Access-Control-Allow-Origin") != "http://localhost:3000" {
		t.Fatalf("%s %v %s", got.Status, got.Header, got.body)
	}
	if e := lastLog(s); e.Type != "ss" || e.UserName != "grace@example.test" || e.UserID != "auth0|"+got.member(t, "_id") || e.Connection != database || e.ClientName != "My App" {
		t.Errorf("log: %+v", e)
	}
	if len(s.Sessions()) != 0 {
		t.Error("a session came of it")
	}
	if !p.logInAs("grace@example.test", "any") || p.logInAs("grace@example.test", "other") {
		t.Error("the password does not fit, or any does")
	}
	claims := claimsOf(t, p.get(request(s, "prompt", "none")).fragment(t).Get("id_token"))
	if claims["sub"] != "auth0|"+got.member(t, "_id") || claims["name"] != "Grace Hopper" || claims["nickname"] != "grace" || claims["email_verified"] != false || claims["updated_at"] != s.Now().UTC().Format("2006-01-02T15:04:05.000Z") {
		t.Errorf("ID token: %v", claims)
	}
	metadata := p.ask("POST", "/dbconnections/signup", `{"client_id":"`+s.Snapshot().Clients[0].ClientID+`","connection":"`+database+`","email":"m@example.test","password":"x","user_metadata":{"plan":"gold"}}`, "Content-Type", "application/json")
	if metadata.StatusCode != 200 || !strings.Contains(metadata.body, `"user_metadata":{"plan":"gold"}`) || s.Snapshot().FindUser(database, "m@example.test").UserMetadata["plan"] != "gold" {
		t.Errorf("user_metadata: %s", metadata.body)
	}
	if form := p.post("/dbconnections/signup", form("client_id", s.Snapshot().Clients[0].ClientID, "connection", database, "email", "form@example.test", "password", "x")); form.StatusCode != 200 {
		t.Errorf("as a form: %s", form.body)
	}
}

func TestRefusedSignUps(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		tn.Connections = append(tn.Connections,
			&tenant.Connection{Name: "closed", Strategy: "auth0", DisableSignup: true}, &tenant.Connection{Name: "named", Strategy: "auth0", RequiresUsername: true, UsernameMin: 3},
			&tenant.Connection{Name: "others", Strategy: "auth0", EnabledClients: []string{}}, &tenant.Connection{Name: "strong", Strategy: "auth0", Passwords: tenant.PasswordPolicy{Strength: "good"}},
			&tenant.Connection{Name: "google-oauth2", Strategy: "google-oauth2"})
	})
	p := browse(t, s)
	if got := p.signUp("taken@example.test", "x", "connection", "named", "username", "taken_1"); got.StatusCode != 200 || got.member(t, "username") != "taken_1" {
		t.Fatal(got.body)
	}
	said := func(code, words string) string {
		return fmt.Sprintf(`{"name":"BadRequestError","code":"%s","description":"%s","statusCode":400}`, code, words)
	}
	for _, tc := range []struct {
		name  string
		pairs []string
		want  string
	}{
		{"somebody has the address", []string{"email", "ADA@example.test"}, notAllowed},
		{"somebody has the user name", []string{"connection", "named", "email", "new@example.test", "username", "TAKEN_1"}, notAllowed},
		{"no client", []string{"client_id", ""}, said("invalid_request", "Missing required property: client_id")},
		{"unknown client", []string{"client_id", "nobody"}, said("invalid_request", "Unknown client: nobody")},
		{"no connection", []string{"connection", ""}, said("invalid_request", "Missing required property: connection")},
		{"unknown connection", []string{"connection", "nowhere"}, said("invalid_request", "Connection does not exist")},
		{"social connection", []string{"connection", "google-oauth2"}, said("invalid_request", "Connection does not exist")},
		{"another client's connection", []string{"connection", "others"}, said("invalid_request", "Connection does not exist")},
		{"sign-up disabled", []string{"connection", "closed"}, `{"error":"public signup is disabled"}`},
		{"no address", []string{"email", ""}, said("invalid_signup", "Invalid sign up: email is not an e-mail address")},
		{"no e-mail address", []string{"email", "new"}, said("invalid_signup", "Invalid sign up: email is not an e-mail address")},
		{"no user name", []string{"connection", "named"}, said("invalid_signup", "Invalid sign up: username is missing")},
		{"user name too short", []string{"connection", "named", "username", "ab"}, said("invalid_signup", "Invalid sign up: username must have 3 to 15 characters")},
		{"user name too long", []string{"connection", "named", "username", "abcdefghijklmnop"}, said("invalid_signup", "Invalid sign up: username must have 3 to 15 characters")},
		{"user name with a space", []string{"connection", "named", "username", "a b c"}, said("invalid_signup", "Invalid sign up: username holds a character that is not allowed")},
		{"user name with a script", []string{"connection", "named", "username", "<script>"}, said("invalid_signup", "Invalid sign up: username holds a character that is not allowed")},
		{"user name that is an address", []string{"connection", "named", "username", "a@b.test"}, said("invalid_signup", "Invalid sign up: username is an e-mail address")},
		{"no password", []string{"password", ""}, `{"name":"PasswordStrengthError","message":"Password is too weak","code":"invalid_password","description":{"rules":[{"message":"At least %d characters in length","format":[1],"code":"lengthAtLeast","verified":false}],"verified":false},"policy":"* At least 1 characters in length","statusCode":400}`},
		{"weak password", []string{"connection", "strong", "password", "hello"}, `{"name":"PasswordStrengthError","message":"Password is too weak","code":"invalid_password","description":{"rules":[` +
			`{"message":"At least %d characters in length","format":[8],"code":"lengthAtLeast","verified":false},` +
			`{"message":"Contain at least %d of the following %d types of characters:","format":[3,4],"code":"containsAtLeast","items":[{"message":"lower case letters (a-z)","code":"lowerCase","verified":true},{"message":"upper case letters (A-Z)","code":"upperCase","verified":false},{"message":"numbers (i.e. 0-9)","code":"numbers","verified":false},{"message":"special characters (e.g. !@#$%^&*)","code":"specialCharacters","verified":false}],"verified":false}],"verified":false},` +
			`"policy":"* At least 8 characters in length\n* Contain at least 3 of the following 4 types of characters:\n * lower case letters (a-z)\n * upper case letters (A-Z)\n * numbers (i.e. 0-9)\n * special characters (e.g. !@#$%^&*)","statusCode":400}`},
	} {
		got := p.signUp("new@example.test", "secret", tc.pairs...)
		if got.StatusCode != 400 || got.body != tc.want || got.Header.Get("Access-Control-Allow-Origin") == "" || lastLog(s).Type != "fs" {
			t.Errorf("%s: %s, log %s\n%s\nwant\n%s", tc.name, got.Status, lastLog(s).Type, got.body, tc.want)
		}
	}
	for body, want := range map[string]string{
		`[]`:              `{"error":"invalid_request","error_description":"The body is not a JSON object."}`,
		`{"email":["a"]}`: `{"error":"invalid_request","error_description":"Invalid parameter: email must be a string"}`,
		`{"client_id":"` + s.Snapshot().Clients[0].ClientID + `","connection":"` + database + `","user_metadata":{"a":{}}}`: said("invalid_signup", "Invalid sign up: user_metadata.a must be text of at most 500 characters"),
	} {
		if got := p.ask("POST", "/dbconnections/signup", body, "Content-Type", "application/json"); got.StatusCode != 400 || got.body != want {
			t.Errorf("%s: %s %s", body, got.Status, got.body)
		}
	}
	if n := len(s.Snapshot().Users); n != 2 {
		t.Errorf("%d users, want 2", n)
	}
	next := s.Snapshot().Clone()
	next.Settings.TellUserExists = true
	if err := s.Reload(next); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ pairs, words string }{{"email ada@example.test", "The user already exists."}, {"connection named username taken_1", "The user already exists (username: taken_1)."}} {
		if got := p.signUp("new@example.test", "x", strings.Fields(tc.pairs)...); got.body != said("user_exists", tc.words) {
			t.Errorf("a tenant that tells: %s", got.body)
		}
	}
}

func TestWhatPeopleDidSurvivesAReloadAndNoReset(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	loaded := s.Snapshot().Clone() // as a directory has it
	p := browse(t, s)
	if got := p.signUp("grace@example.test", "first"); got.StatusCode != 200 {
		t.Fatal(got.body)
	}
	p.reset("ada@example.test", "New-Password-1")
	p.reset("grace@example.test", "second")
	check := func(when string, ada, grace string) {
		t.Helper()
		for name, password := range map[string]string{"ada@example.test": ada, "grace@example.test": grace} {
			for _, try := range []string{"Analytical-Engine-1", "New-Password-1", "first", "second", "third"} {
				if got := p.logInAs(name, try); got != (try == password) {
					t.Errorf("%s: %s logs in with %s: %v", when, name, try, got)
				}
			}
		}
	}
	check("at run time", "New-Password-1", "second")
	reload := func(tn *tenant.Config) {
		t.Helper()
		if err := s.Reload(tn); err != nil {
			t.Fatal(err)
		}
	}
	reload(loaded)
	check("after the directory was loaded again", "New-Password-1", "second")
	changed := s.Snapshot().Clone()
	changed.Clients[0].Name = "Other name"
	reload(changed)
	check("after a changed snapshot was loaded", "New-Password-1", "second")
	without := loaded.Clone()
	without.Connections, without.Users = []*tenant.Connection{{Name: "other", Strategy: "auth0"}}, nil
	reload(without)
	if s.Snapshot().FindUser(database, "grace@example.test") != nil {
		t.Error("a user without a connection")
	}
	reload(loaded)
	if s.Snapshot().FindUser(database, "grace@example.test") == nil {
		t.Error("a user who does not come back with the connection")
	}

	edited := loaded.Clone()
	edited.Users[0].Password = "third"
	edited.Users = append(edited.Users, &tenant.User{Email: "grace@example.test", Password: "third"})
	reload(edited)
	check("after the directory says otherwise", "third", "third")

	reload(loaded)
	p.reset("ada@example.test", "second")
	s.Reset()
	check("after a reset", "Analytical-Engine-1", "")
	if s.Snapshot().FindUser(database, "grace@example.test") != nil {
		t.Error("a user who signed up survives the reset")
	}
}

// reset changes somebody's password by the mail's link.
func (p *person) reset(email, password string) answer {
	p.Helper()
	link := p.mailed(email)
	return p.post("/u/reset-verify", url.Values{"ticket": {link.Query().Get("ticket")}, "password-reset": {password}, "re-enter-password": {password}})
}

// mailed asks for a reset and returns the link of the mail.
func (p *person) mailed(email string) *url.URL {
	p.Helper()
	got := p.postJSON("/dbconnections/change_password", "client_id", p.s.Snapshot().Clients[0].ClientID, "connection", database, "email", email)
	if got.StatusCode != 200 || got.body != "We've just sent you an email to reset your password." || got.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		p.Fatalf("%s %v %s", got.Status, got.Header, got.body)
	}
	var link string
	for _, e := range p.s.Events(0) {
		if d := event.Of[event.Mail](e); d.To == email {
			link = d.URL
		}
	}
	return mustURL(p, link)
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		frozen(tn)
		tn.Connections[0].Passwords = tenant.PasswordPolicy{Strength: "fair", History: 2}
	})
	p, other := browse(t, s), browse(t, s)
	client := s.Snapshot().Clients[0].ClientID
	p.login(request(s))
	for name, tc := range map[string]struct {
		pairs []string
		log   string
	}{
		"unknown user": {[]string{"email", "nobody@example.test"}, "fcpr"},
		"known user":   {[]string{"email", "Ada@example.test"}, "scpr"},
	} {
		got := other.postJSON("/dbconnections/change_password", append([]string{"client_id", client, "connection", database}, tc.pairs...)...)
		if got.StatusCode != 200 || got.body != "We've just sent you an email to reset your password." || string(lastLog(s).Type) != tc.log {
			t.Errorf("%s: %s %s, log %s", name, got.Status, got.body, lastLog(s).Type)
		}
	}
	for _, missing := range []string{"client_id", "connection", "email"} {
		got := other.postJSON("/dbconnections/change_password", with([]string{"client_id", client, "connection", database, "email", "ada@example.test"}, missing, "")...)
		if got.StatusCode != 400 || got.member(t, "description") != "Missing required property: "+missing || lastLog(s).Type != "fcpr" {
			t.Errorf("no %s: %s %s", missing, got.Status, got.body)
		}
	}

	first := other.mailed("ada@example.test")
	link := other.mailed("ada@example.test")
	if link.Host != s.Domain() || link.Path != "/u/reset-verify" {
		t.Errorf("the link is %s", link)
	}
	const stale = "This password reset link has expired, was used already, or is not the newest one."
	if _, words := other.get(first.String()).errorPage(t); words != stale {
		t.Errorf("an older link: %s", words)
	}
	page := other.get(link.String())
	if page.StatusCode != 200 || page.Header.Get("X-Frame-Options") != "deny" || page.Header.Get("Referrer-Policy") != "no-referrer" || strings.Contains(page.body, "<script") || !strings.Contains(page.body, "upper case letters (A-Z)") {
		t.Errorf("%s %v\n%s", page.Status, page.Header, page.body)
	}
	if !strings.Contains(page.body, `value="ada@example.test" autocomplete="username" readonly hidden>`) {
		t.Errorf("no name for password managers, or one that takes room on the page:\n%s", page.body)
	}
	set := func(password, again string) answer {
		return other.post("/u/reset-verify", url.Values{"ticket": {link.Query().Get("ticket")}, "password-reset": {password}, "re-enter-password": {again}})
	}
	for _, tc := range []struct{ password, again, alert string }{
		{"New-Password-1", "New-Password-2", "The two passwords are not the same."},
		{"weak", "weak", "Password is too weak."},
		{"Analytical-Engine-1", "Analytical-Engine-1", "Password has previously been used."},
	} {
		if got := set(tc.password, tc.again); got.StatusCode != 400 || !strings.Contains(got.body, `role="alert" id="error-element-password">`+tc.alert) {
			t.Errorf("%s: %s\n%s", tc.password, got.Status, got.body)
		}
	}
	if lastLog(s).Type != "fcp" || p.silent() != "" {
		t.Errorf("log %s; or a refused change ended the session", lastLog(s).Type)
	}
	if got := set("New-Password-1", "New-Password-1"); got.StatusCode != 200 || !strings.Contains(got.body, "Your password has been changed.") || lastLog(s).Type != "scp" || lastLog(s).UserName != "ada@example.test" {
		t.Fatalf("%s %+v\n%s", got.Status, lastLog(s), got.body)
	}
	if got := p.silent(); got != "login_required" {
		t.Errorf("a changed password leaves the session: %q", got)
	}
	for name, got := range map[string]answer{"shown": other.get(link.String()), "used": set("New-Password-2", "New-Password-2")} {
		if _, words := got.errorPage(t); words != stale {
			t.Errorf("a used link %s: %s", name, words)
		}
	}
	if p.logInAs("ada@example.test", "Analytical-Engine-1") || !p.logInAs("ada@example.test", "New-Password-1") {
		t.Error("the old password fits, or the new one does not")
	}
	link = other.mailed("ada@example.test")
	if got := set("Analytical-Engine-1", "Analytical-Engine-1"); got.StatusCode != 400 {
		t.Errorf("the last password but one: %s", got.Status)
	}
	if got := set("New-Password-3", "New-Password-3"); got.StatusCode != 200 {
		t.Error(got.body)
	}
	link = other.mailed("ada@example.test")
	if got := set("Analytical-Engine-1", "Analytical-Engine-1"); got.StatusCode != 200 {
		t.Errorf("two passwords ago: %s", got.body)
	}
	link = other.mailed("ada@example.test")
	s.Advance(5 * 24 * time.Hour)
	if _, words := other.get(link.String()).errorPage(t); words != stale {
		t.Errorf("after five days: %s", words)
	}
	if raw, err := json.Marshal(s.Events(0)); err != nil || strings.Contains(string(raw), "New-Password") || strings.Contains(string(raw), `"query":{"ticket":"`+link.Query().Get("ticket")) {
		t.Error("a password or a ticket is in an event that is no mail")
	}
}

func with(base []string, pairs ...string) []string {
	return append(base[:len(base):len(base)], pairs...)
}

func TestTheSignUpPage(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		tn.Connections[0].RequiresUsername = true
		tn.Connections[0].Passwords.Strength = "low"
	})
	p := browse(t, s)
	at := p.get(request(s, "screen_hint", "signup", "login_hint", `"><script>@x.test`)).Header.Get("Location")
	page := p.get(at)
	if !strings.HasPrefix(at, "/u/signup?state=hKFo2SB") || page.StatusCode != 200 || strings.Contains(page.body, "<script") || !strings.Contains(page.body, `value="&#34;&gt;&lt;script&gt;@x.test"`) || !strings.Contains(page.body, "At least 6 characters in length") {
		t.Fatalf("%s %s\n%s", at, page.Status, page.body)
	}
	back := mustURL(t, p.s.URL()+strings.TrimPrefix(page.body[strings.Index(page.body, `<a href="/u/login`)+len(`<a href="`):][:200], " "))
	if login := p.get(strings.Split(back.String(), `"`)[0]); !strings.Contains(login.body, `>Sign up</a>`) || !strings.Contains(login.body, ">Forgot password?</a>") {
		t.Errorf("the login page does not lead back:\n%s", login.body)
	}
	state := stateField.FindStringSubmatch(page.body)[1]
	send := func(pairs ...string) answer {
		return p.post("/u/signup", form(append([]string{"state", state, "email", "grace@example.test", "username", "grace", "password", "secret"}, pairs...)...))
	}
	for _, tc := range []struct{ pair, value, alert string }{
		{"email", "ada@example.test", "Something went wrong, please try again later."},
		{"email", "<b>", "Invalid sign up: email is not an e-mail address"},
		{"username", "a b", "Invalid sign up: username holds a character that is not allowed"},
		{"password", "short", "Password is too weak"},
	} {
		got := send(tc.pair, tc.value)
		if got.StatusCode != 400 || !strings.Contains(got.body, `role="alert" id="error-element-password">`+tc.alert) || strings.Contains(got.body, "<b>") || lastLog(s).Type != "fs" {
			t.Errorf("%s %s: %s\n%s", tc.pair, tc.value, got.Status, got.body)
		}
	}
	stranger := browse(t, s)
	if _, words := stranger.post("/u/signup", form("state", state, "email", "x@example.test", "username", "x", "password", "secret")).errorPage(t); words != lostText {
		t.Errorf("another browser: %s", words)
	}
	got := send()
	if got.StatusCode != 302 || !strings.HasPrefix(got.Header.Get("Location"), "/authorize/resume?state=") {
		t.Fatalf("%s\n%s", got.Status, got.body)
	}
	claims := claimsOf(t, p.get(got.Header.Get("Location")).fragment(t).Get("id_token"))
	if claims["email"] != "grace@example.test" || claims["nickname"] != "grace" || p.silent() != "" {
		t.Errorf("%v", claims)
	}

	closed := serve(t, func(tn *tenant.Config) { tn.Connections[0].DisableSignup = true })
	q := browse(t, closed)
	login, state := q.loginPage(request(closed))
	if strings.Contains(login.body, "Sign up") {
		t.Error("a link to sign up where nobody can")
	}
	for name, got := range map[string]answer{"shown": q.get("/u/signup?state=" + state), "sent": q.post("/u/signup", form("state", state, "email", "x@example.test", "password", "x"))} {
		if !strings.HasPrefix(got.Header.Get("Location"), "/u/login?state=") {
			t.Errorf("the page %s where nobody can sign up: %s %q", name, got.Status, got.Header.Get("Location"))
		}
	}
}

func TestForgottenPassword(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := browse(t, s)
	_, state := p.loginPage(request(s))
	page := p.get("/u/reset-password/request?state=" + state)
	if page.StatusCode != 200 || !strings.Contains(page.body, `name="username"`) {
		t.Fatalf("%s\n%s", page.Status, page.body)
	}
	mails := func() (n int) {
		for _, e := range s.Events(0) {
			if e.Kind == "mail" {
				n++
			}
		}
		return n
	}
	for _, tc := range []struct {
		name  string
		mails int
	}{{"nobody@example.test", 0}, {"ada@example.test", 1}} {
		got := p.post("/u/reset-password/request", form("state", state, "username", tc.name))
		if got.StatusCode != 200 || !strings.Contains(got.body, "If "+tc.name+" has an account, a mail") || mails() != tc.mails {
			t.Errorf("%s: %s, %d mails\n%s", tc.name, got.Status, mails(), got.body)
		}
	}
}

// Sign-ups from many browsers at once: each is there afterwards, and nobody has an address twice.
func TestSignUpsAtOnce(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	done := make(chan int)
	for i := range 8 {
		go func() {
			p := browse(t, s)
			for j := range 4 {
				p.signUp(fmt.Sprintf("u%d@example.test", (i+j)%8), "x")
			}
			done <- i
		}()
	}
	for range 8 {
		<-done
	}
	seen := map[string]int{}
	for _, u := range s.Snapshot().Users {
		seen[u.Email]++
	}
	if len(seen) != 9 || len(s.Snapshot().Users) != 9 {
		t.Errorf("users: %v", seen)
	}
}

// TestSignUpUnderTheNameOfAMember: in another database a member's address is free, and makes no member of who takes it.
func TestSignUpUnderTheNameOfAMember(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		tn.Connections = append(tn.Connections, &tenant.Connection{Name: "Second", Strategy: "auth0"})
		tn.Organizations = append(tn.Organizations, &tenant.Organization{Name: "acme", Members: []string{"ada@example.test"}})
	})
	p := browse(t, s)
	if got := p.signUp("ada@example.test", "Analytical-Engine-1", "connection", "Second"); got.StatusCode != 200 {
		t.Fatalf("%s %s", got.Status, got.body)
	}
	tn := s.Snapshot()
	ada, other := tn.FindUser(tn.Connections[0].Name, "ada@example.test"), tn.FindUser("Second", "ada@example.test")
	if o := tn.Organizations[0]; !o.Belongs(ada) || o.Belongs(other) {
		t.Errorf("members: the listed one %v, the other one %v", o.Belongs(ada), o.Belongs(other))
	}
}
