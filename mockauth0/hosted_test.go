package mockauth0

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	registry "renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/tenant"
)

var errorStatus = regexp.MustCompile(`<p class="error-status"><strong>([^<]*)</strong>: ([^<]*)</p>`)

// errorPage is what the hosted error page says; it fails the test on any other answer.
func (a answer) errorPage(t testing.TB) (code, description string) {
	t.Helper()
	if a.Header.Get("Location") != "" {
		t.Fatalf("a redirect to %q instead of the hosted page", a.Header.Get("Location"))
	}
	m := errorStatus.FindStringSubmatch(a.body)
	if m == nil {
		t.Fatalf("no hosted error page but %s:\n%s", a.Status, a.body)
	}
	if ct := a.Header.Get("Content-Type"); ct != "text/html; charset=utf-8" {
		t.Errorf("Content-Type is %q", ct)
	}
	if id := a.Header.Get("X-Auth0-RequestId"); len(id) != 20 || !strings.Contains(a.body, `<span class="error-id-content">`+id+`</span>`) {
		t.Errorf("the tracking id on the page is not X-Auth0-RequestId %q", id)
	}
	return html.UnescapeString(m[1]), html.UnescapeString(m[2])
}

func TestWhatCannotGoToACallbackIsAHostedPage(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) { tn.Clients[0].WebOrigins = []string{"http://localhost:3000/with/path"} })
	p := browse(t, s)
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
		{"no response_type", request(s, "response_type", ""), 400, "invalid_request", "Missing required parameter: response_type"},
		{"unknown response_type", request(s, "response_type", "pbqr"), 501, "unsupported_response_type", "Unsupported response type: pbqr"},
		{"response_type twice the same", request(s, "response_type", "token token"), 501, "unsupported_response_type", "Unsupported response type: token token"},
		{"unknown response_type before unknown client", "/authorize?response_type=x&client_id=y", 501, "unsupported_response_type", "Unsupported response type: x"},
		{"no client_id", request(s, "client_id", ""), 400, "invalid_request", "Missing required parameter: client_id"},
		{"unknown client", request(s, "client_id", "nobody"), 400, "invalid_request", "Unknown client: nobody"},
		{"client_id twice", request(s) + "&client_id=x", 400, "invalid_request", "Invalid parameter: client_id must be a string"},
		{"scope twice", request(s) + "&scope=x", 400, "invalid_request", "Invalid parameter: scope must be a string"},
		{"redirect_uri twice", request(s) + "&redirect_uri=http://localhost:3000", 400, "invalid_request", "Invalid parameter: redirect_uri must be a string"},
		{"callback mismatch", request(s, "redirect_uri", "https://evil.example/"), 403, "unauthorized_client", mismatch("https://evil.example/")},
		{"final slash", request(s, "redirect_uri", "http://localhost:3000/"), 403, "unauthorized_client", mismatch("http://localhost:3000/")},
		{"other port", request(s, "redirect_uri", "http://localhost:3001"), 403, "unauthorized_client", mismatch("http://localhost:3001")},
		{"127.0.0.1 is not localhost", request(s, "redirect_uri", "http://127.0.0.1:3000"), 403, "unauthorized_client", mismatch("http://127.0.0.1:3000")},
		{"javascript:", request(s, "redirect_uri", "javascript:alert(1)"), 403, "unauthorized_client", mismatch("javascript:alert(1)")},
		{"data:", request(s, "redirect_uri", "data:text/html,<script>x</script>"), 403, "unauthorized_client", mismatch("data:text/html,<script>x</script>")},
		{"//evil", request(s, "redirect_uri", "//evil.example"), 403, "unauthorized_client", mismatch("//evil.example")},
		{"mismatch of a silent request", request(s, "redirect_uri", "https://evil.example/", "prompt", "none"), 403, "unauthorized_client", mismatch("https://evil.example/")},
		{"unknown response_mode", request(s, "response_mode", "pigeon"), 501, "unsupported_response_mode", "Unsupported response mode: pigeon"},
		{"web_message without web origin", request(s, "response_mode", "web_message", "prompt", "none"), 400, "invalid_request", "The specified redirect_uri 'http://localhost:3000' does not have a registered origin."},
		{"web_message checks the callback first", request(s, "response_mode", "web_message", "redirect_uri", "https://evil.example/"), 403, "unauthorized_client", mismatch("https://evil.example/")},
		{"not UTF-8", request(s) + "&login_hint=%ff%fe", 400, "invalid_request", "Invalid parameter: login_hint must be valid UTF-8 text"},
		{"line break in state", request(s, "state", "a\r\nSet-Cookie: x=y"), 400, "invalid_request", "Invalid parameter: state must be valid UTF-8 text"},
		{"line break in redirect_uri", request(s, "redirect_uri", "http://localhost:3000\r\nX: y"), 400, "invalid_request", "Invalid parameter: redirect_uri must be valid UTF-8 text"},
		{"bad percent encoding", "/authorize?response_type=%zz", 400, "invalid_request", `The query string could not be read: invalid URL escape "%zz".`},
		{"lost transaction", "/u/login?state=hKFo2SB", 400, "invalid_request", lostText},
		{"lost transaction at resume", "/authorize/resume?state=x", 400, "invalid_request", lostText},
		{"lost transaction at the provider", "/__mock/idp/google-oauth2?state=x", 400, "invalid_request", lostText},
		{"unknown path", "/ouath/token", 404, "not_found", "No endpoint of a tenant has this path."},
		{"the root", "/", 404, "not_found", "No endpoint of a tenant has this path."},
		{"logout of an unknown client", "/v2/logout?client_id=nobody", 400, "invalid_request", "Unknown client: nobody"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := p.get(tc.path)
			code, words := got.errorPage(t)
			if got.StatusCode != tc.status || code != tc.code || words != tc.words {
				t.Errorf("got %d %s: %s\nwant %d %s: %s", got.StatusCode, code, words, tc.status, tc.code, tc.words)
			}
		})
	}
	if id == "" {
		t.Error("the tenant's client has no id")
	}
}

