package hostile_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// goodLogin is a cross-origin login that succeeds, as the page of the first client sends it.
func goodLogin(s *mockauth0.Server) url.Values {
	return tenanttest.Form("client_id", s.Snapshot().Clients[0].ClientID, "username", "ada@example.test", "password", "Analytical-Engine-1",
		"realm", tenanttest.Database, "credential_type", tenanttest.RealmGrant)
}

// TestHostileCrossOriginText: whatever stands in a parameter, the answer is JSON that no browser takes for a page, gives no
// ticket, and repeats no password.
func TestHostileCrossOriginText(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.EmbeddedLogin)
	p := tenanttest.Browse(t, s)
	texts := append(markup(), breaks()...)
	for parameter, value := range goodLogin(s) {
		for _, text := range texts {
			sent := goodLogin(s)
			sent.Set(parameter, text+value[0])
			asJSON, err := json.Marshal(flat(sent))
			if err != nil {
				t.Fatal(err)
			}
			for typ, body := range map[string]string{"application/json": string(asJSON), "application/x-www-form-urlencoded": sent.Encode()} {
				got := p.Ask("POST", "/co/authenticate", body, "Content-Type", typ, "Origin", "http://localhost:3000", "Accept", "text/html")
				var said struct {
					Error       string `json:"error"`
					Description string `json:"error_description"`
				}
				if err := json.Unmarshal([]byte(got.Text), &said); err != nil || said.Error == "" || got.StatusCode != 400 && got.StatusCode != 403 {
					t.Errorf("%s %q as %s: %s %s", parameter, text, typ, got.Status, got.Text)
				}
				if h := got.Header; h.Get("Content-Type") != "application/json; charset=utf-8" || h.Get("X-Content-Type-Options") != "nosniff" ||
					h.Get("Location") != "" || tenanttest.CookieNamed(got, "auth0") != nil || tenanttest.CookieNamed(got, "hostile") != nil {
					t.Errorf("%s %q as %s: %v", parameter, text, typ, h)
				}
				if strings.Contains(said.Description, "Analytical") {
					t.Errorf("%s %q as %s tells the password: %s", parameter, text, typ, got.Text)
				}
			}
		}
	}
	if len(s.Sessions()) != 0 {
		t.Error("somebody is logged in")
	}
	for _, e := range s.Events(0) {
		if raw, err := json.Marshal(e); err != nil || strings.Contains(string(raw), "Analytical") {
			t.Fatalf("an event tells the password: %s, %v", raw, err)
		}
	}
}

// flat is a form as the object that SDKs send.
func flat(v url.Values) map[string]any {
	out := map[string]any{}
	for name := range v {
		out[name] = v.Get(name)
	}
	return out
}

// TestHostileCrossOriginJSON: a member that is no text is no text of its own, and no member adds to a request what the
// endpoint does not ask for.
func TestHostileCrossOriginJSON(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.EmbeddedLogin)
	p := tenanttest.Browse(t, s)
	send := func(body string) tenanttest.Answer {
		return p.Ask("POST", "/co/authenticate", body, "Content-Type", "application/json", "Origin", "http://localhost:3000")
	}
	with := func(member string, value any) string {
		sent := flat(goodLogin(s))
		sent[member] = value
		raw, err := json.Marshal(sent)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	for member := range goodLogin(s) {
		for _, value := range []any{
			nil, true, 0, 1.5, []string{"ada@example.test"}, []any{}, map[string]any{"$ne": ""}, map[string]any{"$gt": ""},
			map[string]any{"toString": "x"},
		} {
			if got := send(with(member, value)); got.StatusCode != 400 && got.StatusCode != 403 || strings.Contains(got.Text, "login_ticket") {
				t.Errorf("%s: %v: %s %s", member, value, got.Status, got.Text)
			}
		}
	}
	good := with("realm", tenanttest.Database)
	for _, body := range []string{"", "null", "[]", "[" + good + "]", `"` + tenanttest.Database + `"`, "1", "{", good + good, good + "x",
		good[:len(good)-1], "\ufeff" + good, "\x00" + good, "{'client_id':'x'}", strings.Repeat(`{"a":`, 20000),
		strings.ReplaceAll(good, `"ada@`, `"\ud800ada@`), strings.ReplaceAll(good, "ada@", "\xff\xfeada@"),
		strings.ReplaceAll(good, "Analytical", `\u0000Analytical`)} {
		if got := send(body); got.StatusCode != 400 && got.StatusCode != 403 || got.Member(t, "error") == "" {
			t.Errorf("%.80q: %s %s", body, got.Status, got.Text)
		}
	}
	for _, size := range []int{2 << 20, 20 << 20} {
		got := send(with("username", strings.Repeat("a", size)))
		if got.StatusCode != http.StatusRequestEntityTooLarge || got.Header.Get("Access-Control-Allow-Origin") != "http://localhost:3000" {
			t.Errorf("%d bytes: %s %.200s %v", size, got.Status, got.Text, got.Header)
		}
	}
	if got := send(with("password", strings.Repeat("a", 30000))); got.StatusCode != 403 {
		t.Errorf("a long password: %s %.200s", got.Status, got.Text)
	}
	// What the endpoint does not know is ignored, and makes nobody anybody else.
	for member, value := range map[string]any{
		"__proto__": map[string]any{"username": "grace@example.test"}, "constructor": "x", "user_id": s.Snapshot().Users[1].ID, "sub": "auth0|x",
		"Username": "grace@example.test", "USERNAME": "grace@example.test", "username ": "x", "device": "x",
	} {
		got := send(with(member, value))
		back := p.Get(tenanttest.Request(s, "login_ticket", got.Member(t, "login_ticket")))
		if claims := tenanttest.Claims(t, p.Get(back.Header.Get("Location")).Fragment(t).Get("id_token")); claims["email"] != "ada@example.test" {
			t.Errorf("%s: %v: logs in %v", member, value, claims["email"])
		}
	}
}

