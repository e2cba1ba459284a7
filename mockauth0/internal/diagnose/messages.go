package diagnose

import (
	"slices"
	"strings"
)

// Message is a text that an SDK, a browser or the tenant shows, and what may be behind it.
type Message struct {
	Tells  string   // what it says, in other words
	Causes []string // codes, the likeliest first; none: it is no renewal that failed
	marks  []string // any of these, in lower case, is in such a text
}

// Messages are the texts that developers see, the most particular first. The words are those of auth0.js, auth0-spa-js,
// browsers and the tenant (github.com/auth0/auth0.js, github.com/auth0/auth0-spa-js).
func Messages() []Message {
	timeout := []string{"web_origin_missing", "callback_mismatch", "server_error", "rate_limited", "user_deleted", "framing_refused", "request_never_came", "answer_late", "target_origin_wrong", "message_never_posted", "connection_cut"}
	network := []string{"cors_missing", "request_never_came", "connection_cut", "tls_failed", "answer_unusable"}
	silent := []string{"third_party_cookies_blocked", "web_origin_missing", "session_absolute_expired", "callback_mismatch", "session_idle_expired"}
	return []Message{
		{"That is a login in a popup and no renewal: the person closed it, the browser blocked it, or the app did not wait for it. Open it in a click, and give it more time (timeoutInSeconds).", nil, []string{"popup"}},
		{"auth0-spa-js needs the browser's cryptography, which is there on https and on localhost only: it does not start, so nothing is renewed.", []string{"request_never_came"}, []string{"secure origin", "crypto.subtle", "secure context"}},
		{"The page is cross-origin isolated, and auth0-spa-js does not even try a frame then.", []string{"cross_origin_isolated"}, []string{"cross-origin isolated"}},
		{"The tenant wants a second factor, which a silent renewal cannot ask for.", []string{"mfa_demanded"}, []string{"multifactor", "mfa_required", "mfa required"}},
		{"The SDK has no refresh token to renew with.", []string{"refresh_token_missing"}, []string{"missing refresh token", "missing_refresh_token", "no refresh token"}},
		{"A refresh token that had been replaced was used.", []string{"refresh_token_reused", "answer_lost"}, []string{"reused refresh token", "ferrt"}},
		{"The tenant has no use for the refresh token.", []string{"refresh_token_expired", "refresh_token_revoked", "refresh_token_reused", "refresh_token_unknown", "consent_withdrawn"}, []string{"invalid refresh token", "fertft"}},
		{"The user no longer exists.", []string{"user_deleted"}, []string{"doesn't exist anymore", "unable to construct sso user"}},
		{"The user is blocked.", []string{"user_blocked"}, []string{"user is blocked"}},
		{"The web page's origin is not registered for messages.", []string{"web_origin_missing"}, []string{"registered origin"}},
		{"The redirect URI is not registered.", []string{"callback_mismatch"}, []string{"callback url mismatch", "redirect uri is wrong", "callback-url-mismatch"}},
		{"The browser may not let the page read the answer.", []string{"cors_missing"}, []string{"cors policy", "access-control-allow-origin", "cross-origin request blocked", "failed by cors"}},
		{"The browser refuses to show the page in a frame.", []string{"framing_refused", "login_page_in_frame", "web_origin_missing", "callback_mismatch", "request_never_came"}, []string{"x-frame-options", "frame-ancestors", "refused to frame", "refused to display", "frame-src", "content security policy"}},
		{"The frame is of another origin than the SDK expects to read.", []string{"response_mode_wrong", "callback_mismatch"}, []string{"blocked a frame with origin"}},
		{"redirectUri is of another origin than the page, so auth0.js asks nothing.", []string{"request_never_came", "target_origin_wrong"}, []string{"origin_mismatch"}},
		{"The ID token's nonce is not the one that was sent.", []string{"nonce_wrong", "app_rejected_the_answer", "two_sdks"}, []string{"nonce"}},
		{"The answer's state is not the one that was sent.", []string{"state_wrong", "two_sdks", "app_rejected_the_answer"}, []string{"`state`", "state does not match", "invalid state", "state_mismatch", "missing_transaction", "missing transaction", "state mismatch"}},
		{"The ID token is not valid yet by the computer's clock.", []string{"token_from_the_future", "app_clock_wrong"}, []string{"issued in the future", "issued at (iat)", "not before"}},
		{"The ID token has expired by the computer's clock.", []string{"token_expired_on_arrival", "app_clock_wrong"}, []string{"expiration time (exp)", "expired token", "token has expired"}},
		{"The ID token is of another issuer.", []string{"issuer_wrong", "discovery_wrong"}, []string{"issuer"}},
		{"The ID token is for another application.", []string{"audience_wrong"}, []string{"audience (aud)", "authorized party", "is not valid. audience", "audience"}},
		{"The ID token is about somebody else, or about nobody.", []string{"claims_missing", "subject_wrong", "another_users_session"}, []string{"subject (sub)"}},
		{"The organization is not the one that was asked for.", []string{"organization_refused", "organization_wrong"}, []string{"organization"}},
		{"The ID token does not belong to the access token.", []string{"at_hash_wrong"}, []string{"at_hash", "invalid access_token"}},
		{"The ID token is signed in a way that the SDK does not check.", []string{"hs256_id_token", "signature_wrong"}, []string{"algorithm"}},
		{"No published key fits the ID token.", []string{"key_unknown", "jwks_broken"}, []string{"public key", "(kid)", "jwks", "key id"}},
		{"The ID token's signature does not verify.", []string{"signature_wrong", "key_unknown"}, []string{"signature"}},
		{"The token cannot be taken apart.", []string{"token_unusable", "answer_unusable"}, []string{"could not be decoded", "cannot decode", "malformed"}},
		{"The answer is not JSON.", []string{"answer_unusable", "server_error", "request_never_came"}, []string{"unexpected token", "not valid json", "unexpected end of json", "syntaxerror", "json.parse", "unexpected eof"}},
		{"Too many requests came.", []string{"rate_limited", "renewal_storm"}, []string{"too many requests", "too_many_requests", "rate limit", "global limit", "429", "api_limit"}},
		{"The code could not be exchanged.", []string{"code_refused", "code_expired"}, []string{"invalid authorization code", "code verifier", "feacft"}},
		{"No API has this audience.", []string{"audience_unknown"}, []string{"service not found", "service not enabled"}},
		{"The application may not use this grant type.", []string{"grant_type_disabled"}, []string{"grant type"}},
		{"The tenant has no such application.", []string{"client_unknown"}, []string{"unknown client"}},
		{"The connection does not serve this application.", []string{"connection_unusable"}, []string{"connection"}},
		{"The person has to let the application in.", []string{"consent_missing", "consent_withdrawn", "confirmation_needed"}, []string{"consent_required", "consent required"}},
		{"The tenant has to show the person something.", []string{"action_redirects", "confirmation_needed"}, []string{"interaction_required", "interaction required"}},
		{"The person has to choose an account.", []string{"account_selection_needed"}, []string{"account_selection_required", "account selection"}},
		{"The tenant does not know the browser's session, or may not use it.", []string{"third_party_cookies_blocked", "session_idle_expired", "session_absolute_expired", "logged_out", "renewal_after_logout", "session_ended", "dev_keys",
			"no_session", "session_cookie_not_set", "session_cookie_invalid", "session_lost", "session_too_old"}, []string{"login_required", "login required", "fsa"}},
		{"The SDK waited for an answer that never came. An error page in the frame looks like this too.", timeout, []string{"timeout", "timed out"}},
		{"A fetch failed, and the browser does not tell the page why.", network, []string{"failed to fetch", "networkerror", "network error", "load failed", "request_error", "err_"}},
		{"The tenant refused the application's own credentials.", []string{"client_secret_demanded"}, []string{"401", "invalid_client"}},
		{"The tenant refused it.", []string{"action_denied", "user_blocked", "client_secret_demanded"}, []string{"access_denied", "unauthorized", "403"}},
		{"The tenant failed.", []string{"server_error", "user_deleted"}, []string{"server_error", "server error", "500", "502", "503", "504", "temporarily_unavailable", "bad gateway"}},
		{"The grant was refused.", []string{"refresh_token_expired", "refresh_token_revoked", "refresh_token_unknown", "code_refused", "code_expired"}, []string{"invalid_grant"}},
		{"The token is not what the SDK accepts.", []string{"nonce_wrong", "token_from_the_future", "token_expired_on_arrival", "signature_wrong", "issuer_wrong", "app_clock_wrong"}, []string{"invalid_token", "invalid token", "id token", "id_token"}},
		{"The request was not valid.", []string{"request_invalid", "web_origin_missing", "organization_refused"}, []string{"invalid_request", "400"}},
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
