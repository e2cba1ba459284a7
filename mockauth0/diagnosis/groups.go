package diagnosis

// Group is a subject that causes belong to.
type Group struct {
	Title string // for people: "Cookies and the browser"
	Codes []Code // of its causes
}

// Groups are the subjects of all causes, for lists of them and of their scenarios. Each code is in one.
func Groups() []Group {
	return []Group{
		{"Cookies and the browser", []Code{
			ThirdPartyCookiesBlocked, SessionAtOtherDomain, NoSession, SessionCookieNotSet, SessionCookieInvalid,
			CrossOriginIsolated, AppClockWrong,
		}},
		{"The session at the tenant", []Code{
			SessionIdleExpired, SessionAbsoluteExpired, SessionEnded, SessionLost,
			SessionOtherConnection, SessionTooOld, AnotherUsersSession, DevKeys,
		}},
		{"Settings of the application and the tenant", []Code{
			WebOriginMissing, CallbackMismatch, AudienceUnknown, ClientUnknown,
			ClientSecretDemanded, GrantTypeDisabled, ConnectionUnusable, RequestInvalid,
		}},
		{"What the tenant demands of the user", []Code{
			MFADemanded, ConsentMissing, ConsentWithdrawn, ConfirmationNeeded,
			UserBlocked, UserDeleted, ActionDenied, ActionRedirects,
			OrganizationRefused,
		}},
		{"Refresh tokens and codes", []Code{
			RefreshTokenExpired, RefreshTokenMissing, RefreshTokenReused,
			RefreshTokenRevoked, RefreshTokenUnknown, AnswerLost, CodeExpired,
			CodeRefused,
		}},
		{"The network and the tenant's servers", []Code{
			RequestNeverCame, ConnectionCut, TLSFailed, ServerError, RateLimited,
			AnswerLate, AnswerUnusable, CORSMissing,
		}},
		{"The hidden frame and its messages", []Code{
			FramingRefused, ErrorPageInFrame, MessageNeverPosted, MessagePostedTwice,
			ForeignMessage, TargetOriginWrong, ResponseModeWrong, StateWrong,
		}},
		{"Tokens and keys", []Code{
			SignatureWrong, KeyUnknown, JWKSBroken, HS256IDToken, IssuerWrong,
			AudienceWrong, NonceWrong, AtHashWrong, SubjectWrong,
			OrganizationWrong, ClaimsMissing, TokenUnusable, TokenExpiredOnArrival,
			TokenFromTheFuture,
		}},
		{"The app itself", []Code{
			AppRejectedTheAnswer, RenewalAfterLogout, RenewalStorm, LifetimeOverflowsTimer,
			TwoSDKs,
		}},
	}
}
