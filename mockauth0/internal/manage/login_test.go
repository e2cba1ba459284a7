package manage_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/mockauth0test"
	"renewal.example/mockauth0/tenant"
)

const person = "ada@example.test" // of tenant.Minimal

// app is a browser of the Minimal tenant's client.
type app struct {
	testing.TB
	*http.Client
	srv *mockauth0.Tenant
}

func open(t testing.TB, srv *mockauth0.Server, of *mockauth0.Tenant) app {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := *srv.Client()
	c.Jar = jar
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return app{t, &c, of}
}

// silent asks for tokens without a page, and gives the parameters of the answer.
func (a app) silent() url.Values {
	a.Helper()
	client := a.srv.Snapshot().Clients[0]
	query := url.Values{"client_id": {client.ClientID}, "redirect_uri": {"http://localhost:3000"}, "response_type": {"token"},
		"scope": {"openid"}, "prompt": {"none"}, "state": {"abc"}}
	res, err := a.Get(a.srv.URL() + "/authorize?" + query.Encode())
	if err != nil {
		a.Fatal(err)
	}
	defer res.Body.Close()
	_, fragment, _ := strings.Cut(res.Header.Get("Location"), "#")
	answer, err := url.ParseQuery(fragment)
	if err != nil {
		a.Fatal(err)
	}
	return answer
}

// keep puts the cookies of a login into the browser.
func (a app) keep(l mockauth0.Login) {
	a.Helper()
	u, err := url.Parse(a.srv.URL())
	if err != nil {
		a.Fatal(err)
	}
	a.Jar.SetCookies(u, l.Cookies)
}

func TestLoginBeginsASessionWithoutAPage(t *testing.T) {
	t.Parallel()
	srv := mockauth0test.Start(t)
	browser := open(t, srv, srv.Tenant)
	if got := browser.silent(); got.Get("error") != "login_required" {
		t.Fatalf("before the login: %v", got)
	}
	login, err := srv.Login(person)
	if err != nil {
		t.Fatal(err)
	}
	sessions := srv.Sessions()
	if len(sessions) != 1 || sessions[0].ID != login.SessionID || sessions[0].UserID != login.UserID {
		t.Fatalf("login %+v, sessions %+v", login, sessions)
	}
	browser.keep(login)
	if got := browser.silent(); got.Get("access_token") == "" {
		t.Errorf("with the cookies of the login: %v", got)
	}
	for _, c := range login.Cookies {
		if !c.Secure || !c.HttpOnly || c.Path != "/" {
			t.Errorf("the cookie %s is not as a browser gets it: %+v", c.Name, c)
		}
	}
	if n := srv.EndSessions(person); n != 1 {
		t.Errorf("%d sessions ended", n)
	}
	if got := browser.silent(); got.Get("error") != "login_required" {
		t.Errorf("after the session's end: %v", got)
	}
}

func TestLoginTwiceIsTwoBrowsers(t *testing.T) {
	t.Parallel()
	srv := mockauth0test.Start(t)
	one, two := open(t, srv, srv.Tenant), open(t, srv, srv.Tenant)
	for _, browser := range []app{one, two} {
		login, err := srv.Login(person)
		if err != nil {
			t.Fatal(err)
		}
		browser.keep(login)
	}
	for _, browser := range []app{one, two} {
		if got := browser.silent(); got.Get("access_token") == "" {
			t.Errorf("%v", got)
		}
	}
}

func TestLoginOfWhoCannot(t *testing.T) {
	t.Parallel()
	tn := tenant.Minimal()
	tn.Connections = append(tn.Connections, &tenant.Connection{Name: "google-oauth2", Strategy: "google-oauth2", DevKeys: true})
	tn.Users = append(tn.Users, &tenant.User{ID: "google-oauth2|1", Connection: "google-oauth2", Email: "grace@example.test"})
	srv := mockauth0test.Start(t, mockauth0.Options{Tenant: tn})
	if err := srv.BlockUser(person); err != nil {
		t.Fatal(err)
	}
	for user, want := range map[string]string{
		"nobody@example.test": "no user",
		person:                "blocked",
		"grace@example.test":  "development keys",
	} {
		if _, err := srv.Login(user); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", user, err, want)
		}
	}
	if sessions := srv.Sessions(); len(sessions) != 0 {
		t.Errorf("there are sessions: %+v", sessions)
	}
}