// TestHostileCrossOriginOrigins: pages that only resemble the client's log nobody in and read nothing, however they send it:
// a body of plain text needs no preflight.
func TestHostileCrossOriginOrigins(t *testing.T) {
	t.Parallel()
	tenanttest.EachScheme(t, testHostileCrossOriginOrigins)
}

// byTheOtherScheme is a tenant's address, but http for https and the other way about.
func byTheOtherScheme(s *mockauth0.Server) string {
	if rest, secure := strings.CutPrefix(s.URL(), "https"); secure {
		return "http" + rest
	}
	return strings.Replace(s.URL(), "http", "https", 1)
}

func testHostileCrossOriginOrigins(t *testing.T, serve tenanttest.Serving) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		tenanttest.EmbeddedLogin(tn)
		tn.Clients[0].AllowedOrigins = []string{"https://*.app.example.test"}
	})
	p := tenanttest.Browse(t, s)
	asJSON, err := json.Marshal(flat(goodLogin(s)))
	if err != nil {
		t.Fatal(err)
	}
	bodies := map[string]string{
		"application/json": string(asJSON), "text/plain": string(asJSON), "application/x-www-form-urlencoded": goodLogin(s).Encode(),
		"": goodLogin(s).Encode(),
	}
	origins := append(elsewhere(), "https://evil.example", "https://app.example.test", "https://a.b.app.example.test",
		"https://evil.example/.app.example.test", "https://evilapp.example.test", "http://a.app.example.test",
		"https://a.app.example.test.evil.example", "https://a.app.example.test:8443", "http://localhost:3000, https://evil.example",
		"https://evil.example, http://localhost:3000", "http://localhost:3000 https://evil.example", s.URL()+".evil.example",
		byTheOtherScheme(s))
	for _, origin := range slices.Compact(slices.Sorted(slices.Values(origins))) {
		// Proxies and servers drop the space around a value.
		if origin = strings.Trim(headerText(origin), " \t"); slices.Contains([]string{"", "http://localhost:3000"}, origin) {
			continue
		}
		for _, typ := range slices.Sorted(maps.Keys(bodies)) {
			got := p.Ask("POST", "/co/authenticate", bodies[typ], "Content-Type", typ, "Origin", origin)
			if got.StatusCode < 400 || strings.Contains(got.Text, "login_ticket") {
				t.Errorf("from %q as %q: %s %s", origin, typ, got.Status, got.Text)
			}
			if h := got.Header; h.Get("Access-Control-Allow-Origin") != "" || h.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("%q reads the answer: %v", origin, h)
			}
		}
		preflight := p.Ask("OPTIONS", "/co/authenticate", "", "Origin", origin, "Access-Control-Request-Method", "POST",
			"Access-Control-Request-Headers", "content-type")
		if preflight.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("a preflight from %q: %v", origin, preflight.Header)
		}
	}
	if len(s.Sessions()) != 0 {
		t.Error("somebody is logged in")
	}
}
