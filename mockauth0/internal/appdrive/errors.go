package appdrive

import (
	"crypto/tls"
	"errors"
	"fmt"
	"strings"

	"renewal.example/mockauth0/internal/domain"
)

// NoApp is the error of an address at which nothing answers.
type NoApp struct {
	URL string
	Err error
}

func (e *NoApp) Error() string {
	if _, plain := errors.AsType[tls.RecordHeaderError](e.Err); plain {
		return fmt.Sprintf("no app answers at %s by TLS: what listens there speaks plain http; give its address with http://", e.URL)
	}
	return fmt.Sprintf("no app answers at %s; start it first: %v", e.URL, e.Err)
}

func (e *NoApp) Unwrap() error { return e.Err }

// NoControl is the error of a page that shows no control with a name.
type NoControl struct {
	Purpose string // "log in"
	Name    Name
	Seen    []string // names of the controls that the page shows
	Unnamed int      // how many more it shows without a name, which no setting can tell
	Like    string   // one of those with a name that somebody may have meant; "": none
	URL     string   // of the page
}

func (e *NoControl) Error() string {
	seen := "it shows none at all"
	if len(e.Seen) > 0 {
		seen = "it shows " + strings.Join(e.Seen, ", ")
	}
	switch {
	case e.Unnamed == 0:
	case len(e.Seen) == 0:
		seen = fmt.Sprintf("it shows %d without a name: a text or an aria-label gives a control one", e.Unnamed)
	default:
		seen += fmt.Sprintf(", and %d without a name (a text or an aria-label gives a control one)", e.Unnamed)
	}
	if e.Like != "" {
		seen += fmt.Sprintf("; did you mean %q?", e.Like)
	}
	purpose := "to " + e.Purpose
	if e.Purpose == wantToken {
		purpose = "that makes the app want a token"
	}
	if e.Name.usual() {
		return fmt.Sprintf("%s has no button or link %s with a usual name (%q and its like); %s", e.URL, purpose, sentenceCase(e.Purpose), seen)
	}
	return fmt.Sprintf("%s has no button or link %s, named %s; %s", e.URL, purpose, e.Name, seen)
}

func sentenceCase(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// wantToken is the purpose of Settings.Trigger.
const wantToken = "want a token"

// WrongDomain is the error of an app that asks another tenant.
type WrongDomain struct {
	Asked  string // the domain that the app asks, as --domain takes it: localhost:4443, or http://localhost:4443 for plain http
	Domain string // of the tenant, likewise
}

func (e *WrongDomain) Error() string {
	return fmt.Sprintf("the app asks the tenant at %s, and this one is %s: give the domain that your app is configured with, --domain %s",
		e.Asked, e.Domain, e.Asked)
}

// PlainHTTP is the domain to serve in place of the one that somebody wrote, when err is of an app that asks the same host and port by
// plain http, and nobody wrote a scheme: `mockauth0 serve --app` writes such a domain for SDKs that take it. ok: err is such an error.
func PlainHTTP(err error, written string) (at string, ok bool) {
	var wrong *WrongDomain
	if !errors.As(err, &wrong) {
		return "", false
	}
	scheme, host := domain.Split(written)
	plain := domain.New(host, true)
	return plain.String(), scheme == "" && domain.Loopback(plain.Name()) && wrong.Asked == plain.String()
}

// LoginFailed is the error of a login that did not come to an end.
type LoginFailed struct {
	Why      string // one sentence, without its full stop
	ByTenant bool   // the tenant refused it, or did not let it go on: another tenant may
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
