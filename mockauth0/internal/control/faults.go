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
	// SetFault is Arm in place of the fault with the same id, if there is one.
	SetFault(f fault.Fault) (fault.Fault, error)
}

// ListFaults is GET /faults.
func (s *Service) ListFaults(*httpx.Exchange, *http.Request) (*httpx.Result, error) {
	return httpx.JSON(http.StatusOK, map[string]any{"faults": s.Faults.Faults()}), nil
}

// Arm is POST /faults: one fault.
func (s *Service) Arm(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	f, err := faultOf(x, r)
	if err != nil {
		return nil, err
	}
	if f, err = s.Faults.Arm(f); err != nil {
		return nil, bad(err)
	}
	return httpx.JSON(http.StatusCreated, f), nil
}

// SetFault is PUT /faults/{id}: this fault is armed under this id from now on, whatever was before.
func (s *Service) SetFault(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	f, err := faultOf(x, r)
	if err != nil {
		return nil, err
	}
	id := r.PathValue("id")
	if f.ID != "" && f.ID != id {
		return nil, bad(fmt.Errorf("the id of the body is %q, and that of the path %q: leave it out of the body", httpx.Echo(f.ID),
			httpx.Echo(id)))
	}
	f.ID = id
	if f.Name == "" {
		f.Name = id
	}
	if f, err = s.Faults.SetFault(f); err != nil {
		return nil, bad(err)
	}
	return httpx.JSON(http.StatusOK, f), nil
}

// faultOf reads the fault of a body.
func faultOf(x *httpx.Exchange, r *http.Request) (f fault.Fault, err error) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return f, err
	}
	decode := fault.Decode
	if mt, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); takesYAML(x, mt) {
		decode = fault.DecodeYAML
	}
	if f, err = decode(raw); err != nil {
		return f, bad(err)
	}
	return f, nil
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
