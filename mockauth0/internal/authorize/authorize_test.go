package authorize_test

import (
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func TestErrorsThatGoToTheCallback(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		without := tenant.NewClient("No implicit")
		without.Callbacks, without.GrantTypes = []string{"http://localhost:3000"}, []string{"authorization_code"}
		lonely := tenant.NewClient("No connection")
		lonely.Callbacks = []string{"http://localhost:3000"}
		tn.Clients = append(tn.Clients, without, lonely)
		tn.Connections[0].EnabledClients = []string{"My App", "No implicit"}
		tn.Connections = append(tn.Connections, &tenant.Connection{
			Name: "google-oauth2", Strategy: "google-oauth2", EnabledClients: []string{"No implicit"},
		})
	})
	p := tenanttest.Browse(t, s)
	named := func(name string) string { return s.Snapshot().ClientByName(name).ClientID }
	for _, tc := range []struct {
		name, path, code, words string
	}{
		{"silent without session", tenanttest.Request(s, "prompt", "none"), "login_required", "Login required"},
		{"implicit not allowed", tenanttest.Request(s, "client_id", named("No implicit")), "unauthorized_client", "Grant type 'implicit' not allowed for the client."},
		{"no connection", tenanttest.Request(s, "client_id", named("No connection")), "invalid_request", "no connections enabled for the client"},
		{"unknown connection", tenanttest.Request(s, "connection", "nowhere"), "invalid_request", "the connection was not found"},
		{"connection of another client", tenanttest.Request(s, "connection", "google-oauth2"), "invalid_request", "the connection was disabled"},
		{"unknown audience", tenanttest.Request(s, "audience", "https://other.example.test/"), "access_denied", "Service not found: https://other.example.test/"},
		{"no nonce", tenanttest.Request(s, "nonce", ""), "invalid_request", "Missing required parameter: nonce"},
		{"unknown prompt", tenanttest.Request(s, "prompt", "nonw"), "invalid_request", "Invalid parameter: prompt nonw is not supported"},
		{"none with another prompt", tenanttest.Request(s, "prompt", "none login"), "invalid_request", "Invalid parameter: prompt none must not be combined with others"},
		{"max_age in words", tenanttest.Request(s, "max_age", "soon"), "invalid_request", "Invalid parameter: max_age must be a number of seconds"},
		{"negative max_age", tenanttest.Request(s, "max_age", "-1"), "invalid_request", "Invalid parameter: max_age must be a number of seconds"},
	} {
		for _, mode := range []string{"fragment", "form_post", "web_message"} {
			path := tc.path + "&response_mode=" + mode
			if mode == "web_message" && (tc.name == "implicit not allowed" || tc.name == "no connection") {
				continue // those clients have no web origin
			}
			t.Run(tc.name+"/"+mode, func(t *testing.T) {
				got := tenanttest.Received(t, p.Get(path), mode)
				want := [][2]string{{"error", tc.code}, {"error_description", tc.words}, {"state", "the-state"}}
				if len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
					t.Errorf("got %q, want %q", got, want)
				}
			})
		}
	}
	// What may not carry tokens is told in the query, without them.
	got := p.Get(tenanttest.Request(s, "response_mode", "query"))
	if loc := got.Header.Get("Location"); !strings.HasPrefix(loc,
		"http://localhost:3000?error=invalid_request&error_description=response_mode%3Dquery") {
		t.Errorf("response_mode=query: %q", loc)
	}
}

// A strict client of somebody else gets no errors, which would need nobody's consent, and no wildcards.
func TestStrictThirdPartyClients(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		c := tn.Clients[0]
		c.StrictThirdParty, c.ErrorsOnPage = true, true
		c.Callbacks = append(c.Callbacks, "https://*.wild.example.test/cb")
		c.WebOrigins = append(c.WebOrigins, "http://localhost:3000")
	})
	p := tenanttest.Browse(t, s)
	for _, mode := range []string{"fragment", "web_message", "form_post"} {
		got := p.Get(tenanttest.Request(s, "prompt", "none", "response_mode", mode))
		if got.StatusCode != 403 || got.Header.Get("Location") != "" ||
			!strings.Contains(got.Text, "<strong>login_required</strong>: Login required") || strings.Contains(got.Text, "postMessage") {
			t.Errorf("%s: %s %q\n%s", mode, got.Status, got.Header.Get("Location"), got.Text)
		}
	}
	if e := tenanttest.LastLog(s); e.Type != "fsa" || e.Description != "Login required" {
		t.Errorf("log: %+v", e)
	}
	if got := p.Get(tenanttest.Request(s, "redirect_uri", "https://a.wild.example.test/cb")); got.StatusCode != 403 {
		t.Errorf("a wildcard: %s", got.Status)
	}
	if got := p.Login(tenanttest.Request(s)).Fragment(t); got.Get("id_token") == "" {
		t.Errorf("a success is sent: %v", got)
	}
}

