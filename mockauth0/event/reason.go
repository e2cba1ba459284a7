package event

// Reason says why the tenant refused a request, why it found no session to use, or why a session ended. It is a word for
// programs; what a client gets is Auth0's text, and what a person reads is LogEntry.Cause.
type Reason string

// Why a request has no usable session.
const (
	NoCookie             Reason = "no_cookie"              // the request carried no session cookie
	BadSignature         Reason = "bad_signature"          // the cookie's signature is not this tenant's
	UnknownSession       Reason = "unknown"                // the tenant has no such session, or not any more
	IdleExpired          Reason = "idle_expired"           // nobody used the session for too long
	AbsoluteExpired      Reason = "absolute_expired"       // the session reached the end of its life
	LoginPrompted        Reason = "prompt"                 // prompt=login asks for a new login
	HintOfAnother        Reason = "id_token_hint"          // id_token_hint names another user
	LoginTooOld          Reason = "max_age"                // the last login is older than max_age
	OtherConnection      Reason = "other_connection"       // the request names another connection
	ConnectionNotEnabled Reason = "connection_not_enabled" // the session's connection is not enabled for the client
)

// Why a session ended.
const (
	LoggedOut       Reason = "logout"
	Replaced        Reason = "replaced by a new login"
	Revoked         Reason = "revoked" // by an administrator, or over the control API
	PasswordChanged Reason = "password changed"
	Expired         Reason = "expired"      // its time is over; a refresh token's too
	UserWasDeleted  Reason = "user deleted" // applications are notified; the session itself stays
)

// Why a client is refused.
const (
	ClientUnknown          Reason = "client_unknown"           // the tenant has no such client
	ClientUnauthenticated  Reason = "client_unauthenticated"   // its secret or assertion is missing or wrong, or of another method
	ClientRefused          Reason = "client_refused"           // one of the two: the answer is the same, and nobody wrote down which
	GrantTypeNotAllowed    Reason = "grant_type_not_allowed"   // it may not use this grant type
	GrantTypeUnsupported   Reason = "grant_type_unsupported"   // the tenant has no such grant type
	ParameterMissing       Reason = "parameter_missing"        // a required parameter
	RefreshTokenNotSent    Reason = "refresh_token_not_sent"   // the required parameter that is missing is refresh_token
	ParameterInvalid       Reason = "parameter_invalid"        // a parameter, or two that do not go together
	CallbackNotListed      Reason = "callback_not_listed"      // redirect_uri is not an Allowed Callback URL
	OriginNotListed        Reason = "origin_not_listed"        // the origin is not an Allowed Web Origin
	LogoutURLNotListed     Reason = "logout_url_not_listed"    // returnTo is not an Allowed Logout URL
	AudienceUnknown        Reason = "audience_unknown"         // no API has this audience, or it is not enabled
	AudienceNotAuthorized  Reason = "audience_not_authorized"  // the client has no grant for this API
	ConnectionUnusable     Reason = "connection_unusable"      // it does not exist, or is not enabled for the client
	OrganizationRefused    Reason = "organization_refused"     // missing, unknown, or one to which the user does not belong
	PushedRequestsRequired Reason = "pushed_requests_required" // the client must use RFC 9126
	SettingOff             Reason = "setting_off"              // the tenant or the client has it switched off
	SettingMissing         Reason = "setting_missing"          // the tenant lacks a setting that the request needs
	NotImplemented         Reason = "not_implemented"          // Auth0 has it, this mock does not
)

// Why an answer is not what its client will expect. They go with warnings: the request is answered.
const (
	ProofIgnored        Reason = "dpop_ignored"          // a DPoP proof or dpop_jkt: the token or code is bound to no key
	AudienceIgnored     Reason = "audience_ignored"      // of a refresh token's exchange: the token is for the API of the login
	PolicyIgnored       Reason = "policy_ignored"        // scopes that refresh_token.policies would add
	OnlineAccessIgnored Reason = "online_access_ignored" // the scope: no online refresh token is issued
)

// Why a code or a refresh token is refused.
const (
	CodeUnknown            Reason = "code_unknown"             // there is no such code, or it was used before
	CodeUsed               Reason = "code_used"                // another request used it at the same moment
	CodeExpired            Reason = "code_expired"             // it was exchanged too late
	CodeOfAnotherClient    Reason = "code_of_another_client"   //
	CodeOfAnotherCallback  Reason = "code_of_another_callback" // redirect_uri is not that of its request
	CodeVerifierWrong      Reason = "code_verifier_wrong"      // PKCE does not fit, or was taken away (RFC 7636)
	CodeRefused            Reason = "code_refused"             // one of those, and nobody wrote down which
	RefreshReused          Reason = "reused"                   // it had been replaced by rotation
	RefreshGone            Reason = "gone"                     // its family was revoked or forgotten
	RefreshForeign         Reason = "foreign"                  // it is no refresh token of this tenant
	RefreshNeverIssued     Reason = "never_issued"             // its family exists, and this one was never handed out
	RefreshOfAnotherClient Reason = "other_client"             //
	RefreshRefused         Reason = "refresh_token_refused"    // one of those, and nobody wrote down which
	ScopeNotGranted        Reason = "scope_not_granted"        // a requested scope, or all of them
	TokenInvalid           Reason = "token_invalid"            // an access token: expired, of another issuer, or not for this endpoint
	LinkInvalid            Reason = "link_invalid"             // a ticket of a mail, a login or a pushed request: unknown, expired or used
	TransactionLost        Reason = "transaction_lost"         // the browser has no such login, or not any more
)

// Why a person is refused, or has to be asked.
const (
	LoginRequired            Reason = "login_required"             // nobody is logged in
	ConsentRequired          Reason = "consent_required"           // the user has not let the client in
	ConfirmationRequired     Reason = "confirmation_required"      // the callback cannot be verified, so the user has to confirm
	AccountSelectionRequired Reason = "account_selection_required" //
	WrongCredentials         Reason = "wrong_credentials"          // the user name and the password do not belong together
	AccountBlocked           Reason = "account_blocked"            // after too many wrong passwords
	PasswordLeaked           Reason = "password_leaked"
	SignupRefused            Reason = "signup_refused"   // the data of a new user do not do
	PasswordRefused          Reason = "password_refused" // a new password is too weak, or was used before
	UserIsBlocked            Reason = "user_blocked"
	UserUnknown              Reason = "user_unknown"          // the user does not exist any more
	SecondFactorRefused      Reason = "second_factor_refused" // the code is wrong or has expired
	SecondFactorDue          Reason = "second_factor_due"
	DeniedByAction           Reason = "denied_by_action"
	RedirectByAction         Reason = "redirect_by_action"
	Canceled                 Reason = "canceled" // the user canceled
	LimitReached             Reason = "limit_reached"
	ServerError              Reason = "server_error"
	DevelopmentKeys          Reason = "development_keys"    // a warning: the connection uses Auth0's developer keys
	OfflineNotAllowed        Reason = "offline_not_allowed" // a warning: no refresh token, because the API does not allow offline access
	RefreshGrantOff          Reason = "refresh_grant_off"   // a warning: no refresh token, because the client may not use that grant
)