const lostText = "You may have pressed the back button, refreshed during login, opened too many login dialogs, or there is some issue with cookies, since we couldn't find your session. Try logging in again from the application and if the problem persists please contact the administrator."

// Whoever opens the tenant's address looks whether it runs.
func TestTheRootSaysThatTheTenantRuns(t *testing.T) {
	t.Parallel()
	p := browse(t, serve(t, nil))
	if got := p.get("/"); !strings.Contains(got.body, "the tenant runs, and has no page here") {
		t.Errorf("%s %s", got.Status, got.body)
	}
	if got := p.get("/nowhere"); strings.Contains(got.body, "the tenant runs") {
		t.Errorf("%s %s", got.Status, got.body)
	}
}

func TestFramingOfTheErrorPageIsASetting(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ setting, frameOptions string }{{"deny", "deny"}, {"allow", ""}} {
		t.Run(tc.setting, func(t *testing.T) {
			s := serve(t, func(tn *tenant.Config) { tn.Mock.ErrorPageFraming = tc.setting })
			h := browse(t, s).get("/authorize").Header
			if got := h.Get("X-Frame-Options"); got != tc.frameOptions {
				t.Errorf("X-Frame-Options is %q, want %q", got, tc.frameOptions)
			}
			if got := strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'"); got != (tc.frameOptions != "") {
				t.Errorf("Content-Security-Policy is %q", h.Get("Content-Security-Policy"))
			}
			if got := h.Get("Cache-Control"); got != "private, no-store, no-cache, must-revalidate, post-check=0, pre-check=0, no-transform" {
				t.Errorf("Cache-Control is %q", got)
			}
		})
	}
}

