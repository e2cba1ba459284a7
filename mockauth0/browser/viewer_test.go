package browser

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/harfile"
)

var began = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// aWorld is one that no browser shows.
func aWorld() *World {
	return &World{Name: "viewed", Domain: "tenant.test", browser: &Browser{Version: "Chromium"}}
}

// request is one that was made at a time after the beginning.
func request(after time.Duration, method, address string, status int) Request {
	at := began.Add(after)
	gone := make(chan struct{})
	close(gone)
	return Request{
		Moment: Moment{at, at, at}, Method: method, URL: address, Status: status, Type: "Fetch", target: &target{gone: gone},
		Headers:         headers{"Accept": "*/*", "User-Agent": strings.Repeat("agent ", 30)},
		ResponseHeaders: headers{"Content-Type": "application/json"},
	}
}

// pageOf renders what was gathered of requests and other lines.
func pageOf(t testing.TB, requests []Request, more []line, change func(*viewer)) string {
	t.Helper()
	w := aWorld()
	w.proxy = &proxy{}
	w.traffic = newTraffic()
	g := &gathered{title: "A <b>title</b>"}
	lines := append(w.timelineOf(requests), more...)
	g.lines = g.thin(lines)
	g.archive(w, requests)
	v := viewer{g: g, w: w, now: Moment{began, began, began}, most: MaxEvidencePage}
	if change != nil {
		change(&v)
	}
	page, err := v.render()
	if err != nil {
		t.Fatal(err)
	}
	if len(page) > v.most {
		t.Errorf("the page has %d bytes, more than %d", len(page), v.most)
	}
	return string(page)
}

