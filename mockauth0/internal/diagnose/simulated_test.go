package diagnose_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// page is an app's page in a browser, with an SDK that renews as auth0-spa-js does: by a frame and a code, or by a refresh
// token. It sends what a browser sends, and takes an answer as a browser lets it.
type page struct {
	*tenanttest.Person
	origin  string // of the page
	blocked bool   // the browser withholds third-party cookies
	refresh string // token of the login; "": it renews by frames
	nonces  int
}

const pageOrigin = "http://localhost:3000"

// open opens the app's page in a browser of its own.
func open(t testing.TB, s *mockauth0.Server) *page {
	return &page{Person: tenanttest.Browse(t, s), origin: pageOrigin}
}

// sent is a request as a browser sends it; "" as the body of an answer that the page does not get.
func (p *page) sent(ctx context.Context, method, path, body string, headers ...string) (tenanttest.Answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, p.Server.URL()+path, strings.NewReader(body))
	if err != nil {
		return tenanttest.Answer{}, err
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	c := *p.Client
	if p.blocked && headers[1] == "iframe" {
		c.Jar, _ = cookiejar.New(nil)
	}
	res, err := c.Do(r)
	if err != nil {
		return tenanttest.Answer{}, err
	}
	b, err := io.ReadAll(res.Body)
	_ = res.Body.Close() // it has been read
	return tenanttest.Answer{Response: res, Text: string(b)}, err
}

func (p *page) frameHeaders() []string {
	storage := "active"
	if p.blocked {
		storage = "none"
	}
	return []string{
		"Sec-Fetch-Dest", "iframe", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Storage-Access", storage,
		"Referer", p.origin + "/",
	}
}

func (p *page) fetchHeaders() []string {
	return []string{
		"Sec-Fetch-Dest", "empty", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Site", "cross-site", "Origin", p.origin, "Content-Type",
		"application/x-www-form-urlencoded",
	}
}

// ask sends a silent request from a frame; pairs change its parameters.
func (p *page) askSilently(ctx context.Context, pairs ...string) (tenanttest.Answer, error) {
	p.nonces++
	all := append([]string{"prompt", "none", "response_mode", "web_message", "response_type", "code", "code_challenge",
		tenanttest.S256(tenanttest.Verifier), "code_challenge_method", "S256", "state", "state-" + strings.Repeat("x", p.nonces), "nonce",
		"nonce-" + strings.Repeat("x", p.nonces)}, pairs...)
	return p.sent(ctx, http.MethodGet, tenanttest.Request(p.Server, all...), "", p.frameHeaders()...)
}

var posted = regexp.MustCompile(`response:(\{.*?\})\};`)

// message is what the frame posts; nil when it posts nothing that the page gets.
func message(a tenanttest.Answer) map[string]any {
	m := posted.FindStringSubmatch(a.Text)
	if m == nil || a.StatusCode != http.StatusOK || a.Header.Get("X-Frame-Options") != "" ||
		!strings.Contains(a.Text, "mainWin.postMessage(authorizationResponse") {
		return nil
	}
	var out map[string]any
	if json.Unmarshal([]byte(m[1]), &out) != nil {
		return nil
	}
	return out
}

// renew renews as the SDK does, with as much patience, and tells whether there is a new token. The tenant's clock passes
// the SDK's patience when nothing comes.
func (p *page) renewAs(pairs ...string) (ok bool) {
	p.Helper()
	if p.refresh != "" {
		return p.renewByToken()
	}
	a, err := p.impatient(60*time.Second, func(ctx context.Context) (tenanttest.Answer, error) { return p.askSilently(ctx, pairs...) })
	if err != nil {
		return false
	}
	m := message(a)
	if m == nil {
		p.Server.Advance(60 * time.Second) // it waits for a message
		return false
	}
	code, _ := m["code"].(string)
	if m["state"] != "state-"+strings.Repeat("x", p.nonces) || code == "" {
		return false
	}
	c := p.Server.Snapshot().Clients[0]
	return p.fetchTokens("grant_type", "authorization_code", "client_id", c.ClientID, "redirect_uri", c.Callbacks[0], "code", code,
		"code_verifier", tenanttest.Verifier)
}

func (p *page) renewByToken() bool {
	return p.fetchTokens("grant_type", "refresh_token", "client_id", p.Server.Snapshot().Clients[0].ClientID, "refresh_token", p.refresh)
}

