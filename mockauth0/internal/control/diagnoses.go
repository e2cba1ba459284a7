package control

import (
	"errors"
	"fmt"
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
	// ExpectRenewals says how many renewals succeed until a tenant time; zero: until they are listed with end. It returns a value to be
	// shown, as ListExpectations does.
	ExpectRenewals(client string, renewals int, until time.Time) (any, error)
	// StopExpecting takes back what was expected of a client.
	StopExpecting(client string)
	// ListExpectations lists those of a client ("": all). end ends those whose time is not over.
	ListExpectations(client string, end bool) any
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

// ExpectRenewal is POST /expectations {client, by?}: a page of the client is open, so that its next renewal has to come. With
// {client, renewals, until?} so many have to succeed, no more and no fewer.
func (s *Service) ExpectRenewal(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	var q struct {
		Client   string     `json:"client"`
		By       *time.Time `json:"by"`       // tenant time; left out: when the newest token expires
		Renewals *int       `json:"renewals"` // how many
		Until    *string    `json:"until"`    // tenant time, or how long from now; left out: until somebody settles it
	}
	if err := body(r, &q); err != nil {
		return nil, err
	}
	switch {
	case q.Client == "":
		return nil, bad(errors.New("client is missing: give the id or the name of the client whose page is open"))
	case q.Renewals == nil && q.Until != nil:
		return nil, bad(errors.New("until needs renewals, the number of them; for one that has to come by a time give by"))
	case q.Renewals != nil && (q.By != nil || *q.Renewals < 0):
		return nil, bad(errors.New("give either by or renewals, a number that is not negative, with until"))
	}
	if q.Renewals != nil {
		until, err := untilOf(q.Until, x.Now())
		if err != nil {
			return nil, err
		}
		e, err := s.Diagnoses.ExpectRenewals(q.Client, *q.Renewals, until)
		if err != nil {
			return nil, bad(err)
		}
		return httpx.JSON(http.StatusCreated, e), nil
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

// untilOf reads a tenant time, or how long it is until then.
func untilOf(text *string, now time.Time) (time.Time, error) {
	if text == nil {
		return time.Time{}, nil
	}
	if d, err := time.ParseDuration(*text); err == nil && d > 0 {
		return now.Add(d), nil
	}
	at, err := time.Parse(time.RFC3339, *text)
	if err != nil {
		return at, bad(fmt.Errorf(`until is %q: give how long from now, such as "3h", or a time of the tenant's as RFC 3339 writes it`, httpx.Echo(*text)))
	}
	return at, nil
}

// ListExpectations is GET /expectations?client=…: each with its state, open, met or failed.
func (s *Service) ListExpectations(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	return s.expectations(r, false)
}

// SettleExpectations is POST /expectations/settle: those whose time is not over are judged now.
func (s *Service) SettleExpectations(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	if err := nothing(r); err != nil {
		return nil, err
	}
	return s.expectations(r, true)
}

func (s *Service) expectations(r *http.Request, end bool) (*httpx.Result, error) {
	if err := s.narrowed(r.URL.Query()); err != nil {
		return nil, err
	}
	return httpx.JSON(http.StatusOK, map[string]any{"expectations": s.Diagnoses.ListExpectations(r.URL.Query().Get("client"), end)}), nil
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
