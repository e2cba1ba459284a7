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
		Why:   "The SDK has no refresh token for what it asks for, and asks nothing without one. Either none was issued, or the app has lost it.",
		Remedy: "Look at the answer to the login. Where it has no refresh_token: ask for offline_access, enable Allow Offline Access on the " +
			"API and the Refresh Token grant on the application. Where it has one: keep it over a reload.",
		Sign:     "No request is sent, and the SDK says that it has no refresh token.",
		Read:     refreshPage + "/get-refresh-tokens",
		Scenario: "refresh-token-missing",
		Variants: missingTokens,
	},
}

// missingTokens are the ways to have no refresh token.
var missingTokens = []Variant{
	{
		Name: "another_audience", Shown: OfAnotherAudience,
		Title: "The app has no refresh token for this audience",
		Why: []Sentence{
			given(OfAnotherAudience, "The login brought a refresh token for another audience than the one that the app asks for now."),
			says("The SDK keeps a refresh token for each audience, finds none for this one, and asks nothing."),
		},
		Remedy: []Sentence{
			given(OfAnotherAudience, "Ask for the audience of the login, or log in for the other one."),
			says("One refresh token for several APIs is a setting of the application: multi-resource refresh tokens."),
		},
		Sign: "The audience in the SDK's error is not that of the login.",
		Read: refreshPage + "/multi-resource-refresh-token",
	},
	{
		Name: "another_scope", Shown: OfAnotherScope,
		Title: "The app has no refresh token for this scope",
		Why: []Sentence{
			given(OfAnotherScope, "The login brought a refresh token, and the app asks now for a scope that the login did not."),
			says("The SDK keeps tokens by their scope, finds none for this one, and asks nothing."),
		},
		Remedy: []Sentence{given(OfAnotherScope, "Ask for all scopes at the login, or log in again for the new one.")},
		Sign:   "The scope in the SDK's error has more in it than the login's.",
	},
	{
		Name: "lost_by_an_error", Shown: LoginBroughtOne | RequestFailedSince,
		Title: "The app no longer has the refresh token that the login brought",
		Why: []Sentence{
			given(LoginBroughtOne, "The tenant issued a refresh token to the app, and the app does not have it any more."),
			given(RequestFailedSince, "Since then a request for tokens was answered with an error."),
			says("auth0-spa-js 2 with tokens in memory forgets its refresh token at every answer that brings no new one, such as an error 500."),
		},
		Remedy: []Sentence{
			says("Let the person log in again, or let a frame take over (useRefreshTokensFallback)."),
			says("With cacheLocation localstorage, auth0-spa-js keeps the refresh token over a failure."),
		},
		Sign:     "The SDK reports a missing refresh token right after a renewal that failed with another error.",
		Read:     "https://github.com/auth0/auth0-spa-js/blob/main/src/worker/token.worker.ts",
		Scenario: "refresh-token-lost-by-an-error",
	},
	{
		Name: "lost_on_reload", Shown: LoginBroughtOne,
		Title: "The app no longer has the refresh token that the login brought",
		Why: []Sentence{
			given(LoginBroughtOne, "The tenant issued a refresh token to the app, and the app does not have it any more."),
			says("An SDK that keeps tokens in memory, as auth0-spa-js does by default, loses them with every reload of the page."),
		},
		Remedy: []Sentence{
			says("Keep the token over a reload: auth0-spa-js with cacheLocation localstorage."),
			says("Or let a frame take over (useRefreshTokensFallback), with a custom domain for the tenant on the app's own site."),
		},
		Sign:     "The login's answer has a refresh_token, and it fails after a reload only.",
		Scenario: "refresh-token-lost-on-reload",
	},
	{
		Name: "offline_access_not_asked", Shown: OfflineNotAsked,
		Title:  "The login did not ask for a refresh token",
		Why:    []Sentence{given(OfflineNotAsked, "The scope of the login has no offline_access, so the tenant issued no refresh token.")},
		Remedy: []Sentence{given(OfflineNotAsked, "Ask for offline_access at the login (auth0-spa-js: useRefreshTokens adds it).")},
		Sign:   "scope of the login's request has no offline_access.",
	},
	{
		Name: "not_allowed_by_the_api", Shown: OfflineNotAllowed,
		Title: "The API does not allow refresh tokens",
		Why: []Sentence{
			given(OfflineNotAllowed, "The login asked for offline_access, and the API does not have Allow Offline Access on."),
			says("Auth0 leaves the refresh token out without an error."),
		},
		Remedy: []Sentence{given(OfflineNotAllowed, "Turn on Allow Offline Access in the settings of the API, and log in again.")},
		Sign:   "The login's answer has no refresh_token, and its scope has no offline_access.",
	},
	{
		Name: "grant_not_enabled", Shown: RefreshGrantOff,
		Title: "The application may not use refresh tokens",
		Why: []Sentence{
			given(RefreshGrantOff, "The login asked for offline_access, and the application lacks the grant type Refresh Token."),
			says("Auth0 leaves the refresh token out without an error."),
		},
		Remedy: []Sentence{given(RefreshGrantOff, "Turn on Refresh Token among the application's grant types (Advanced Settings), and "+
			"log in again.")},
		Sign: "The login's answer has no refresh_token, and its scope has no offline_access.",
		Read: docs + "get-started/applications/application-grant-types",
	},
	{
		Name: "rotation_off", Shown: ExchangeBroughtNone,
		Title: "The answer to a refresh brought no new refresh token, and the SDK dropped the old one",
		Why: []Sentence{
			given(ExchangeBroughtNone, "The newest exchange of a refresh token brought no other, as it is without rotation: the old one "+
				"stays good."),
			says("An SDK that keeps tokens in a worker, as auth0-spa-js 2 does, takes the answer for the end of it."),
		},
		Remedy: []Sentence{
			given(ExchangeBroughtNone, "Turn on Refresh Token Rotation for the application."),
			says("Or keep tokens in localStorage (cacheLocation), where the SDK does not drop the old one."),
		},
		Sign:     "The first renewal works and the second does not; the answer to the first has no refresh_token.",
		Read:     rotationPage,
		Scenario: "no-rotation-no-second-token",
	},
	{
		Name: "not_sent", Shown: TokenNotSent,
		Title:  "The request for an exchange carried no refresh token",
		Why:    []Sentence{given(TokenNotSent, "The app asked the token endpoint to exchange a refresh token, and sent none.")},
		Remedy: []Sentence{given(TokenNotSent, "Send refresh_token, and go to the login page where the app has none.")},
		Sign:   "/oauth/token answers that the parameter refresh_token is missing.",
	},
}