// fetchTokens asks the token endpoint, and keeps the refresh token that comes.
func (p *page) fetchTokens(pairs ...string) bool {
	a, err := p.impatient(10*time.Second, func(ctx context.Context) (tenanttest.Answer, error) {
		return p.sent(ctx, http.MethodPost, "/oauth/token", tenanttest.Form(pairs...).Encode(), p.fetchHeaders()...)
	})
	if err != nil || a.StatusCode != http.StatusOK || a.Header.Get("Access-Control-Allow-Origin") != p.origin {
		return false
	}
	var got struct {
		Refresh string `json:"refresh_token"`
		Access  string `json:"access_token"`
	}
	if json.Unmarshal([]byte(a.Text), &got) != nil || got.Access == "" {
		return false
	}
	if got.Refresh != "" {
		p.refresh = got.Refresh
	}
	return true
}

// impatient gives up when the tenant holds the request for longer than an SDK waits: it moves the tenant's clock by its
// patience and goes away.
func (p *page) impatient(patience time.Duration, ask func(context.Context) (tenanttest.Answer, error)) (tenanttest.Answer, error) {
	ctx, cancel := context.WithCancel(p.Context())
	defer cancel()
	type outcome struct {
		tenanttest.Answer
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		a, err := ask(ctx)
		done <- outcome{a, err}
	}()
	for {
		select {
		case o := <-done:
			return o.Answer, o.err
		case <-time.After(time.Millisecond):
		}
		holds := p.Server.Holds()
		if len(holds) == 0 {
			continue
		}
		until := holds[0].Until
		p.Server.Advance(patience)
		if !until.IsZero() && !until.After(p.Server.Now()) { // it comes just in time
			o := <-done
			return o.Answer, o.err
		}
		before := p.Server.Events(0)
		cancel()
		<-done
		for !slices.ContainsFunc(p.Server.Events(before[len(before)-1].Seq), func(e event.Event) bool { return e.Kind == event.KindNoAnswer }) {
			if p.Context().Err() != nil {
				p.Fatal("the tenant did not notice that the client went away")
			}
			runtime.Gosched()
		}
		return tenanttest.Answer{}, context.Canceled
	}
}

// logIn logs in as the tenant's first user, with a refresh token when offline is set.
func (p *page) logIn(offline bool) {
	p.Helper()
	scope := "openid profile email"
	if offline {
		scope += " offline_access"
	}
	a := p.Login(tenanttest.Request(p.Server, "response_type", "code", "code_challenge", tenanttest.S256(tenanttest.Verifier),
		"code_challenge_method", "S256", "scope", scope))
	u, err := url.Parse(a.Header.Get("Location"))
	if err != nil || u.Query().Get("code") == "" {
		p.Fatalf("the login brought no code: %s", a.Status)
	}
	c := p.Server.Snapshot().Clients[0]
	p.refresh = ""
	if !p.fetchTokens("grant_type", "authorization_code", "client_id", c.ClientID, "redirect_uri", c.Callbacks[0], "code",
		u.Query().Get("code"), "code_verifier", tenanttest.Verifier) {
		p.Fatal("the login's code brought no tokens")
	}
	if offline == (p.refresh == "") {
		p.Fatalf("a refresh token came: %v", p.refresh != "")
	}
}

// loginAs logs in as one of the tenant's users.
func loginAs(p *tenanttest.Person, path string, u *tenant.User) tenanttest.Answer {
	p.Helper()
	_, state := p.LoginPage(path)
	res := p.Post("/u/login", url.Values{"state": {state}, "username": {u.Email}, "password": {u.Password}, "action": {"default"}})
	return p.Get(res.Header.Get("Location"))
}

// listed is what diagnoses say, for a failing test.
func listed(all []diagnosis.Diagnosis) string {
	var b strings.Builder
	for _, d := range all {
		fmt.Fprintf(&b, "%d %s %s: %s\n", d.Seq, d.Kind, d.Endpoint, d.Outcome)
		for _, c := range d.Causes {
			fmt.Fprintf(&b, "   %s %s (%s)\n", c.Code, c.Variant, c.Confidence)
			for _, e := range c.Evidence {
				fmt.Fprintf(&b, "      %d %s\n", e.Seq, e.Text)
			}
		}
	}
	return b.String()
}

// listing are a tenant's newest events, for a failing test.
func listing(s *mockauth0.Server) string {
	var b strings.Builder
	all := s.Events(0)
	for _, e := range all[max(0, len(all)-14):] {
		d, _ := json.Marshal(e.Data)
		fmt.Fprintf(&b, "%d %s %s %s %q %.500s\n", e.Seq, e.Kind, e.Type, e.Endpoint, e.Description, d)
	}
	return b.String()
}
