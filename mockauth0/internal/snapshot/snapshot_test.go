package snapshot_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func saveState(t testing.TB, tn *mockauth0.Tenant) []byte {
	t.Helper()
	document, err := tn.SaveState()
	if err != nil {
		t.Fatal(err)
	}
	return document
}

func jwks(t testing.TB, s *mockauth0.Server) string {
	return tenanttest.Browse(t, s).Get("/.well-known/jwks.json").Text
}

// offline is a tenant whose client gets rotating refresh tokens.
func offline(tn *tenant.Config) {
	tn.Clients[0].RefreshToken.Rotating = true
	tn.Clients[0].GrantTypes = []string{"authorization_code", "implicit", "refresh_token"}
}

// TestARestoredTenantGoesOn: a session and a refresh token of before renew, and what people and tests did is as it was.
func TestARestoredTenantGoesOn(t *testing.T) {
	t.Parallel()
	first := tenanttest.Serve(t, offline)
	p := tenanttest.Browse(t, first)
	p.Login(tenanttest.Request(first))
	token := refreshToken(t, p)
	first.Advance(time.Hour)
	if _, err := first.Arm(fault.Fault{When: fault.Match{Endpoint: "token", Nth: 3}, Do: fault.Effect{Error: "server_error"}}); err != nil {
		t.Fatal(err)
	}
	p.SignUp("grace@example.test", "Flow-Matic-1")
	p.Ask(http.MethodPost, "/dbconnections/change_password", `{"client_id":"`+first.Snapshot().Clients[0].ClientID+
		`","email":"ada@example.test","connection":"Username-Password-Authentication"}`, "Content-Type", "application/json")
	if _, err := first.RotateKey(); err != nil {
		t.Fatal(err)
	}
	keys := jwks(t, first)
	document := saveState(t, first.Tenant)

	tn := tenant.Minimal()
	offline(tn)
	again, err := mockauth0.Start(mockauth0.Options{Tenant: tn, Domain: first.Domain(), Keys: tenanttest.Keys(), State: document})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { again.Close() })
	if jwks(t, again) != keys {
		t.Error("the signing keys are others")
	}
	if ahead := time.Until(again.Now()); ahead < 59*time.Minute || len(again.Faults()) != 1 || len(again.Mails()) != 1 ||
		len(again.Sessions()) != 1 || len(again.RefreshTokens()) != 1 || len(again.Snapshot().Users) != 2 {
		t.Errorf("%s ahead, %d faults, %d mails, %d sessions, %d refresh tokens, %d users", ahead, len(again.Faults()), len(again.Mails()),
			len(again.Sessions()), len(again.RefreshTokens()), len(again.Snapshot().Users))
	}
	q := tenanttest.Browse(t, again)
	q.Jar = p.Jar
	if got := tenanttest.Outcome(q.Get(tenanttest.Request(again, "response_type", "code", "prompt", "none"))); got != "code" {
		t.Errorf("a silent request with a cookie of before: %q", got)
	}
	got := q.Token("grant_type", "refresh_token", "client_id", again.Snapshot().Clients[0].ClientID, "refresh_token", token)
	if got.StatusCode != http.StatusOK || got.Member(t, "refresh_token") == "" {
		t.Errorf("a refresh token of before: %s %s", got.Status, got.Text)
	}
	if link := q.MailedLink("reset_email"); link != nil && q.Get(link.RequestURI()).StatusCode != http.StatusOK {
		t.Error("the link of a mail of before does not work")
	}
	if last := again.Events(0)[0].Seq; last < first.Events(0)[len(first.Events(0))-1].Seq {
		t.Errorf("events are numbered from %d", last)
	}
	again.Reset()
	if jwks(t, again) == keys || len(again.Snapshot().Users) != 1 {
		t.Error("a reset does not lead to the start")
	}
}

// refreshToken is one that a person who has logged in gets.
func refreshToken(t testing.TB, p *tenanttest.Person) string {
	t.Helper()
	c := p.Server.Snapshot().Clients[0]
	res := p.Get(tenanttest.Request(p.Server, "response_type", "code", "prompt", "none", "scope", "openid offline_access", "code_challenge",
		tenanttest.S256("verifier"), "code_challenge_method", "S256"))
	u, err := url.Parse(res.Header.Get("Location"))
	if err != nil || u.Query().Get("code") == "" {
		t.Fatalf("no code in %q", res.Header.Get("Location"))
	}
	u2 := *u
	u2.RawQuery = ""
	got := p.Token("grant_type", "authorization_code", "client_id", c.ClientID, "code", u.Query().Get("code"), "code_verifier", "verifier",
		"redirect_uri", u2.String())
	token := got.Member(t, "refresh_token")
	if token == "" {
		t.Fatalf("no refresh token: %s %s", got.Status, got.Text)
	}
	return token
}

