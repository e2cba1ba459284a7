package database_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

const notAllowed = `{"name":"BadRequestError","code":"invalid_signup","description":"Invalid sign up","statusCode":400}`

// logInAs goes through the hosted page as somebody and tells whether it worked.
func logInAs(p *tenanttest.Person, name, password string) bool {
	p.Helper()
	_, state := p.LoginPage(tenanttest.Request(p.Server, "prompt", "login"))
	return p.Post("/u/login", url.Values{"state": {state}, "username": {name}, "password": {password}}).StatusCode == 302
}

func TestSignUp(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Frozen)
	p := tenanttest.Browse(t, s)
	got := p.SignUp(" Grace@Example.test", "any", "given_name", "Grace", "family_name", "Hopper", "name", "Grace Hopper",
		"username", "ignored")
	if want := regexp.MustCompile(`^\{"_id":"[0-9a-f]{24}","email":"grace@example\.test","email_verified":false\}$`); got.StatusCode != 200 ||
		!want.MatchString(got.Text) ||
		got.Header.Get("Content-Type") != "application/json; charset=utf-8" ||
		got.Header.Get("Access-Control-Allow-Origin") != "http://localhost:3000" {
		t.Fatalf("%s %v %s", got.Status, got.Header, got.Text)
	}
	if e := tenanttest.LastLog(s); e.Type != "ss" || e.UserName != "grace@example.test" || e.UserID != "auth0|"+got.Member(t, "_id") ||
		e.Connection != tenanttest.Database || e.ClientName != "My App" {
		t.Errorf("log: %+v", e)
	}
	if len(s.Sessions()) != 0 {
		t.Error("a session came of it")
	}
	if !logInAs(p, "grace@example.test", "any") || logInAs(p, "grace@example.test", "other") {
		t.Error("the password does not fit, or any does")
	}
	claims := tenanttest.Claims(t, p.Get(tenanttest.Request(s, "prompt", "none")).Fragment(t).Get("id_token"))
	if claims["sub"] != "auth0|"+got.Member(t, "_id") || claims["name"] != "Grace Hopper" || claims["nickname"] != "grace" ||
		claims["email_verified"] != false || claims["updated_at"] != s.Now().UTC().Format("2006-01-02T15:04:05.000Z") {
		t.Errorf("ID token: %v", claims)
	}
	metadata := p.Ask("POST", "/dbconnections/signup",
		`{"client_id":"`+s.Snapshot().Clients[0].ClientID+`","connection":"`+tenanttest.Database+
			`","email":"m@example.test","password":"x","user_metadata":{"plan":"gold"}}`, "Content-Type", "application/json")
	if metadata.StatusCode != 200 || !strings.Contains(metadata.Text, `"user_metadata":{"plan":"gold"}`) ||
		s.Snapshot().FindUser(tenanttest.Database, "m@example.test").UserMetadata["plan"] != "gold" {
		t.Errorf("user_metadata: %s", metadata.Text)
	}
	if form := p.Post("/dbconnections/signup",
		tenanttest.Form("client_id", s.Snapshot().Clients[0].ClientID, "connection", tenanttest.Database, "email", "form@example.test",
			"password", "x")); form.StatusCode != 200 {
		t.Errorf("as a form: %s", form.Text)
	}
}

