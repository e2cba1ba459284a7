package routes_test

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// scene is one story of a golden transcript: what it does before show is called is not written down.
type scene struct {
	title  string
	tenant func(*tenant.Config) // changes backends' tenant; may be nil
	play   func(p *tenanttest.Person, show func())
}

// goldenScenes are the transcripts by endpoint, named as in fault.Endpoints.
func goldenScenes() map[string][]scene {
	scenes := map[string][]scene{
		"authorize": authorizeScenes(), "authorize.resume": resumeScenes(), "login": loginScenes(), "idp": providerScenes(),
		"logout": logoutScenes(), "oidc.logout": oidcLogoutScenes(), "logout.prompt": logoutPageScenes(), "userinfo": userinfoScenes(),
		"token": tokenScenes(), "revoke": revokeScenes(), "jwks": keyScenes(), "certificate": certificateScenes(), "discovery": discoveryScenes(),
		"later": laterScenes(), "limits": limitedScenes(),
	}
	maps.Copy(scenes, pageScenes())
	scenes["co.authenticate"], scenes["co.verify"] = crossOriginScenes(), verifyScenes()
	return scenes
}

// TestGolden replays each story on a frozen clock and compares what goes over the wire with testdata/golden. After a
// change that is meant:
//
//	go test ./mockauth0/internal/routes -run TestGolden -update && git diff mockauth0/internal/routes/testdata/golden
func TestGolden(t *testing.T) {
	t.Parallel()
	scenes := goldenScenes()
	for _, name := range fault.Endpoints() {
		if len(scenes[name]) == 0 {
			t.Errorf("the endpoint %s has no golden transcript: add its stories to goldenScenes", name)
		}
	}
	for name, list := range scenes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := "How the tenant answers at " + name + ". Written by go test ./mockauth0/internal/routes -run TestGolden -update.\n" +
				"> is what is sent, < what comes back; what differs from run to run is in angle brackets.\n"
			if title := titledTwice(list); title != "" {
				t.Fatalf("two stories are called %q", title)
			}
			for _, s := range list {
				text += "\n# " + s.title + "\n\n" + s.transcript(t)
			}
			path := filepath.Join("testdata", "golden", name+".txt")
			if on := flag.Lookup("update"); on.Value.String() == "true" {
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if difference := firstDifference(string(want), text); difference != "" {
				t.Errorf("%s\n%s", path, difference)
			}
		})
	}
	files, err := os.ReadDir("testdata/golden")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if name := strings.TrimSuffix(f.Name(), ".txt"); len(scenes[name]) == 0 {
			t.Errorf("testdata/golden/%s is nobody's", f.Name())
		}
	}
}

// firstDifference shows the first lines in which two texts differ, with the story that they are in.
func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	story := ""
	for i := range max(len(w), len(g)) {
		a, b := "(end)", "(end)"
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			return fmt.Sprintf("line %d, %s\nwant %s\ngot  %s", i+1, story, a, b)
		}
		if strings.HasPrefix(a, "# ") {
			story = a
		}
	}
	return ""
}

// transcript plays the story and returns what it showed.
func (s scene) transcript(t *testing.T) string {
	t.Helper()
	tn := tenant.Minimal()
	tenanttest.Backends(tn)
	tn.Mock.ClockStart = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	if s.tenant != nil {
		s.tenant(tn)
	}
	srv, err := mockauth0.New(mockauth0.Options{Tenant: tn, Keys: tenanttest.Keys(), Domain: "tenant.example.test"})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	p := tenanttest.Browse(t, srv)
	w := &wiretap{TB: t, next: p.Transport, names: map[string]string{}}
	p.Transport = w
	s.play(p, func() { w.on = true })
	return w.stable()
}

// wiretap writes down requests and answers, and learns which values are made anew in every run.
type wiretap struct {
	testing.TB
	next  http.RoundTripper
	on    bool
	text  strings.Builder
	names map[string]string // value → what it is called
}

// RoundTrip is http.RoundTripper's. It writes what went over the wire.
func (w *wiretap) RoundTrip(r *http.Request) (*http.Response, error) {
	var sent []byte
	if r.Body != nil {
		var err error
		if sent, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(strings.NewReader(string(sent)))
	}
	res, err := w.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	res.Body.Close()
	res.Body = io.NopCloser(strings.NewReader(string(body)))
	tokens := w.learn(res, string(body))
	if !w.on {
		return res, nil
	}
	if w.text.Len() > 0 {
		w.text.WriteByte('\n')
	}
	w.write(">", r.Method+" "+r.URL.RequestURI(), r.Header, nil, string(sent))
	w.write("<", res.Status, res.Header, res.Cookies(), string(body))
	for _, token := range tokens {
		fmt.Fprintf(&w.text, "  %s is %s %s\n", token, tenanttest.Part(w, token, 0), tenanttest.Part(w, token, 1))
	}
	return res, nil
}

// write adds one message. Headers that the transport makes are left out.
func (w *wiretap) write(mark, line string, header http.Header, cookies []*http.Cookie, body string) {
	fmt.Fprintf(&w.text, "%s %s\n", mark, line)
	for _, name := range slices.Sorted(maps.Keys(header)) {
		if slices.Contains([]string{"Date", "Content-Length", "Set-Cookie", "User-Agent", "Accept-Encoding"}, name) {
			continue
		}
		for _, v := range header[name] {
			fmt.Fprintf(&w.text, "%s %s: %s\n", mark, name, v)
		}
	}
	for _, c := range cookies {
		fmt.Fprintf(&w.text, "%s Set-Cookie: %s\n", mark, expiresIn(c, header.Get("Date")))
	}
	if body == "" {
		return
	}
	if !utf8.ValidString(body) {
		body = "(binary)"
	}
	for _, long := range longValues {
		body = long.pattern.ReplaceAllString(body, long.written)
	}
	fmt.Fprintf(&w.text, "%s\n", mark)
	for line := range strings.Lines(body) {
		fmt.Fprintf(&w.text, "%s\n", strings.TrimRight(mark+" "+line, " \r\n"))
	}
}

