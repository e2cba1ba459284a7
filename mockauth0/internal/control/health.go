package control

import (
	"bytes"
	"net/http"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
)

// Health is whether a tenant works.
type Health interface {
	// Ready is nil when requests are served and tokens can be signed.
	Ready() error
	// Metrics serves what the process counts, for Prometheus; nil: nothing does.
	Metrics() http.Handler
}

// Livez is GET /__mock/livez: the process answers. Whoever can reach the tenant may ask.
func (s *Service) Livez(x *httpx.Exchange, _ *http.Request) (*httpx.Result, error) {
	return healthy(x, "live"), nil
}

// Readyz is GET /__mock/readyz: the tenant serves requests, and has the keys to sign tokens. Whoever can reach the tenant may ask.
func (s *Service) Readyz(x *httpx.Exchange, _ *http.Request) (*httpx.Result, error) {
	if err := s.Health.Ready(); err != nil {
		return nil, &oauth.Error{Code: "not_ready", Status: http.StatusServiceUnavailable,
			Description: "The tenant is not ready: " + err.Error() + ".",
			Cause:       err}
	}
	return healthy(x, "ready"), nil
}

func healthy(x *httpx.Exchange, word string) *httpx.Result {
	res := httpx.JSON(http.StatusOK, map[string]bool{word: true}).Set("Cache-Control", "no-store").Set(names.TenantHeader, x.Origin)
	res.Body = append(res.Body, '\n')
	return res
}

// ShowMetrics is GET /__mock/metrics.
func (s *Service) ShowMetrics(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	h := s.Health.Metrics()
	if h == nil {
		return nil, &oauth.Error{Code: "not_found", Status: http.StatusNotFound,
			Description: "This process has no metrics: mockauth0 serve does, and a Go program by Options.Metrics."}
	}
	w := &captured{header: http.Header{}, status: http.StatusOK}
	h.ServeHTTP(w, r)
	return &httpx.Result{Status: w.status, Header: w.header, Body: w.body.Bytes()}, nil
}

// captured is an answer that is written later.
type captured struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (c *captured) Header() http.Header         { return c.header }
func (c *captured) WriteHeader(status int)      { c.status = status }
func (c *captured) Write(b []byte) (int, error) { return c.body.Write(b) }
