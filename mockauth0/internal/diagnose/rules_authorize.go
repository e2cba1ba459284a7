package diagnose

import (
	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
)

// Error codes of OAuth 2.0 (RFC 6749 §4.1.2.1, §5.2), of OpenID Connect (Core §3.1.2.6) and of Auth0, as clients get them.
const (
	errAccessDenied          = "access_denied"
	errAccountSelection      = "account_selection_required"
	errConsentRequired       = "consent_required"
	errInteractionRequired   = "interaction_required"
	errInvalidRequest        = "invalid_request"
	errInvalidScope          = "invalid_scope"
	errLoginRequired         = "login_required"
	errMFARequired           = "mfa_required"
	errNotImplemented        = "not_implemented"
	errServerError           = "server_error"
	errTemporarily           = "temporarily_unavailable"
	errTooManyRequests       = "too_many_requests"
	errUnauthorized          = "unauthorized"
	errUnauthorizedClient    = "unauthorized_client"
	errUnsupportedGrant      = "unsupported_grant_type"
	errUnsupportedMode       = "unsupported_response_mode"
	errUnsupportedType       = "unsupported_response_type"
	errRequestNotSupported   = "request_not_supported"
	errRequestURIUnsupported = "request_uri_not_supported"
)

// refusedSilently is an error that the authorization endpoint sent, to the callback or on a page.
func refusedSilently(s *ruleInput) []finding {
	l, failed := s.log(event.FailedSilentAuth)
	if !failed || !s.silent() {
		return nil
	}
	said := saw(l, "the tenant refused: %s (%s)", l.Error, l.text)
	if all := s.refusedPerson(l, said); all != nil {
		return all
	}
	switch l.Error {
	case errConsentRequired:
		return s.consent(l, said)
	case errInteractionRequired:
		return s.interaction(said)
	case errLoginRequired:
		return s.loginRequired(l, said)
	}
	if l.Reason == event.NotImplemented || l.Error == errNotImplemented {
		return one(diagnosis.Unexplained, inReply, diagnosis.Certain, shows(diagnosis.NotServed, said))
	}
	if cause, confidence := refusedRequest(l); cause != "" {
		evidence := []diagnosis.Evidence{said}
		if l.Reason == event.AudienceNotAuthorized {
			evidence[0].Shows = diagnosis.APINotAuthorized
		}
		if cause == diagnosis.CallbackMismatch {
			evidence = append(evidence, saw(s.asked, "redirect_uri is %s", s.query("redirect_uri")))
		}
		return one(cause, inReply, confidence, evidence...)
	}
	return nil
}

// refusedRequest is what the authorization endpoint refuses whoever asks; "": something else.
func refusedRequest(l logEntry) (diagnosis.Code, diagnosis.Confidence) {
	byReason := map[event.Reason]diagnosis.Code{
		event.OriginNotListed:       diagnosis.WebOriginMissing,
		event.CallbackNotListed:     diagnosis.CallbackMismatch,
		event.OrganizationRefused:   diagnosis.OrganizationRefused,
		event.ClientUnknown:         diagnosis.ClientUnknown,
		event.ConnectionUnusable:    diagnosis.ConnectionUnusable,
		event.AudienceNotAuthorized: diagnosis.AudienceUnknown,
		event.GrantTypeNotAllowed:   diagnosis.GrantTypeDisabled,
	}
	cause := byReason[l.Reason]
	switch l.Error {
	case errAccountSelection:
		return diagnosis.AccountSelectionNeeded, diagnosis.Certain
	case errInvalidRequest:
		if cause == "" {
			cause = diagnosis.RequestInvalid
		}
		return cause, diagnosis.Certain
	case errUnauthorizedClient:
		if cause == "" {
			return diagnosis.RequestInvalid, diagnosis.Likely
		}
		return cause, diagnosis.Certain
	case errUnsupportedType, errUnsupportedMode, errRequestNotSupported, errRequestURIUnsupported, errInvalidScope:
		return diagnosis.RequestInvalid, diagnosis.Certain
	case errTooManyRequests:
		return diagnosis.RateLimited, diagnosis.Certain
	case errServerError, errTemporarily:
		return diagnosis.ServerError, diagnosis.Certain
	}
	return "", ""
}

