package authorize_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// FuzzAuthorize: whatever the query, the answer is a hosted page, the login page or a registered callback; it
// never panics and fails with the documented codes only.
func FuzzAuthorize(f *testing.F) {
	tn := tenant.Minimal()
	tn.Clients[0].Callbacks = append(tn.Clients[0].Callbacks, "https://*.example.test/cb", "com.example.app:/cb",
		"https://app.example.test/?a=b")
	s, err := mockauth0.New(mockauth0.Options{Tenant: tn, Keys: tenanttest.Keys()})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { s.Close() })
	_, good, _ := strings.Cut(tenanttest.Request(s), "?")
	for _, seed := range []string{
		good + "&screen_hint=signup", good + "&organization=org_x", good + "&id_token_hint=a.b.c",
		good + "&request_uri=urn:ietf:params:oauth:request_uri:x", good + "&request=x", good + "&ui_locales=cs&acr_values=x&resource=y",
		good + "&response_mode=web_message&web_message_uri=https://evil.example&web_message_target=x",
		good + "&connection=x&max_age=99999999999999999999",
		strings.Replace(good, "token+id_token", "code", 1) + "&code_challenge=x&code_challenge_method=S256", "", good, good + "&prompt=none",
		good + "&response_mode=query", good + "&response_mode=web_message&prompt=none", good + "&response_mode=form_post&prompt=none",
		good + "&max_age=-1", good + "&redirect_uri=//evil.example", "response_type=%ff", "a;b", "%", "&&&=", good + "&state=%0d%0aSet-Cookie:x",
		strings.Repeat("a=b&", 10000), strings.Replace(good, url.QueryEscape("http://localhost:3000"), "https%3A%2F%2Fa.example.test%2Fcb", 1),
		strings.Replace(good, url.QueryEscape("http://localhost:3000"), "https%3A%2F%2Fa.example.test%2Fcb%3F%40evil.example%2Fcb", 1),
		strings.Replace(good, url.QueryEscape("http://localhost:3000"), "https%3A%2F%2Fevil.example%23.example.test%2Fcb", 1),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		r := httptest.NewRequest(http.MethodGet, s.URL()+"/authorize", nil)
		r.URL.RawQuery = query
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		switch w.Code {
		case 200, 302, 400, 403, 414, 501:
		default:
			t.Errorf("%q: status %d", query, w.Code)
		}
		loc := w.Header().Get("Location")
		if w.Code != 302 {
			if loc != "" {
				t.Errorf("%q: status %d leads to %q", query, w.Code, loc)
			}
			return
		}
		if page, _, _ := strings.Cut(loc, "?"); slices.Contains([]string{"/u/login", "/u/signup"}, page) {
			return
		}
		base := loc
		if i := strings.LastIndexAny(loc, "#"); i >= 0 {
			base = loc[:i]
		} else if i := strings.Index(loc, "error="); i > 0 {
			base = loc[:i-1]
		}
		u, err := url.Parse(base)
		if err != nil {
			t.Fatalf("%q: Location %q: %v", query, loc, err)
		}
		wild := u.Scheme == "https" && strings.Count(u.Host, ".") == 2 && strings.HasSuffix(u.Host, ".example.test") &&
			u.Path == "/cb" && u.RawQuery == ""
		if !slices.Contains(tn.Clients[0].Callbacks, base) && !wild {
			t.Errorf("%q: leads to %q", query, loc)
		}
		if strings.ContainsAny(loc, "\r\n") {
			t.Errorf("%q: line break in %q", query, loc)
		}
	})
}
