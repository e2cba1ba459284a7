package cli

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/internal/terminal"
)

func storyLine(seconds int, source, text string, bad bool) browser.Line {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(seconds) * time.Second)
	return browser.Line{Moment: browser.Moment{Tenant: at}, Source: source, Text: text, Bad: bad}
}

func TestAStoryIsShortAndFolded(t *testing.T) {
	var lines []browser.Line
	add := func(seconds int, source, text string, bad bool) {
		lines = append(lines, storyLine(seconds, source, text, bad))
	}
	add(0, "clock", "advance by 2h", false)
	for i := range 3 {
		add(10*i, "network", "POST https://tenant.test/oauth/token → 403", true)
		add(10*i, "tenant request", "token POST /oauth/token", false)
		add(10*i, "tenant log", "fertft token Unknown or invalid refresh token.", false)
		add(10*i, "network", "GET http://localhost:5000/app.js → 200", false)
	}
	add(60, "clock", "clock moved by 2h", false)
	add(61, "network", "GET https://tenant.test/authorize?prompt=none&state=x → 302 http://localhost:5000/cb#state=y&error=login_required",
		false)
	add(62, "network", "GET http://localhost:7000/orders?n=1 → net::ERR_FAILED", true)
	add(63, "console error", "it failed", true)
	var b strings.Builder
	tellStory(&b, storyOf(lines, "http://localhost:5000", "https://tenant.test"))
	want := `
What happened, by the tenant's time
  12:00:00   clock   advance by 2h
  12:00:00 ! network POST /oauth/token → 403 ×3, until 12:00:20
  12:00:00   tenant  fertft token Unknown or invalid refresh token. ×3, until 12:00:20
  12:01:01   network GET /authorize prompt=none → 302 login_required
  12:01:02 ! network GET http://localhost:7000/orders → net::ERR_FAILED
  12:01:03 ! console it failed
`
	if got := terminal.Plain(b.String()); got != want {
		t.Errorf("the story is\n%s\nwant\n%s", got, want)
	}
}

func TestALongStoryHasItsEnds(t *testing.T) {
	var lines []browser.Line
	for i := range 500 {
		lines = append(lines, storyLine(i, "console error", fmt.Sprintf("error %d", i+1), true))
	}
	var b strings.Builder
	tellStory(&b, storyOf(lines, "http://localhost:5000", "https://tenant.test"))
	got := strings.Split(strings.Trim(b.String(), "\n"), "\n")
	if len(got) != 1+mostStory {
		t.Errorf("the story has %d lines, want %d", len(got), 1+mostStory)
	}
	if !strings.Contains(b.String(), "489 lines more") || !strings.Contains(got[1], "error 1") ||
		!strings.Contains(got[mostStory], "12:08:19") {
		t.Errorf("the story is\n%s", b.String())
	}
}
