package control

import (
	"fmt"
	"io"
	"mime"
	"net/http"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
)

// Faults are the armed faults.
type Faults interface {
	Faults() []fault.Fault
	// Arm checks a fault against the tenant and arms it.
	Arm(f fault.Fault) (fault.Fault, error)
	// Disarm removes the fault with an id ("": all) and returns how many there were.
	Disarm(id string) int
}

// ListFaults is GET /faults.
func (s *Service) ListFaults(*httpx.Exchange, *http.Request) (*httpx.Result, error) {
	return httpx.JSON(http.StatusOK, map[string]any{"faults": s.Faults.Faults()}), nil
}

// Arm is POST /faults: one fault.
func (s *Service) Arm(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	decode := fault.Decode
	if mt, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); takesYAML(x, mt) {
		decode = fault.DecodeYAML
	}
	f, err := decode(raw)
	if err != nil {
		return nil, bad(err)
	}
	if f, err = s.Faults.Arm(f); err != nil {
		return nil, bad(err)
	}
	return httpx.JSON(http.StatusCreated, f), nil
}

// Disarm is DELETE /faults and DELETE /faults/{id}.
func (s *Service) Disarm(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	id := r.PathValue("id")
	n := s.Faults.Disarm(id)
	if id != "" && n == 0 {
		return nil, &oauth.Error{
			Code: "not_found", Status: http.StatusNotFound,
			Description: fmt.Sprintf("No fault with the id %q is armed; GET %s/faults lists them.", id, names.ControlPath),
		}
	}
	return httpx.JSON(http.StatusOK, map[string]int{"removed": n}), nil
}
