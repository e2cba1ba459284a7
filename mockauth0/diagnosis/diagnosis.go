// Package diagnosis holds what a tenant says about a renewal that failed: a Diagnosis with its causes, each with the events
// that show it, how it makes a renewal fail, and what to change. Programs compare codes; the texts are for people and may
// change at any time.
package diagnosis

import "time"

// Kind says what failed.
type Kind string

// Kinds of what failed.
const (
	KindSilent  Kind = "silent"  // a silent authorization request (prompt=none), or the token exchange of its code
	KindRefresh Kind = "refresh" // an exchange of a refresh token
	KindLogin   Kind = "login"   // a request that was meant to be silent and was not
	KindAbsence Kind = "absence" // a renewal that was due and never came
)

// Confidence says how sure the tenant is of a cause.
type Confidence string

// Confidences of a cause, the highest first.
const (
	Certain  Confidence = "certain"  // the tenant saw it itself
	Likely   Confidence = "likely"   // nothing else explains all that was seen as well
	Possible Confidence = "possible" // it explains what was seen, and so does something else
)

// Diagnosis is why one renewal failed. A renewal that succeeded has none.
type Diagnosis struct {
	Seq      uint64    `json:"seq"`                   // of the diagnosis, from 1
	Date     time.Time `json:"date"`                  // tenant time at which it was known
	Request  string    `json:"request_id,omitempty"`  // of the exchange that failed; "": no request came
	Endpoint string    `json:"endpoint,omitempty"`    // at which it failed
	ClientID string    `json:"client_id,omitempty"`   // of the application
	Client   string    `json:"client_name,omitempty"` // the application's name
	UserID   string    `json:"user_id,omitempty"`     // as far as the tenant knows
	Kind     Kind      `json:"kind"`                  // what failed
	Outcome  string    `json:"outcome"`               // what the application got: "login_required", "an error page inside a frame", "nothing"
	App      string    `json:"app,omitempty"`         // what the application said of it, where somebody reported that
	Causes   []Cause   `json:"causes"`                // the likeliest first; never empty
}

// Cause is one explanation of a failure.
type Cause struct {
	Code       Code       `json:"code"`              // what it is
	Variant    string     `json:"variant,omitempty"` // which of its forms, by what was seen; "": none in particular
	Title      string     `json:"title"`             // the same in a few words
	Confidence Confidence `json:"confidence"`        // how sure the tenant is
	Evidence   []Evidence `json:"evidence"`          // what shows it
	Why        string     `json:"why"`               // how this makes a renewal fail
	Remedy     string     `json:"remedy"`            // what to change
	Read       string     `json:"read"`              // address of the page of Auth0's documentation about it
	Scenario   string     `json:"scenario"`          // id of the scenario that reproduces it; "": there is none
}

// Evidence is one observation.
type Evidence struct {
	Seq   uint64 `json:"seq,omitempty"` // of the event that shows it; 0: it is shown by what did not happen
	Text  string `json:"text"`          // the observation, for people
	Shows Facts  `json:"-"`             // the observation, for the words of the cause
}
