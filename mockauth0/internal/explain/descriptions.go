package explain

import "renewal.example/mockauth0/diagnosis"

// refusedRefresh are the causes of a refresh token that the tenant does not accept.
var refusedRefresh = codes{diagnosis.RefreshTokenExpired, diagnosis.RefreshTokenRevoked, diagnosis.RefreshTokenReused,
	diagnosis.RefreshTokenUnknown,
	diagnosis.ConsentWithdrawn}

// Answers that several kinds of texts share.
var (
	noRefreshToken = answer{meaning: "The SDK has no refresh token to renew with.", causes: codes{diagnosis.RefreshTokenMissing}}
	refreshRefused = answer{meaning: "The tenant does not accept the refresh token.", causes: refusedRefresh}
	reused         = answer{meaning: "A refresh token that had been replaced was used.", causes: codes{diagnosis.RefreshTokenReused,
		diagnosis.AnswerLost}}
	secondFactor = answer{meaning: "The tenant wants a second factor, which a silent renewal cannot ask for.",
		causes: codes{diagnosis.MFADemanded}}
	noGrant     = answer{meaning: "The application may not use this grant type.", causes: codes{diagnosis.GrantTypeDisabled}}
	noClient    = answer{meaning: "The tenant has no such application.", causes: codes{diagnosis.ClientUnknown}}
	badCallback = answer{meaning: "The redirect URI is not registered.", causes: codes{diagnosis.CallbackMismatch}}
	credentials = answer{meaning: "The tenant refused the application's own credentials.", causes: codes{diagnosis.ClientSecretDemanded}}
	transaction = answer{
		meaning: "The app has nothing that belongs to this answer: what it kept when it asked is gone (another tab or origin, a reload, " +
			"a cookie that did not come along), or the answer came twice.",
		causes: codes{diagnosis.AppRejectedTheAnswer, diagnosis.StateWrong, diagnosis.TwoSDKs}}
	otherState = answer{meaning: "The answer's state is not the one that was sent.",
		causes: codes{diagnosis.StateWrong, diagnosis.TwoSDKs, diagnosis.AppRejectedTheAnswer}}
	organization = answer{meaning: "The organization is missing, is not the person's, or is not allowed for the application.",
		causes: codes{diagnosis.OrganizationRefused, diagnosis.OrganizationWrong}}
	connection = answer{meaning: "The connection does not serve this application.", causes: codes{diagnosis.ConnectionUnusable}}
	noKeys     = answer{meaning: "The keys could not be read.", causes: codes{diagnosis.JWKSBroken, diagnosis.DiscoveryWrong}}
	codeFailed = answer{meaning: "The code could not be exchanged.", causes: codes{diagnosis.CodeRefused, diagnosis.CodeExpired}}
	limited    = answer{meaning: "Too many requests came.", causes: codes{diagnosis.RateLimited, diagnosis.RenewalStorm}}
)

