package explain

import "renewal.example/mockauth0/diagnosis"

// errorRules are the error codes of OAuth and OpenID Connect, and SDKs' own, where nothing in words says more
// (https://auth0.com/docs/api/authentication#standard-error-responses).
var errorRules = []rule{
	{has: []string{"login_required"}, says: []string{"login required", "failed silent auth"}, answer: loginRequired},
	{has: []string{"consent_required"}, says: []string{"consent required"},
		answer: answer{meaning: "The person has to let the application in.",
			causes: codes{diagnosis.ConsentMissing, diagnosis.ConsentWithdrawn, diagnosis.ConfirmationNeeded}}},
	{has: []string{"interaction_required"}, says: []string{"interaction required"},
		answer: answer{meaning: "The tenant has to show the person something.",
			causes: codes{diagnosis.ActionRedirects, diagnosis.ConfirmationNeeded, diagnosis.ConsentMissing}}},
	{has: []string{"account_selection_required"}, says: []string{"account selection required"}, answer: answer{
		meaning: "The person has to choose an account.", causes: codes{diagnosis.AccountSelectionNeeded}}},
	{has: []string{"unauthorized_client"}, coarse: true, answer: answer{
		meaning: "The application may not do this: the grant type is switched off for it, or the callback is not among its own.",
		causes:  codes{diagnosis.GrantTypeDisabled, diagnosis.CallbackMismatch}}},
	{has: []string{"invalid_client"}, answer: credentials},
	{has: []string{"invalid_grant"}, answer: answer{meaning: "The tenant refused what was to be exchanged: a refresh token or a code. The " +
		"description tells which.", guess: true,
		causes: codes{diagnosis.RefreshTokenExpired, diagnosis.RefreshTokenRevoked, diagnosis.RefreshTokenReused, diagnosis.RefreshTokenUnknown,
			diagnosis.CodeRefused, diagnosis.CodeExpired}}},
	{has: []string{"server_error", "temporarily_unavailable"}, coarse: true, answer: answer{meaning: "The tenant failed.",
		causes: codes{diagnosis.ServerError, diagnosis.UserDeleted}}},
	{has: []string{"access_denied", "unauthorized_error"}, answer: answer{
		meaning: "The tenant refused it: an Action or a Rule did, the user is blocked, or the person declined. The description tells which.",
		guess:   true,
		causes:  codes{diagnosis.ActionDenied, diagnosis.UserBlocked, diagnosis.ConsentMissing, diagnosis.ClientSecretDemanded}}},
	{has: []string{"invalid_request", "invalid_scope"}, coarse: true, answer: answer{
		meaning: "The request was not valid. The description names what is wrong with it.",
		causes:  codes{diagnosis.RequestInvalid, diagnosis.WebOriginMissing, diagnosis.OrganizationRefused}}},
	{has: []string{"request_error"}, answer: unexplainedFetch},
	{has: []string{"invalid_token"}, says: []string{"invalid token", "invalid id token", "id token is invalid"}, answer: answer{
		meaning: "The token is not what the SDK or the API accepts. The description tells why.", guess: true,
		causes: codes{diagnosis.NonceWrong, diagnosis.TokenExpiredOnArrival, diagnosis.TokenFromTheFuture, diagnosis.IssuerWrong,
			diagnosis.SignatureWrong,
			diagnosis.AudienceWrong, diagnosis.AppClockWrong}}},
	{has: []string{"err_jwt_claim_validation_failed", "oauth_jwt_claim_comparison_failed"}, answer: answer{
		meaning: "A claim of the token is not as expected. The message beside the code names the claim.", guess: true,
		causes: codes{diagnosis.AudienceWrong, diagnosis.IssuerWrong, diagnosis.NonceWrong}}},
	{has: []string{"oauth_jwt_timestamp_check_failed"}, answer: tokenOver},
	{has: []string{"oauth_json_attribute_comparison_failed"}, answer: answer{
		meaning: "The discovery document or another answer names something else than expected.", guess: true,
		causes: codes{diagnosis.DiscoveryWrong, diagnosis.IssuerWrong}}},
	{has: []string{"authorization_code_grant_error"}, says: []string{"exchange the authorization code"}, answer: codeFailed},
}