// loginRequired is a refusal of which the rules of sessions and of cookies know nothing.
func (s *ruleInput) loginRequired(l logEntry, said diagnosis.Evidence) []finding {
	if s.unusable().made() || s.asked.Cookies == nil {
		return nil
	}
	if l.Reason == event.OrganizationRefused && s.query("organization") == "" {
		return one(diagnosis.OrganizationRefused, inReply, diagnosis.Likely, said)
	}
	evidence := []diagnosis.Evidence{said}
	if s.sessionCookie() {
		evidence = append(evidence, saw(s.asked, "the browser sent its session cookie, and nothing says that the session could not be used"))
	}
	return one(diagnosis.Unexplained, inReply, diagnosis.Possible, evidence...)
}

// refusedPerson is what both endpoints refuse alike: people and Actions.
func (s *ruleInput) refusedPerson(l logEntry, said diagnosis.Evidence) []finding {
	if d, ok := s.decided(); ok {
		cause := map[event.Decision]diagnosis.Code{
			event.AccessDenied:         diagnosis.ActionDenied,
			event.Redirect:             diagnosis.ActionRedirects,
			event.SecondFactorRequired: diagnosis.MFADemanded,
		}[d.Decision]
		if cause != "" {
			return one(cause, inReply, diagnosis.Certain, saw(d, "the login flow decided: %s (%s)", d.words(), d.By), said)
		}
	}
	switch {
	case l.Reason == event.UserIsBlocked:
		return one(diagnosis.UserBlocked, inReply, diagnosis.Certain, said)
	case l.Reason == event.UserUnknown:
		return one(diagnosis.UserDeleted, inReply, diagnosis.Certain, said)
	case l.Error == errMFARequired, l.Reason == event.SecondFactorDue:
		return one(diagnosis.MFADemanded, inReply, diagnosis.Certain, said)
	case l.Reason == event.AudienceUnknown:
		return one(diagnosis.AudienceUnknown, inReply, diagnosis.Certain, said, saw(s.asked, "the request's audience is %q", s.query("audience")))
	case l.Error == errAccessDenied && l.Reason == event.OrganizationRefused:
		return one(diagnosis.OrganizationRefused, inReply, diagnosis.Certain, said)
	case l.Error == errUnauthorized, l.Error == errAccessDenied && !l.refusesClient():
		return one(diagnosis.ActionDenied, inReply, diagnosis.Likely, said,
			missed("neither the user nor the application is refused as such, so an Action of the login flow is"))
	}
	return nil
}

// refusesClient tells of an application that the tenant does not know, or whose credentials are not right.
func (l logEntry) refusesClient() bool {
	return l.Reason == event.ClientUnknown || l.Reason == event.ClientUnauthenticated || l.Reason == event.ClientRefused
}

// consent tells consent that was taken back from consent that was never given.
func (s *ruleInput) consent(l logEntry, said diagnosis.Evidence) []finding {
	for _, w := range s.history.withdrawals {
		if w.seq < l.seq && !w.given.made() && w.clientID == s.client && w.userID == s.user && s.mayAskFor(w.audience) {
			return one(diagnosis.ConsentWithdrawn, inReply, diagnosis.Certain,
				saw(w, "the person's consent was withdrawn %s before", ago(w.date, l.date)), said)
		}
	}
	evidence := []diagnosis.Evidence{said}
	if uri := s.query("redirect_uri"); loopback(uri) {
		evidence = append(evidence, saw(s.asked, "the callback %s is on the person's own machine, so the application cannot be verified", uri))
	}
	return one(diagnosis.ConsentMissing, inReply, diagnosis.Certain, evidence...)
}

// mayAskFor tells whether the request may be for an API; one that names none is for the tenant's default.
func (s *ruleInput) mayAskFor(audience string) bool {
	return audience == "" || s.query("audience") == "" || s.query("audience") == audience
}

// interaction tells what the tenant wants of the person.
func (s *ruleInput) interaction(said diagnosis.Evidence) []finding {
	action := found(diagnosis.ActionRedirects, inReply, diagnosis.Likely, said,
		missed("where the callback can be verified, that is an Action of the login flow which wants to show the person something"))
	uri := s.query("redirect_uri")
	if !loopback(uri) {
		return []finding{action}
	}
	confirm := found(diagnosis.ConfirmationNeeded, inReply, diagnosis.Likely, said,
		saw(s.asked, "the callback %s cannot be verified: it is on the person's machine or has a scheme of its own", uri))
	return []finding{confirm, weakerTo(action, diagnosis.Possible)}
}

// loginPage is a request from a frame that leads to the login page, which refuses to be framed.
func loginPage(s *ruleInput) []finding {
	if !s.leadsToLogin() {
		return nil
	}
	return one(diagnosis.LoginPageInFrame, inReply, diagnosis.Certain, saw(s.asked, "the request came from a frame and without prompt=none"),
		saw(s.answer, "it leads to a page that a person has to see"))
}