// descriptionRules are the words of the tenant itself: descriptions of errors and the text of its pages.
var descriptionRules = []rule{
	{says: []string{"reused refresh token"}, answer: reused},
	{says: []string{"invalid refresh token", "refresh token is invalid", "refresh token has expired", "refresh token expired",
		"refresh token is expired",
		"refresh token not found", "refresh token was revoked", "refresh token has been revoked"}, answer: refreshRefused},
	{says: []string{"grant not found"}, answer: answer{
		meaning: "What the person had allowed the application is gone, or the application may not refresh.",
		causes:  codes{diagnosis.ConsentWithdrawn, diagnosis.GrantTypeDisabled, diagnosis.RefreshTokenRevoked}}},
	{says: []string{"multifactor authentication required", "mfa required", "mfa is required"}, has: []string{"mfa_required"},
		answer: secondFactor},
	{says: []string{"doesn t exist anymore", "unable to construct sso user"},
		answer: answer{meaning: "The user no longer exists.", causes: codes{diagnosis.UserDeleted}}},
	{says: []string{"user is blocked"}, answer: answer{meaning: "The user is blocked.", causes: codes{diagnosis.UserBlocked}}},
	{says: []string{"unable to configure verification page", "no verifier returned from client", "failed cross origin authentication"},
		answer: answer{
			meaning: "A cross-origin login (auth0.js or Lock on your own page) could not prove that it is the same browser: that needs " +
				"a third-party cookie, or a verification page on a custom domain.",
			causes: codes{diagnosis.ThirdPartyCookiesBlocked, diagnosis.CallbackMismatch}}},
	{says: []string{"does not have a registered origin", "registered origin"},
		answer: answer{meaning: "The web page's origin is not registered for messages.", causes: codes{diagnosis.WebOriginMissing}}},
	{says: []string{"callback url mismatch", "list of allowed callback urls", "redirect uri is wrong", "redirect_uri is not in the list",
		"redirect uri is not in the list"}, has: []string{"callbackmismatcherror", "redirect_uri_mismatch"}, answer: badCallback},
	{says: []string{"service not found", "service not enabled within domain", "invalid audience specified", "no api has",
		"resource server not found"},
		answer: answer{meaning: "No API has this audience.", causes: codes{diagnosis.AudienceUnknown}}},
	{says: []string{"is not authorized to access resource server", "client is not authorized to access", "has not been granted scopes"},
		answer: answer{
			meaning: "The API is there, and the application has no access to it (client grant, or the API's access policy).", guess: true,
			causes: codes{diagnosis.AudienceUnknown, diagnosis.GrantTypeDisabled}}},
	{says: []string{"grant type …not allowed", "unauthorized grant type", "grant type is not allowed", "not allowed for the client",
		"grant type not enabled", "unsupported grant type", "not authorized to use this grant", "grant type is unauthorized"},
		has: []string{"unsupported_grant_type"}, answer: noGrant},
	{says: []string{"unknown client", "client not found", "invalid client id", "invalid client_id", "inexistent client"}, answer: noClient},
	{has: []string{"access_denied"}, status: 401, answer: credentials},
	{says: []string{"access_denied …description unauthorized", "access_denied …error_description unauthorized", "invalid client secret",
		"invalid client credentials", "client authentication failed",
		"access_denied unauthorized", "client authentication is required"}, answer: credentials},
	{says: []string{"invalid authorization code", "verify code verifier", "invalid code verifier", "code verifier does not match",
		"code_verifier does not match", "invalid code_verifier", "authorization code …expired",
		"authorization code is invalid", "code has already been used"}, answer: codeFailed},
	{says: []string{"parameter organization", "organization membership", "organization must be", "organization is required",
		"organization is not allowed",
		"belong to any organization", "belong to the organization", "not part of the org", "member of …organization", "invitation not found"},
		answer: organization},
	{says: []string{"no connections enabled", "connection was not found", "connection was disabled", "connection does not exist",
		"connection is disabled",
		"connection is not enabled", "no active connections"}, answer: connection},
	{says: []string{"user has denied your application access", "user canceled the interaction", "user has canceled the interaction",
		"denied …consent",
		"user did not authorize the request"}, answer: answer{
		meaning: "The person was asked for consent and did not give it.", causes: codes{diagnosis.ConsentMissing, diagnosis.ConsentWithdrawn}}},
	{says: []string{"couldn t find your session", "pressed the back button", "unable to issue redirect for oauth"}, answer: answer{
		meaning: "The tenant's login page lost its transaction: the person went back, reloaded, waited too long, or the login's cookies did " +
			"not come along. That is a login and no renewal."}},
	{says: []string{"too many requests", "rate limit exceeded", "rate limit", "global limit has been reached", "limit of allowed calls",
		"client quota exceeded"},
		has: []string{"too_many_requests", "too_many_logins", "api_limit"}, answer: limited},
	{says: []string{"missing required parameter", "unsupported response type", "unsupported response mode"}, has: []string{
		"unsupported_response_type", "unsupported_response_mode"}, answer: answer{
		meaning: "The request lacks a parameter, or has one that the tenant does not know.", causes: codes{diagnosis.RequestInvalid}}},
}

