package auth0text

import (
	"testing"

	"renewal.example/mockauth0/event"
)

func TestReasons(t *testing.T) {
	for _, tc := range []struct {
		code, text string
		want       event.Reason
	}{
		{"login_required", "Login required", event.LoginRequired},
		{"login_required", "", event.LoginRequired},
		{"login_required", "Multifactor authentication required", event.SecondFactorDue},
		{"mfa_required", "whatever", event.SecondFactorDue},
		{"interaction_required", "External interaction required", event.RedirectByAction},
		{"interaction_required", "Interaction required", ""},
		{"access_denied", "Unauthorized", event.ClientRefused},
		{"access_denied", "You are unauthorized today", ""},
		{"access_denied", "Only on weekdays", ""},
		{"access_denied", "user auth0|1 is not part of the org_1 organization", event.OrganizationRefused},
		{"unauthorized", "No organization, no entry", ""},
		{"invalid_request", "the connection was disabled", event.ConnectionUnusable},
		{"access_denied", "Not over this connection", ""},
		{"invalid_request", "Unknown client: abc", event.ClientUnknown},
		{"invalid_request", "Missing required parameter: refresh_token", event.RefreshTokenNotSent},
		{"invalid_grant", Reused, event.RefreshReused},
		{"invalid_grant", "Unknown or invalid refresh token.", event.RefreshRefused},
		{"invalid_grant", "Invalid authorization code", event.CodeRefused},
		{"unauthorized_client", "Grant type 'refresh_token' not allowed for the client.", event.GrantTypeNotAllowed},
		{"unsupported_grant_type", "Unsupported grant type: x", event.GrantTypeUnsupported},
		{"", "Warning: the connection uses Auth0 development keys", event.DevelopmentKeys},
	} {
		if got := Reason(tc.code, tc.text); got != tc.want {
			t.Errorf("%s, %q: %q, want %q", tc.code, tc.text, got, tc.want)
		}
	}
}

func TestCodes(t *testing.T) {
	for text, want := range map[string]string{
		"Login required": "login_required", "user is blocked": "unauthorized", Reused: "invalid_grant", "Unauthorized": "access_denied",
		"You passed the limit of allowed calls": "too_many_requests", "Not over this connection": "",
		"Callback URL mismatch. x": "unauthorized_client",
	} {
		if got := Code(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
