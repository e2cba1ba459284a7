package mockauth0_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"renewal.example/mockauth0/internal/tenanttest"
)

// BenchmarkSilentCode is what a renewal by auth0-spa-js costs at /authorize, without network and signatures.
func BenchmarkSilentCode(b *testing.B) {
	for _, mode := range []string{"query", "web_message"} {
		b.Run(mode, func(b *testing.B) {
			s := tenanttest.Serve(b, nil)
			p := tenanttest.Browse(b, s)
			p.Login(tenanttest.Request(s))
			target := tenanttest.Request(s, "response_type", "code", "response_mode", mode, "prompt", "none", "code_challenge", tenanttest.S256("x"),
				"code_challenge_method", "S256")
			r := httptest.NewRequest(http.MethodGet, s.URL()+target, nil)
			for _, c := range p.Jar.Cookies(tenanttest.ParseURL(b, s.URL())) {
				r.AddCookie(c)
			}
			b.ReportAllocs()
			for b.Loop() {
				again, w := *r, &sink{header: http.Header{}}
				s.Handler().ServeHTTP(w, &again)
				if w.status >= 400 || w.status == 302 && w.header.Get("Location") == "" {
					b.Fatal(w.status)
				}
			}
		})
	}
}

// sink is a ResponseWriter that costs next to nothing.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header { return s.header }

func (s *sink) WriteHeader(status int) { s.status = status }

func (s *sink) Write(b []byte) (int, error) { return len(b), nil }
