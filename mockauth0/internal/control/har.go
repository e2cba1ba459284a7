package control

import (
	"bytes"
	"net/http"

	"renewal.example/mockauth0/internal/har"
	"renewal.example/mockauth0/internal/httpx"
)

// ShowHAR is GET /har: what the tenant saw as an HTTP archive, without tokens, codes and values of cookies.
func (s *Service) ShowHAR(x *httpx.Exchange, _ *http.Request) (*httpx.Result, error) {
	events, missed := s.Events.Since(0)
	var file bytes.Buffer
	if err := har.Write(&file, x.Origin, events, missed); err != nil {
		return nil, err
	}
	return (&httpx.Result{Body: bytes.TrimSuffix(file.Bytes(), []byte("\n"))}).Set("Content-Type", "application/json; charset=utf-8"), nil
}
