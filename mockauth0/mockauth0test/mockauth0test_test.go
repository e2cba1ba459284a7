package mockauth0test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"renewal.example/mockauth0"
)

// recorder stands for the test of a user.
type recorder struct {
	testing.TB
	failed   bool
	text     []string
	cleanups []func()
}

func (r *recorder) Helper()          {}
func (r *recorder) Failed() bool     { return r.failed }
func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Errorf(format string, args ...any) {
	r.failed = true
	r.Logf(format, args...)
}
func (r *recorder) Logf(format string, args ...any) {
	r.text = append(r.text, fmt.Sprintf(format, args...))
}

func TestStart(t *testing.T) {
	for _, tc := range []struct{ name, path, host, want string }{
		{"a request that the tenant expects", "/.well-known/jwks.json", "", ""},
		{"an unknown path", "/ouath/token", "", "unexpected request GET /ouath/token: no endpoint has this path"},
		{"an unknown host", "/authorize", "nobody.test", "unexpected request GET https://nobody.test/authorize: no tenant has this host"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := &recorder{TB: t}
			s := Start(r, mockauth0.Options{Keys: mockauth0.NewKeyPool("")})
			req := must(t, s.URL()+tc.path)
			if tc.host != "" {
				req.Host = tc.host
			}
			res, err := s.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			for _, f := range r.cleanups {
				f()
			}
			text := strings.Join(r.text, "\n")
			if r.failed != (tc.want != "") || !strings.Contains(text, tc.want) {
				t.Errorf("failed %v: %s", r.failed, text)
			}
			if logged := strings.Contains(text, `"kind":"request"`); logged != (tc.path == "/ouath/token") {
				t.Errorf("events in the test's log: %v\n%s", logged, text)
			}
			if _, err := s.Client().Get(s.URL() + tc.path); err == nil {
				t.Error("the server outlives the test")
			}
		})
	}
	if s := Start(t); s.Domain() == "" {
		t.Error("no options: no domain")
	}
}

func must(t *testing.T, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
