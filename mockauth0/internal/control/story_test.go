package control_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// TestEveryOperationOnce asks for each operation of the document, whose answers the client holds to it, and looks at what has
// changed.
func TestEveryOperationOnce(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		tenanttest.AdaAndGrace(tn)
		tn.Clients[1].RefreshToken = tenant.RefreshToken{Rotating: true, Lifetime: 30 * 24 * time.Hour, IdleLifetime: 15 * 24 * time.Hour}
	})
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	p.Get("/nowhere")
	session := func() string { return s.Sessions()[0].ID }
	family := func() string { return s.RefreshTokens()[0].ID }
	login := func() { // tests before this one have ended what there was
		if _, _, set := issue(t, s, `{"user":"ada@example.test","client":"web","scope":"openid offline_access"}`); set.RefreshToken == "" {
			t.Fatal("no refresh token")
		}
	}
	previous := ""
	asked := map[string]bool{}
	for _, tc := range []struct {
		name, query, body string
		path              func() string // in place of the placeholder
		want              string        // status, and a part of the answer
		after             func() bool
	}{
		{name: "GET /openapi.json", want: "200 openapi"},
		{name: "GET /clock", want: "200 holds"},
		{name: "POST /clock", body: `{"to":"next_expiry"}`, want: `200 "expiry":{"what":"`},
		{name: "GET /clock/followers", want: `200 {"followers":[]}`},
		{name: "POST /clock/followed", body: `{"follower":"x","move":1}`, want: "404 follower"},
		{name: "POST /faults", body: `{"do":{"status":503},"when":{"endpoint":"jwks"},"times":1}`, want: "201 fault-1"},
		{name: "PUT /faults/{id}", path: called("mine"), body: `{"do":{"status":503},"when":{"endpoint":"jwks"}}`, want: `200 "id":"mine"`},
		{name: "PUT /faults/{id}", path: called("mine"), body: `{"do":{"status":429},"when":{"endpoint":"jwks"}}`, want: `200 429`,
			after: func() bool { return len(s.Faults()) == 2 && s.Faults()[1].Do.Status == 429 }},
		{name: "PUT /faults/{id}", path: called("mine"), body: `{"do":{}}`, want: `400 `,
			after: func() bool { return len(s.Faults()) == 2 && s.Faults()[1].Do.Status == 429 }},
		{name: "PUT /faults/{id}", path: called("mine"), body: `{"id":"other","do":{"status":429}}`, want: `400 leave it out`},
		{name: "GET /faults", want: `200 "mine"`},
		{name: "DELETE /faults/{id}", path: called("mine"), want: `200 {"removed":1}`},
		{name: "DELETE /faults", want: `200 {"removed":1}`},
		{name: "GET /diagnoses", want: "200 diagnoses"},
		{name: "GET /events", query: "?client=My+App&user=ada@example.test", want: `200 "kind":"response"`},
		{name: "GET /events", query: "?client=nobody", want: "404 no client"},
		{name: "GET /events/wait", query: "?kind=session&user=ada@example.test", want: `200 {"event":{"seq":`},
		{name: "GET /events/wait", query: "?kind=mail&timeout=1ms", want: `408 "error":"timeout"`},
		{name: "GET /events/wait", query: "?timeout=soon", want: `400 timeout`},
		{name: "GET /mails", want: `200 {"last":`},
		{name: "GET /mails/wait", query: "?timeout=1ms", want: `408 No mail`},
		{name: "GET /har", want: `200 /nowhere`},
		{name: "POST /expectations", body: `{"client":"web"}`, want: `201 "client":"web"`},
		{name: "GET /expectations", query: "?client=web", want: `200 "state":"open"`},
		{name: "POST /expectations/settle", body: `{}`, want: `200 expectations`},
		{name: "DELETE /expectations", query: "?client=web", want: `200 "client":"web"`, after: func() bool { return len(s.Expectations()) == 0 }},
		{name: "POST /sessions", body: `{"user":"grace@example.test"}`, want: `201 cookies`},
		{name: "GET /sessions", want: `200 "clients":`},
		{name: "POST /sessions/{id}/expire", path: session, body: `{"kind":"idle"}`, want: `200 "expired":"idle"`, after: func() bool { return len(s.Sessions()) == 1 }},
		{name: "POST /sessions/{id}/expire", path: session, body: `{"kind":"now"}`, want: `400 idle`},
		{name: "DELETE /sessions/{id}", path: session, want: `200 {"ended":1}`, after: func() bool { return len(s.Sessions()) == 0 }},
		{name: "DELETE /sessions/{id}", path: called("gone"), want: `404 /sessions lists them`},
		{name: "DELETE /sessions", want: `200 {"ended":0}`},
		{name: "POST /tokens", body: `{"user":"ada@example.test","client":"web","scope":"openid offline_access"}`, want: `201 refresh_token`},
		{name: "GET /refresh-tokens", want: `200 "idle_expires_at"`},
		{name: "POST /refresh-tokens/{id}/expire", path: family, body: `{"kind":"absolute"}`, want: `200 absolute`, after: func() bool { return len(s.RefreshTokens()) == 0 }},
		{name: "POST /refresh-tokens/{id}/expire", path: called("gone"), body: `{"kind":"absolute"}`, want: `404 /refresh-tokens lists`},
		{name: "DELETE /refresh-tokens", want: `200 {"revoked":0}`, after: func() bool { login(); return len(s.RefreshTokens()) == 1 }},
		{name: "DELETE /refresh-tokens/{id}", path: family, want: `200 {"revoked":1}`, after: func() bool { return len(s.RefreshTokens()) == 0 }},
		{name: "GET /grants", want: `200 {"grants":[`},
		{name: "DELETE /grants", want: `200 withdrawn`},
		{name: "GET /users", want: `200 grace@example.test`},
		{name: "POST /users", body: `{"email":"joan@example.test","password":"Eniac-1"}`, want: `201 "user_id":"auth0|`},
		{name: "POST /users", body: `{"email":"JOAN@example.test","password":"Eniac-1"}`, want: `400 taken`},
		{name: "POST /users", body: `{"email":"x@example.test","connection":"none"}`, want: `400 no connection`},
		{name: "PUT /users/{user}", path: called("jean@example.test"), body: `{"password":"Eniac-2"}`, want: `201 jean@example.test`},
		{name: "PUT /users/{user}", path: called("jean@example.test"), body: `{"name":"Jean"}`, want: `200 "name":"Jean"`},
		{name: "PUT /users/{user}", path: called("kay@example.test"), body: `{"email":"jean@example.test"}`, want: `400 the same`},
		{name: "PATCH /users/{user}", path: called("ada@example.test"), body: `{"name":"Lady Lovelace","blocked":true}`, want: `200 "name":"Lady Lovelace"`},
		{name: "PATCH /users/{user}", path: called("ada@example.test"), body: `{"email":"grace@example.test"}`, want: `400 taken`},
		{name: "PATCH /users/{user}", path: called("ada@example.test"), body: `{"connection":"x"}`, want: `400 cannot be changed`},
		{name: "PATCH /users/{user}", path: called("nobody"), body: `{"name":"x"}`, want: `404 no user`},
		{name: "DELETE /users/{user}", path: called("jean@example.test"), want: `200 deleted`},
		{name: "GET /keys", want: `200 "current":true`, after: func() bool { previous = currentKey(t, s); return true }},
		{name: "POST /keys/rotate", body: `{}`, want: `200 kid`},
		{name: "PUT /keys/{kid}/revoke", path: func() string { return previous }, body: `{}`, want: `200 kid`},
		{name: "GET /scenarios", want: `404 no scenarios`}, // TestAScenarioOfARunningTenant has some
		{name: "GET /scenario", want: `404 no scenarios`},  // TestWhatJustHappenedIsAScenario has some
		{name: "PUT /scenarios/{id}", path: called("x"), body: `{}`, want: `404 no scenarios`},
		{name: "DELETE /scenarios", want: `200 {"disarmed":0}`},
		{name: "DELETE /scenarios/{id}", path: called("x"), want: `404 not armed`},
		{name: "GET /tenants", want: `200 "name":`},
		{name: "POST /tenants", body: `{"name":"other"}`, want: `201 "name":"other"`},
		{name: "GET /tenants/{name}", path: called("other"), want: `200 issuer`},
		{name: "DELETE /tenants/{name}", path: called("other"), want: `200 deleted`},
		{name: "GET /snapshot", want: `200 "format":"mockauth0 state"`},
		{name: "PUT /snapshot", body: `{"format":"other"}`, want: `400 the snapshot is damaged`},
		{name: "POST /snapshot/save", body: `{}`, want: `409 serve --state FILE`},
		{name: "POST /reset", body: `{}`, want: `200 reset`, after: func() bool { return s.Snapshot().Users[0].Name != "Lady Lovelace" && len(s.Snapshot().Users) == 2 }},
	} {
		method, path, _ := strings.Cut(tc.name, " ")
		asked[method+" /__mock/v1"+path] = true
		if tc.path != nil {
			path = path[:strings.Index(path, "{")] + tc.path() + path[strings.Index(path, "}")+1:]
		}
		a := p.Ask(method, "/__mock/v1"+path+tc.query, tc.body, "Content-Type", "application/json")
		status, part, _ := strings.Cut(tc.want, " ")
		if strconv.Itoa(a.StatusCode) != status || !strings.Contains(a.Text, part) {
			t.Errorf("%s%s %s: %s %s, want %s", tc.name, tc.query, tc.body, a.Status, a.Text, tc.want)
		} else if tc.after != nil && !tc.after() {
			t.Errorf("%s%s %s: the tenant is not as it should be then", tc.name, tc.query, tc.body)
		}
	}
	asked["GET /__mock/v1/clock/follow"] = true // a stream: TestAMoveWaitsForThoseWhoFollow
	for name := range document().operations {
		if !asked[name] && strings.HasPrefix(name[strings.Index(name, "/"):], "/__mock/v1") {
			t.Errorf("nothing asks for %s: give it a line of this test", name)
		}
	}
}

