package check

import (
	"encoding/xml"
	"strings"
	"testing"
	"unicode/utf8"

	"renewal.example/mockauth0/internal/appdrive"
	"renewal.example/mockauth0/internal/terminal"
)

// reportOf has so many findings, each with several things that were seen.
func reportOf(findings, seen int) *Report {
	r := &Report{App: "http://localhost:5173/", Renews: "It renews with refresh tokens.", Stores: []string{"localStorage has tokens (a)."}}
	for i, c := range All() {
		result := Result{Check: c, Outcome: Healthy}
		switch {
		case i < findings:
			result.Outcome = Found
			for range seen {
				result.Seen = append(result.Seen, Seen{Text: strings.Repeat("The tenant answered <500> & \"more\". ", 4)})
			}
		case i%3 == 0:
			result.Outcome, result.Reason = DoesNotApply, "it renews in another way"
		case i%3 == 1:
			result.Outcome, result.Reason = NotChecked, "the app asked for no new token"
		}
		r.Results = append(r.Results, result)
	}
	return r
}

// TestTheReportFitsATerminal and begins with the verdict, however much was found.
func TestTheReportFitsATerminal(t *testing.T) {
	for _, tc := range []struct {
		findings, seen, columns int
		remedies                bool
	}{{0, 0, 100, true}, {2, 1, 80, true}, {14, 1, 100, false}, {len(All()), 3, 80, false}, {len(All()), 3, 0, false}} {
		text := terminal.Plain(reportOf(tc.findings, tc.seen).Text(tc.columns))
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		if len(lines) > mostTextLines {
			t.Errorf("%d findings at %d columns: %d lines, at most %d:\n%s", tc.findings, tc.columns, len(lines), mostTextLines, text)
		}
		if !strings.HasPrefix(lines[0], "http://localhost:5173/: ") {
			t.Errorf("the report begins with %q", lines[0])
		}
		if got := strings.Contains(text, "Remedy:"); got != (tc.remedies && tc.findings > 0) {
			t.Errorf("%d findings: remedies are there: %v", tc.findings, got)
		}
		for _, line := range lines {
			if width := utf8.RuneCountInString(line); tc.columns > 0 && width > tc.columns {
				t.Errorf("a line has %d columns of %d: %q", width, tc.columns, line)
			}
		}
	}
}

func TestTheVerdict(t *testing.T) {
	broken := reportOf(1, 1)
	broken.Login = "no button"
	for want, r := range map[string]*Report{
		"http://localhost:5173/: nothing was found in 11 checks; 11 not checked.": reportOf(0, 0),
		"http://localhost:5173/: 2 findings in 13 checks; 10 not checked.":        reportOf(2, 1),
		"The check of http://localhost:5173/ stopped at the login.":               broken,
	} {
		if got := r.Verdict(); got != want {
			t.Errorf("the verdict is %q, want %q", got, want)
		}
	}
}

// TestABrokenLoginIsToldInAFewLines and not with a list of all that rests on it.
func TestABrokenLoginIsToldInAFewLines(t *testing.T) {
	r := reportOf(1, 1)
	r.Login = "no button"
	text := terminal.Plain(r.Text(100))
	if strings.Contains(text, All()[5].ID) || !strings.Contains(text, "Nothing else was checked, because nobody could log in.") {
		t.Errorf("the report is\n%s", text)
	}
}

// TestTheReportAsJUnit has a case for each check.
func TestTheReportAsJUnit(t *testing.T) {
	text, err := reportOf(2, 2).JUnit()
	if err != nil {
		t.Fatal(err)
	}
	var suite junitSuite
	if err := xml.Unmarshal(text, &suite); err != nil {
		t.Fatal(err)
	}
	failures, skipped := 0, 0
	for _, c := range suite.Cases {
		if c.Failure != nil {
			failures++
		}
		if c.Skipped != nil {
			skipped++
		}
	}
	if len(suite.Cases) != len(All()) || suite.Tests != len(All()) || failures != 2 || suite.Failures != 2 || skipped != suite.Skipped {
		t.Errorf("%d cases, %d failures and %d skipped in %+v", len(suite.Cases), failures, skipped, suite)
	}
	if !strings.Contains(suite.Cases[0].Failure.Message, `<500> & "more"`) {
		t.Errorf("the message is %q", suite.Cases[0].Failure.Message)
	}
}

// TestTheReportAsAPage has what was seen, as text, and what was not checked with the reason.
func TestTheReportAsAPage(t *testing.T) {
	page, err := reportOf(1, 1).HTML()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"&lt;500&gt;", "Not checked", "The app asked for no new token.", "Remedy: " + All()[0].Remedy[:20]} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page has no %q", want)
		}
	}
}

// TestSentencesKeepAnAddressAsItIs: in capitals it would be another one.
func TestSentencesKeepAnAddressAsItIs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"nobody could log in": "Nobody could log in.", "http://localhost:5173/ has none.": "http://localhost:5173/ has none.", "": "",
	} {
		if got := sentence(text); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestAnAppThatForgotItsRefreshTokenIsTold as such: to try again, as its finding advises, is of no use to it.
func TestAnAppThatForgotItsRefreshTokenIsTold(t *testing.T) {
	t.Parallel()
	settings := appdrive.Settings{}
	if err := settings.Named("", "", "Orders"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		renewal appdrive.Renewal
		way     appdrive.Way
		asked   asks
		told    bool
	}{
		{appdrive.RefreshTokens, appdrive.Pressed, asks{}, true},
		{appdrive.RefreshTokens, appdrive.Pressed, asks{renewals: 1}, false},
		{appdrive.RefreshTokens, appdrive.Itself, asks{}, false},
		{appdrive.FrameCode, appdrive.Pressed, asks{}, false},
	} {
		s := &scene{run: &run{renewal: c.renewal, way: c.way, settings: settings}}
		if text := s.forgot(c.asked); strings.Contains(text, `: "Orders" was pressed, and it asked the tenant for nothing`) != c.told {
			t.Errorf("%+v: it says %q", c, text)
		}
	}
}
