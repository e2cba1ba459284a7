// Package diagnose says why a renewal failed: from what the tenant observed, as a person would who reads its log, and
// never from what a test armed. Events go in, diagnoses come out, each with its evidence and what to do about it.
package diagnose

import "time"

// Kinds of what failed.
const (
	KindSilent  = "silent"  // a silent authorization request (prompt=none), or the token exchange of its code
	KindRefresh = "refresh" // an exchange of a refresh token
	KindLogin   = "login"   // a request that was meant to be silent and was not
	KindAbsence = "absence" // a renewal that was due and never came
)

// Confidences of a cause.
const (
	Certain  = "certain"  // the tenant saw it itself
	Likely   = "likely"   // nothing else explains all that was seen as well
	Possible = "possible" // it fits, and so does something else
)

// Diagnosis is why one renewal failed. A renewal that went well has none.
type Diagnosis struct {
	Seq      uint64    `json:"seq"`                  // of the diagnosis, from 1
	Date     time.Time `json:"date"`                 // tenant time at which it was known
	Request  string    `json:"request_id,omitempty"` // of the exchange that failed; "": no request came
	Endpoint string    `json:"endpoint,omitempty"`   // at which it failed
	ClientID string    `json:"client_id,omitempty"`  //
	Client   string    `json:"client_name,omitempty"`
	UserID   string    `json:"user_id,omitempty"` // as far as the tenant knows
	Kind     string    `json:"kind"`              // see the Kind constants
	Outcome  string    `json:"outcome"`           // what the application got: "login_required", "an error page inside a frame", "nothing"
	App      string    `json:"app,omitempty"`     // what the application said of it, where somebody told the tenant
	Causes   []Cause   `json:"causes"`            // the likeliest first; never empty

	told  bool      // by a report, as far as that goes
	began time.Time // the renewal that the report is of
}

// Cause is one explanation of a failure.
type Cause struct {
	Code       string     `json:"code"`       // snake_case, from the table in causes.go
	Title      string     `json:"title"`      //
	Confidence string     `json:"confidence"` // certain, likely or possible
	Evidence   []Evidence `json:"evidence"`   //
	Why        string     `json:"why"`        // how this makes a renewal fail
	Remedy     string     `json:"remedy"`     // what to change
	Read       string     `json:"read"`       // the page of Auth0's documentation about it
	Scenario   string     `json:"scenario"`   // id of the scenario that reproduces it
}

// Evidence is one observation.
type Evidence struct {
	Seq  uint64 `json:"seq,omitempty"` // of the event that shows it; 0: what is not there shows it
	Text string `json:"text"`
}