func TestATenantsOwnErrorPage(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) { tn.Settings.ErrorPageURL = "https://errors.example.test/oops?from=auth0" })
	got := browse(t, s).get(request(s, "redirect_uri", "https://evil.example/"))
	u, err := url.Parse(got.Header.Get("Location"))
	if err != nil || got.StatusCode != http.StatusFound || u.Host != "errors.example.test" {
		t.Fatalf("got %d %q, want a redirect to errors.example.test", got.StatusCode, got.Header.Get("Location"))
	}
	q := u.Query()
	if q.Get("from") != "auth0" || q.Get("error") != "unauthorized_client" || q.Get("client_id") != s.Snapshot().Clients[0].ClientID || q.Get("tracking") != got.Header.Get("X-Auth0-RequestId") {
		t.Errorf("the query is %v", q)
	}
}

func TestSizeLimits(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := browse(t, s)
	huge := strings.Repeat("a", 1<<20)
	for _, proto := range []string{"HTTP/2.0", "HTTP/1.1"} {
		t.Run(proto, func(t *testing.T) {
			p := browse(t, s)
			if proto == "HTTP/1.1" {
				tr := s.Client().Transport.(*http.Transport).Clone()
				tr.ForceAttemptHTTP2, tr.TLSNextProto = false, nil
				tr.TLSClientConfig.NextProtos = []string{"http/1.1"}
				t.Cleanup(tr.CloseIdleConnections)
				p.Client.Transport = tr
			}
			got := p.get(request(s, "state", huge))
			code, words := got.errorPage(t)
			if got.Proto != proto || got.StatusCode != http.StatusRequestURITooLong || code != "invalid_request" || !strings.HasPrefix(words, "The query string has 10") {
				t.Errorf("%s %d %s: %s", got.Proto, got.StatusCode, code, words)
			}
		})
	}
	for _, path := range []string{"/authorize", "/u/login", "/__mock/idp/x"} {
		got := p.post(path, url.Values{"state": {huge}})
		if code, words := got.errorPage(t); got.StatusCode != http.StatusRequestEntityTooLarge || words != "The request body is larger than 1048576 bytes." {
			t.Errorf("%s: %d %s: %s", path, got.StatusCode, code, words)
		}
	}
	if got := p.post("/userinfo", url.Values{"access_token": {huge}}); got.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("/userinfo: %d %s", got.StatusCode, got.body)
	}
	for _, e := range s.Events(0) {
		if n := len(e.Description); n > 600 {
			t.Errorf("an event holds a description of %d bytes", n)
		}
	}
}

