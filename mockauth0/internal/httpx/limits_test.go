package httpx_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/tenanttest"
)

func TestSizeLimits(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	huge := strings.Repeat("a", 1<<20)
	for _, proto := range []string{"HTTP/2.0", "HTTP/1.1"} {
		t.Run(proto, func(t *testing.T) {
			p := tenanttest.Browse(t, s)
			if proto == "HTTP/1.1" {
				tr := s.Client().Transport.(*http.Transport).Clone()
				tr.ForceAttemptHTTP2, tr.TLSNextProto = false, nil
				tr.TLSClientConfig.NextProtos = []string{"http/1.1"}
				t.Cleanup(tr.CloseIdleConnections)
				p.Client.Transport = tr
			}
			got := p.Get(tenanttest.Request(s, "state", huge))
			code, words := got.ErrorPage(t)
			if got.Proto != proto || got.StatusCode != http.StatusRequestURITooLong || code != "invalid_request" ||
				!strings.HasPrefix(words, "The query string has 10") {
				t.Errorf("%s %d %s: %s", got.Proto, got.StatusCode, code, words)
			}
		})
	}
	for _, path := range []string{"/authorize", "/u/login", "/__mock/idp/x"} {
		got := p.Post(path, url.Values{"state": {huge}})
		if code, words := got.ErrorPage(t); got.StatusCode != http.StatusRequestEntityTooLarge ||
			words != "The request body is larger than 1048576 bytes." {
			t.Errorf("%s: %d %s: %s", path, got.StatusCode, code, words)
		}
	}
	if got := p.Post("/userinfo", url.Values{"access_token": {huge}}); got.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("/userinfo: %d %s", got.StatusCode, got.Text)
	}
	for _, e := range s.Events(0) {
		if n := len(e.Description); n > 600 {
			t.Errorf("an event holds a description of %d bytes", n)
		}
	}
}
