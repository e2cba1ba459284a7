package mockauth0

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkSilentCode is what a renewal by auth0-spa-js costs at /authorize, without network and signatures.
func BenchmarkSilentCode(b *testing.B) {
	for _, mode := range []string{"query", "web_message"} {
		b.Run(mode, func(b *testing.B) {
			s := serve(b, nil)
			p := browse(b, s)
			p.login(request(s))
			target := request(s, "response_type", "code", "response_mode", mode, "prompt", "none", "code_challenge", s256("x"), "code_challenge_method", "S256")
			cookies := p.Jar.Cookies(mustURL(b, s.URL()))
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest(http.MethodGet, s.URL()+target, nil)
				for _, c := range cookies {
					r.AddCookie(c)
				}
				w := httptest.NewRecorder()
				s.Handler().ServeHTTP(w, r)
				if w.Code >= 400 || w.Code == 302 && w.Header().Get("Location") == "" {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}