// longValues are what would fill pages.
var longValues = []struct {
	pattern *regexp.Regexp
	written string
}{
	{regexp.MustCompile(`(?s)<style>.*?</style>`), "<style>(style.css)</style>"},
	{regexp.MustCompile(`(-----BEGIN [A-Z0-9 ]+-----)[^-]+(-----END)`), "$1\n<base64>\n$2"},
	{regexp.MustCompile(`(?:[0-9A-F]{2}:){19}[0-9A-F]{2}`), "<SHA-1 of the certificate>"},
}

// expiresIn writes a cookie with Expires as the time from now: it is real time.
func expiresIn(c *http.Cookie, date string) string {
	if c.RawExpires == "" {
		return c.Raw
	}
	now, err := http.ParseTime(date)
	if err != nil {
		return c.Raw
	}
	return strings.Replace(c.Raw, c.RawExpires, "<in "+c.Expires.Sub(now).Round(time.Minute).String()+">", 1)
}

var (
	volatileInputs  = regexp.MustCompile(`name="(state|wresult|code|access_token|id_token|login_ticket|wresult|_csrf)" value="([^"]+)"`)
	volatileMembers = regexp.MustCompile(`"(code|access_token|refresh_token|id_token|login_ticket|co_verifier|co_id|request_uri|kid|n|x5t|_id|jti|sid|at_hash|c_hash|logout_token|trace_id|wresult|mfa_token)":\s*"([^"]+)"`)
	volatileArrays  = regexp.MustCompile(`"(x5c)":\["([^"]+)"`)
	styleHash       = regexp.MustCompile(`style-src 'sha256-([^']+)'`)
)

// learn gives names to the values that an answer brought, and returns its JWTs.
func (w *wiretap) learn(res *http.Response, body string) (tokens []string) {
	w.name("request id", res.Header.Get("X-Auth0-RequestId"))
	w.name("etag", res.Header.Get("ETag"))
	for _, c := range res.Cookies() {
		w.name(strings.TrimSuffix(c.Name, "_compat")+" cookie", c.Value)
	}
	if m := styleHash.FindStringSubmatch(res.Header.Get("Content-Security-Policy")); m != nil {
		w.name("style.css", m[1])
	}
	value := func(name, v string) {
		if name == "code" && len(v) != 43 {
			return // of an error
		}
		if name == "state" && !strings.HasPrefix(v, "hKFo2S") {
			return // the application's own, in a form for it
		}
		if w.name(name, v); strings.Count(v, ".") == 2 && strings.HasPrefix(v, "eyJ") {
			tokens = append(tokens, v)
			for n := range 2 {
				for _, m := range volatileMembers.FindAllStringSubmatch(tenanttest.Part(w, v, n), -1) {
					w.name(m[1], m[2])
				}
			}
		}
	}
	if to, err := url.Parse(res.Header.Get("Location")); err == nil {
		if to.Host == "" { // a page of the tenant's; elsewhere state is the application's own
			w.name(strings.TrimPrefix(strings.TrimPrefix(to.Path, "/u/"), "/")+" state", to.Query().Get("state"))
		}
		pairs := to.RawQuery + "&" + to.EscapedFragment()
		for pair := range strings.SplitSeq(pairs, "&") {
			name, raw, _ := strings.Cut(pair, "=")
			if v, err := url.QueryUnescape(raw); err == nil && slices.Contains([]string{"code", "access_token", "id_token", "tracking"}, name) {
				value(name, v)
			}
		}
	}
	for _, list := range []*regexp.Regexp{volatileInputs, volatileMembers, volatileArrays} {
		for _, m := range list.FindAllStringSubmatch(body, -1) {
			value(m[1], html.UnescapeString(m[2]))
		}
	}
	return tokens
}

// name remembers that a value is to be written as <name>, with a number where a story shows several.
func (w *wiretap) name(name, value string) {
	if value != "" && w.names[value] == "" {
		w.names[value] = name
	}
}

// stable is the transcript with names in place of what differs from run to run.
func (w *wiretap) stable() string {
	text := w.text.String()
	type seen struct {
		value, name string
		forms       []string
		at          int
	}
	var values []seen
	for value, name := range w.names {
		v := seen{value, name, []string{value, url.QueryEscape(value), html.EscapeString(value), jsonText(value)}, -1}
		for _, form := range v.forms {
			if at := strings.Index(text, form); at >= 0 && (v.at < 0 || at < v.at) {
				v.at = at
			}
		}
		if v.at >= 0 {
			values = append(values, v)
		}
	}
	slices.SortFunc(values, func(a, b seen) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.value, b.value)) })
	count := map[string]int{}
	var pairs [][2]string
	for _, v := range values {
		written := "<" + v.name + ">"
		if count[v.name]++; count[v.name] > 1 && v.name != "request id" && v.name != "etag" {
			written = fmt.Sprintf("<%s %d>", v.name, count[v.name])
		}
		for _, form := range v.forms {
			pairs = append(pairs, [2]string{form, written})
		}
	}
	// The longer first: an id may stand in another value.
	slices.SortStableFunc(pairs, func(a, b [2]string) int { return cmp.Compare(len(b[0]), len(a[0])) })
	var flat []string
	for _, p := range pairs {
		flat = append(flat, p[0], p[1])
	}
	return strings.NewReplacer(flat...).Replace(text)
}

func jsonText(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return s
	}
	return string(b[1 : len(b)-1])
}
