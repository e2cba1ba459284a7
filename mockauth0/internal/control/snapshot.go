package control

import (
	"errors"
	"io"
	"net/http"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
)

// Snapshots are the tenant's state as a whole.
type Snapshots interface {
	// SaveState gives it as a JSON document.
	SaveState() ([]byte, error)
	// RestoreState puts one in place of it. The error says what is wrong with the document, and the tenant stays as it was.
	RestoreState(document []byte) error
	// KeepState writes it to the file that the process was started with. ErrNoStateFile: there is none.
	KeepState() error
}

// ErrNoStateFile says that a process keeps no state.
var ErrNoStateFile = errors.New("the process was started without a state file: serve --state FILE")

// ShowSnapshot is GET /snapshot.
func (s *Service) ShowSnapshot(*httpx.Exchange, *http.Request) (*httpx.Result, error) {
	document, err := s.Snapshots.SaveState()
	if err != nil {
		return nil, err
	}
	return (&httpx.Result{Body: document}).Set("Content-Type", "application/json; charset=utf-8"), nil
}

// Restore is PUT /snapshot with what GET /snapshot answered.
func (s *Service) Restore(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	document, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if err := s.Snapshots.RestoreState(document); err != nil {
		return nil, bad(err)
	}
	giveBack()
	return httpx.JSON(http.StatusOK, map[string]bool{"restored": true}), nil
}

// Keep is POST /snapshot/save: the state is in the file when the answer comes.
func (s *Service) Keep(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	if err := nothing(r); err != nil {
		return nil, err
	}
	err := s.Snapshots.KeepState()
	if errors.Is(err, ErrNoStateFile) {
		return nil, &oauth.Error{Code: "conflict", Status: http.StatusConflict, Description: err.Error(), Cause: err}
	}
	if err != nil {
		return nil, &oauth.Error{Code: "server_error", Status: http.StatusInternalServerError, Description: err.Error(), Cause: err}
	}
	return httpx.JSON(http.StatusOK, map[string]bool{"saved": true}), nil
}
