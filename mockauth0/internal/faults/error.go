package faults

import (
	"fmt"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/auth0text"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/respond"
)

func newResultError(e *fault.Effect) fmt.Stringer {
	description, reason := words(e)
	return resultError{e.Error, description, reason}
}

// words are the text given, or Auth0's own for the code (fact 1.4-login-required and those after it), and the reason that a
// tenant has for such an answer. The grant adds those of an invalid_grant.
func words(e *fault.Effect) (description string, reason event.Reason) {
	if e.ErrorDescription != "" { // as somebody saw it at Auth0
		return e.ErrorDescription, auth0text.Reason(e.Error, e.ErrorDescription)
	}
	switch e.Error {
	case "login_required":
		return "Login required", event.LoginRequired
	case "consent_required":
		return "Consent required", event.ConsentRequired
	case "mfa_required":
		return "Multifactor authentication required", event.SecondFactorDue
	case "unauthorized":
		return "user is blocked", event.UserIsBlocked
	case "too_many_requests":
		return "Global limit has been reached", event.LimitReached
	}
	return "", auth0text.Reason(e.Error, "")
}

// resultError refuses a request in the channel that it asked for.
type resultError struct {
	code, description string
	reason            event.Reason
}

func (e resultError) String() string { return "error " + e.code }

func (e resultError) Refuse(r *respond.Response) {
	r.Err = &oauth.Error{Code: e.code, Reason: e.reason, Description: e.description}
}
