package terminal

import (
	"bytes"
	"testing"
)

func TestMarksAreShownAsTheTerminalCan(t *testing.T) {
	text := Bold("The app") + " " + Red("failed") + "\x1b[31m: " + Link("https://auth0.com/docs") + "\n"
	for _, tc := range []struct {
		name  string
		style Style
		want  string
	}{
		{"none", Style{}, "The app failed\uFFFD[31m: https://auth0.com/docs\n"},
		{"colour", Style{Color: true}, "\x1b[1mThe app\x1b[0m \x1b[31mfailed\x1b[0m\uFFFD[31m: https://auth0.com/docs\n"},
		{"links", Style{Links: true}, "The app failed\uFFFD[31m: \x1b]8;;https://auth0.com/docs\x1b\\https://auth0.com/docs\x1b]8;;\x1b\\\n"},
	} {
		var out bytes.Buffer
		if n, err := Styled(&out, tc.style).Write([]byte(text)); n != len(text) || err != nil || out.String() != tc.want {
			t.Errorf("%s: %q, %v; want %q", tc.name, &out, err, tc.want)
		}
	}
	if got := Plain(text); got != "The app failed\x1b[31m: https://auth0.com/docs\n" {
		t.Errorf("plain: %q", got)
	}
}

// Foreign text that has marks itself steers nothing.
func TestMarksOfOthersAreHarmless(t *testing.T) {
	all := Style{Color: true, Links: true, Width: 80}
	for name, text := range map[string]string{
		"escapes in an address":     Link("https://a.test/\x1b]0;title\x07"),
		"marks in an address":       Link("https://a.test/" + Red("x") + Link("https://b.test/")),
		"another scheme":            Link("javascript:alert(1)"),
		"a link without an end":     string(markLink) + "https://a.test/",
		"an end without a link":     "a" + string(markLinkEnd) + "b",
		"bytes that are no UTF-8":   Bold("a\x9b31m"),
		"directions in an address":  Link("https://a.test/\u202e"),
		"letters beyond an address": Link("https://bücher.test/"),
	} {
		var out bytes.Buffer
		if _, err := Styled(&out, all).Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		left := out.String()
		for _, own := range []string{"\x1b[0m", "\x1b[1m", "\x1b[31m"} {
			left = string(bytes.ReplaceAll([]byte(left), []byte(own), nil))
		}
		if name == "marks in an address" {
			left = string(bytes.ReplaceAll([]byte(left), []byte("\x1b]8;;https://a.test/xhttps://b.test/\x1b\\"), nil))
			left = string(bytes.ReplaceAll([]byte(left), []byte("\x1b]8;;\x1b\\"), nil))
		}
		if bytes.ContainsFunc([]byte(left), steers) {
			t.Errorf("%s: %q steers a terminal", name, &out)
		}
	}
}

func TestWrap(t *testing.T) {
	const text = "The session at the tenant was not used for longer than its idle lifetime."
	for _, tc := range []struct {
		name   string
		text   string
		width  int
		first  int
		indent string
		want   string
	}{
		{"no terminal", text, 0, 0, "  ", text},
		{"wide", text, 100, 10, "  ", text},
		{"narrow", text, 40, 7, "    ", "The session at the tenant was not\n    used for longer than its idle\n    lifetime."},
		{"too narrow", "0123456789 0123456789 0123456789", 10, 0, "", "0123456789 0123456789 0123456789"},
		{"a word that is too long", "see https://auth0.com/docs/manage-users/sessions/limits now", 40, 0, " ",
			"see\n https://auth0.com/docs/manage-users/sessions/limits\n now"},
		{"marks take no room", Bold("0123456789") + " 0123456789 " + Red("0123456789") + " 1234567", 40, 0, "",
			Bold("0123456789") + " 0123456789 " + Red("0123456789") + " 1234567"},
	} {
		if got := Wrap(tc.text, tc.width, tc.first, tc.indent); got != tc.want {
			t.Errorf("%s:\n%s\nwant\n%s", tc.name, got, tc.want)
		}
	}
}
