package diagnose

func refreshCauses() []Known {
	return []Known{
		{"refresh_token_reused", "A refresh token was used that had been replaced",
			"With rotation each exchange replaces the token. Somebody showed an old one (a second tab, a retry, a thief), so the tenant revoked the whole family.",
			"Log in again. Share one token store between tabs, renew in one at a time (auth0-spa-js takes a lock), and set an overlap period (leeway) for retries.",
			rotationPage, "refresh-token-reused"},
		{"refresh_token_revoked", "The refresh token was revoked",
			"The family of the token was ended: by /oauth/revoke, by an administrator, or because an old token of it was reused.",
			"Log in again.",
			docs + "secure/tokens/refresh-tokens/revoke-refresh-tokens", "family-revoked"},
		{"refresh_token_expired", "The refresh token has expired",
			"Its idle or its absolute lifetime is over.",
			"Log in again; raise the application's refresh token lifetimes if it comes too early.",
			docs + "secure/tokens/refresh-tokens/configure-refresh-token-expiration", "refresh-token-idle-expired"},
		{"refresh_token_unknown", "The tenant does not know the refresh token",
			"It is of another tenant or client, was cut, or the tenant lost it.",
			"Log in again, and check that the app keeps the token of this very tenant and client.",
			refreshPage, "refresh-token-gone"},
		{"refresh_token_missing", "The app has no refresh token",
			"Login gave none: offline_access was not asked for, the API does not Allow Offline Access, or the application lacks the Refresh Token grant.",
			"Ask for offline_access, enable Allow Offline Access on the API and the Refresh Token grant on the application.",
			docs + "secure/tokens/refresh-tokens/get-refresh-tokens", "refresh-token-missing"},
	}
}

func appCauses() []Known {
	return []Known{
		{"renewal_storm", "The app renews without a pause",
			"Many renewals came in a short time: a timer that fires at once, a loop of a failing renewal and its retry, or polling.",
			"Renew at the token's expiry, once; after a failure wait, or go to the login page.",
			limitsPage, "renewal-storm"},
		{"request_never_came", "The renewal never reached the tenant",
			"A renewal was due and no request came: the page was asleep, frozen, offline or closed, its content security policy or an extension blocks the frame, it is cross-origin isolated, or a service worker answers in the tenant's place.",
			"Look at the page's console and network panel at that time: a blocked frame says so there.",
			silentPage, "offline"},
		{"cross_origin_isolated", "The app's page is cross-origin isolated",
			"Such a page (Cross-Origin-Embedder-Policy) loads no frame of another origin that does not ask for it, and the tenant's do not. The tenant answers, and the page never hears it; later SDKs do not even ask.",
			"Renew with refresh tokens, or leave Cross-Origin-Embedder-Policy and Cross-Origin-Opener-Policy away from pages that renew.",
			silentPage, "cross-origin-isolated"},
		{"two_sdks", "Two renewals run at once in one page",
			"Two SDKs, or two instances of one, listen for the same kind of message. The first answer is taken by the wrong one.",
			"Use one SDK instance per page, and one renewal at a time.",
			silentPage, "two-sdks-on-a-page"},
		{"app_rejected_the_answer", "The tenant's answer was right, and the app refused it",
			"Nothing is wrong with what the tenant sent, but the app behaved as if the renewal had failed: state or nonce were no longer in its storage, or another page than the one that asked has parsed the answer.",
			"Read the SDK's error: state and nonce errors mean that the storage of the transaction is gone or is another origin's. Let the page that asked check the answer.",
			idTokenPage, "silent-page-parses"},
		{"app_clock_wrong", "The clock of the person's machine is wrong",
			"Tokens are right by the tenant's time, and the app behaves as if they had expired or came from the future.",
			"Set the machine's clock; allow the SDK more leeway.",
			idTokenPage, "clock-far-ahead"},
		{"unexplained", "The tenant cannot tell",
			"The renewal failed, and nothing that the tenant observed explains it.",
			"Read the evidence and the events of the request; look at the page's console and network panel.",
			silentPage, ""},
	}
}