func TestRefusedSignUps(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tn.Connections = append(tn.Connections,
			&tenant.Connection{Name: "closed", Strategy: "auth0", DisableSignup: true}, &tenant.Connection{
				Name: "named", Strategy: "auth0", RequiresUsername: true, UsernameMin: 3,
			},
			&tenant.Connection{Name: "others", Strategy: "auth0", EnabledClients: []string{}}, &tenant.Connection{
				Name: "strong", Strategy: "auth0", Passwords: tenant.PasswordPolicy{Strength: "good"},
			},
			&tenant.Connection{Name: "google-oauth2", Strategy: "google-oauth2"})
	})
	p := tenanttest.Browse(t, s)
	if got := p.SignUp("taken@example.test", "x", "connection", "named", "username", "taken_1"); got.StatusCode != 200 ||
		got.Member(t, "username") != "taken_1" {
		t.Fatal(got.Text)
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
		{"weak password", []string{"connection", "strong", "password", "hello"},
			`{"name":"PasswordStrengthError","message":"Password is too weak","code":"invalid_password","description":{"rules":[` +
				`{"message":"At least %d characters in length","format":[8],"code":"lengthAtLeast","verified":false},` +
				`{"message":"Contain at least %d of the following %d types of characters:","format":[3,4],"code":"containsAtLeast","items":[{"message":"lower case letters (a-z)","code":"lowerCase","verified":true},{"message":"upper case letters (A-Z)","code":"upperCase","verified":false},{"message":"numbers (i.e. 0-9)","code":"numbers","verified":false},{"message":"special characters (e.g. !@#$%^&*)","code":"specialCharacters","verified":false}],"verified":false}],"verified":false},` +
				`"policy":"* At least 8 characters in length\n* Contain at least 3 of the following 4 types of characters:\n * lower case letters (a-z)\n * upper case letters (A-Z)\n * numbers (i.e. 0-9)\n * special characters (e.g. !@#$%^&*)","statusCode":400}`},
	} {
		got := p.SignUp("new@example.test", "secret", tc.pairs...)
		if got.StatusCode != 400 || got.Text != tc.want || got.Header.Get("Access-Control-Allow-Origin") == "" ||
			tenanttest.LastLog(s).Type != "fs" {
			t.Errorf("%s: %s, log %s\n%s\nwant\n%s", tc.name, got.Status, tenanttest.LastLog(s).Type, got.Text, tc.want)
		}
	}
	for body, want := range map[string]string{
		`[]`:              `{"error":"invalid_request","error_description":"The body is not a JSON object."}`,
		`{"email":["a"]}`: `{"error":"invalid_request","error_description":"Invalid parameter: email must be a string"}`,
		`{"client_id":"` + s.Snapshot().Clients[0].ClientID + `","connection":"` + tenanttest.Database +
			`","user_metadata":{"a":{}}}`: said("invalid_signup", "Invalid sign up: user_metadata.a must be text of at most 500 characters"),
	} {
		if got := p.Ask("POST", "/dbconnections/signup", body, "Content-Type", "application/json"); got.StatusCode != 400 || got.Text != want {
			t.Errorf("%s: %s %s", body, got.Status, got.Text)
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
	for _, tc := range []struct {
		pairs, words string
	}{
		{"email ada@example.test", "The user already exists."}, {"connection named username taken_1", "The user already exists (username: taken_1)."},
	} {
		if got := p.SignUp("new@example.test", "x", strings.Fields(tc.pairs)...); got.Text != said("user_exists", tc.words) {
			t.Errorf("a tenant that tells: %s", got.Text)
		}
	}
}

func TestWhatPeopleDidSurvivesAReloadAndNoReset(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	loaded := s.Snapshot().Clone() // as a directory has it
	p := tenanttest.Browse(t, s)
	if got := p.SignUp("grace@example.test", "first"); got.StatusCode != 200 {
		t.Fatal(got.Text)
	}
	p.ResetPassword("ada@example.test", "New-Password-1")
	p.ResetPassword("grace@example.test", "second")
	check := func(when string, ada, grace string) {
		t.Helper()
		for name, password := range map[string]string{"ada@example.test": ada, "grace@example.test": grace} {
			for _, try := range []string{"Analytical-Engine-1", "New-Password-1", "first", "second", "third"} {
				if got := logInAs(p, name, try); got != (try == password) {
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
	if s.Snapshot().FindUser(tenanttest.Database, "grace@example.test") != nil {
		t.Error("a user without a connection")
	}
	reload(loaded)
	if s.Snapshot().FindUser(tenanttest.Database, "grace@example.test") == nil {
		t.Error("a user who does not come back with the connection")
	}

	edited := loaded.Clone()
	edited.Users[0].Password = "third"
	edited.Users = append(edited.Users, &tenant.User{Email: "grace@example.test", Password: "third"})
	reload(edited)
	check("after the directory says otherwise", "third", "third")

	reload(loaded)
	p.ResetPassword("ada@example.test", "second")
	s.Reset()
	check("after a reset", "Analytical-Engine-1", "")
	if s.Snapshot().FindUser(tenanttest.Database, "grace@example.test") != nil {
		t.Error("a user who signed up survives the reset")
	}
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Frozen(tn)
		tn.Connections[0].Passwords = tenant.PasswordPolicy{Strength: "fair", History: 2}
	})
	p, other := tenanttest.Browse(t, s), tenanttest.Browse(t, s)
	client := s.Snapshot().Clients[0].ClientID
	p.Login(tenanttest.Request(s))
	for name, tc := range map[string]struct {
		pairs []string
		log   string
	}{
		"unknown user": {[]string{"email", "nobody@example.test"}, "fcpr"},
		"known user":   {[]string{"email", "Ada@example.test"}, "scpr"},
	} {
		got := other.PostJSON("/dbconnections/change_password",
			append([]string{"client_id", client, "connection", tenanttest.Database}, tc.pairs...)...)
		if got.StatusCode != 200 || got.Text != "We've just sent you an email to reset your password." ||
			string(tenanttest.LastLog(s).Type) != tc.log {
			t.Errorf("%s: %s %s, log %s", name, got.Status, got.Text, tenanttest.LastLog(s).Type)
		}
	}
	for _, missing := range []string{"client_id", "connection", "email"} {
		got := other.PostJSON("/dbconnections/change_password",
			with([]string{"client_id", client, "connection", tenanttest.Database, "email", "ada@example.test"}, missing, "")...)
		if got.StatusCode != 400 || got.Member(t, "description") != "Missing required property: "+missing ||
			tenanttest.LastLog(s).Type != "fcpr" {
			t.Errorf("no %s: %s %s", missing, got.Status, got.Text)
		}
	}

	first := other.ResetLink("ada@example.test")
	link := other.ResetLink("ada@example.test")
	if link.Host != s.Domain() || link.Path != "/u/reset-verify" {
		t.Errorf("the link is %s", link)
	}
	const stale = "This password reset link has expired, was used already, or is not the newest one."
	if _, words := other.Get(first.String()).ErrorPage(t); words != stale {
		t.Errorf("an older link: %s", words)
	}
	page := other.Get(link.String())
	if page.StatusCode != 200 || page.Header.Get("X-Frame-Options") != "deny" || page.Header.Get("Referrer-Policy") != "no-referrer" ||
		strings.Contains(page.Text, "<script") || !strings.Contains(page.Text, "upper case letters (A-Z)") {
		t.Errorf("%s %v\n%s", page.Status, page.Header, page.Text)
	}
	if !strings.Contains(page.Text, `value="ada@example.test" autocomplete="username" readonly hidden>`) {
		t.Errorf("no name for password managers, or one that takes room on the page:\n%s", page.Text)
	}
	set := func(password, again string) tenanttest.Answer {
		return other.Post("/u/reset-verify", url.Values{
			"ticket": {link.Query().Get("ticket")}, "password-reset": {password}, "re-enter-password": {again},
		})
	}
	for _, tc := range []struct{ password, again, alert string }{
		{"New-Password-1", "New-Password-2", "The two passwords are not the same."},
		{"weak", "weak", "Password is too weak."},
		{"Analytical-Engine-1", "Analytical-Engine-1", "Password has previously been used."},
	} {
		if got := set(tc.password, tc.again); got.StatusCode != 400 ||
			!strings.Contains(got.Text, `role="alert" id="error-element-password">`+tc.alert) {
			t.Errorf("%s: %s\n%s", tc.password, got.Status, got.Text)
		}
	}
	if tenanttest.LastLog(s).Type != "fcp" || p.Silent() != "" {
		t.Errorf("log %s; or a refused change ended the session", tenanttest.LastLog(s).Type)
	}
	if got := set("New-Password-1", "New-Password-1"); got.StatusCode != 200 ||
		!strings.Contains(got.Text, "Your password has been changed.") || tenanttest.LastLog(s).Type != "scp" ||
		tenanttest.LastLog(s).UserName != "ada@example.test" {
		t.Fatalf("%s %+v\n%s", got.Status, tenanttest.LastLog(s), got.Text)
	}
	if got := p.Silent(); got != "login_required" {
		t.Errorf("a changed password leaves the session: %q", got)
	}
	for name, got := range map[string]tenanttest.Answer{"shown": other.Get(link.String()), "used": set("New-Password-2", "New-Password-2")} {
		if _, words := got.ErrorPage(t); words != stale {
			t.Errorf("a used link %s: %s", name, words)
		}
	}
	if logInAs(p, "ada@example.test", "Analytical-Engine-1") || !logInAs(p, "ada@example.test", "New-Password-1") {
		t.Error("the old password fits, or the new one does not")
	}
	link = other.ResetLink("ada@example.test")
	if got := set("Analytical-Engine-1", "Analytical-Engine-1"); got.StatusCode != 400 {
		t.Errorf("the last password but one: %s", got.Status)
	}
	if got := set("New-Password-3", "New-Password-3"); got.StatusCode != 200 {
		t.Error(got.Text)
	}
	link = other.ResetLink("ada@example.test")
	if got := set("Analytical-Engine-1", "Analytical-Engine-1"); got.StatusCode != 200 {
		t.Errorf("two passwords ago: %s", got.Text)
	}
	link = other.ResetLink("ada@example.test")
	s.Advance(5 * 24 * time.Hour)
	if _, words := other.Get(link.String()).ErrorPage(t); words != stale {
		t.Errorf("after five days: %s", words)
	}
	if raw, err := json.Marshal(s.Events(0)); err != nil || strings.Contains(string(raw), "New-Password") ||
		strings.Contains(string(raw), `"query":{"ticket":"`+link.Query().Get("ticket")) {
		t.Error("a password or a ticket is in an event that is no mail")
	}
}

func with(base []string, pairs ...string) []string {
	return append(base[:len(base):len(base)], pairs...)
}

func TestTheSignUpPage(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tn.Connections[0].RequiresUsername = true
		tn.Connections[0].Passwords.Strength = "low"
	})
	p := tenanttest.Browse(t, s)
	at := p.Get(tenanttest.Request(s, "screen_hint", "signup", "login_hint", `"><script>@x.test`)).Header.Get("Location")
	page := p.Get(at)
	if !strings.HasPrefix(at, "/u/signup?state=hKFo2SB") || page.StatusCode != 200 || strings.Contains(page.Text, "<script") ||
		!strings.Contains(page.Text, `value="&#34;&gt;&lt;script&gt;@x.test"`) ||
		!strings.Contains(page.Text, "At least 6 characters in length") {
		t.Fatalf("%s %s\n%s", at, page.Status, page.Text)
	}
	back := tenanttest.ParseURL(t, p.Server.URL()+
		strings.TrimPrefix(page.Text[strings.Index(page.Text, `<a href="/u/login`)+len(`<a href="`):][:200], " "))
	if login := p.Get(strings.Split(back.String(), `"`)[0]); !strings.Contains(login.Text, `>Sign up</a>`) ||
		!strings.Contains(login.Text, ">Forgot password?</a>") {
		t.Errorf("the login page does not lead back:\n%s", login.Text)
	}
	state := tenanttest.StateField.FindStringSubmatch(page.Text)[1]
	send := func(pairs ...string) tenanttest.Answer {
		return p.Post("/u/signup",
			tenanttest.Form(append([]string{"state", state, "email", "grace@example.test", "username", "grace", "password", "secret"}, pairs...)...))
	}
	for _, tc := range []struct{ pair, value, alert string }{
		{"email", "ada@example.test", "Something went wrong, please try again later."},
		{"email", "<b>", "Invalid sign up: email is not an e-mail address"},
		{"username", "a b", "Invalid sign up: username holds a character that is not allowed"},
		{"password", "short", "Password is too weak"},
	} {
		got := send(tc.pair, tc.value)
		if got.StatusCode != 400 || !strings.Contains(got.Text, `role="alert" id="error-element-password">`+tc.alert) ||
			strings.Contains(got.Text, "<b>") || tenanttest.LastLog(s).Type != "fs" {
			t.Errorf("%s %s: %s\n%s", tc.pair, tc.value, got.Status, got.Text)
		}
	}
	stranger := tenanttest.Browse(t, s)
	if _, words := stranger.Post("/u/signup",
		tenanttest.Form("state", state, "email", "x@example.test", "username", "x", "password", "secret")).
		ErrorPage(t); words != tenanttest.LostText {
		t.Errorf("another browser: %s", words)
	}
	got := send()
	if got.StatusCode != 302 || !strings.HasPrefix(got.Header.Get("Location"), "/authorize/resume?state=") {
		t.Fatalf("%s\n%s", got.Status, got.Text)
	}
	claims := tenanttest.Claims(t, p.Get(got.Header.Get("Location")).Fragment(t).Get("id_token"))
	if claims["email"] != "grace@example.test" || claims["nickname"] != "grace" || p.Silent() != "" {
		t.Errorf("%v", claims)
	}

	closed := tenanttest.Serve(t, func(tn *tenant.Config) { tn.Connections[0].DisableSignup = true })
	q := tenanttest.Browse(t, closed)
	login, state := q.LoginPage(tenanttest.Request(closed))
	if strings.Contains(login.Text, "Sign up") {
		t.Error("a link to sign up where nobody can")
	}
	for name, got := range map[string]tenanttest.Answer{
		"shown": q.Get("/u/signup?state=" + state),
		"sent":  q.Post("/u/signup", tenanttest.Form("state", state, "email", "x@example.test", "password", "x")),
	} {
		if !strings.HasPrefix(got.Header.Get("Location"), "/u/login?state=") {
			t.Errorf("the page %s where nobody can sign up: %s %q", name, got.Status, got.Header.Get("Location"))
		}
	}
}

func TestForgottenPassword(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	_, state := p.LoginPage(tenanttest.Request(s))
	page := p.Get("/u/reset-password/request?state=" + state)
	if page.StatusCode != 200 || !strings.Contains(page.Text, `name="username"`) {
		t.Fatalf("%s\n%s", page.Status, page.Text)
	}
	mails := func() (n int) {
		for _, e := range s.Events(0) {
			if e.Kind == event.KindMail {
				n++
			}
		}
		return n
	}
	for _, tc := range []struct {
		name  string
		mails int
	}{{"nobody@example.test", 0}, {"ada@example.test", 1}} {
		got := p.Post("/u/reset-password/request", tenanttest.Form("state", state, "username", tc.name))
		if got.StatusCode != 200 || !strings.Contains(got.Text, "If "+tc.name+" has an account, a mail") || mails() != tc.mails {
			t.Errorf("%s: %s, %d mails\n%s", tc.name, got.Status, mails(), got.Text)
		}
	}
}

// Sign-ups from many browsers at once: each is there afterwards, and nobody has an address twice.
func TestSignUpsAtOnce(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	done := make(chan int)
	for i := range 8 {
		go func() {
			p := tenanttest.Browse(t, s)
			for j := range 4 {
				p.SignUp(fmt.Sprintf("u%d@example.test", (i+j)%8), "x")
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
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tn.Connections = append(tn.Connections, &tenant.Connection{Name: "Second", Strategy: "auth0"})
		tn.Organizations = append(tn.Organizations, &tenant.Organization{Name: "acme", Members: []string{"ada@example.test"}})
	})
	p := tenanttest.Browse(t, s)
	if got := p.SignUp("ada@example.test", "Analytical-Engine-1", "connection", "Second"); got.StatusCode != 200 {
		t.Fatalf("%s %s", got.Status, got.Text)
	}
	tn := s.Snapshot()
	ada, other := tn.FindUser(tn.Connections[0].Name, "ada@example.test"), tn.FindUser("Second", "ada@example.test")
	if o := tn.Organizations[0]; !o.Belongs(ada) || o.Belongs(other) {
		t.Errorf("members: the listed one %v, the other one %v", o.Belongs(ada), o.Belongs(other))
	}
}
