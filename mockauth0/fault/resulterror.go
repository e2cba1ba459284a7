package fault

import (
	"strings"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/respond"
)

// answering are the endpoints from which an authorization response may go to the callback.
func answering() []string {
	return []string{"authorize", "authorize.resume", "consent", "confirmation", "organization", "co.verify", "idp"}
}

func errorGroup() group {
	return group{
		name:  "error",
		given: func(e *Effect) bool { return e.Error != "" },
		check: func(e *Effect, p *Problems) {
			if strings.ContainsFunc(e.Error, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }) {
				p.add("do.error", "do.error %q is no OAuth error code: it has no spaces, quotes or line breaks (RFC 6749 §4.1.2.1)", e.Error)
			}
		},
		build: func(e *Effect) any { return resultError{e.Error, e.description()} },
		seam:  httpx.SeamRefusal, acts: "where an authorization or a token response is sent", where: append(answering(), "token"),
	}
}

// description is the text given, or Auth0's own for the code (fact 1.4-login-required and those after it). The grant
// adds that of an invalid_grant.
func (e *Effect) description() string {
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
	r.Err = &oauth.Error{Code: e.code, Description: e.description}
}
