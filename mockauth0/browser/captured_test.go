package browser

import (
	"encoding/base64"
	"fmt"
	"html/template"
	"regexp"
	"strings"
	"testing"
	"time"
)

// captured is what a World without a browser had of these requests.
func captured(t testing.TB, title string, requests []Request, picture int) *Captured {
	t.Helper()
	w := aWorld()
	w.proxy, w.traffic = &proxy{}, newTraffic()
	g := &gathered{title: title, verdict: "It did not renew."}
	g.lines = g.thin(w.timelineOf(requests))
	g.archive(w, requests)
	g.shots = []shot{{Title: "http://localhost:5000/", Image: template.URL("data:image/png;base64," + //nolint:gosec // a test's own
		base64.StdEncoding.EncodeToString(make([]byte, picture)))}}
	v := viewer{g: g, w: w, now: Moment{began, began, began}}
	return &Captured{v: v, all: newTimeline(v)}
}

// TestAPageOfSeveralCases has a viewer for each, whose links lead to its own lines.
func TestAPageOfSeveralCases(t *testing.T) {
	failed := request(time.Hour, "POST", "https://tenant.test/oauth/token", 403)
	page, err := CapturedPage{
		Title: "Check of http://localhost:5000/", Verdict: "2 findings.", Heading: "Findings", Sections: []EvidenceSection{{Title: "Healthy"}},
		Cases: []CapturedCase{
			{"no-renewal", "The app got no token.", captured(t, "no-renewal (high)", []Request{request(0, "GET", "http://localhost:5000/", 200), failed}, 8)},
			{"wrong-clock", "An hour ahead.", captured(t, "wrong-clock (medium)", []Request{failed}, 8)},
		},
	}.HTML()
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	for _, want := range []string{
		`<details class="case" id="no-renewal">`, `<details class="case" id="wrong-clock">`, `id="no-renewal-t2"`, `id="wrong-clock-t1"`,
		`<a href="#no-renewal-t2">The exchange that failed</a>`, "The app got no token.", "POST /oauth/token → 403",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(text, -1) {
		if seen[m[1]] {
			t.Errorf("the anchor %q is there twice", m[1])
		}
		seen[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(text, -1) {
		if !seen[m[1]] {
			t.Errorf("a link leads to #%s, which is not there", m[1])
		}
	}
	if strings.Count(text, "<script>") != 1 || strings.Contains(text, "traffic.har") {
		t.Error("the page has one script, and no files beside it")
	}
}

// TestAPageOfManyCasesHasAtMostItsBytes however much each of them holds.
func TestAPageOfManyCasesHasAtMostItsBytes(t *testing.T) {
	page := CapturedPage{Title: "Check", Heading: "Findings", MaxBytes: 1 << 20}
	for i := range 30 {
		var requests []Request
		for n := range 200 {
			address := fmt.Sprintf("https://tenant.test/authorize?prompt=none&n=%d", n)
			requests = append(requests, request(time.Duration(n)*time.Minute, "GET", address, 302))
		}
		page.Cases = append(page.Cases, CapturedCase{fmt.Sprintf("case-%d", i), "Something.", captured(t, "case", requests, 60<<10)})
	}
	text, err := page.HTML()
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > page.MaxBytes {
		t.Errorf("the page has %d bytes of at most %d", len(text), page.MaxBytes)
	}
	const without = "no screenshot: left out for its size"
	if n := strings.Count(string(text), "<img "); n == 0 || n == 30 || !strings.Contains(string(text), without) {
		t.Errorf("the page has %d pictures of 30", n)
	}
	if n := strings.Count(string(text), "of the timeline, the oldest"); n != 30 {
		t.Errorf("%d of 30 cases say what they leave out", n)
	}
}
