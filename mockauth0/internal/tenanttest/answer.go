package tenanttest

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

var (
	hiddenInput = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"/>`)
	webMessages = regexp.MustCompile(`response:(\{.*?\})\};var mainWin`)
	jsonMember  = regexp.MustCompile(`"([a-z_]+)":("(?:[^"\\]|\\.)*"|\d+)`)
)

// Received are the members of an authorization response as a callback gets them in a response mode, in their order.
func Received(t testing.TB, a Answer, mode string) [][2]string {
	t.Helper()
	var out [][2]string
	switch mode {
	case "fragment", "query":
		sep := map[string]string{"fragment": "#", "query": "?"}[mode]
		_, raw, ok := strings.Cut(a.Header.Get("Location"), sep)
		if !ok || a.StatusCode != 302 {
			t.Fatalf("no redirect with a %s but %s %q\n%s", mode, a.Status, a.Header.Get("Location"), a.Text)
		}
		for _, part := range strings.Split(raw, "&") {
			name, value, _ := strings.Cut(part, "=")
			value, err := url.PathUnescape(value) // decodeURIComponent leaves a plus sign alone
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, [2]string{name, value})
		}
	case "form_post":
		for _, m := range hiddenInput.FindAllStringSubmatch(a.Text, -1) {
			out = append(out, [2]string{m[1], unescape(m[2])})
		}
	case "web_message":
		m := webMessages.FindStringSubmatch(a.Text)
		if m == nil {
			t.Fatalf("no web_message page but %s:\n%s", a.Status, a.Text)
		}
		for _, member := range jsonMember.FindAllStringSubmatch(m[1], -1) {
			var v any
			if err := json.Unmarshal([]byte(member[2]), &v); err != nil {
				t.Fatal(err)
			}
			text, ok := v.(string)
			if !ok {
				text = "number " + member[2]
			}
			out = append(out, [2]string{member[1], text})
		}
	}
	return out
}

func unescape(s string) string {
	return strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&#43;", "+", "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}

// CookieNamed is a cookie that an answer sets; nil: it sets none of this name.
func CookieNamed(a Answer, name string) *http.Cookie {
	for _, c := range a.Cookies() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

var errorStatus = regexp.MustCompile(`<p class="error-status"><strong>([^<]*)</strong>: ([^<]*)</p>`)

// ErrorPage is what the hosted error page says; it fails the test on any other answer.
func (a Answer) ErrorPage(t testing.TB) (code, description string) {
	t.Helper()
	if a.Header.Get("Location") != "" {
		t.Fatalf("a redirect to %q instead of the hosted page", a.Header.Get("Location"))
	}
	m := errorStatus.FindStringSubmatch(a.Text)
	if m == nil {
		t.Fatalf("no hosted error page but %s:\n%s", a.Status, a.Text)
	}
	if ct := a.Header.Get("Content-Type"); ct != "text/html; charset=utf-8" {
		t.Errorf("Content-Type is %q", ct)
	}
	if id := a.Header.Get("X-Auth0-RequestId"); len(id) != 20 || !strings.Contains(a.Text, `<span class="error-id-content">`+id+`</span>`) {
		t.Errorf("the tracking id on the page is not X-Auth0-RequestId %q", id)
	}
	return html.UnescapeString(m[1]), html.UnescapeString(m[2])
}

// LostText is what the error page says when a login's transaction is gone.
const LostText = "You may have pressed the back button, refreshed during login, opened too many login dialogs, " +
	"or there is some issue with cookies, since we couldn't find your session. " +
	"Try logging in again from the application and if the problem persists please contact the administrator."

// Fragment is what the callback gets in the fragment of the redirect.
func (a Answer) Fragment(t testing.TB) url.Values {
	t.Helper()
	_, f, _ := strings.Cut(a.Header.Get("Location"), "#")
	v, err := url.ParseQuery(f)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Outcome is what arrived at the callback: "code", an error, or "" for a hosted page.
func Outcome(a Answer) string {
	u, err := url.Parse(a.Header.Get("Location"))
	switch {
	case err != nil || !strings.HasPrefix(a.Header.Get("Location"), "http://localhost:3000"):
		return ""
	case u.Query().Get("code") != "":
		return "code"
	}
	return u.Query().Get("error")
}

// Member reads one text member of a JSON answer; "" when it is not there.
func (a Answer) Member(t testing.TB, name string) string {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(a.Text), &m); err != nil {
		t.Fatalf("%s: no JSON object: %v\n%s", a.Status, err, a.Text)
	}
	s, _ := m[name].(string)
	return s
}

// MemberOrder are the names of the members of a JSON answer in the order in which they were sent.
func (a Answer) MemberOrder(t testing.TB) string {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(a.Text))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		t.Fatalf("no JSON object: %v\n%s", err, a.Text)
	}
	var names []string
	for d.More() {
		name, err := d.Token()
		var value json.RawMessage
		if err == nil {
			err = d.Decode(&value)
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, a.Text)
		}
		names = append(names, name.(string))
	}
	return strings.Join(names, " ")
}
