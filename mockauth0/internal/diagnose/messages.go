package diagnose

import (
	"slices"
	"strings"

	"renewal.example/mockauth0/diagnosis"
)

// Message is a text that an SDK, a browser or the tenant shows, and what may be behind it.
type Message struct {
	Meaning string           // what it says, in other words
	Causes  []diagnosis.Code // the likeliest first; none: it is no renewal that failed
	marks   []string         // any of these, in lower case, is in such a text
}

// Messages are the texts that developers see, the most particular first. The words are those of auth0.js, auth0-spa-js,
// browsers and the tenant (github.com/auth0/auth0.js, github.com/auth0/auth0-spa-js).
func Messages() []Message { return slices.Clone(knownMessages) }

// MessageOf is what a text says; false when none of the known ones is in it.
func MessageOf(text string) (Message, bool) {
	text = strings.ToLower(text)
	for _, m := range knownMessages {
		if slices.ContainsFunc(m.marks, func(mark string) bool { return strings.Contains(text, mark) }) {
			return m, true
		}
	}
	return Message{}, false
}

// knownMessages is the table, the most particular first.
var knownMessages = []Message{
	{
		Meaning: "That is a login in a popup and no renewal: the person closed it, the browser blocked it, or the app did not wait for it. " +
			"Open it in a click, and give it more time (timeoutInSeconds).",
		marks: []string{"popup"},
	},
	{
		Meaning: "auth0-spa-js needs the browser's cryptography, which is there on https and on localhost only: it does not start, so " +
			"nothing is renewed.",
		Causes: []diagnosis.Code{diagnosis.RequestNeverCame},
		marks:  []string{"secure origin", "crypto.subtle", "secure context"},
	},
	{
		Meaning: "The page is cross-origin isolated, and auth0-spa-js does not even try a frame then.",
		Causes:  []diagnosis.Code{diagnosis.CrossOriginIsolated},
		marks:   []string{"cross-origin isolated"},
	},
	{
		Meaning: "The tenant wants a second factor, which a silent renewal cannot ask for.",
		Causes:  []diagnosis.Code{diagnosis.MFADemanded},
		marks:   []string{"multifactor", "mfa_required", "mfa required"},
	},
	{
		Meaning: "The SDK has no refresh token to renew with.",
		Causes:  []diagnosis.Code{diagnosis.RefreshTokenMissing},
		marks:   []string{"missing refresh token", "missing_refresh_token", "no refresh token"},
	},
	{
		Meaning: "A refresh token that had been replaced was used.",
		Causes:  []diagnosis.Code{diagnosis.RefreshTokenReused, diagnosis.AnswerLost},
		marks:   []string{"reused refresh token", "ferrt"},
	},
	{
		Meaning: "The tenant does not accept the refresh token.",
		Causes: []diagnosis.Code{
			diagnosis.RefreshTokenExpired, diagnosis.RefreshTokenRevoked, diagnosis.RefreshTokenReused, diagnosis.RefreshTokenUnknown,
			diagnosis.ConsentWithdrawn,
		},
		marks: []string{"invalid refresh token", "fertft"},
	},
	{
		Meaning: "The user no longer exists.",
		Causes:  []diagnosis.Code{diagnosis.UserDeleted},
		marks:   []string{"doesn't exist anymore", "unable to construct sso user"},
	},
	{
		Meaning: "The user is blocked.",
		Causes:  []diagnosis.Code{diagnosis.UserBlocked},
		marks:   []string{"user is blocked"},
	},
	{
		Meaning: "The web page's origin is not registered for messages.",
		Causes:  []diagnosis.Code{diagnosis.WebOriginMissing},
		marks:   []string{"registered origin"},
	},
	{
		Meaning: "The redirect URI is not registered.",
		Causes:  []diagnosis.Code{diagnosis.CallbackMismatch},
		marks:   []string{"callback url mismatch", "redirect uri is wrong", "callback-url-mismatch"},
	},
	{
		Meaning: "The browser may not let the page read the answer.",
		Causes:  []diagnosis.Code{diagnosis.CORSMissing},
		marks:   []string{"cors policy", "access-control-allow-origin", "cross-origin request blocked", "failed by cors"},
	},
	{
		Meaning: "The browser refuses to show the page in a frame.",
		Causes: []diagnosis.Code{
			diagnosis.FramingRefused, diagnosis.LoginPageInFrame, diagnosis.WebOriginMissing, diagnosis.CallbackMismatch,
			diagnosis.RequestNeverCame,
		},
		marks: []string{"x-frame-options", "frame-ancestors", "refused to frame", "refused to display", "frame-src", "content security policy"},
	},
	{
		Meaning: "The frame is of another origin than the SDK expects to read.",
		Causes:  []diagnosis.Code{diagnosis.ResponseModeWrong, diagnosis.CallbackMismatch},
		marks:   []string{"blocked a frame with origin"},
	},
	{
		Meaning: "redirectUri is of another origin than the page, so auth0.js asks nothing.",
		Causes:  []diagnosis.Code{diagnosis.RequestNeverCame, diagnosis.TargetOriginWrong},
		marks:   []string{"origin_mismatch"},
	},
	{
		Meaning: "The ID token's nonce is not the one that was sent.",
		Causes:  []diagnosis.Code{diagnosis.NonceWrong, diagnosis.AppRejectedTheAnswer, diagnosis.TwoSDKs},
		marks:   []string{"nonce"},
	},
	{
		Meaning: "The answer's state is not the one that was sent.",
		Causes:  []diagnosis.Code{diagnosis.StateWrong, diagnosis.TwoSDKs, diagnosis.AppRejectedTheAnswer},
		marks: []string{
			"`state`", "state does not match", "invalid state", "state_mismatch", "missing_transaction", "missing transaction",
			"state mismatch",
		},
	},
	{
		Meaning: "The ID token is not valid yet by the computer's clock.",
		Causes:  []diagnosis.Code{diagnosis.TokenFromTheFuture, diagnosis.AppClockWrong},
		marks:   []string{"issued in the future", "issued at (iat)", "not before"},
	},
	{
		Meaning: "The ID token has expired by the computer's clock.",
		Causes:  []diagnosis.Code{diagnosis.TokenExpiredOnArrival, diagnosis.AppClockWrong},
		marks:   []string{"expiration time (exp)", "expired token", "token has expired"},
	},
	{
		Meaning: "The ID token is of another issuer.",
		Causes:  []diagnosis.Code{diagnosis.IssuerWrong, diagnosis.DiscoveryWrong},
		marks:   []string{"issuer"},
	},
	{
		Meaning: "The ID token is for another application.",
		Causes:  []diagnosis.Code{diagnosis.AudienceWrong},
		marks:   []string{"audience (aud)", "authorized party", "is not valid. audience", "audience"},
	},
	{
		Meaning: "The ID token is about somebody else, or about nobody.",
		Causes:  []diagnosis.Code{diagnosis.ClaimsMissing, diagnosis.SubjectWrong, diagnosis.AnotherUsersSession},
		marks:   []string{"subject (sub)"},
	},
	{
		Meaning: "The organization is not the one that was asked for.",
		Causes:  []diagnosis.Code{diagnosis.OrganizationRefused, diagnosis.OrganizationWrong},
		marks:   []string{"organization"},
	},
	{
		Meaning: "The ID token does not belong to the access token.",
		Causes:  []diagnosis.Code{diagnosis.AtHashWrong},
		marks:   []string{"at_hash", "invalid access_token"},
	},
	{
		Meaning: "The ID token is signed in a way that the SDK does not check.",
		Causes:  []diagnosis.Code{diagnosis.HS256IDToken, diagnosis.SignatureWrong},
		marks:   []string{"algorithm"},
	},
	{
		Meaning: "No published key fits the ID token.",
		Causes:  []diagnosis.Code{diagnosis.KeyUnknown, diagnosis.JWKSBroken},
		marks:   []string{"public key", "(kid)", "jwks", "key id"},
	},
	{
		Meaning: "The ID token's signature does not verify.",
		Causes:  []diagnosis.Code{diagnosis.SignatureWrong, diagnosis.KeyUnknown},
		marks:   []string{"signature"},
	},
	{
		Meaning: "The token cannot be taken apart.",
		Causes:  []diagnosis.Code{diagnosis.TokenUnusable, diagnosis.AnswerUnusable},
		marks:   []string{"could not be decoded", "cannot decode", "malformed"},
	},
	{
		Meaning: "The answer is not JSON.",
		Causes:  []diagnosis.Code{diagnosis.AnswerUnusable, diagnosis.ServerError, diagnosis.RequestNeverCame},
		marks:   []string{"unexpected token", "not valid json", "unexpected end of json", "syntaxerror", "json.parse", "unexpected eof"},
	},
	{
		Meaning: "Too many requests came.",
		Causes:  []diagnosis.Code{diagnosis.RateLimited, diagnosis.RenewalStorm},
		marks:   []string{"too many requests", "too_many_requests", "rate limit", "global limit", "429", "api_limit"},
	},
	{
		Meaning: "The code could not be exchanged.",
		Causes:  []diagnosis.Code{diagnosis.CodeRefused, diagnosis.CodeExpired},
		marks:   []string{"invalid authorization code", "code verifier", "feacft"},
	},
	{
		Meaning: "No API has this audience.",
		Causes:  []diagnosis.Code{diagnosis.AudienceUnknown},
		marks:   []string{"service not found", "service not enabled"},
	},
	{
		Meaning: "The application may not use this grant type.",
		Causes:  []diagnosis.Code{diagnosis.GrantTypeDisabled},
		marks:   []string{"grant type"},
	},
	{
		Meaning: "The tenant has no such application.",
		Causes:  []diagnosis.Code{diagnosis.ClientUnknown},
		marks:   []string{"unknown client"},
	},
	{
		Meaning: "The connection does not serve this application.",
		Causes:  []diagnosis.Code{diagnosis.ConnectionUnusable},
		marks:   []string{"connection"},
	},
	{
		Meaning: "The person has to let the application in.",
		Causes:  []diagnosis.Code{diagnosis.ConsentMissing, diagnosis.ConsentWithdrawn, diagnosis.ConfirmationNeeded},
		marks:   []string{"consent_required", "consent required"},
	},
	{
		Meaning: "The tenant has to show the person something.",
		Causes:  []diagnosis.Code{diagnosis.ActionRedirects, diagnosis.ConfirmationNeeded},
		marks:   []string{"interaction_required", "interaction required"},
	},
	{
		Meaning: "The person has to choose an account.",
		Causes:  []diagnosis.Code{diagnosis.AccountSelectionNeeded},
		marks:   []string{"account_selection_required", "account selection"},
	},
	{
		Meaning: "The tenant does not know the browser's session, or may not use it.",
		Causes: []diagnosis.Code{
			diagnosis.ThirdPartyCookiesBlocked, diagnosis.SessionIdleExpired, diagnosis.SessionAbsoluteExpired, diagnosis.LoggedOut,
			diagnosis.RenewalAfterLogout, diagnosis.SessionEnded, diagnosis.DevKeys, diagnosis.NoSession, diagnosis.SessionCookieNotSet,
			diagnosis.SessionCookieInvalid, diagnosis.SessionLost, diagnosis.SessionTooOld,
		},
		marks: []string{"login_required", "login required", "fsa"},
	},
	{
		Meaning: "The SDK waited for an answer that never came. An error page in the frame looks like this too.",
		Causes: []diagnosis.Code{
			diagnosis.WebOriginMissing, diagnosis.CallbackMismatch, diagnosis.ServerError, diagnosis.RateLimited, diagnosis.UserDeleted,
			diagnosis.FramingRefused, diagnosis.RequestNeverCame, diagnosis.AnswerLate, diagnosis.TargetOriginWrong,
			diagnosis.MessageNeverPosted, diagnosis.ConnectionCut,
		},
		marks: []string{"timeout", "timed out"},
	},
	{
		Meaning: "A fetch failed, and the browser does not tell the page why.",
		Causes: []diagnosis.Code{
			diagnosis.CORSMissing, diagnosis.RequestNeverCame, diagnosis.ConnectionCut, diagnosis.TLSFailed, diagnosis.AnswerUnusable,
		},
		marks: []string{"failed to fetch", "networkerror", "network error", "load failed", "request_error", "err_"},
	},
	{
		Meaning: "The tenant refused the application's own credentials.",
		Causes:  []diagnosis.Code{diagnosis.ClientSecretDemanded},
		marks:   []string{"401", "invalid_client"},
	},
	{
		Meaning: "The tenant refused it.",
		Causes:  []diagnosis.Code{diagnosis.ActionDenied, diagnosis.UserBlocked, diagnosis.ClientSecretDemanded},
		marks:   []string{"access_denied", "unauthorized", "403"},
	},
	{
		Meaning: "The tenant failed.",
		Causes:  []diagnosis.Code{diagnosis.ServerError, diagnosis.UserDeleted},
		marks:   []string{"server_error", "server error", "500", "502", "503", "504", "temporarily_unavailable", "bad gateway"},
	},
	{
		Meaning: "The grant was refused.",
		Causes: []diagnosis.Code{
			diagnosis.RefreshTokenExpired, diagnosis.RefreshTokenRevoked, diagnosis.RefreshTokenUnknown, diagnosis.CodeRefused,
			diagnosis.CodeExpired,
		},
		marks: []string{"invalid_grant"},
	},
	{
		Meaning: "The token is not what the SDK accepts.",
		Causes: []diagnosis.Code{
			diagnosis.NonceWrong, diagnosis.TokenFromTheFuture, diagnosis.TokenExpiredOnArrival, diagnosis.SignatureWrong,
			diagnosis.IssuerWrong, diagnosis.AppClockWrong,
		},
		marks: []string{"invalid_token", "invalid token", "id token", "id_token"},
	},
	{
		Meaning: "The request was not valid.",
		Causes:  []diagnosis.Code{diagnosis.RequestInvalid, diagnosis.WebOriginMissing, diagnosis.OrganizationRefused},
		marks:   []string{"invalid_request", "400"},
	},
	{
		Meaning: "That asks the tenant for a token without showing anything. When it fails, these are what people meet most often; the " +
			"error that it hands over tells more.",
		Causes: []diagnosis.Code{
			diagnosis.ThirdPartyCookiesBlocked, diagnosis.WebOriginMissing, diagnosis.SessionAbsoluteExpired, diagnosis.CallbackMismatch,
			diagnosis.SessionIdleExpired,
		},
		marks: []string{"checksession", "gettokensilently", "getaccesstokensilently", "renewauth", "silent auth", "prompt=none"},
	},
}
