// Package scenario makes a failure of a renewal data: how a tenant, a browser and a person come into it, what goes on,
// and what each SDK then reports. A scenario is a YAML file; fixtures/scenarios/README.md describes it.
//
// The package reads and judges scenarios. It does not play them: that needs a browser, and is what mockauth0/stage does.
package scenario

import (
	"slices"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/tenant"
)

// Scenario is one failure that can be played.
type Scenario struct {
	ID         string           // the file's name without .yaml
	Title      string           // one line
	Symptom    string           // what the developer sees
	Cause      string           // the root cause
	Remedy     string           // what to change
	Diagnosis  diagnosis.Code   // code of the cause that the tenant names first
	Also       []diagnosis.Code // codes that it may name after that
	References []string         // repository#number, or the URL of a page
	Read       string           // the page of Auth0's to read

	Tenant     *tenant.Config   // the tutorial tenant with the scenario's settings
	Overlays   []tenant.Overlay // what makes that of the tutorial tenant, and then what each Change lays over it
	User       string           // e-mail address of who logs in
	Connection string           // the social connection by which; "": with a password
	Browser    Browser          // how it differs from the usual one
	Faults     []fault.Fault    // armed after the login
	Steps      []Step           // after the login
	Expect     []Expectation    // what SDKs report
}

// Browser is how the browser and the app's page differ from the usual.
type Browser struct {
	Cookies    Cookies           // third-party cookies
	Origin     Origin            // of the app, seen from the tenant
	Headers    map[string]string // sent with the app's page
	ClockAhead time.Duration     // of the tenant's clock; negative: behind
	Throttled  bool              // timers fire once a minute, as in a tab that is long hidden
	Blocked    []string          // URL patterns (* is anything) that an extension of the browser keeps from loading
	Worker     string            // script of a service worker on the app's origin
	SilentPage SilentPage        // of the SDK tutorial
	SecondSDK  string            // another SDK on the same page

	// CustomDomain: from the login on the page asks the tenant at its custom domain, as after a release that changed the app's settings.
	CustomDomain bool
}

// Cookies is what the browser does with third-party cookies.
type Cookies string

// The cookie modes.
const (
	CookiesAllowed Cookies = "allowed" // the default: how browsers were when the tutorial was written
	CookiesBlocked Cookies = "blocked"
	CookiesDefault Cookies = "default" // whatever the installed browser does
)

// Origin is where the app lives.
type Origin string

// The origins.
const (
	CrossSite Origin = "cross-site" // the default: http://localhost:5000 with a tenant under another name
	SameSite  Origin = "same-site"  // https://localhost:5443 with the tenant at localhost:4443
)

// SilentPage is what the tutorial's silent page does with the answer that it was loaded with.
type SilentPage string

// The forms of the silent page.
const (
	ParsesTheString SilentPage = "parses-the-string" // the default: parseHash(location.hash), as in the tutorial
	ParsesAnObject  SilentPage = "parses-an-object"  // parseHash({hash: location.hash})
	PostsTheHash    SilentPage = "posts-the-hash"    // the hash goes to the app, which parses it
	PostsTwice      SilentPage = "posts-twice"       // something else first, such as a development server's message
	Silent          SilentPage = "posts-nothing"     // its script failed
)

// Expectation is what some SDKs report about the last renewal.
type Expectation struct {
	SDKs        []string       // some of SDKs(), for which this holds
	Options     map[string]any // that the app gives the SDK
	Error       string         // the error's code; "": see Renews, Hangs and Value
	Description string         // the error's text
	Raw         any            // the error as it was handed over: text, or the members to look at
	Value       any            // what was handed over as a result and is none: the members to look at
	Renews      bool           // there is a new token
	User        string         // e-mail address of whom it is for
	Hangs       bool           // the SDK reports nothing
	Unstated    bool           // a person's own file does not say what SDKs report: nothing is compared
	After       time.Duration  // on tenant time from the beginning of the renewal
	Diagnosis   diagnosis.Code // code of the cause that the tenant names first for these SDKs; "": the scenario's
	Requests    int            // for tokens that reached the tenant since the first renewal; 0: not looked at
}

// For is what an SDK is expected to report; nil when the scenario does not name it.
func (s *Scenario) For(sdk string) *Expectation {
	for i := range s.Expect {
		for _, named := range s.Expect[i].SDKs {
			if named == sdk {
				return &s.Expect[i]
			}
		}
	}
	return nil
}

// NeedsTLS tells whether the scenario's failure is one of the TLS handshake, which a tenant by plain http does not have.
func (s *Scenario) NeedsTLS() bool {
	return slices.ContainsFunc(s.Faults, ofTLS) || slices.ContainsFunc(s.Steps, func(step Step) bool { return ofTLS(step.Fault) })
}

func ofTLS(f fault.Fault) bool { return f.Do.Connection == fault.ConnectionTLS }

// SDKs are those that the scenario names, in its order.
func (s *Scenario) SDKs() (out []string) {
	for _, e := range s.Expect {
		out = append(out, e.SDKs...)
	}
	return out
}

// SDKs are the names of all SDKs with which scenarios are played.
func SDKs() []string {
	return []string{
		"tutorial", "auth0-js-8.10.1", "auth0-js-9", "auth0-js-10",
		"spa-js-1", "spa-js-1-refresh", "spa-js-2", "spa-js-2-refresh", "react-2", "react-2-refresh",
	}
}
