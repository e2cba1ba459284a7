package control_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func TestTheControlAPIKeepsOtherSitesOut(t *testing.T) {
	t.Parallel()
	const listed = "https://control.example.test"
	s := serve(t, func(tn *tenant.Config) { tn.Mock.ControlOrigins = []string{listed} })
	p := tenanttest.Browse(t, s)
	const js = "application/json"
	for _, tc := range []struct {
		name, method, path, body string
		headers                  []string
		status                   int
	}{
		{"no browser", "GET", "/clock", "", nil, 200},
		{"own origin", "POST", "/clock", `{"advance":"1s"}`, []string{"Content-Type", js, "Origin", s.URL()}, 200},
		{"listed origin", "POST", "/clock", `{"advance":"1s"}`, []string{"Content-Type", js, "Origin", listed}, 200},
		{"JSON with a charset", "POST", "/clock", `{"advance":"1s"}`, []string{"Content-Type", "application/json; charset=utf-8"}, 200},
		{"other origin", "GET", "/clock", "", []string{"Origin", "https://evil.example"}, 403},
		{"other origin, POST", "POST", "/reset", `{}`, []string{"Content-Type", js, "Origin", "https://evil.example"}, 403},
		{"null origin", "POST", "/reset", `{}`, []string{"Content-Type", js, "Origin", "null"}, 403},
		{"own host on http", "GET", "/clock", "", []string{"Origin", "http://" + s.Domain()}, 403},
		{"origin that begins like ours", "GET", "/clock", "", []string{"Origin", s.URL() + ".evil.example"}, 403},
		{"origin in capitals", "GET", "/clock", "", []string{"Origin", strings.ToUpper(listed)}, 403},
		{"image on another site", "GET", "/events", "", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"page of the same site", "GET", "/events", "", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"link on another site", "GET", "/events", "", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, 200},
		{"frame on another site", "GET", "/events", "", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}, 403},
		{"form on another site", "POST", "/reset", "{}", []string{"Content-Type", js, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, 403},
		{"own page", "GET", "/events", "", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"address bar", "GET", "/events", "", []string{"Sec-Fetch-Site", "none"}, 200},
		{"form", "POST", "/reset", "a=b", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415},
		{"text", "POST", "/reset", "{}", []string{"Content-Type", "text/plain"}, 415},
		{"JSON in disguise", "POST", "/reset", "{}", []string{"Content-Type", "text/plain; application/json"}, 415},
		{"no type", "POST", "/reset", "{}", nil, 415},
		{"DELETE without a body", "DELETE", "/faults", "", nil, 200},
		{"DELETE with a form", "DELETE", "/faults", "a=b", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415},
		{"sessions, other origin", "DELETE", "/sessions", "", []string{"Origin", "https://evil.example"}, 403},
	} {
		got := p.Ask(tc.method, "/__mock/v1"+tc.path, tc.body, tc.headers...)
		if got.StatusCode != tc.status {
			t.Errorf("%s: %s %s, want %d", tc.name, got.Status, got.Text, tc.status)
		}
		if got.Header.Get("Cache-Control") != "no-store" || got.Header.Get("Content-Type") != "application/json; charset=utf-8" {
			t.Errorf("%s: %v", tc.name, got.Header)
		}
		if tc.status != 200 && !strings.Contains(got.Text, `"error_description":"The control API`) {
			t.Errorf("%s: %s", tc.name, got.Text)
		}
	}
	// A listed page must be able to read what it did wrong.
	if got := p.Ask("POST", "/__mock/v1/clock", `{}`, "Content-Type", js, "Origin", listed); got.StatusCode != 400 ||
		got.Header.Get("Access-Control-Allow-Origin") != listed {
		t.Errorf("an error for a listed origin: %s %v", got.Status, got.Header)
	}
	if got := p.Ask("OPTIONS", "/__mock/v1/faults", "", "Origin", listed, "Access-Control-Request-Method", "DELETE",
		"Access-Control-Request-Headers", "content-type"); got.StatusCode != 204 ||
		!strings.Contains(got.Header.Get("Access-Control-Allow-Methods"), "DELETE") ||
		got.Header.Get("Access-Control-Allow-Headers") != "content-type" {
		t.Errorf("preflight: %s %v", got.Status, got.Header)
	}
	r, err := http.NewRequest("POST", s.URL()+"/__mock/v1/reset", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "evil.example" // DNS rebinding
	r.Header.Set("Content-Type", js)
	if got := p.Send(r); got.StatusCode != http.StatusForbidden {
		t.Errorf("another Host: %s", got.Status)
	}
	for _, e := range s.Events(0) {
		if strings.HasPrefix(e.Endpoint, "mock.") && (e.Kind == event.KindRequest || e.Kind == event.KindResponse) {
			t.Errorf("the control API shows itself in the events it serves: %+v", e)
		}
	}
}

func TestTheClockOverHTTP(t *testing.T) {
	t.Parallel()
	s := serve(t, tenanttest.Frozen)
	p := tenanttest.Browse(t, s)
	type view struct {
		Now      time.Time
		OffsetMS int64 `json:"offset_ms"`
		Frozen   bool
		Holds    []any
	}
	read := func(a tenanttest.Answer) view {
		t.Helper()
		var v view
		if err := json.Unmarshal([]byte(a.Text), &v); err != nil || a.StatusCode != 200 || v.Holds == nil {
			t.Fatalf("%s %s %v", a.Status, a.Text, err)
		}
		return v
	}
	move := func(body string) tenanttest.Answer {
		return p.Ask("POST", "/__mock/v1/clock", body, "Content-Type", "application/json")
	}
	start := read(p.Get("/__mock/v1/clock"))
	if !start.Frozen || !start.Now.Equal(s.Now()) {
		t.Errorf("at the start: %+v", start)
	}
	if got := read(move(`{"advance":"2h"}`)); !got.Now.Equal(start.Now.Add(2*time.Hour)) || !s.Now().Equal(got.Now) {
		t.Errorf("two hours on: %+v", got)
	}
	if got := read(move(`{"advance":"-2h"}`)); !got.Now.Equal(start.Now) {
		t.Errorf("and back: %+v", got)
	}
	if got := read(move(`{"set":"2030-05-06T07:08:09Z"}`)); got.Now.Format(time.RFC3339) != "2030-05-06T07:08:09Z" {
		t.Errorf("set: %+v", got)
	}
	if got := read(move(`{"frozen":false}`)); got.Frozen {
		t.Errorf("thawed: %+v", got)
	}
	if got := read(move(`{"offset_ms":-90000}`)); got.OffsetMS > -89000 || got.OffsetMS < -90001 {
		t.Errorf("offset: %+v", got)
	}
	for body, want := range map[string]string{
		``:                                   "the body is empty",
		`{}`:                                 "give exactly one of advance",
		`{"advance":"1s","frozen":true}`:     "give exactly one of advance",
		`{"advance":5}`:                      "a duration is text with a unit",
		`{"advnce":"5s"}`:                    `unknown field \"advnce\"; it takes advance, offset_ms, set, frozen`,
		`{"set":"tomorrow"}`:                 "tomorrow",
		`{"advance":"1s"} x`:                 "there is more after",
		`{"advance":"2562047h"}`:             "200 years",
		`{"set":"9999-01-01T00:00:00Z"}`:     "200 years",
		`{"set":"0001-01-01T00:00:00Z"}`:     "200 years",
		`{"offset_ms":9223372036854775807}`:  "200 years",
		`{"offset_ms":-9223372036854775808}`: "200 years",
		`{"advance":"` + strings.Repeat("1", 1<<20) + `h"}`: "larger than 1048576 bytes",
	} {
		if got := move(body); got.StatusCode != 400 && got.StatusCode != 413 || !strings.Contains(got.Text, want) {
			t.Errorf("%.50s: %s %s, want %s", body, got.Status, got.Text, want)
		}
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	start := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	s := serve(t, func(tn *tenant.Config) { tn.Mock.ClockStart, tn.Mock.ClockFrozen = start, true })
	if !s.Now().Equal(start) {
		t.Errorf("the clock starts at %v", s.Now())
	}
	p := tenanttest.Browse(t, s)
	opaque := p.Login(tenanttest.Request(s, "audience", "")).Fragment(t).Get("access_token")
	_, state := p.LoginPage(tenanttest.Request(s, "prompt", "login"))
	tenanttest.Arm(t, s, `{"do":{"status":503},"when":{"endpoint":"jwks"}}`)
	s.Thaw()
	s.Advance(time.Hour)
	if got := p.Ask("POST", "/__mock/v1/reset", "{}", "Content-Type", "application/json"); got.Text != `{"reset":true}` {
		t.Errorf("%s %s", got.Status, got.Text)
	}
	if !s.Now().Equal(start) || len(s.Sessions()) != 0 || len(s.Faults()) != 0 || len(s.Events(0)) != 0 {
		t.Errorf("left: %v %v %v %v", s.Now(), s.Sessions(), s.Faults(), s.Events(0))
	}
	if got := p.Get("/__mock/v1/events"); !strings.Contains(got.Text, `"missed":0`) {
		t.Errorf("events forgotten on purpose count as missed: %s", got.Text)
	}
	if got := p.Silent(); got != "login_required" {
		t.Errorf("silent: %q", got)
	}
	if got := p.Ask("GET", "/userinfo", "", "Authorization", "Bearer "+opaque); got.StatusCode != 401 {
		t.Errorf("an opaque token from before: %s", got.Status)
	}
	if got := p.Get("/u/login?state=" + state); got.StatusCode != 400 {
		t.Errorf("a login page from before: %s", got.Status)
	}
}

func TestSessionsOverHTTP(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := tenanttest.Browse(t, s)
	if got := p.Ask("GET", "/__mock/v1/sessions", ""); got.Text != `{"sessions":[]}` {
		t.Errorf("none: %s", got.Text)
	}
	p.Login(tenanttest.Request(s))
	if got := p.Get("/__mock/v1/sessions"); !strings.Contains(got.Text, `"user_id":"`+s.Snapshot().Users[0].ID+`"`) {
		t.Errorf("one: %s", got.Text)
	}
	if got := p.Ask("DELETE", "/__mock/v1/sessions?user=auth0|nobody", ""); got.Text != `{"ended":0}` {
		t.Errorf("nobody's: %s", got.Text)
	}
	if got := p.Ask("DELETE", "/__mock/v1/sessions", ""); got.Text != `{"ended":1}` || p.Silent() != "login_required" {
		t.Errorf("all: %s", got.Text)
	}
}

// follow reads an event stream until it has n events.
func follow(t testing.TB, s *mockauth0.Server, query string, headers map[string]string, n int) (ids []uint64, events []event.Event) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, "GET", s.URL()+"/__mock/v1/events"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	for k, v := range headers {
		r.Header.Set(k, v)
	}
	res, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%s %v", res.Status, res.Header)
	}
	for lines := bufio.NewScanner(res.Body); len(events) < n && lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "id":
			id, err := strconv.ParseUint(value, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		case "data":
			var e event.Event
			if err := json.Unmarshal([]byte(value), &e); err != nil {
				t.Fatal(err)
			}
			events = append(events, e)
		}
	}
	return ids, events
}

