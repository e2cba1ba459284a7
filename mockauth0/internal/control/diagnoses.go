package control

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/httpx"
)

// Diagnoses say why renewals failed.
type Diagnoses interface {
	// DiagnosesAfter are those with a number above after.
	DiagnosesAfter(after uint64) []diagnosis.Diagnosis
	// Expect says that a page of a client is open, and by when its renewal has to come; zero: at its token's expiry.
	Expect(client string, by time.Time) error
	// StopExpecting takes that back.
	StopExpecting(client string)
}

// ShowDiagnoses is GET /diagnoses?after=N&request=ID: why renewals failed.
func (s *Service) ShowDiagnoses(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	after, err := afterOf(r, "")
	if err != nil {
		return nil, err
	}
	all := s.Diagnoses.DiagnosesAfter(after)
	last := after
	if len(all) > 0 {
		last = all[len(all)-1].Seq
	}
	if id := r.URL.Query().Get("request"); id != "" {
		all = slices.DeleteFunc(all, func(d diagnosis.Diagnosis) bool { return d.Request != id })
	}
	return httpx.JSON(http.StatusOK, map[string]any{"diagnoses": all, "last": last}), nil
}

// ExpectRenewal is POST /expectations {client, by?}: a page of the client is open, so that its next renewal has to come.
func (s *Service) ExpectRenewal(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	var q struct {
		Client string     `json:"client"`
		By     *time.Time `json:"by"` // tenant time; left out: when the newest token expires
	}
	if err := body(r, &q); err != nil {
		return nil, err
	}
	if q.Client == "" {
		return nil, bad(errors.New("client is missing: give the id or the name of the client whose page is open"))
	}
	by := time.Time{}
	if q.By != nil {
		by = *q.By
	}
	if err := s.Diagnoses.Expect(q.Client, by); err != nil {
		return nil, bad(err)
	}
	return httpx.JSON(http.StatusCreated, map[string]any{"client": q.Client, "since": x.Now()}), nil
}

// StopExpecting is DELETE /expectations?client=…: its page was closed.
func (s *Service) StopExpecting(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	client := r.URL.Query().Get("client")
	if client == "" {
		return nil, bad(errors.New("client is missing: give the id or the name of the client whose page was closed"))
	}
	s.Diagnoses.StopExpecting(client)
	return httpx.JSON(http.StatusOK, map[string]string{"client": client}), nil
}