func TestWhatCannotGoToACallbackIsAHostedPage(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) { tn.Clients[0].WebOrigins = []string{"http://localhost:3000/with/path"} })
	p := tenanttest.Browse(t, s)
	id := s.Snapshot().Clients[0].ClientID
	mismatch := func(u string) string {
		return "Callback URL mismatch. " + u + " is not in the list of allowed callback URLs"
	}
	for _, tc := range []struct {
		name, path  string
		status      int
		code, words string
	}{
		{"nothing at all", "/authorize", 400, "invalid_request", "Missing required parameter: response_type"},
		{"no response_type", tenanttest.Request(s, "response_type", ""), 400, "invalid_request", "Missing required parameter: response_type"},
		{"unknown response_type", tenanttest.Request(s, "response_type", "pbqr"), 501, "unsupported_response_type", "Unsupported response type: pbqr"},
		{"response_type twice the same", tenanttest.Request(s, "response_type", "token token"), 501, "unsupported_response_type", "Unsupported response type: token token"},
		{"unknown response_type before unknown client", "/authorize?response_type=x&client_id=y", 501, "unsupported_response_type", "Unsupported response type: x"},
		{"no client_id", tenanttest.Request(s, "client_id", ""), 400, "invalid_request", "Missing required parameter: client_id"},
		{"unknown client", tenanttest.Request(s, "client_id", "nobody"), 400, "invalid_request", "Unknown client: nobody"},
		{"client_id twice", tenanttest.Request(s) + "&client_id=x", 400, "invalid_request", "Invalid parameter: client_id must be a string"},
		{"scope twice", tenanttest.Request(s) + "&scope=x", 400, "invalid_request", "Invalid parameter: scope must be a string"},
		{"redirect_uri twice", tenanttest.Request(s) + "&redirect_uri=http://localhost:3000", 400, "invalid_request", "Invalid parameter: redirect_uri must be a string"},
		{"callback mismatch", tenanttest.Request(s, "redirect_uri", "https://evil.example/"), 403, "unauthorized_client", mismatch("https://evil.example/")},
		{"final slash", tenanttest.Request(s, "redirect_uri", "http://localhost:3000/"), 403, "unauthorized_client", mismatch("http://localhost:3000/")},
		{"other port", tenanttest.Request(s, "redirect_uri", "http://localhost:3001"), 403, "unauthorized_client", mismatch("http://localhost:3001")},
		{"127.0.0.1 is not localhost", tenanttest.Request(s, "redirect_uri", "http://127.0.0.1:3000"), 403, "unauthorized_client", mismatch("http://127.0.0.1:3000")},
		{"javascript:", tenanttest.Request(s, "redirect_uri", "javascript:alert(1)"), 403, "unauthorized_client", mismatch("javascript:alert(1)")},
		{"data:", tenanttest.Request(s, "redirect_uri", "data:text/html,<script>x</script>"), 403, "unauthorized_client", mismatch("data:text/html,<script>x</script>")},
		{"//evil", tenanttest.Request(s, "redirect_uri", "//evil.example"), 403, "unauthorized_client", mismatch("//evil.example")},
		{"mismatch of a silent request", tenanttest.Request(s, "redirect_uri", "https://evil.example/", "prompt", "none"), 403, "unauthorized_client", mismatch("https://evil.example/")},
		{"unknown response_mode", tenanttest.Request(s, "response_mode", "pigeon"), 501, "unsupported_response_mode", "Unsupported response mode: pigeon"},
		{"web_message without web origin", tenanttest.Request(s, "response_mode", "web_message", "prompt", "none"), 400, "invalid_request", "The specified redirect_uri 'http://localhost:3000' does not have a registered origin."},
		{"web_message checks the callback first", tenanttest.Request(s, "response_mode", "web_message", "redirect_uri", "https://evil.example/"), 403, "unauthorized_client", mismatch("https://evil.example/")},
		{"not UTF-8", tenanttest.Request(s) + "&login_hint=%ff%fe", 400, "invalid_request", "Invalid parameter: login_hint must be valid UTF-8 text"},
		{"line break in state", tenanttest.Request(s, "state", "a\r\nSet-Cookie: x=y"), 400, "invalid_request", "Invalid parameter: state must be valid UTF-8 text"},
		{"line break in redirect_uri", tenanttest.Request(s, "redirect_uri", "http://localhost:3000\r\nX: y"), 400, "invalid_request", "Invalid parameter: redirect_uri must be valid UTF-8 text"},
		{"bad percent encoding", "/authorize?response_type=%zz", 400, "invalid_request", `The query string could not be read: invalid URL escape "%zz".`},
		{"lost transaction", "/u/login?state=hKFo2SB", 400, "invalid_request", tenanttest.LostText},
		{"lost transaction at resume", "/authorize/resume?state=x", 400, "invalid_request", tenanttest.LostText},
		{"lost transaction at the provider", "/__mock/idp/google-oauth2?state=x", 400, "invalid_request", tenanttest.LostText},
		{"unknown path", "/ouath/token", 404, "not_found", "No endpoint of a tenant has this path."},
		{"the root", "/", 404, "not_found", "No endpoint of a tenant has this path."},
		{"logout of an unknown client", "/v2/logout?client_id=nobody", 400, "invalid_request", "Unknown client: nobody"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := p.Get(tc.path)
			code, words := got.ErrorPage(t)
			if got.StatusCode != tc.status || code != tc.code || words != tc.words {
				t.Errorf("got %d %s: %s\nwant %d %s: %s", got.StatusCode, code, words, tc.status, tc.code, tc.words)
			}
		})
	}
	if id == "" {
		t.Error("the tenant's client has no id")
	}
}