func TestMethodsAndUnknownThings(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := browse(t, s)
	for _, tc := range []struct {
		method, path string
		status       int
		contentType  string
		allow        string
	}{
		{"DELETE", "/authorize", 405, "text/html; charset=utf-8", "GET, POST"},
		{"OPTIONS", "/authorize", 405, "text/html; charset=utf-8", "GET, POST"},
		{"PUT", "/u/login", 405, "text/html; charset=utf-8", "GET, POST"},
		{"POST", "/v2/logout", 405, "text/html; charset=utf-8", "GET"},
		{"POST", "/.well-known/jwks.json", 405, "application/json; charset=utf-8", "GET"},
		{"DELETE", "/userinfo", 405, "text/plain; charset=utf-8", "GET, POST"},
		{"PUT", "/__mock/v1/clock", 405, "application/json; charset=utf-8", "GET, POST"},
		{"GET", "/oauth/token", 405, "application/json", "POST"},
		{"POST", "/oauth/token", 400, "application/json", ""},
		{"POST", "/oauth/par", 400, "application/json; charset=utf-8", ""},
		{"GET", "/oauth/par", 405, "application/json; charset=utf-8", "POST"},
		{"GET", "/favicon.ico", 204, "", ""},
		{"GET", "/__mock/v1/nope", 404, "application/json; charset=utf-8", ""},
		{"POST", "/__mock/v1", 404, "application/json; charset=utf-8", ""},
		{"HEAD", "/.well-known/openid-configuration", 200, "application/json; charset=utf-8", ""},
		{"HEAD", "/authorize", 400, "text/html; charset=utf-8", ""},
	} {
		r, err := http.NewRequest(tc.method, s.URL()+tc.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := p.do(r)
		if got.StatusCode != tc.status || got.Header.Get("Content-Type") != tc.contentType || got.Header.Get("Allow") != tc.allow {
			t.Errorf("%s %s: %d %q Allow %q, want %d %q Allow %q", tc.method, tc.path, got.StatusCode, got.Header.Get("Content-Type"), got.Header.Get("Allow"), tc.status, tc.contentType, tc.allow)
		}
		if tc.method == "HEAD" && got.body != "" {
			t.Errorf("HEAD %s has a body", tc.path)
		}
	}
	r, err := http.NewRequest("GET", s.URL()+"/authorize", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "login.nobody.test"
	got := p.do(r)
	if got.StatusCode != http.StatusMisdirectedRequest || !strings.Contains(got.body, `"domains":["`+s.Domain()+`"]`) || !strings.Contains(got.body, "login.nobody.test") {
		t.Errorf("unknown host: %d %s", got.StatusCode, got.body)
	}
	if got := p.get("/.well-known/openid-configuration").Header.Get("Strict-Transport-Security"); got != "" {
		t.Errorf("Strict-Transport-Security %q would turn every http://localhost app of the browser into https", got)
	}
}

func TestTheErrorPageNeverAdvisesWhatATenantRefuses(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := browse(t, s)
	for _, tc := range []struct {
		path, advice string
		add          bool
	}{
		{request(s, "redirect_uri", "https://other.example/cb"), "Add https://other.example/cb to the callbacks of client", true},
		{request(s, "redirect_uri", "javascript:alert(1)"), "A callback is an absolute http or https URL", false},
		{request(s, "redirect_uri", "//evil.example/cb"), "A callback is an absolute http or https URL", false},
		{"/v2/logout?returnTo=https://other.example/", "Add https://other.example/ to tenant.allowed_logout_urls", true},
		{"/v2/logout?returnTo=//evil.example/", "A returnTo is an absolute http or https URL", false},
	} {
		body := p.get(tc.path).body
		if !strings.Contains(body, tc.advice) || strings.Contains(body, "</strong> Add ") != tc.add {
			t.Errorf("%s: want the advice %q in\n%s", tc.path, tc.advice, body)
		}
	}
	if got := p.get("/__mock/v1/nope").body; !strings.Contains(got, "/__mock/v1/clock (GET, POST)") {
		t.Errorf("an unknown path of the control API: %s", got)
	}
}

// TestWhatComesLaterSaysSo: a bare 404 would look like a mistake of the team that calls.
func TestWhatComesLaterSaysSo(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := browse(t, s)
	later, _ := registry.EndpointOf(registry.Later)
	for _, path := range later.Paths {
		if strings.HasSuffix(path, "/") {
			path += "anything/below"
		}
		for _, method := range []string{"GET", "POST", "PATCH"} {
			got := p.ask(method, path, "", "Origin", "http://localhost:3000")
			if got.StatusCode != http.StatusNotImplemented || got.member(t, "error") != "not_implemented" || !strings.Contains(got.member(t, "error_description"), path) || got.Header.Get("Access-Control-Allow-Origin") != "http://localhost:3000" {
				t.Errorf("%s %s: %s %s", method, path, got.Status, got.body)
			}
		}
	}
	logged := 0
	for _, e := range s.Events(0) {
		if e.Kind == "request" && e.Endpoint == "later" {
			logged++
		}
	}
	if logged != 3*len(later.Paths) {
		t.Errorf("%d of %d requests are in the log", logged, 3*len(later.Paths))
	}
}
