package stage

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/scenario"
)

// Outcome is what an SDK reported of a renewal.
type Outcome struct {
	Answered    bool                  // it reported anything at all
	After       time.Duration         // on the page's clock, from the beginning of the renewal
	Error       string                // the code of the error: its error, code, name or message, or the text itself
	Description string                // its text
	Raw         any                   // the error as it was handed over
	Value       any                   // what was handed over as a result
	Renewed     bool                  // Value has a new access token
	User        string                // e-mail address of whom it is for
	Diagnoses   []diagnosis.Diagnosis // what the tenant says of it, with what the SDK reported
	Unaided     []diagnosis.Diagnosis // what it says without that
	Requests    int                   // for tokens that reached the tenant since the first renewal began
	Verdict     Verdict               // whether the scenario came about
}

// call is what a page keeps of the latest call of its SDK.
type call struct {
	Value json.RawMessage
	Error json.RawMessage
	After float64 // milliseconds
}

// session is what an SDK reports of who is logged in.
type session struct {
	Tokens struct {
		Access string `json:"access_token"`
	} `json:"tokens"`
	User struct {
		Email string `json:"email"`
	} `json:"user"`
	Claims struct {
		Email string `json:"email"`
	} `json:"claims"`
}

// session is empty when the value has none.
func (c call) session() (s session) {
	if json.Unmarshal(c.Value, &s) != nil {
		return session{}
	}
	return s
}

func (c call) text() string {
	if c.Error != nil {
		return "the error " + string(c.Error)
	}
	return string(c.Value)
}

// begin starts a call of the SDK and does not wait for what comes of it.
func (s *Stage) begin(p *browser.Page, name string, with ...any) error {
	arguments, err := json.Marshal(append([]any{name}, with...))
	if err != nil {
		return err
	}
	return p.Eval(fmt.Sprintf("void begin(...%s) || true", arguments), nil)
}

// answer waits until the latest call has ended.
func (s *Stage) answer(p *browser.Page) (c call, err error) {
	if err := p.WaitFor("the call of the SDK has ended", "settled !== null"); err != nil {
		return c, err
	}
	return c, p.Eval("settled", &c)
}

// outcome waits for what the SDK reports in the first tab; an SDK that is said to hang gets a second of the tenant's to prove
// the contrary.
func (s *Stage) outcome() (o Outcome, err error) {
	var c call
	if s.expected.Hangs {
		if err := s.Advance(time.Second); err != nil {
			return o, err
		}
		var kept *call
		if err := s.Page.Eval("settled", &kept); err != nil {
			return o, err
		}
		if kept == nil {
			return Outcome{Requests: s.requested()}, nil
		}
		c = *kept
	} else if c, err = s.answer(s.Page); err != nil {
		return Outcome{Requests: s.requested()}, nil // nothing came in all the time that a page is given
	}
	if err := s.Settle(); err != nil {
		return o, err
	}
	return s.read(c)
}

func (s *Stage) read(c call) (o Outcome, err error) {
	o = Outcome{Answered: true, After: time.Duration(c.After) * time.Millisecond, Requests: s.requested()}
	if c.Error != nil {
		if err := json.Unmarshal(c.Error, &o.Raw); err != nil {
			return o, err
		}
		o.Error, o.Description = errorOf(o.Raw)
		return o, nil
	}
	if c.Value != nil {
		if err := json.Unmarshal(c.Value, &o.Value); err != nil {
			return o, err
		}
	}
	session := c.session()
	o.Renewed = session.Tokens.Access != "" && session.Tokens.Access != s.loggedIn
	if o.User = session.Claims.Email; o.User == "" { // auth0-react shows the new user a render later
		o.User = session.User.Email
	}
	return o, nil
}

// errorOf finds code and text of an error under the names that SDKs give them.
func errorOf(raw any) (code, description string) {
	members, ok := raw.(map[string]any)
	if !ok {
		return fmt.Sprint(raw), ""
	}
	first := func(names ...string) string {
		for _, name := range names {
			if text, ok := members[name].(string); ok && text != "" {
				return text
			}
		}
		return ""
	}
	return first("error", "code", "name", "message"), first("error_description", "errorDescription", "description", "message")
}