func TestADayOfPollingFitsIntoThePage(t *testing.T) {
	var requests []Request
	for i := range 17280 {
		at := time.Duration(i) * 5 * time.Second
		requests = append(requests, request(at, "GET", fmt.Sprintf("http://localhost:7000/orders?n=%d", i), 200))
		if i%1440 == 1439 {
			requests = append(requests, request(at, "POST", "https://tenant.test/oauth/token", 200))
		}
	}
	last := len(requests) - 1
	requests[last].Status = 403
	page := pageOf(t, requests, nil, nil)
	for _, want := range []string{
		"17230 in the middle of 17280: GET http://localhost:7000/orders → 200", "10 other requests",
		"failed here", "POST /oauth/token → 403", "23:59:55.000",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if n := strings.Count(page, "POST /oauth/token → "); n < 12 {
		t.Errorf("the page has %d of the 12 exchanges with the tenant", n)
	}
	if len(page) > 500<<10 {
		t.Errorf("the page has %d bytes for so little", len(page))
	}
}

func TestAPageHasAtMostItsBytes(t *testing.T) {
	var requests []Request
	for i := range 3000 { // no two are alike
		r := request(time.Duration(i)*time.Second, "POST", fmt.Sprintf("https://tenant.test/oauth/token/%d", i), 400)
		r.Body = strings.Repeat(`<&"'>`, 800)
		requests = append(requests, r)
	}
	page := pageOf(t, requests, nil, func(v *viewer) { v.most = 1 << 20 })
	if !strings.Contains(page, "exchanges with the tenant of the timeline, the oldest") &&
		!strings.Contains(page, "other requests of the timeline, the oldest") {
		t.Error("the page does not say what it leaves out")
	}
	if !strings.Contains(page, "/oauth/token/2999") || strings.Contains(page, "/oauth/token/0 ") {
		t.Error("the page does not keep the newest")
	}
}

// Whatever an app or a tenant writes is text on the page.
func TestNoTextBecomesMarkup(t *testing.T) {
	t.Parallel()
	const evil = `"'><script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">`
	r := request(0, "GET", "https://tenant.test/authorize?prompt=none&x="+evil, 200)
	r.Headers["X-Evil"], r.ResponseHeaders["X-Evil"], r.Body, r.StatusText = evil, evil, evil, evil
	page := pageOf(t, []Request{r}, []line{{Source: "console " + evil, Text: evil, Details: evil, Bad: true}}, func(v *viewer) {
		v.g.title, v.g.verdict, v.g.about, v.g.failure = evil, evil, evil, evil
		v.g.sections = []EvidenceSection{{evil, []EvidenceItem{
			{Title: evil, Text: evil, Link: "javascript:alert(1)"}, {Link: "https://a.test/" + evil}}}}
		v.g.shots = []shot{{Title: evil, Lost: evil}}
		v.g.timers = []pageTimers{{evil, []Timer{{Source: evil, Stack: evil}}}}
		v.g.left, v.g.realTime = []string{evil}, []string{evil}
		v.g.diagnoses = []diagnosis.Diagnosis{{Outcome: evil, App: evil, Causes: []diagnosis.Cause{{
			Title: evil, Why: evil, Remedy: evil, Evidence: []diagnosis.Evidence{{Text: evil}}}}}}
	})
	for _, never := range []string{"<script>alert", "<img", `href="javascript:`, "<a href=\"\">", `onerror=alert(1)>`} {
		if at := strings.Index(page, never); at >= 0 {
			t.Errorf("the page has %q: %s", never, page[max(0, at-100):min(len(page), at+100)])
		}
	}
	if n := strings.Count(page, "<script"); n != 1 {
		t.Errorf("the page has %d scripts", n)
	}
}

// jwt is an unsigned one, as a scrubber leaves it.
func jwt(claims string) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"RS256","kid":"one"}`)) + "." + encode([]byte(claims)) + ".REDACTED"
}

func TestTokensSayWhatMatters(t *testing.T) {
	t.Parallel()
	noon := began.Unix()
	for _, tc := range []struct {
		name, claims, body, want string
		bad                      bool
	}{
		{"expired", fmt.Sprintf(`{"exp":%d}`, noon-3), "", "expired at 2026-03-01 11:59:57, 3s before", true},
		{"alive", fmt.Sprintf(`{"exp":%d}`, noon+7200), "", "expires at 2026-03-01 14:00:00, in 2h0m0s", false},
		{"from the future", fmt.Sprintf(`{"iat":%d}`, noon+600), "", "10m0s ahead of the browser's clock", true},
		{"not yet", fmt.Sprintf(`{"nbf":%d}`, noon+60), "", "not valid before 2026-03-01 12:01:00", true},
		{"another issuer", `{"iss":"https://other.test/"}`, "", "differs from the tenant's issuer, https://tenant.test/", true},
		{"another client", `{"aud":"other"}`, "id_token", "differs from the client that asked, app", true},
		{"this client", `{"aud":["app","more"]}`, "id_token", "", false},
		{"another API", `{"aud":["https://b"]}`, "access_token", "differs from the audience that was asked for, https://a", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := harfile.Entry{BrowserTime: began, Request: harfile.Request{
				Method: "POST", URL: "https://tenant.test/oauth/token",
				PostData: &harfile.Post{MimeType: "application/json", Text: `{"client_id":"app","audience":"https://a"}`},
			}}
			e.Response.Status = 200
			e.Response.Content.Text = fmt.Sprintf(`{"%s":"%s"}`, tc.body, jwt(tc.claims))
			x := newExchange(&e, "https://tenant.test")
			if len(x.Tokens) != 1 || len(x.Tokens[0].Claims) != 1 {
				t.Fatalf("tokens: %+v", x.Tokens)
			}
			if c := x.Tokens[0].Claims[0]; !strings.Contains(c.Word, tc.want) || c.Bad != tc.bad || tc.want == "" && c.Word != "" {
				t.Errorf("%s is said to be %q (bad %t), want %q (%t)", c.Value, c.Word, c.Bad, tc.want, tc.bad)
			}
		})
	}
}

func TestTheExchangeThatFailedIsMarked(t *testing.T) {
	t.Parallel()
	requests := []Request{
		request(0, "GET", "https://tenant.test/authorize?prompt=none", 302),
		request(time.Hour, "GET", "https://tenant.test/authorize?prompt=none", 302),
		request(2*time.Hour, "GET", "https://tenant.test/authorize?prompt=none", 302),
	}
	for i := range requests {
		requests[i].ResponseHeaders = headers{"Location": "http://localhost:5000/#error=login_required&state=x"}
	}
	mark := func(since time.Time) string {
		_, after, found := strings.Cut(pageOf(t, requests, nil, func(v *viewer) { v.since = since }), ` mark" id="`)
		if !found {
			return ""
		}
		anchor, _, _ := strings.Cut(after, `"`)
		return anchor
	}
	for _, tc := range []struct {
		since time.Time
		want  string
	}{{time.Time{}, "t3"}, {began.Add(time.Minute), "t2"}, {began.Add(3 * time.Hour), ""}} {
		if got := mark(tc.since); got != tc.want {
			t.Errorf("since %s %q is marked, want %q", tc.since, got, tc.want)
		}
	}
}

func TestTheSameAgainIsFolded(t *testing.T) {
	t.Parallel()
	var requests []Request
	for i := range 5 {
		requests = append(requests, request(time.Duration(i)*time.Minute, "POST", "https://tenant.test/oauth/token", 500),
			request(time.Duration(i)*time.Minute+time.Second, "GET", "http://localhost:5000/a.js", 200))
	}
	page := pageOf(t, requests, nil, func(v *viewer) { v.since = began.Add(24 * time.Hour) })
	if !strings.Contains(page, "4 times more: POST /oauth/token → 500; 5 other requests") {
		t.Errorf("the page does not fold what is the same: %s", page)
	}
}
