// Package oauth holds the protocol's vocabulary: errors, response types and modes, scopes, PKCE and the
// matching of redirect URIs. It knows no tenant and no HTTP server.
package oauth

import (
	"errors"
	"fmt"
	"strings"

	"renewal.example/mockauth0/event"
)

// Error is an OAuth 2.0 or OpenID Connect error as the client or the person sees it, with the private
// cause kept apart. Wrap it with %w; find it with errors.As.
type Error struct {
	Code        string // error, RFC 6749 §4.1.2.1, §5.2; OIDC Core §3.1.2.6
	Description string // error_description, in Auth0's words
	Status      int    // HTTP status where the error is a page or a body; 0: the default of Code
	URI         string // error_uri, rarely set
	Cause       error  // why, for people who read the log; never sent
	RetryAfter  int    // seconds, for the header of that name; 0: none
	MFAToken    string // mfa_token, which goes with mfa_required at the token endpoint; "": none
	Challenge   string // WWW-Authenticate of a 401 that is plain text (RFC 6750 §3); "": made of Code
	Hint        string // shown on the hosted page and in the log: what to do next; never sent to a callback

	Reason event.Reason // why, for programs that read the log; "": nobody knows more than Code says
}

func (e *Error) Error() string {
	s := e.Code + ": " + e.Description
	if e.Cause != nil {
		s += " (" + e.Cause.Error() + ")"
	}
	return s
}

// Unwrap gives the private cause.
func (e *Error) Unwrap() error { return e.Cause }

// Entry is the error as an entry of the tenant's log.
func (e *Error) Entry(code event.LogCode) event.Event {
	d := &event.LogEntry{Error: e.Code, Reason: e.Reason}
	if e.Cause != nil {
		d.Cause = e.Cause.Error()
	}
	return event.Event{Kind: event.KindLog, Type: code, Description: e.Description, Data: d}
}

// HTTPStatus is Status, or the code's default at Auth0 (github.com/jaredhanson/oauth2orize, which has the same).
func (e *Error) HTTPStatus() int {
	if e.Status != 0 {
		return e.Status
	}
	switch e.Code {
	case "invalid_request", "invalid_scope":
		return 400
	case "invalid_client":
		return 401
	case "unauthorized_client", "access_denied", "invalid_grant", "unauthorized", "unsupported_grant_type", "mfa_required":
		return 403
	case "unsupported_response_type", "unsupported_response_mode":
		return 501
	case "temporarily_unavailable":
		return 503
	case "too_many_requests":
		return 429
	}
	return 500
}

// Describe is what a person is told of an error.
func Describe(err error) string {
	var oe *Error
	if errors.As(err, &oe) {
		return oe.Description
	}
	return "An unexpected error occurred."
}

// Errorf makes an Error with the default status of code.
func Errorf(code, format string, args ...any) *Error {
	return &Error{Code: code, Description: Clip(fmt.Sprintf(format, args...))}
}

// Because sets why, and returns the error.
func (e *Error) Because(reason event.Reason) *Error {
	e.Reason = reason
	return e
}

// Clip shortens what a client sent, where it is sent back: a megabyte of it helps nobody.
func Clip(s string) string {
	const most = 2048
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// WhereNoFile says what to do in place of a change of tenant.yaml where a tenant has no such file; for a Hint, in parentheses.
const WhereNoFile = "serve --app: name its origin by another --app; the built-in tenant: " +
	"copy fixtures/tenants/tutorial and serve that with --tenant"
