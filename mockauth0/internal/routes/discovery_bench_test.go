package routes_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/tenanttest"
)

// BenchmarkDiscovery is what each client that starts asks for first.
func BenchmarkDiscovery(b *testing.B) {
	s := tenanttest.Serve(b, nil)
	r := httptest.NewRequest(http.MethodGet, s.URL()+names.DiscoveryPath, nil)
	b.ReportAllocs()
	for b.Loop() {
		again, w := *r, httptest.NewRecorder()
		s.Handler().ServeHTTP(w, &again)
		if w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}
