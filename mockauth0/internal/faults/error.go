package faults

import (
	"fmt"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/auth0text"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/respond"
)

func newResultError(e *fault.Effect) fmt.Stringer { return resultError{e.Error, description(e)} }

// description is the text given, or Auth0's own for the code (fact 1.4-login-required and those after it). The grant
// adds that of an invalid_grant.
func description(e *fault.Effect) string {
	if e.ErrorDescription != "" {
		return e.ErrorDescription
	}
	switch e.Error {
	case "login_required":
		return "Login required"
	case "consent_required":
		return "Consent required"
	case "mfa_required":
		return "Multifactor authentication required"
	case "unauthorized":
		return "user is blocked"
	case "too_many_requests":
		return "Global limit has been reached"
	}
	return ""
}

// resultError refuses a request in the channel that it asked for.
type resultError struct{ code, description string }

func (e resultError) String() string { return "error " + e.code }

func (e resultError) Refuse(r *respond.Response) {
	r.Err = &oauth.Error{Code: e.code, Description: e.description, Reason: auth0text.Reason(e.code, e.description)}
}
