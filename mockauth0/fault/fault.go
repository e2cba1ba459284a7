// Package fault makes misbehaviour data: a Fault says when and how often something goes wrong, and what.
// The same form is written in YAML, sent over HTTP (POST /__mock/v1/faults) and given in Go.
//
// Effects implement the interfaces of the seams at which they act and know nothing of endpoints; endpoints
// know nothing of faults.
package fault

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/internal/oauth"
)

// Fault is one armed misbehaviour.
type Fault struct {
	ID    string `json:"id,omitempty"`   // given by Arm when empty
	Name  string `json:"name,omitempty"` // for people, in events
	When  Match  `json:"when"`
	Times int    `json:"times,omitempty"` // how many effects it may have; 0: until it is removed
	Do    Effect `json:"do"`
	Fired int    `json:"fired,omitempty"` // how many it has had; read-only
}

// Match says which requests a fault applies to. An empty field matches everything.
type Match struct {
	Endpoint     string `json:"endpoint,omitempty"`      // name in the route table, "authorize"
	Client       string `json:"client,omitempty"`        // client id or name
	Prompt       string `json:"prompt,omitempty"`        // as sent; "none" is a silent request
	ResponseMode string `json:"response_mode,omitempty"` // the mode in force, also when it is the default
	User         string `json:"user,omitempty"`          // user id or e-mail address
	Connection   string `json:"connection,omitempty"`    // of the session or of the login
}

// Effect is what goes wrong. Exactly one of its groups is set.
type Effect struct {
	Error            string   `json:"error,omitempty"`             // an OAuth error code, sent in the channel that the request asked for
	ErrorDescription string   `json:"error_description,omitempty"` // its description; default: Auth0's text for the code, where one is known
	Latency          Duration `json:"latency,omitempty"`           // the answer waits this long, on tenant time
	Hang             bool     `json:"hang,omitempty"`              // no answer until the client goes away or the tenant is reset
	Status           int      `json:"status,omitempty"`            // a plain answer with this HTTP status, 400 to 599
}

// Duration is a time.Duration that is written as text, "2s".
type Duration time.Duration

// MarshalJSON writes the duration as text.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }

// UnmarshalJSON reads "1m30s" and refuses bare numbers, whose unit nobody can see.
func (d *Duration) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("a duration is text with a unit, such as \"2s\" or \"1m30s\"; got %s", b)
	}
	v, err := time.ParseDuration(s)
	if err != nil {
		return fmt.Errorf("%q is no duration: write it as \"2s\" or \"1m30s\"", s)
	}
	*d = Duration(v)
	return nil
}

// Decode reads one fault from JSON, strictly.
func Decode(b []byte) (Fault, error) {
	var f Fault
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); errors.Is(err, io.EOF) {
		return Fault{}, errors.New("the body is empty: send one fault as a JSON object")
	} else if err != nil {
		return Fault{}, explain(err)
	}
	if d.More() {
		return Fault{}, errors.New("one fault at a time: there is more after the first JSON value")
	}
	return f, f.Validate()
}

func explain(err error) error {
	text := err.Error()
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return fmt.Errorf("%s is a JSON %s, which does not fit: expected %s", cmp.Or(kind.Field, "the fault"), kind.Value, expected(kind.Type))
	}
	if name, ok := strings.CutPrefix(text, "json: unknown field "); ok {
		return fmt.Errorf("unknown field %s; a fault has name, when{endpoint, client, prompt, response_mode, user, connection}, times and do{error, error_description, latency, hang, status}", name)
	}
	return fmt.Errorf("the fault is not valid JSON: %s", strings.TrimPrefix(text, "json: "))
}

func expected(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Struct:
		return "an object"
	default:
		return "a whole number"
	}
}

// Validate tells everything that is wrong with a fault at once.
func (f *Fault) Validate() error {
	var problems []error
	bad := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if f.Times < 0 {
		bad("times is %d: give 0 (until removed) or a positive number", f.Times)
	}
	kinds := 0
	for _, set := range []bool{f.Do.Error != "", f.Do.Latency != 0, f.Do.Hang, f.Do.Status != 0} {
		if set {
			kinds++
		}
	}
	switch {
	case kinds == 0:
		bad("do is empty: set one of error, latency, hang, status")
	case kinds > 1:
		bad("do sets %d effects: arm one fault for each", kinds)
	}
	if f.Do.ErrorDescription != "" && f.Do.Error == "" {
		bad("do.error_description without do.error")
	}
	if strings.ContainsAny(f.Do.Error, " \"\\\r\n\t") {
		bad("do.error %q is no OAuth error code: it has no spaces, quotes or line breaks (RFC 6749 §4.1.2.1)", f.Do.Error)
	}
	if f.Do.Latency < 0 {
		bad("do.latency is negative")
	}
	if f.Do.Status != 0 && (f.Do.Status < 400 || f.Do.Status > 599) {
		bad("do.status is %d: give 400 to 599", f.Do.Status)
	}
	if e := f.When.Endpoint; f.Do.Error != "" && e != "" && e != "authorize" && e != "authorize.resume" && e != "token" {
		bad("do.error acts where an authorization or a token response is sent, at the endpoints authorize, authorize.resume and token; when.endpoint is %q", e)
	}
	if e := f.When.Endpoint; e != "" {
		known, ok := facts()[e]
		if !ok {
			bad("when.endpoint is %q: give one of %s", e, strings.Join(Endpoints(), ", "))
		}
		for _, name := range f.When.named() {
			if ok && !slices.Contains(known, name) {
				bad("when.%s never applies: %s is not known at the endpoint %s", name, name, e)
			}
		}
	}
	return errors.Join(append(problems, f.When.misspelled()...)...)
}

// misspelled tells the values that no request has: the fault would wait for ever.
func (m Match) misspelled() (problems []error) {
	among := func(name, value string, known ...string) {
		if !slices.Contains(known, strings.ToLower(value)) {
			problems = append(problems, fmt.Errorf("when.%s is %q, which no request has: give one of %s", name, value, strings.Join(known, ", ")))
		}
	}
	for _, word := range strings.Fields(m.Prompt) {
		among("prompt", word, "none", "login", "consent", "select_account")
	}
	if m.ResponseMode != "" {
		among("response_mode", m.ResponseMode, string(oauth.ModeQuery), string(oauth.ModeFragment), string(oauth.ModeFormPost), string(oauth.ModeWebMessage))
	}
	return problems
}
