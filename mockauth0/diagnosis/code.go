package diagnosis

// Code names a cause. It is what programs compare, and it stays what it is.
type Code string

// Causes that lie with the browser's session.
const (
	ThirdPartyCookiesBlocked Code = "third_party_cookies_blocked"
	SessionAtOtherDomain     Code = "session_at_other_domain"
	NoSession                Code = "no_session"
	SessionCookieNotSet      Code = "session_cookie_not_set"
	SessionCookieInvalid     Code = "session_cookie_invalid"
	SessionIdleExpired       Code = "session_idle_expired"
	SessionAbsoluteExpired   Code = "session_absolute_expired"
	SessionTooOld            Code = "session_too_old"
	SessionOtherConnection   Code = "session_other_connection"
	SessionEnded             Code = "session_ended"
	SessionLost              Code = "session_lost"
	LoggedOut                Code = "logged_out"
	RenewalAfterLogout       Code = "renewal_after_logout"
	AnotherUsersSession      Code = "another_users_session"
)

// Causes that lie with what the tenant's policies decide.
const (
	UserBlocked            Code = "user_blocked"
	UserDeleted            Code = "user_deleted"
	ConsentMissing         Code = "consent_missing"
	ConsentWithdrawn       Code = "consent_withdrawn"
	ConfirmationNeeded     Code = "confirmation_needed"
	DevKeys                Code = "dev_keys"
	MFADemanded            Code = "mfa_demanded"
	ActionDenied           Code = "action_denied"
	ActionRedirects        Code = "action_redirects"
	OrganizationRefused    Code = "organization_refused"
	AccountSelectionNeeded Code = "account_selection_needed"
)

// Causes that lie with settings of the application.
const (
	WebOriginMissing     Code = "web_origin_missing"
	CallbackMismatch     Code = "callback_mismatch"
	CORSMissing          Code = "cors_missing"
	AudienceUnknown      Code = "audience_unknown"
	GrantTypeDisabled    Code = "grant_type_disabled"
	ClientSecretDemanded Code = "client_secret_demanded"
	ClientUnknown        Code = "client_unknown"
	ConnectionUnusable   Code = "connection_unusable"
	RequestInvalid       Code = "request_invalid"
	CodeExpired          Code = "code_expired"
	CodeRefused          Code = "code_refused"
)

// Causes that lie with the tenant's server and the way to it.
const (
	RateLimited      Code = "rate_limited"
	ServerError      Code = "server_error"
	ErrorPageInFrame Code = "error_page_in_frame"
	ErrorPageShown   Code = "error_page_shown"
	LoginPageInFrame Code = "login_page_in_frame"
	ConnectionCut    Code = "connection_cut"
	TLSFailed        Code = "tls_failed"
)

// Causes that lie with the answer and its way to the application.
const (
	AnswerLost         Code = "answer_lost"
	AnswerLate         Code = "answer_late"
	AnswerUnusable     Code = "answer_unusable"
	FramingRefused     Code = "framing_refused"
	TargetOriginWrong  Code = "target_origin_wrong"
	ResponseModeWrong  Code = "response_mode_wrong"
	MessagePostedTwice Code = "message_posted_twice"
	MessageNeverPosted Code = "message_never_posted"
	ForeignMessage     Code = "foreign_message"
	StateWrong         Code = "state_wrong"
)

// Causes that lie with tokens and keys.
const (
	NonceWrong             Code = "nonce_wrong"
	IssuerWrong            Code = "issuer_wrong"
	AudienceWrong          Code = "audience_wrong"
	SubjectWrong           Code = "subject_wrong"
	OrganizationWrong      Code = "organization_wrong"
	AtHashWrong            Code = "at_hash_wrong"
	ClaimsMissing          Code = "claims_missing"
	TokenFromTheFuture     Code = "token_from_the_future"
	TokenExpiredOnArrival  Code = "token_expired_on_arrival"
	HS256IDToken           Code = "hs256_id_token"
	SignatureWrong         Code = "signature_wrong"
	TokenUnusable          Code = "token_unusable"
	KeyUnknown             Code = "key_unknown"
	JWKSBroken             Code = "jwks_broken"
	DiscoveryWrong         Code = "discovery_wrong"
	LifetimeOverflowsTimer Code = "lifetime_overflows_timer"
)

// Causes that lie with refresh tokens.
const (
	RefreshTokenReused  Code = "refresh_token_reused"
	RefreshTokenRevoked Code = "refresh_token_revoked"
	RefreshTokenExpired Code = "refresh_token_expired"
	RefreshTokenUnknown Code = "refresh_token_unknown"
	RefreshTokenMissing Code = "refresh_token_missing"
)

// Causes that lie with the application.
const (
	RenewalStorm         Code = "renewal_storm"
	RequestNeverCame     Code = "request_never_came"
	CrossOriginIsolated  Code = "cross_origin_isolated"
	TwoSDKs              Code = "two_sdks"
	AppRejectedTheAnswer Code = "app_rejected_the_answer"
	AppClockWrong        Code = "app_clock_wrong"
	Unexplained          Code = "unexplained"
)