func TestEventsOverHTTP(t *testing.T) {
	t.Parallel()
	tn := tenant.Minimal()
	s, err := mockauth0.New(mockauth0.Options{Tenant: tn, Keys: tenanttest.Keys(), EventCapacity: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	p := tenanttest.Browse(t, s)
	for range 3 {
		p.Get("/.well-known/jwks.json") // two events each
	}
	ids, events := follow(t, s, "", nil, 6)
	for i, e := range events {
		if e.Seq != uint64(i+1) || ids[i] != e.Seq {
			t.Errorf("event %d: id %d, %+v", i, ids[i], e)
		}
	}
	if ids, _ := follow(t, s, "", map[string]string{"Last-Event-ID": "4"}, 2); ids[0] != 5 {
		t.Errorf("after a reconnect: %v", ids)
	}
	for range 3 {
		p.Get("/.well-known/jwks.json")
	}
	ids, events = follow(t, s, "?after=1", nil, 9)
	if event.Of[event.Gap](events[0]).Missed != 3 || ids[0] != 4 || ids[1] != 5 || ids[8] != 12 {
		t.Errorf("what was dropped is not marked: %v %+v", ids, events[0])
	}
	var list struct {
		Events       []event.Event
		Missed, Last uint64
	}
	for query, want := range map[string][3]uint64{
		"": {8, 4, 12}, "?after=10": {2, 0, 12}, "?after=12": {0, 0, 12}, "?kind=response": {4, 4, 12}, "?kind=mail": {0, 4, 12}, "?after=18446744073709551615": {0, 0, 12},
	} {
		if err := json.Unmarshal([]byte(p.Get("/__mock/v1/events"+query).Text), &list); err != nil {
			t.Fatal(err)
		}
		if got := [3]uint64{uint64(len(list.Events)), list.Missed, list.Last}; got != want {
			t.Errorf("events%s: %v, want %v", query, got, want)
		}
	}
	if got := p.Get("/__mock/v1/events?after=x"); got.StatusCode != 400 || !strings.Contains(got.Text, "sequence number") {
		t.Errorf("%s %s", got.Status, got.Text)
	}
}

// TestAPageOfEventsIsBounded: who reads all of them asks for the next page.
func TestAPageOfEventsIsBounded(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := tenanttest.Browse(t, s)
	for n := range 2048 {
		s.Handler().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet,
			s.URL()+"/nowhere?state="+strings.Repeat("s", 500)+"&redirect_uri=https://a.test/"+strings.Repeat("r", 450)+
				"&scope="+strings.Repeat("s", 500)+"&audience="+strings.Repeat("a", 500)+"&login_hint="+strings.Repeat("a", 500)+strconv.Itoa(n), nil))
	}
	seen, pages := map[uint64]bool{}, 0
	for after, more := uint64(0), true; more; pages++ {
		text := p.Get("/__mock/v1/events?after=" + strconv.FormatUint(after, 10)).Text
		var page struct {
			Events []event.Event
			More   bool
		}
		if err := json.Unmarshal([]byte(text), &page); err != nil {
			t.Fatal(err)
		}
		if len(text) > 5<<20 || len(page.Events) == 0 {
			t.Fatalf("a page has %d bytes and %d events", len(text), len(page.Events))
		}
		for _, e := range page.Events {
			seen[e.Seq] = true
		}
		after, more = page.Events[len(page.Events)-1].Seq, page.More
	}
	if len(seen) != len(s.Events(0)) || pages < 2 {
		t.Errorf("%d pages have %d events of %d", pages, len(seen), len(s.Events(0)))
	}
}