// TestTheSameStateIsTheSameDocument: whoever saves it at intervals sees whether it has changed.
func TestTheSameStateIsTheSameDocument(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, offline)
	tenanttest.Browse(t, s).Login(tenanttest.Request(s))
	first := saveState(t, s.Tenant)
	if again := saveState(t, s.Tenant); !bytes.Equal(first, again) {
		t.Errorf("%s\n%s", first, again)
	}
	if err := s.RestoreState(first); err != nil {
		t.Fatal(err)
	}
	// That it was restored is an event, and counts.
	counts := regexp.MustCompile(`"checksum":"[^"]*"|"last_event":[0-9]+`)
	if again := saveState(t, s.Tenant); !bytes.Equal(counts.ReplaceAll(first, nil), counts.ReplaceAll(again, nil)) {
		t.Errorf("restored:\n%s\n%s", first, again)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, first, "", "  "); err != nil {
		t.Fatal(err)
	}
	if err := s.RestoreState(pretty.Bytes()); err != nil {
		t.Errorf("written in another way: %v", err)
	}
}

// TestWhatIsNoSnapshot: each gets an error that says what it is, and the tenant stays as it was.
func TestWhatIsNoSnapshot(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, offline)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	whole := string(saveState(t, s.Tenant))
	changed := func(old, with string) string {
		t.Helper()
		out := strings.Replace(whole, old, with, 1)
		if out == whole {
			t.Fatalf("no %s in %s", old, whole)
		}
		return out
	}
	for name, tc := range map[string]struct {
		document string
		problem  mockauth0.SnapshotProblem
		says     string
	}{
		"empty":           {"", mockauth0.SnapshotDamaged, "unexpected end of JSON input"},
		"cut":             {whole[:len(whole)/2], mockauth0.SnapshotDamaged, "unexpected end of JSON input"},
		"another file":    {`{"name":"package"}`, mockauth0.SnapshotDamaged, `unknown field "name"`},
		"another format":  {`{"format":"x"}`, mockauth0.SnapshotDamaged, `its format is "x"`},
		"no version":      {changed(`"version":1`, `"version":0`), mockauth0.SnapshotDamaged, "version is missing"},
		"newer":           {changed(`"version":1`, `"version":2,"more":[]`), mockauth0.SnapshotNewer, "version 2"},
		"another tenant":  {changed(`"name":"minimal"`, `"name":"acme"`), mockauth0.SnapshotForeign, `of the tenant "acme", and this one is "minimal"`},
		"a changed text":  {changed(`"user_id":"auth0|`, `"user_id":"auth0|x`), mockauth0.SnapshotDamaged, "checksum"},
		"unknown member":  {changed(`"state":{`, `"state":{"extra":1,`), mockauth0.SnapshotDamaged, "extra is unknown"},
		"another kind":    {changed(`"sessions":[{`, `"sessions":[1,{`), mockauth0.SnapshotDamaged, "store.sessions[0] is not an object"},
		"without a state": {changed(`"state":{`, `"stat":{`), mockauth0.SnapshotDamaged, ""},
	} {
		err := s.RestoreState([]byte(tc.document))
		var wrong *mockauth0.SnapshotError
		if !errors.As(err, &wrong) || wrong.Problem != tc.problem || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: %v, want %s: %s", name, err, tc.problem, tc.says)
		}
		if now := string(saveState(t, s.Tenant)); now != whole {
			t.Fatalf("%s: the state has changed", name)
		}
	}
	if _, err := mockauth0.Start(mockauth0.Options{Domain: "other.test", Keys: tenanttest.Keys(), State: []byte(whole)}); err == nil ||
		!strings.Contains(err.Error(), "at other.test") {
		t.Errorf("at another host: %v", err)
	}
}

func TestSnapshotByHTTP(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	one, err := s.NewTenant(mockauth0.TenantOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	res, err := s.Client().Get(s.URL() + "/__mock/v1/snapshot")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	document, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || res.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%s %v %v", res.Status, res.Header, err)
	}
	put := func(body string) tenanttest.Answer {
		return p.Ask(http.MethodPut, "/__mock/v1/tenants/"+one.Name()+"/snapshot", body, "Content-Type", "application/json")
	}
	if got := put(string(document)); got.StatusCode != http.StatusOK || len(one.Sessions()) != 1 {
		t.Errorf("%s %s, %d sessions", got.Status, got.Text, len(one.Sessions()))
	}
	if got := put("{}"); got.StatusCode != http.StatusBadRequest || !strings.Contains(got.Text, "the snapshot is damaged") {
		t.Errorf("%s %s", got.Status, got.Text)
	}
	if got := p.Ask(http.MethodPost, "/__mock/v1/snapshot/save", "{}", "Content-Type",
		"application/json"); got.StatusCode != http.StatusConflict {
		t.Errorf("%s %s", got.Status, got.Text)
	}
	for _, e := range s.Events(0) {
		if text, err := json.Marshal(e); err != nil || strings.Contains(string(text), "cookie_key") {
			t.Errorf("an event holds the snapshot: %s", text)
		}
	}
}