func called(s string) func() string { return func() string { return s } }

func currentKey(t *testing.T, s *mockauth0.Server) string {
	t.Helper()
	all, err := s.Keys()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range all {
		if k.Current {
			return k.KID
		}
	}
	return ""
}

// TestWaitingForWhatComes: the answer comes with the event, and a mail with its code.
func TestWaitingForWhatComes(t *testing.T) {
	t.Parallel()
	s := serve(t, tenanttest.Backends)
	p := tenanttest.Browse(t, s)
	last := len(s.Events(0))
	came := make(chan string)
	for _, path := range []string{"/events/wait?kind=mail&after=", "/mails/wait?to=ADA@example.test&after="} {
		go func() {
			came <- tenanttest.Browse(t, s).Get("/__mock/v1" + path + strconv.Itoa(last) + "&timeout=30s").Text
		}()
	}
	link := p.ResetLink("ada@example.test").String()
	for range 2 {
		if text := <-came; !strings.Contains(text, link) {
			t.Errorf("%s has not the link %s", text, link)
		}
	}
	if text := p.Get("/__mock/v1/mails?to=grace@example.test").Text; !strings.Contains(text, `"mails":[]`) {
		t.Errorf("mails to somebody else: %s", text)
	}
	p.ResetLink("ada@example.test")
	var list struct{ Mails []struct{ Seq uint64 } }
	if err := json.Unmarshal([]byte(p.Get("/__mock/v1/mails").Text), &list); err != nil || len(list.Mails) != 2 ||
		list.Mails[0].Seq < list.Mails[1].Seq {
		t.Errorf("newest first: %+v %v", list, err)
	}
}