// Behind a listener of one's own nobody has looked at Host yet, and to a browser a rebound name is the tenant's own page.
func TestTheControlAPIKeepsReboundNamesOut(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	for host, want := range map[string]int{
		s.Domain(): 200, strings.ToUpper(s.Domain()) + ":443": 200, "localhost:4443": 200, "127.0.0.1:4443": 200, "[::1]:4443": 200,
		"evil.example": 403, "evil.example:4443": 403, "localhost.evil.example": 403, "127.0.0.1.evil.example": 403, "192.0.2.1": 403, "": 403,
	} {
		r := httptest.NewRequest(http.MethodGet, "/__mock/v1/events", nil)
		r.Host = host
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("Host %q: %d %s, want %d", host, w.Code, w.Body, want)
		}
	}
}

// Whatever is misspelt would otherwise do more than was meant, or nothing.
func TestTheControlAPIIsStrict(t *testing.T) {
	t.Parallel()
	s := serve(t, tenanttest.AdaAndGrace)
	p := tenanttest.Browse(t, s)
	p.Offline()
	for _, tc := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"DELETE", "/sessions?usr=x", "", 400, `no query parameter \"usr\": DELETE /__mock/v1/sessions takes user`},
		{"DELETE", "/sessions?user=a&user=b", "", 400, "give it once"},
		{"DELETE", "/sessions?user=eve@example.test", "", 404, "no user"},
		{"DELETE", "/sessions", `{"user":"x"}`, 400, "unknown field"},
		{"DELETE", "/grants?clent=x", "", 400, "takes user and client"},
		{"DELETE", "/grants?client=x", "", 404, "no client"},
		{"DELETE", "/refresh-tokens?userid=x", "", 400, "takes user and client"},
		{"DELETE", "/refresh-tokens?client=x", "", 404, "no client"},
		{"DELETE", "/faults?id=x", "", 400, "takes none"},
		{"GET", "/events?since=1", "", 400, "takes after and request and kind"},
		{"GET", "/events?kind=foo", "", 400, " of events; expected request, response, no_answer, "},
		{"GET", "/events?after=%zz", "", 400, "cannot be read"},
		{"POST", "/keys/rotate", `{"kid":"x"}`, 400, `unknown field \"kid\"; it takes none`},
		{"POST", "/reset", `{"clock":true}`, 400, "unknown field"},
		{"POST", "/reset", `[]`, 400, "not the JSON expected"},
		{"POST", "/reset?all=1", `{}`, 400, "takes none"},
		{"PATCH", "/users/ada@example.test", `{"blockt":true}`, 400, `unknown field \"blockt\"; it takes user_id, `},
		{"PATCH", "/users/ada@example.test", `{}`, 400, "nothing to change"},
		{"PATCH", "/users/ada@example.test", ``, 400, "empty"},
	} {
		a := p.Ask(tc.method, "/__mock/v1"+tc.path, tc.body, "Content-Type", "application/json")
		if a.StatusCode != tc.status || !strings.Contains(a.Text, tc.want) {
			t.Errorf("%s %s %s: %s %s", tc.method, tc.path, tc.body, a.Status, a.Text)
		}
	}
	if len(s.Sessions()) != 1 || len(s.RefreshTokens()) != 1 {
		t.Error("what was refused was done all the same")
	}
	for _, path := range []string{"/reset", "/keys/rotate"} {
		for _, body := range []string{"", "{}"} {
			if a := p.Ask("POST", "/__mock/v1"+path, body, "Content-Type", "application/json"); a.StatusCode != 200 {
				t.Errorf("POST %s %q: %s %s", path, body, a.Status, a.Text)
			}
		}
	}
}

// TestNullIsNoOrder: encoding/json takes null for an empty object, and a program that sends it has lost its object.
func TestNullIsNoOrder(t *testing.T) {
	t.Parallel()
	s := serve(t, tenanttest.AdaAndGrace)
	p := tenanttest.Browse(t, s)
	for name, operation := range document().operations {
		method, path, _ := strings.Cut(name, " ")
		if operation.RequestBody == nil {
			continue
		}
		a := p.Ask(method, strings.NewReplacer("{id}", "x", "{kid}", "x", "{user}", "somebody", "{name}", "default").Replace(path), "null",
			"Content-Type", "application/json")
		if a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %s %s", name, a.Status, a.Text)
		}
	}
	if n := len(s.Snapshot().Users); n != 2 {
		t.Errorf("%d users", n)
	}
}
