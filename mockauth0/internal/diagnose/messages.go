package diagnose

import (
	"slices"
	"strings"

	"renewal.example/mockauth0/diagnosis"
)

// Message is a text that an SDK, a browser or the tenant shows, and what may be behind it.
type Message struct {
	Tells  string           // what it says, in other words
	Causes []diagnosis.Code // codes, the likeliest first; none: it is no renewal that failed
	marks  []string         // any of these, in lower case, is in such a text
}

// Messages are the texts that developers see, the most particular first. The words are those of auth0.js, auth0-spa-js,
// browsers and the tenant (github.com/auth0/auth0.js, github.com/auth0/auth0-spa-js).
func Messages() []Message {
	timeout := []diagnosis.Code{diagnosis.WebOriginMissing, diagnosis.CallbackMismatch, diagnosis.ServerError, diagnosis.RateLimited, diagnosis.UserDeleted, diagnosis.FramingRefused, diagnosis.RequestNeverCame, diagnosis.AnswerLate, diagnosis.TargetOriginWrong, diagnosis.MessageNeverPosted, diagnosis.ConnectionCut}
	network := []diagnosis.Code{diagnosis.CORSMissing, diagnosis.RequestNeverCame, diagnosis.ConnectionCut, diagnosis.TLSFailed, diagnosis.AnswerUnusable}
	silent := []diagnosis.Code{diagnosis.ThirdPartyCookiesBlocked, diagnosis.WebOriginMissing, diagnosis.SessionAbsoluteExpired, diagnosis.CallbackMismatch, diagnosis.SessionIdleExpired}
	return []Message{
		{"That is a login in a popup and no renewal: the person closed it, the browser blocked it, or the app did not wait for it. Open it in a click, and give it more time (timeoutInSeconds).", nil, []string{"popup"}},
		{"auth0-spa-js needs the browser's cryptography, which is there on https and on localhost only: it does not start, so nothing is renewed.", []diagnosis.Code{diagnosis.RequestNeverCame}, []string{"secure origin", "crypto.subtle", "secure context"}},
		{"The page is cross-origin isolated, and auth0-spa-js does not even try a frame then.", []diagnosis.Code{diagnosis.CrossOriginIsolated}, []string{"cross-origin isolated"}},
		{"The tenant wants a second factor, which a silent renewal cannot ask for.", []diagnosis.Code{diagnosis.MFADemanded}, []string{"multifactor", "mfa_required", "mfa required"}},
		{"The SDK has no refresh token to renew with.", []diagnosis.Code{diagnosis.RefreshTokenMissing}, []string{"missing refresh token", "missing_refresh_token", "no refresh token"}},
		{"A refresh token that had been replaced was used.", []diagnosis.Code{diagnosis.RefreshTokenReused, diagnosis.AnswerLost}, []string{"reused refresh token", "ferrt"}},
		{"The tenant has no use for the refresh token.", []diagnosis.Code{diagnosis.RefreshTokenExpired, diagnosis.RefreshTokenRevoked, diagnosis.RefreshTokenReused, diagnosis.RefreshTokenUnknown, diagnosis.ConsentWithdrawn}, []string{"invalid refresh token", "fertft"}},
		{"The user no longer exists.", []diagnosis.Code{diagnosis.UserDeleted}, []string{"doesn't exist anymore", "unable to construct sso user"}},
		{"The user is blocked.", []diagnosis.Code{diagnosis.UserBlocked}, []string{"user is blocked"}},
		{"The web page's origin is not registered for messages.", []diagnosis.Code{diagnosis.WebOriginMissing}, []string{"registered origin"}},
		{"The redirect URI is not registered.", []diagnosis.Code{diagnosis.CallbackMismatch}, []string{"callback url mismatch", "redirect uri is wrong", "callback-url-mismatch"}},
		{"The browser may not let the page read the answer.", []diagnosis.Code{diagnosis.CORSMissing}, []string{"cors policy", "access-control-allow-origin", "cross-origin request blocked", "failed by cors"}},
		{"The browser refuses to show the page in a frame.", []diagnosis.Code{diagnosis.FramingRefused, diagnosis.LoginPageInFrame, diagnosis.WebOriginMissing, diagnosis.CallbackMismatch, diagnosis.RequestNeverCame}, []string{"x-frame-options", "frame-ancestors", "refused to frame", "refused to display", "frame-src", "content security policy"}},
		{"The frame is of another origin than the SDK expects to read.", []diagnosis.Code{diagnosis.ResponseModeWrong, diagnosis.CallbackMismatch}, []string{"blocked a frame with origin"}},
		{"redirectUri is of another origin than the page, so auth0.js asks nothing.", []diagnosis.Code{diagnosis.RequestNeverCame, diagnosis.TargetOriginWrong}, []string{"origin_mismatch"}},
		{"The ID token's nonce is not the one that was sent.", []diagnosis.Code{diagnosis.NonceWrong, diagnosis.AppRejectedTheAnswer, diagnosis.TwoSDKs}, []string{"nonce"}},
		{"The answer's state is not the one that was sent.", []diagnosis.Code{diagnosis.StateWrong, diagnosis.TwoSDKs, diagnosis.AppRejectedTheAnswer}, []string{"`state`", "state does not match", "invalid state", "state_mismatch", "missing_transaction", "missing transaction", "state mismatch"}},
		{"The ID token is not valid yet by the computer's clock.", []diagnosis.Code{diagnosis.TokenFromTheFuture, diagnosis.AppClockWrong}, []string{"issued in the future", "issued at (iat)", "not before"}},
		{"The ID token has expired by the computer's clock.", []diagnosis.Code{diagnosis.TokenExpiredOnArrival, diagnosis.AppClockWrong}, []string{"expiration time (exp)", "expired token", "token has expired"}},
		{"The ID token is of another issuer.", []diagnosis.Code{diagnosis.IssuerWrong, diagnosis.DiscoveryWrong}, []string{"issuer"}},
		{"The ID token is for another application.", []diagnosis.Code{diagnosis.AudienceWrong}, []string{"audience (aud)", "authorized party", "is not valid. audience", "audience"}},
		{"The ID token is about somebody else, or about nobody.", []diagnosis.Code{diagnosis.ClaimsMissing, diagnosis.SubjectWrong, diagnosis.AnotherUsersSession}, []string{"subject (sub)"}},
		{"The organization is not the one that was asked for.", []diagnosis.Code{diagnosis.OrganizationRefused, diagnosis.OrganizationWrong}, []string{"organization"}},
		{"The ID token does not belong to the access token.", []diagnosis.Code{diagnosis.AtHashWrong}, []string{"at_hash", "invalid access_token"}},
		{"The ID token is signed in a way that the SDK does not check.", []diagnosis.Code{diagnosis.HS256IDToken, diagnosis.SignatureWrong}, []string{"algorithm"}},
		{"No published key fits the ID token.", []diagnosis.Code{diagnosis.KeyUnknown, diagnosis.JWKSBroken}, []string{"public key", "(kid)", "jwks", "key id"}},
		{"The ID token's signature does not verify.", []diagnosis.Code{diagnosis.SignatureWrong, diagnosis.KeyUnknown}, []string{"signature"}},
		{"The token cannot be taken apart.", []diagnosis.Code{diagnosis.TokenUnusable, diagnosis.AnswerUnusable}, []string{"could not be decoded", "cannot decode", "malformed"}},
		{"The answer is not JSON.", []diagnosis.Code{diagnosis.AnswerUnusable, diagnosis.ServerError, diagnosis.RequestNeverCame}, []string{"unexpected token", "not valid json", "unexpected end of json", "syntaxerror", "json.parse", "unexpected eof"}},
		{"Too many requests came.", []diagnosis.Code{diagnosis.RateLimited, diagnosis.RenewalStorm}, []string{"too many requests", "too_many_requests", "rate limit", "global limit", "429", "api_limit"}},
		{"The code could not be exchanged.", []diagnosis.Code{diagnosis.CodeRefused, diagnosis.CodeExpired}, []string{"invalid authorization code", "code verifier", "feacft"}},
		{"No API has this audience.", []diagnosis.Code{diagnosis.AudienceUnknown}, []string{"service not found", "service not enabled"}},
		{"The application may not use this grant type.", []diagnosis.Code{diagnosis.GrantTypeDisabled}, []string{"grant type"}},
		{"The tenant has no such application.", []diagnosis.Code{diagnosis.ClientUnknown}, []string{"unknown client"}},
		{"The connection does not serve this application.", []diagnosis.Code{diagnosis.ConnectionUnusable}, []string{"connection"}},
		{"The person has to let the application in.", []diagnosis.Code{diagnosis.ConsentMissing, diagnosis.ConsentWithdrawn, diagnosis.ConfirmationNeeded}, []string{"consent_required", "consent required"}},
		{"The tenant has to show the person something.", []diagnosis.Code{diagnosis.ActionRedirects, diagnosis.ConfirmationNeeded}, []string{"interaction_required", "interaction required"}},
		{"The person has to choose an account.", []diagnosis.Code{diagnosis.AccountSelectionNeeded}, []string{"account_selection_required", "account selection"}},
		{"The tenant does not know the browser's session, or may not use it.", []diagnosis.Code{diagnosis.ThirdPartyCookiesBlocked, diagnosis.SessionIdleExpired, diagnosis.SessionAbsoluteExpired, diagnosis.LoggedOut, diagnosis.RenewalAfterLogout, diagnosis.SessionEnded, diagnosis.DevKeys,
			diagnosis.NoSession, diagnosis.SessionCookieNotSet, diagnosis.SessionCookieInvalid, diagnosis.SessionLost, diagnosis.SessionTooOld}, []string{"login_required", "login required", "fsa"}},
		{"The SDK waited for an answer that never came. An error page in the frame looks like this too.", timeout, []string{"timeout", "timed out"}},
		{"A fetch failed, and the browser does not tell the page why.", network, []string{"failed to fetch", "networkerror", "network error", "load failed", "request_error", "err_"}},
		{"The tenant refused the application's own credentials.", []diagnosis.Code{diagnosis.ClientSecretDemanded}, []string{"401", "invalid_client"}},
		{"The tenant refused it.", []diagnosis.Code{diagnosis.ActionDenied, diagnosis.UserBlocked, diagnosis.ClientSecretDemanded}, []string{"access_denied", "unauthorized", "403"}},
		{"The tenant failed.", []diagnosis.Code{diagnosis.ServerError, diagnosis.UserDeleted}, []string{"server_error", "server error", "500", "502", "503", "504", "temporarily_unavailable", "bad gateway"}},
		{"The grant was refused.", []diagnosis.Code{diagnosis.RefreshTokenExpired, diagnosis.RefreshTokenRevoked, diagnosis.RefreshTokenUnknown, diagnosis.CodeRefused, diagnosis.CodeExpired}, []string{"invalid_grant"}},
		{"The token is not what the SDK accepts.", []diagnosis.Code{diagnosis.NonceWrong, diagnosis.TokenFromTheFuture, diagnosis.TokenExpiredOnArrival, diagnosis.SignatureWrong, diagnosis.IssuerWrong, diagnosis.AppClockWrong}, []string{"invalid_token", "invalid token", "id token", "id_token"}},
		{"The request was not valid.", []diagnosis.Code{diagnosis.RequestInvalid, diagnosis.WebOriginMissing, diagnosis.OrganizationRefused}, []string{"invalid_request", "400"}},
		{"That asks the tenant for a token without showing anything. When it fails, these are what people meet most often; the error that it hands over tells more.", silent, []string{"checksession", "gettokensilently", "getaccesstokensilently", "renewauth", "silent auth", "prompt=none"}},
	}
}

// MessageOf is what a text says; false when none of the known ones is in it.
func MessageOf(text string) (Message, bool) {
	text = strings.ToLower(text)
	for _, m := range Messages() {
		if slices.ContainsFunc(m.marks, func(mark string) bool { return strings.Contains(text, mark) }) {
			return m, true
		}
	}
	return Message{}, false
}