// TestAStreamGoesOn after a break, and says what was lost of it.
func TestAStreamGoesOn(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := tenanttest.Browse(t, s)
	for range 3 {
		p.Get("/.well-known/jwks.json")
	}
	ids, events := follow(t, s, "", map[string]string{"Last-Event-ID": "1000"}, 3)
	if events[0].Kind != event.KindGap || event.Of[event.Gap](events[0]).Missed != 0 || ids[1] != 1 {
		t.Errorf("a stream of another tenant goes on with %v %+v", ids, events[0])
	}
	if ids, _ := follow(t, s, "?kind=response&after=2", map[string]string{"Last-Event-ID": "1000"}, 2); fmt.Sprint(ids) != "[4 6]" {
		t.Errorf("after comes first, and the filter counts: %v", ids)
	}
}

// TestSoManyRenewals: one renewal is what was expected, two are one too many, and none by then is one too few.
func TestSoManyRenewals(t *testing.T) {
	t.Parallel()
	s := serve(t, tenanttest.Backends)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	expect := func(body string) {
		t.Helper()
		if status, text := post(t, s, "/expectations", body); status != http.StatusCreated {
			t.Fatalf("%d %s", status, text)
		}
	}
	states := func() (out string) {
		for _, e := range s.Expectations() {
			out += fmt.Sprintf("%s:%d ", e.State, e.Seen)
		}
		return strings.TrimSpace(out)
	}
	expect(`{"client":"My App","renewals":1,"until":"3h"}`)
	expect(`{"client":"My App","renewals":1}`)
	expect(`{"client":"web","renewals":0}`)
	s.Advance(2 * time.Hour)
	p.Silent()
	if got := states(); got != "open:1 open:1 open:0" {
		t.Errorf("after one: %s", got)
	}
	s.Advance(2 * time.Hour)
	p.Silent()
	if got := states(); got != "met:1 failed:2 open:0" {
		t.Errorf("after one in time and one too many: %s", got)
	}
	if status, text := post(t, s, "/expectations/settle", `{}`); status != 200 || !strings.HasSuffix(strings.TrimSpace(text),
		`"state":"met"}]}`) {
		t.Errorf("%d %s", status, text)
	}
	for body, want := range map[string]string{
		`{"client":"none","renewals":1}`:               "no client",
		`{"client":"My App","renewals":-1}`:            "not negative",
		`{"client":"My App","until":"3h"}`:             "until needs renewals",
		`{"client":"My App","renewals":1,"until":"x"}`: "such as",
	} {
		if status, text := post(t, s, "/expectations", body); status != 400 || !strings.Contains(text, want) {
			t.Errorf("%s: %d %s", body, status, text)
		}
	}
}