// libraryRules are the words of SDKs and libraries about what they check.
var libraryRules = []rule{
	{says: []string{"missing refresh token", "no refresh token", "no refresh tokens", "refresh token is not available",
		"refresh token was not provided",
		"refresh_token not present", "does not have a refresh token", "refresh token is required", "refresh token is missing",
		"refresh token is not present", "without a refresh token", "refresh_token is missing"},
		has: []string{"missing_refresh_token", "missingrefreshtokenerror"}, answer: noRefreshToken},
	{says: []string{"missing requested scopes after refresh"}, has: []string{"missing_scopes"}, answer: answer{
		meaning: "The refresh succeeded and gave fewer scopes than the app asked for: the refresh token is of a login with other scopes or " +
			"another audience.",
		causes: codes{diagnosis.RefreshTokenMissing}}},
	{says: []string{"failed to refresh", "refresh the access token failed", "could not refresh", "unable to refresh", "token refresh failed",
		"use the refresh token to renew", "error while trying to refresh"}, has: []string{"refreshaccesstokenerror", "failed_to_refresh_token"},
		answer: answer{meaning: "A refresh failed; the text does not tell why.", causes: refusedRefresh, guess: true}},
	{says: []string{"does not have a valid session", "user is not authenticated", "no active session", "decryption operation failed",
		"invalid compact jwe"},
		has: []string{"missing_session", "invalid_session", "jwedecryptionfailed", "err_jwe_decryption_failed", "jweinvalid",
			"err_jwe_invalid", "jwt_session_error", "jwtsessionerror"}, answer: answer{
			meaning: "The app's own server has no session for this browser: its session cookie is missing, has ended, or cannot be decrypted. " +
				"That is not the tenant's session."}},
	{says: []string{"missing state cookie", "checks state argument is missing", "missing transaction", "no matching state found",
		"state cookie was missing",
		"verification cookie", "did not find expected authorization request details", "unable to verify authorization request state",
		"auth_verification",
		"missing state cookie from login request", "missing code_verifier", "checks …argument is missing", "pkce code verifier cookie",
		"state cookie",
		"transaction cookie"},
		has: []string{"missing_transaction", "missing_state"}, answer: transaction},
	{says: []string{"state does not match", "invalid state", "state not equal", "no state in", "state parameter mismatch",
		"state mismatch", "state is invalid",
		"state parameter is invalid",
		"state parameter is missing",
		"state missing from the response", "unexpected state", "unexpected state response parameter", "state did not match",
		"invalid …state parameter",
		"state not valid", "incorrect state"},
		has: []string{"state_mismatch", "mismatching_state", "mismatchingstateerror", "invalid_state", "invalidstateerror",
			"state_mismatch_error"}, answer: otherState},
	{says: []string{"iframe timed out", "frame window timed out", "iframe window timed out", "frame timed out"},
		has: []string{"silent_refresh_timeout", "silent_renew_timeout"}, answer: answer{
			meaning: "The hidden frame never came back to the app's page: it shows an error page or a login page, or was not allowed to load.",
			causes: codes{diagnosis.CallbackMismatch, diagnosis.LoginPageInFrame, diagnosis.FramingRefused, diagnosis.ErrorPageInFrame,
				diagnosis.RequestNeverCame, diagnosis.AnswerLate}}},
	{has: []string{"origin_mismatch"}, answer: answer{meaning: "redirectUri is of another origin than the page, so auth0.js asks nothing.",
		causes: codes{diagnosis.RequestNeverCame, diagnosis.TargetOriginWrong}}},
	{says: []string{"obtain jwks", "jwks_uri must be", "jwks endpoint did not contain"}, answer: noKeys},
	{says: []string{"key with kid", "no valid key", "no applicable key", "public key for key id", "signing key that matches",
		"signing key not found", "no matching key", "find …kid",
		"find appropriate key", "no key matching", "unable to find a signing key", "no signing keys", "signature key was not found",
		"kid not found",
		"no key found", "matching multiple keys", "key not found", "unable to find key", "unknown kid", "no keys match"},
		has: []string{"err_jwks_no_matching_key", "jwksnomatchingkey", "signingkeynotfounderror", "signingkeynotfoundexception",
			"oauth_key_selection_failed", "err_jwks_multiple_matching_keys",
			"idx10501", "idx10503"}, answer: noKey},
	{says: []string{"json web key set", "jwks request", "error in jwks", "jwks endpoint", "fetching jwks", "fetch jwks",
		"unable to obtain …keys"},
		has: []string{"jwkserror", "err_jwks_invalid", "err_jwks_timeout", "jwksratelimiterror"}, answer: noKeys},
	{says: []string{"discovery failed", "issuer discover failed", "authorization server metadata", "issuer discover",
		"metadata issuer does not match", "discovery document",
		"openid configuration",
		"unable to obtain configuration", "discovery requests failing", "failed to discover", "loading …metadata",
		"response issuer does not match", "body issuer"},
		has: []string{"discovery_error", "discoveryfailed", "idx20803", "idx20804", "discovery_document_load_error",
			"oauth_missing_server_metadata"},
		answer: answer{
			meaning: "The discovery document could not be fetched, or names another issuer than the app is configured with.",
			causes:  codes{diagnosis.DiscoveryWrong, diagnosis.IssuerWrong, diagnosis.RequestNeverCame}}},
	{says: []string{"too much time has elapsed since the last end user authentication"}, answer: answer{
		meaning: "The person's last login is longer ago than max_age allows.", causes: codes{diagnosis.SessionTooOld}}},
	{says: []string{"issued in the future", "not active yet", "jwt not active", "token is not yet valid", "immature signature",
		"used before issued",
		"token is not valid yet"}, has: []string{"notbeforeerror", "immaturesignatureerror", "idx10222"}, answer: tokenEarly},
	{says: []string{"issued too far away from the current time"}, answer: answer{
		meaning: "The token's time of issue and the clock of whoever checks it are too far apart.",
		causes:  codes{diagnosis.AppClockWrong, diagnosis.TokenFromTheFuture}}},
	{says: []string{"jwt expired", "token expired", "expired token", "token has expired", "token is expired", "signature has expired",
		"lifetime validation failed",
		"access token has expired", "id token has expired", "jwt is expired", "jwt has expired", "token_expired"},
		has: []string{"tokenexpirederror", "jwtexpired", "err_jwt_expired", "expiredsignatureerror", "token_expired", "idx10223",
			"access_token_expired"},
		answer: tokenOver},
	{says: []string{"invalid access_token", "at_hash mismatch"}, answer: answer{meaning: "The ID token does not belong to the access token.",
		causes: codes{diagnosis.AtHashWrong}}},
	{says: []string{"sub mismatch", "sub from user info endpoint does not match", "userinfo sub mismatch", "unexpected response body sub"},
		answer: answer{
			meaning: "The tokens or the profile are about different people.", causes: codes{diagnosis.SubjectWrong, diagnosis.AnotherUsersSession}}},
	{says: []string{"jwt malformed", "could not be decoded", "cannot decode", "malformed token", "malformed jwt", "token is malformed",
		"token malformed",
		"invalid compact jws", "invalid jwt", "not enough segments", "failed to decode jwt",
		"failed to parse id_token", "invalid jws", "jwt must have 3", "not well formed", "jwt string must",
		"token contains an invalid number of segments",
		"error decoding token", "invalid token specified", "jwt string must consist", "wrong number of segments", "invalid number of segments"},
		has: []string{"err_jws_invalid", "err_jwt_invalid", "idx12741", "idx14100", "decodeerror"},
		answer: answer{meaning: "The token cannot be taken apart. An access token without an audience is opaque: only the tenant can read it.",
			causes: codes{diagnosis.TokenUnusable, diagnosis.AudienceWrong, diagnosis.AnswerUnusable}}},
	{says: []string{"jwt alg", "alg value", "unexpected signing method", "invalid algorithm", "algorithm …not supported",
		"algorithm …not allowed"}, has: []string{"err_jose_alg_not_allowed", "josealgnotallowed", "invalidalgorithmerror"},
		answer: answer{meaning: "The token is signed in a way that the library does not accept.", causes: codes{diagnosis.HS256IDToken,
			diagnosis.SignatureWrong}}},
	{says: []string{"invalid signature", "signature verification failed", "validate jwt signature", "signature is invalid",
		"signature validation failed",
		"invalid id token signature", "verify signature", "signature could not be", "signature mismatch", "jwt signature",
		"signature does not match"},
		has:    []string{"err_jws_signature_verification_failed", "jwssignatureverificationfailed", "invalidsignatureerror", "idx10511"},
		answer: answer{meaning: "The token's signature does not verify.", causes: codes{diagnosis.SignatureWrong, diagnosis.KeyUnknown}}},
	{has: []string{"invalidissuererror", "invalid_issuer", "idx10205", "idx40001"}, answer: answer{
		meaning: "The token is of another issuer than the one that is configured.", causes: codes{diagnosis.IssuerWrong,
			diagnosis.DiscoveryWrong}}},
	{has: []string{"invalidaudienceerror", "invalid_audience", "idx10214", "idx10206"}, answer: answer{
		meaning: "The token is for somebody else: another application, or another API.", causes: codes{diagnosis.AudienceWrong}}},
}
