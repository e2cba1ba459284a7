package appdrive

import (
	"fmt"
	"strings"
)

// NoApp is the error of an address at which nothing answers.
type NoApp struct {
	URL string
	Err error
}

func (e *NoApp) Error() string {
	return fmt.Sprintf("no app answers at %s; start it first: %v", e.URL, e.Err)
}

func (e *NoApp) Unwrap() error { return e.Err }

// NoControl is the error of a page that shows no control with a name.
type NoControl struct {
	Purpose string // "log in"
	Name    Name
	Seen    []string // names of the controls that the page shows
	URL     string   // of the page
}

func (e *NoControl) Error() string {
	seen := "it shows none at all"
	if len(e.Seen) > 0 {
		seen = "it shows " + strings.Join(e.Seen, ", ")
	}
	return fmt.Sprintf("%s has no button or link to %s, named %s; %s", e.URL, e.Purpose, e.Name, seen)
}

// WrongDomain is the error of an app that asks another tenant.
type WrongDomain struct {
	Asked  string // host[:port] that the app asks
	Domain string // of the tenant
}

func (e *WrongDomain) Error() string {
	return fmt.Sprintf("the app asks the tenant at %s, and this one is %s: say with --domain which domain your app is configured with",
		e.Asked, e.Domain)
}

// LoginFailed is the error of a login that did not come to an end.
type LoginFailed struct {
	Why string // one sentence, without its full stop
}

func (e *LoginFailed) Error() string { return "nobody could log in to the app: " + e.Why }

// PortTaken is the error of a domain whose port another program listens on.
type PortTaken struct {
	Domain string
	Err    error
}

func (e *PortTaken) Error() string {
	return fmt.Sprintf("the tenant cannot be at %s: another program listens there; stop it first (`mockauth0 serve` is such a program)",
		e.Domain)
}

func (e *PortTaken) Unwrap() error { return e.Err }