// requested counts the requests for tokens since the first renewal began.
func (s *Stage) requested() (n int) {
	if s.began.IsZero() {
		return 0
	}
	for endpoint, count := range s.counted() {
		n += count - s.before[endpoint]
	}
	return n
}

// counted counts the requests for tokens so far.
func (s *Stage) counted() map[string]int {
	n := map[string]int{}
	for _, e := range s.Tenant.Events(0) {
		if e.Kind == event.KindRequest && (e.Endpoint == names.Authorize || e.Endpoint == names.Token) {
			n[e.Endpoint]++
		}
	}
	return n
}

// promptly is the time within which an SDK reports at once, and how much later than stated it may report anything: real time passes
// too, on a machine that has other things to do.
const promptly = 5 * time.Second

// Differences lists in what an outcome is not the expected one, a sentence each. Nothing is expected of nil.
func Differences(e *scenario.Expectation, o Outcome) (out []string) {
	differ := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	switch {
	case e == nil, e.Unstated:
		return nil
	case e.Hangs && o.Answered:
		differ("it should hang, but reported %s", o)
		return out
	case e.Hangs:
	case !o.Answered:
		differ("it should report %s, but reported nothing; does it need more time (advance)?", words(e))
		return out
	case e.Error != "" && (o.Raw == nil || o.Error != e.Error):
		differ("it should report the error %s, but reported %s", e.Error, o)
		return out
	case e.Error != "" && !alike(o.Description, e.Description):
		differ("the error's description should be %q, but is %q", e.Description, o.Description)
	case e.Renews && !o.Renewed:
		differ("it should renew, but reported %s", o)
		return out
	case e.Value != nil && (o.Raw != nil || o.Renewed):
		differ("it should return %s, but reported %s", compact(e.Value), o)
		return out
	}
	if e.Raw != nil && !holds(o.Raw, e.Raw) {
		differ("the error should have %s, but is %s", compact(e.Raw), compact(o.Raw))
	}
	if e.Value != nil && !holds(o.Value, e.Value) {
		differ("the result should have %s, but is %s", compact(e.Value), compact(o.Value))
	}
	if e.User != "" && o.User != e.User {
		differ("the new token should be %s's, but is %s's", e.User, o.User)
	}
	if !e.Hangs && (o.After < e.After || o.After >= e.After+promptly) {
		differ("it should report after %s, but reported after %s", e.After, o.After)
	}
	if e.Requests != 0 && o.Requests != e.Requests {
		differ("%d requests for tokens should reach the tenant, but %d did", e.Requests, o.Requests)
	}
	return out
}

// holds reports whether a value has what is wanted: the members of an object that are named (null: absent or null), and the
// same of anything else.
func holds(have, want any) bool {
	switch want := want.(type) {
	case map[string]any:
		members, ok := have.(map[string]any)
		if !ok {
			return false
		}
		for name, value := range want {
			if !holds(members[name], value) {
				return false
			}
		}
		return true
	case []any:
		list, ok := have.([]any)
		return ok && slices.EqualFunc(list, want, holds)
	case string:
		text, ok := have.(string)
		return ok && alike(text, want)
	}
	return reflect.DeepEqual(have, want)
}

// alike compares texts. An ellipsis in the wanted one stands for what is different each time: a moment, the tenant's name.
func alike(have, want string) bool {
	parts := strings.Split(want, "…")
	last := len(parts) - 1
	if last == 0 {
		return have == want
	}
	rest, begins := strings.CutPrefix(have, parts[0])
	if !begins {
		return false
	}
	for _, part := range parts[1:last] {
		_, after, found := strings.Cut(rest, part)
		if !found {
			return false
		}
		rest = after
	}
	return strings.HasSuffix(rest, parts[last])
}

// words says what is expected.
func words(e *scenario.Expectation) string {
	switch {
	case e.Error != "":
		return "the error " + e.Error
	case e.Renews:
		return "a new token"
	}
	return compact(e.Value)
}

// String says what was reported, in one line.
func (o Outcome) String() string {
	switch {
	case !o.Answered:
		return "nothing"
	case o.Raw != nil:
		return "the error " + compact(o.Raw)
	case o.Renewed:
		return "a new token for " + o.User
	}
	return "the result " + compact(o.Value)
}

func compact(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	const most = 600
	if s := string(text); len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(string(text[:most]), "") + "…"
}