// loginRequired is the answer to a silent request for which the tenant has no usable session.
var loginRequired = answer{
	meaning: "The tenant does not know the browser's session, or may not use it.",
	causes: codes{
		diagnosis.ThirdPartyCookiesBlocked, diagnosis.SessionIdleExpired, diagnosis.SessionAbsoluteExpired, diagnosis.LoggedOut,
		diagnosis.RenewalAfterLogout, diagnosis.SessionAtOtherDomain, diagnosis.SessionEnded, diagnosis.DevKeys, diagnosis.NoSession,
		diagnosis.SessionCookieNotSet,
		diagnosis.SessionCookieInvalid, diagnosis.SessionLost, diagnosis.SessionTooOld},
}

// vagueRules are for texts that name a place or a symptom and no reason.
var vagueRules = []rule{
	{says: []string{"^timeout", "^timed out", "^timeouterror", "executing web_message communication", "timeout during",
		"timeout …fetching sso data"},
		answer: frameTimeout},
	{says: []string{"timeout", "timed out", "timeouts"}, answer: answer{meaning: frameTimeout.meaning, causes: frameTimeout.causes,
		guess: true}},
	{says: []string{"server responded with an error in the response body"}, has: []string{"oauth_response_body_error",
		"responsebodyerror"}, answer: answer{
		meaning: "openid-client got an OAuth error from the tenant. The error's own members error and error_description tell which.", guess: true,
		causes: codes{diagnosis.RefreshTokenExpired, diagnosis.RefreshTokenRevoked, diagnosis.CodeRefused, diagnosis.ClientSecretDemanded}}},
	{says: []string{"failed to fetch", "fetch failed", "load failed"}, answer: answer{
		meaning: "Something could not be fetched; the text does not tell why.", guess: true, causes: fetchFailed, ask: askConsole}},
	{says: []string{"jwks"}, answer: answer{
		meaning: "The text is about keys, and does not tell what is wrong with them.", guess: true, causes: noKeys.causes}},
	{says: []string{"organization"}, answer: answer{
		meaning: "The text is about an organization, and does not tell what is wrong.", guess: true, causes: organization.causes}},
	{says: []string{"user does not exist", "user not found"}, answer: answer{meaning: "There is no such user: deleted, or never created.",
		guess:  true,
		causes: codes{diagnosis.UserDeleted}}},
	{says: []string{"expired"}, answer: answer{meaning: "Something has expired; the text does not tell what.", guess: true,
		causes: codes{diagnosis.TokenExpiredOnArrival, diagnosis.SessionIdleExpired, diagnosis.RefreshTokenExpired}}},
	{says: []string{"third party cookies", "third party cookie"}, answer: answer{meaning: "The browser blocks third-party cookies.",
		guess:  true,
		causes: codes{diagnosis.ThirdPartyCookiesBlocked}}},
	{has: []string{"checksession", "gettokensilently", "getaccesstokensilently", "renewauth", "signinsilent"},
		says: []string{"silent auth", "silent authentication", "prompt none", "silent renew"}, answer: answer{
			meaning: "That asks the tenant for a token without showing anything. When it fails, these are what people meet most often; the " +
				"error that it hands over tells more.", guess: true,
			causes: codes{diagnosis.ThirdPartyCookiesBlocked, diagnosis.WebOriginMissing, diagnosis.SessionAbsoluteExpired,
				diagnosis.CallbackMismatch,
				diagnosis.SessionIdleExpired}}},
}

// frameTimeout is for an SDK that waited for the hidden frame's message.
var frameTimeout = answer{
	meaning: "The SDK waited for an answer that never came. An error page in the frame looks like this too.",
	causes: codes{
		diagnosis.WebOriginMissing, diagnosis.CallbackMismatch, diagnosis.ServerError, diagnosis.RateLimited, diagnosis.UserDeleted,
		diagnosis.FramingRefused, diagnosis.RequestNeverCame, diagnosis.AnswerLate, diagnosis.TargetOriginWrong,
		diagnosis.MessageNeverPosted, diagnosis.ConnectionCut},
}
