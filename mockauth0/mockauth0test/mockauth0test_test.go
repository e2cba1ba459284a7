package mockauth0test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

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

// TestExpectationsAreJudgedAtTheEnd of the test, also when nobody asks for them.
func TestExpectationsAreJudgedAtTheEnd(t *testing.T) {
	for _, tc := range []struct {
		name   string
		expect func(*mockauth0.Server)
		want   string
	}{
		{"nothing", func(*mockauth0.Server) {}, ""},
		{"none came, as expected", func(s *mockauth0.Server) { s.ExpectRenewals("My App", 0, time.Time{}) }, ""},
		{"one was expected, and none came", func(s *mockauth0.Server) { s.ExpectRenewals("My App", 1, time.Time{}) },
			"until the end of the test, 1 were expected"},
		{"one was expected until a time that has not come", func(s *mockauth0.Server) { s.ExpectRenewals("My App", 1, s.Now().Add(time.Hour)) },
			"renewed 0 times"},
		{"it was taken back", func(s *mockauth0.Server) { s.ExpectRenewals("My App", 1, time.Time{}); s.StopExpecting("My App") }, ""},
		{"a page was open, whose renewal never came", func(s *mockauth0.Server) {
			s.ExpectRenewal("My App", s.Now().Add(time.Minute))
			s.Advance(time.Hour)
		}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := &recorder{TB: t}
			tc.expect(Start(r, mockauth0.Options{Keys: mockauth0.NewKeyPool("")}))
			for _, f := range r.cleanups {
				f()
			}
			if text := strings.Join(r.text, "\n"); r.failed != (tc.want != "") || !strings.Contains(text, tc.want) {
				t.Errorf("failed %v: %s", r.failed, text)
			}
		})
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
