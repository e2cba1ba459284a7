// Package auth0text knows the texts that Auth0 writes into its log, its error pages and its error responses, and what each
// says: the error code that goes with it, and the reason. Whoever reads what a real tenant wrote asks here; the tenant of this
// repository gives its reasons itself.
package auth0text

import (
	"strings"

	"renewal.example/mockauth0/event"
)

// Reused is what Auth0 says of a refresh token that had been replaced.
const Reused = "Unsuccessful Refresh Token exchange, reused refresh token detected"

// text is a text of Auth0's, or what several have in common.
type text struct {
	part   string       // of the text, in lower case
	code   string       // OAuth error code that goes with it; "": none
	reason event.Reason // "": the text does not say it
	how    rule
}

// rule says when a text counts.
type rule int

const (
	always   rule = iota // the words are Auth0's alone
	withCode             // others use them too: for the reason the code has to be this one
	given                // the same, and the words alone do not tell the code
	whole                // as withCode, where they are the whole text
)

// texts is the table; the first one that fits counts (facts 1.2-callback-mismatch, 1.4-login-required, 4-refresh-unknown and
// the like).
func texts() []text {
	return []text{
		{"callback url mismatch", "unauthorized_client", event.CallbackNotListed, always},
		{"list of allowed callback urls", "unauthorized_client", event.CallbackNotListed, always},
		{"registered origin", "invalid_request", event.OriginNotListed, always},
		{"unknown client", "invalid_request", event.ClientUnknown, always},
		{"missing required parameter: refresh_token", "invalid_request", event.RefreshTokenNotSent, always},
		{"missing required parameter", "invalid_request", event.ParameterMissing, always},
		{"multifactor", "login_required", event.SecondFactorDue, always},
		{"mfa", "login_required", event.SecondFactorDue, always},
		{"login required", "login_required", event.LoginRequired, always},
		{"consent required", "consent_required", event.ConsentRequired, always},
		{"external interaction required", "interaction_required", event.RedirectByAction, always},
		{"interaction required", "interaction_required", "", always},
		{"account selection required", "account_selection_required", event.AccountSelectionRequired, always},
		{"user is blocked", "unauthorized", event.UserIsBlocked, always},
		{"unable to construct sso user", "server_error", event.UserUnknown, always},
		{"doesn't exist anymore", "invalid_grant", event.UserUnknown, always},
		{"service not found", "access_denied", event.AudienceUnknown, always},
		{"service not enabled", "access_denied", event.AudienceUnknown, always},
		{"invalid audience specified", "invalid_request", event.AudienceUnknown, always},
		{"not authorized to access resource server", "invalid_request", event.AudienceNotAuthorized, always},
		{"unsupported grant type", "unsupported_grant_type", event.GrantTypeUnsupported, always},
		{"grant type", "unauthorized_client", event.GrantTypeNotAllowed, always},
		{"unsupported response type", "unsupported_response_type", event.ParameterInvalid, always},
		{"unsupported response mode", "unsupported_response_mode", event.ParameterInvalid, always},
		{"parameter organization", "invalid_request", event.OrganizationRefused, always},
		{"organization", "access_denied", event.OrganizationRefused, given},
		{"organization", "invalid_request", event.OrganizationRefused, given},
		{"organization", "login_required", event.OrganizationRefused, given},
		{"connection", "invalid_request", event.ConnectionUnusable, given},
		{"returnto", "invalid_request", event.LogoutURLNotListed, always},
		{"reused refresh token", "invalid_grant", event.RefreshReused, always},
		{"refresh token", "invalid_grant", event.RefreshRefused, withCode},
		{"refresh_token", "invalid_grant", event.RefreshRefused, withCode},
		{"authorization code", "invalid_grant", event.CodeRefused, withCode},
		{"code verifier", "invalid_grant", event.CodeVerifierWrong, withCode},
		{"email or password", "invalid_grant", event.WrongCredentials, withCode},
		{"unauthorized", "access_denied", event.ClientRefused, whole},
		{"limit", "too_many_requests", event.LimitReached, withCode},
		{"development keys", "", event.DevelopmentKeys, always},
		{"developer keys", "", event.DevelopmentKeys, always},
	}
}

// reasons are those of error codes that say enough by themselves.
var reasons = map[string]event.Reason{
	"login_required": event.LoginRequired, "consent_required": event.ConsentRequired, "mfa_required": event.SecondFactorDue,
	"account_selection_required": event.AccountSelectionRequired, "too_many_requests": event.LimitReached,
}

// Reason is why Auth0 refused a request, by the error code and the text that it gave; "" when they do not say.
func Reason(code, description string) event.Reason {
	lower := strings.ToLower(description)
	for _, t := range texts() {
		if t.reason == "" || !strings.Contains(lower, t.part) {
			continue
		}
		switch {
		case t.how == whole && lower != t.part, t.how != always && code != t.code:
			continue
		}
		return t.reason
	}
	return reasons[code]
}

// Code is the OAuth error code that goes with a text, for records that have none; "" for a text that is not known.
func Code(description string) string {
	lower := strings.ToLower(description)
	for _, t := range texts() {
		if t.how != given && t.code != "" && strings.Contains(lower, t.part) {
			return t.code
		}
	}
	return ""
}
