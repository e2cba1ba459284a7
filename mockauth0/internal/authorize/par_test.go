package authorize_test

import (
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func TestAPushedRequest(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Backends)
	p := tenanttest.Browse(t, s)
	a := p.Push()
	if a.StatusCode != 201 || a.Header.Get("Content-Type") != "application/json; charset=utf-8" ||
		a.Header.Get("Access-Control-Allow-Origin") != "http://localhost:3000" ||
		!regexp.MustCompile(`^\{"expires_in":30,"request_uri":"urn:ietf:params:oauth:request_uri:[A-Za-z0-9_-]{32}"\}$`).MatchString(a.Text) {
		t.Fatalf("%s %v %s", a.Status, a.Header, a.Text)
	}
	// What the browser adds counts for nothing, so that nobody changes the request on its way.
	res := p.Login(p.PushedRequest() +
		"&state=other&scope=openid+email&redirect_uri=https%3A%2F%2Fevil.example%2F&response_type=token&prompt=none")
	u := tenanttest.ParseURL(t, res.Header.Get("Location"))
	if u.Host != "web.example.test" || u.Query().Get("state") != "pushed-state" || u.Query().Get("code") == "" {
		t.Fatalf("the answer goes to %s", u)
	}
	tokens := p.Token("grant_type", "authorization_code", "client_id", "web", "client_secret", "web+secret%21", "code", u.Query().Get("code"),
		"redirect_uri", "https://web.example.test/cb")
	if got := tokens.Member(t, "scope"); got != "openid profile" {
		t.Errorf("tokens: %s %s", tokens.Status, tokens.Text)
	}
	if got := tenanttest.ParseURL(t, p.Get(p.PushedRequest("prompt", "none")).Header.Get("Location")).Query().Get("code"); got == "" {
		t.Error("a silent request, pushed: no code")
	}
	if got := p.Get("/.well-known/openid-configuration").Member(t, "pushed_authorization_request_endpoint"); got != s.URL()+"/oauth/par" {
		t.Errorf("discovery: %q", got)
	}
}

func TestAPushedRequestIsUsedOnceInTimeAndByItsClient(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Backends(tn)
		slow := tenant.NewClient("Slow")
		slow.ClientID, slow.ClientSecret, slow.Callbacks, slow.PushedLifetime = "slow", "slow-secret",
			[]string{"https://web.example.test/cb"}, time.Minute
		tn.Clients = append(tn.Clients, slow)
	})
	p := tenanttest.Browse(t, s)
	refused := func(name, path string) {
		t.Helper()
		a := p.Get(path)
		if code, words := a.ErrorPage(t); a.StatusCode != 400 || code != "invalid_request_uri" ||
			words != "The request_uri is unknown, has expired or was used before" {
			t.Errorf("%s: %d %s: %s", name, a.StatusCode, code, words)
		}
		if e := tenanttest.LastLog(s); e.Type != "f" || e.Description != "The request_uri is unknown, has expired or was used before" {
			t.Errorf("%s: the log has %+v", name, e)
		}
	}
	path := p.PushedRequest()
	if a := p.Get(path); !strings.HasPrefix(a.Header.Get("Location"), "/u/login?") {
		t.Fatalf("%s %s", a.Status, a.Header.Get("Location"))
	}
	refused("a second time", path)
	refused("made up", "/authorize?client_id=web&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3Ax")
	path = p.PushedRequest()
	refused("another client", strings.Replace(path, "client_id=web", "client_id=machine", 1))
	s.Advance(30*time.Second - 1)
	if a := p.Get(path); !strings.HasPrefix(a.Header.Get("Location"), "/u/login?") {
		t.Errorf("just in time: %s", a.Status)
	}
	path = p.PushedRequest()
	s.Advance(30 * time.Second)
	refused("too late", path)
	if _, words := p.Get("/authorize?request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3Ax").
		ErrorPage(t); words != "Missing required parameter: client_id" {
		t.Errorf("no client_id: %s", words)
	}
	if got := p.Push("client_id", "slow", "client_secret", "slow-secret"); !strings.HasPrefix(got.Text, `{"expires_in":60,`) {
		t.Errorf("par_request_expiry: %s", got.Text)
	}
	// A reload of the login page does not need the reference.
	at := p.Get(p.PushedRequest()).Header.Get("Location")
	s.Advance(time.Minute)
	if got := p.Get(at); got.StatusCode != 200 {
		t.Errorf("the login page after the reference has expired: %s", got.Status)
	}
	path = p.PushedRequest()
	var won atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if p.Get(path).StatusCode == 302 {
				won.Add(1)
			}
		})
	}
	if wg.Wait(); won.Load() != 1 {
		t.Errorf("%d of 8 parallel requests used one reference", won.Load())
	}
}

