package tenanttest

import (
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"testing"
)

var hiddenField = regexp.MustCompile(`name="(wa|wresult|wctx)" value="([^"]*)"`)

// WSFedForm reads the form that a Classic login answers.
func WSFedForm(t testing.TB, a Answer) url.Values {
	t.Helper()
	v := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(a.Text, -1) {
		v.Set(m[1], html.UnescapeString(m[2]))
	}
	if a.StatusCode != 200 || a.Header.Get("Content-Type") != "text/html; charset=utf-8" || len(v) != 3 {
		t.Fatalf("no form but %s: %s", a.Status, a.Text)
	}
	return v
}

// ClassicLogin posts a login by script, as auth0.js does.
func (p *Person) ClassicLogin(pairs ...string) Answer {
	p.Helper()
	tn := p.Server.Snapshot()
	body := map[string]any{"client_id": tn.Clients[0].ClientID, "redirect_uri": tn.Clients[0].Callbacks[0],
		"response_type": "code", "scope": "openid", "tenant": tn.Name, "connection": tn.Connections[0].Name, "username": tn.Users[0].Email,
		"password": tn.Users[0].Password, "_intstate": "deprecated", "popup_options": map[string]int{}}
	for i := 0; i < len(pairs); i += 2 {
		body[pairs[i]] = pairs[i+1]
	}
	text, err := json.Marshal(body)
	if err != nil {
		p.Fatal(err)
	}
	return p.Ask("POST", "/usernamepassword/login", string(text), "Content-Type", "application/json", "Origin", "http://localhost:3000")
}

// Ticket is what a cross-origin login gives.
type Ticket struct {
	ID       string `json:"login_ticket"`
	Verifier string `json:"co_verifier"`
	CoID     string `json:"co_id"`
}

// CrossOrigin posts to /co/authenticate as a page of the first client does.
func (p *Person) CrossOrigin(pairs ...string) Answer {
	p.Helper()
	return p.PostJSON("/co/authenticate", append([]string{"client_id", p.Server.Snapshot().Clients[0].ClientID,
		"username", "ada@example.test", "password", "Analytical-Engine-1", "realm", Database, "credential_type", RealmGrant}, pairs...)...)
}

// LoginTicket logs in from a page of the first client and returns the ticket.
func (p *Person) LoginTicket() Ticket {
	p.Helper()
	got := p.CrossOrigin()
	var t Ticket
	if err := json.Unmarshal([]byte(got.Text), &t); err != nil || got.StatusCode != 200 || t.ID == "" {
		p.Fatalf("%s %s: %v", got.Status, got.Text, err)
	}
	return t
}

// SignUp posts to the sign-up endpoint as the first client.
func (p *Person) SignUp(email, password string, pairs ...string) Answer {
	p.Helper()
	return p.PostJSON("/dbconnections/signup", append([]string{"client_id", p.Server.Snapshot().Clients[0].ClientID,
		"connection", Database, "email", email, "password", password}, pairs...)...)
}
