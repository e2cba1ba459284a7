package diagnosis

// refreshCauses lie with refresh tokens.
var refreshCauses = []Info{
	{
		Code:  RefreshTokenReused,
		Title: "A refresh token was used that had been replaced",
		Why: "With rotation each exchange replaces the token. Somebody sent an old one (a second tab, a retry, a thief), so " +
			"the tenant revoked the whole family.",
		Remedy: "Log in again. Share one token store between tabs, renew in one at a time (auth0-spa-js takes a lock), and " +
			"set an overlap period (leeway) for retries.",
		Sign:     "The log has ferrt; two exchanges with the same token lie close together.",
		Read:     rotationPage,
		Scenario: "refresh-token-reused",
	},
	{
		Code:  RefreshTokenRevoked,
		Title: "The refresh token was revoked",
		Why: "The family of the token was ended: by /oauth/revoke, by an administrator, or because an old token of it was " +
			"reused.",
		Remedy:   "Log in again.",
		Sign:     "The log has srrt, or an administrator's deletion, before it.",
		Read:     refreshPage + "/revoke-refresh-tokens",
		Scenario: "family-revoked",
	},
	{
		Code:     RefreshTokenExpired,
		Title:    "The refresh token has expired",
		Why:      "Its idle or its absolute lifetime is over.",
		Remedy:   "Log in again; raise the application's refresh token lifetimes if it comes too early.",
		Sign:     "It fails a fixed time after login, or after a long pause.",
		Read:     refreshPage + "/configure-refresh-token-expiration",
		Scenario: "refresh-token-idle-expired",
	},
	{
		Code:     RefreshTokenUnknown,
		Title:    "The tenant does not know the refresh token",
		Why:      "It belongs to another tenant or client, was cut short, or the tenant lost it.",
		Remedy:   "Log in again, and check that the app stores the token of exactly this tenant and client.",
		Sign:     "Nothing has ended the token: it belongs to another tenant or client, or was changed.",
		Read:     refreshPage,
		Scenario: "refresh-token-gone",
	},
	{
		Code:  RefreshTokenMissing,
		Title: "The app has no refresh token",
		Why: "The login returned none: offline_access was not asked for, the API does not Allow Offline Access, or the " +
			"application lacks the Refresh Token grant.",
		Remedy: "Ask for offline_access, enable Allow Offline Access on the API and the Refresh Token grant on the " +
			"application.",
		Sign:     "The login's answer has no refresh_token; no request is sent.",
		Read:     refreshPage + "/get-refresh-tokens",
		Scenario: "refresh-token-missing",
	},
}