func TestPushedRequestsThatAreRefused(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Backends)
	p := tenanttest.Browse(t, s)
	for _, tc := range []struct {
		name   string
		pairs  []string
		status int
		body   string
	}{
		{"no secret", []string{"client_secret", ""}, 401, tenanttest.NoAuth},
		{"wrong secret", []string{"client_secret", "x"}, 401, tenanttest.NoAuth},
		{"unknown client", []string{"client_id", "nobody"}, 401, tenanttest.NoAuth},
		{"no client", []string{"client_id", "", "client_secret", ""}, 400, `{"error":"invalid_request","error_description":"Missing required parameter: client_id"}`},
		{"a reference in place of a request", []string{"request_uri", "urn:ietf:params:oauth:request_uri:x"}, 400, `{"error":"invalid_request","error_description":"Parameter request_uri must not be pushed"}`},
		{"no response_type", []string{"response_type", ""}, 400, `{"error":"invalid_request","error_description":"Missing required parameter: response_type"}`},
		{"unknown response_type", []string{"response_type", "x"}, 501, `{"error":"unsupported_response_type","error_description":"Unsupported response type: x"}`},
		{"callback mismatch", []string{"redirect_uri", "https://evil.example/"}, 403, `{"error":"unauthorized_client","error_description":"Callback URL mismatch. https://evil.example/ is not in the list of allowed callback URLs"}`},
		{"unknown audience", []string{"audience", "https://other.example.test/"}, 403, `{"error":"access_denied","error_description":"Service not found: https://other.example.test/"}`},
		{"bad prompt", []string{"prompt", "nonw"}, 400, `{"error":"invalid_request","error_description":"Invalid parameter: prompt nonw is not supported"}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before := len(s.Events(0))
			if got := p.Push(tc.pairs...); got.StatusCode != tc.status || got.Text != tc.body {
				t.Errorf("%s %s\nwant %d %s", got.Status, got.Text, tc.status, tc.body)
			}
			logged := ""
			for _, e := range s.Events(0)[before:] {
				if e.Type != "" && e.Type != "fco" {
					logged += string(e.Type) + " "
				}
			}
			if logged != "fpar " {
				t.Errorf("logged %q, want fpar", logged)
			}
		})
	}
	for name, body := range map[string]string{"state": "state=a&state=b", "scope": "scope=a&scope=b"} {
		if got := p.Ask("POST", "/oauth/par", "client_id=web&client_secret=web%2Bsecret%2521&response_type=code&"+body, "Content-Type",
			"application/x-www-form-urlencoded"); !strings.Contains(got.Text, "Invalid parameter: "+name+" must be a string") {
			t.Errorf("%s twice: %s %s", name, got.Status, got.Text)
		}
	}
	next := s.Snapshot().Clone()
	next.Settings.NoPushedRequests = true
	if err := s.Reload(next); err != nil {
		t.Fatal(err)
	}
	if got := p.Push(); got.StatusCode != 403 || got.Member(t, "error") != "access_denied" {
		t.Errorf("a tenant without: %s %s", got.Status, got.Text)
	}
	if got := p.Get("/.well-known/openid-configuration").Text; strings.Contains(got, "pushed_authorization") {
		t.Errorf("a tenant without advertises it: %s", got)
	}
}

func TestClientsThatHaveToPush(t *testing.T) {
	t.Parallel()
	for name, require := range map[string]func(*tenant.Config){
		"client": func(tn *tenant.Config) { tn.Clients[1].RequirePushedRequests = true },
		"tenant": func(tn *tenant.Config) { tn.Settings.RequirePushedRequests = true },
	} {
		s := tenanttest.Serve(t, func(tn *tenant.Config) { tenanttest.Backends(tn); require(tn) })
		p := tenanttest.Browse(t, s)
		u := tenanttest.ParseURL(t,
			p.Get(tenanttest.Request(s, "client_id", "web", "redirect_uri", "https://web.example.test/cb", "response_type", "code")).
				Header.Get("Location"))
		if q := u.Query(); u.Host != "web.example.test" || q.Get("error") != "invalid_request" ||
			q.Get("error_description") != "Pushed authorization requests are required for this client" || q.Get("state") != "the-state" {
			t.Errorf("%s: a request that was not pushed: %s", name, u)
		}
		if u := tenanttest.ParseURL(t, p.Login(p.PushedRequest()).Header.Get("Location")); u.Query().Get("code") == "" {
			t.Errorf("%s: a pushed one: %s", name, u)
		}
		doc := p.Get("/.well-known/openid-configuration").Text
		if got := strings.Contains(doc, `"require_pushed_authorization_requests":true`); got != (name == "tenant") {
			t.Errorf("%s: discovery: %s", name, doc)
		}
		if name == "client" {
			if got := led(tenanttest.Browse(t, s), tenanttest.Request(s)); got != "/u/login" {
				t.Errorf("another client: %q", got)
			}
		}
	}
}

// A key serves as at the token endpoint; an assertion for this endpoint is good for nothing else.
func TestPushingWithAKey(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Backends(tn)
		c := tn.Clients[1]
		c.TokenEndpointAuthMethod, c.PublicKeys = "private_key_jwt", []string{tenanttest.PublicPEM(t, &key.PublicKey)}
		tn.ClientGrants = append(tn.ClientGrants, &tenant.ClientGrant{Client: "Web", Audience: "https://api.example.test/"})
	})
	p := tenanttest.Browse(t, s)
	assertion := func(aud string) []string {
		text := tenanttest.SignJWT(t, jose.RS256, key, nil, map[string]any{"iss": "web", "sub": "web", "aud": aud, "exp": s.Now().Unix() + 60})
		return []string{
			"client_secret", "", "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "client_assertion", text,
		}
	}
	for aud, want := range map[string]int{
		s.Issuer(): 201, s.URL() + "/oauth/token": 201, s.URL() + "/oauth/par": 201, "https://evil.example/": 401,
	} {
		if got := p.Push(assertion(aud)...); got.StatusCode != want {
			t.Errorf("aud %s: %s %s", aud, got.Status, got.Text)
		}
	}
	if got := p.Token(append([]string{"grant_type", "client_credentials", "client_id", "web", "audience", "https://api.example.test/"},
		assertion(s.URL()+"/oauth/par")...)...); got.StatusCode != 401 {
		t.Errorf("an assertion for /oauth/par at the token endpoint: %s %s", got.Status, got.Text)
	}
	path := p.PushedRequest(assertion(s.Issuer())...)
	values, err := url.ParseQuery(strings.SplitN(path, "?", 2)[1])
	if err != nil || len(values) != 2 {
		t.Errorf("%s: %v", path, err)
	}
}

// TestTooManyPendingLoginsAreTold: the oldest login is gone for its browser, and an event says why.
func TestTooManyPendingLoginsAreTold(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	_, oldest := p.LoginPage(tenanttest.Request(s))
	long := tenanttest.Request(s, "state", strings.Repeat("s", 30<<10), "unknown", "x")
	for range 300 {
		s.Handler().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, s.URL()+long, nil))
	}
	if d := tenanttest.Newest[event.Overflow](t, s, "authorize"); d.What != "login" || d.Dropped < 10 {
		t.Errorf("told as %+v", d)
	}
	if a := p.Get("/u/login?state=" + url.QueryEscape(oldest)); a.StatusCode == http.StatusOK {
		t.Error("the oldest login goes on")
	}
}
