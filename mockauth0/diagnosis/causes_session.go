package diagnosis

// sessionCauses lie with the browser's session.
var sessionCauses = []Info{
	{
		Code:  ThirdPartyCookiesBlocked,
		Title: "The browser withholds the tenant's cookie from the hidden frame",
		Why: "The frame belongs to another site than the page, so the browser treats the tenant's session cookie as a " +
			"third-party cookie and does not send it. The tenant then does not recognize a person who has logged in.",
		Remedy: "Use refresh tokens (auth0-spa-js: useRefreshTokens, scope offline_access), or give the tenant a custom " +
			"domain on the app's own site, so that the cookie is a first-party one. That it works in one browser proves nothing: " +
			"Firefox may send the cookie after a login by redirect, where Safari and Chromium withhold it.",
		Sign: "The frame's request has no auth0 cookie; Chromium and Firefox say Sec-Fetch-Storage-Access: none. The login page, opened in " +
			"a tab, recognizes the person.",
		Read:     safariPage,
		Scenario: "third-party-cookies-blocked",
		Shown:    InFrame,
		Variants: []Variant{
			{
				Name: "plain_http_other_site", Shown: InFrame | OwnSiteCookie,
				Title: "App and tenant are two sites, and a tenant by plain http has its cookie in frames of its own site only",
				Why: []Sentence{
					given(InFrame|OwnSiteCookie, "The frame belongs to another site than the page, and the tenant's session cookie is SameSite=Lax, as "+
						"it has to be by plain http: no browser sends it with such a frame, whatever its settings."),
					says("The tenant then does not recognize a person who has logged in."),
				},
				Remedy: []Sentence{
					given(OwnSiteCookie, "Open the app by http and by the tenant's own host name, such as http://localhost:5173 beside "+
						"http://localhost:4443: scheme and name make the site, and the port does not matter."),
					says("Or use refresh tokens (auth0-spa-js: useRefreshTokens, scope offline_access)."),
				},
				Sign: "The tenant's address begins with http://, and the frame's request has Sec-Fetch-Site: cross-site and no auth0 cookie.",
			},
			{
				Name: "app_embedded", Shown: InFrame | EmbeddedApp,
				Title: "The app is embedded in another site, so the browser withholds the tenant's cookie",
				Why: []Sentence{
					given(InFrame|EmbeddedApp, "App and tenant are of one site, and the browser withholds the tenant's cookie all the same: the app is "+
						"itself in a frame of another site, and cookies within that are third-party cookies."),
					says("The tenant then does not recognize a person who has logged in."),
				},
				Remedy: []Sentence{
					says("Renew with refresh tokens, which need no cookie, or open the app in a window of its own."),
					given(EmbeddedApp, "Another domain for the tenant changes nothing."),
				},
				Sign: "Sec-Fetch-Site is same-site and Sec-Fetch-Storage-Access is none; the app in a tab of its own renews.",
			},
			{
				Name: "refresh_token_lost", Shown: InFrame | HasRefreshToken,
				Title: "The app used a hidden frame, from which the browser withholds the tenant's cookie, though its login brought a refresh token",
				Why: []Sentence{
					given(HasRefreshToken, "The login brought a refresh token, and the app renewed by a frame: it may no longer have had the token."),
					given(InFrame, "The frame belongs to another site than the page, so the browser withholds the tenant's session cookie from it."),
				},
				Remedy: []Sentence{
					given(HasRefreshToken, "Keep the refresh token over a reload (auth0-spa-js: cacheLocation localstorage; the default is memory only)."),
					says("For the frame to work as well, give the tenant a custom domain on the app's own site."),
				},
				Sign: "The login's answer has a refresh_token, and the renewal after a reload is a frame without the auth0 cookie.",
			},
			{
				Name: "custom_domain_unused", Shown: InFrame | CustomDomainUnused,
				Why: []Sentence{
					says("The frame belongs to another site than the page, so the browser treats the tenant's session cookie as a third-party " +
						"cookie and does not send it."),
					given(CustomDomainUnused, "The tenant has a custom domain, and the app does not use it."),
				},
				Remedy: []Sentence{
					given(CustomDomainUnused, "Give the SDK the custom domain, for login and renewal; it helps where it is on the app's own site."),
					says("Or use refresh tokens (auth0-spa-js: useRefreshTokens, scope offline_access)."),
				},
			},
		},
	},
	{
		Code:  SessionAtOtherDomain,
		Title: "The session was begun at another of the tenant's domains",
		Why: "The person logged in at one of the tenant's domains, and the app asks silently at another. A browser sends a cookie to the host " +
			"that set it and to no other, whatever its settings, so the tenant sees a browser without a session.",
		Remedy: "Use one domain for login and renewal: give every SDK and every instance of one the same domain, the custom one where " +
			"there is one.",
		Sign:     "The login's address and the frame's are of two hosts of one tenant.",
		Read:     domainsPage,
		Scenario: "session-at-other-domain",
	},
	{
		Code:  NoSession,
		Title: "The browser has no session with the tenant",
		Why:   "The request carried no session cookie: nobody has logged in with this browser, or its cookies were cleared.",
		Remedy: "Send the person to the login page (authorize, loginWithRedirect). It is the ordinary answer for somebody " +
			"who has not logged in.",
		Sign:     "The request has no auth0 cookie, and a login page asks for the password.",
		Read:     silentPage,
		Scenario: "session-cookie-cleared",
		Variants: []Variant{
			{
				Name: "ended_with_the_browser", Shown: SessionAlive | DeviceKnown | NotPersistent,
				Title: "The session cookie ended with the browser",
				Why: []Sentence{
					given(NotPersistent, "The tenant sets its session cookie without an expiry (session_cookie.mode non-persistent), so a browser "+
						"drops it when it is closed."),
					given(SessionAlive|DeviceKnown, "The browser of the login came back without it, and the session is still alive at the tenant."),
				},
				Remedy: []Sentence{
					says("Send the person to the login page."),
					given(NotPersistent, "If people are to stay logged in, let the tenant's session cookie be persistent (Settings, Advanced, Login "+
						"Session Management)."),
				},
				Sign:     "It fails after the browser was closed; the login's Set-Cookie for auth0 has no Expires.",
				Read:     lifePage,
				Scenario: "browser-restarted",
			},
			{
				Name: "session_cookie_gone", Shown: SessionAlive | DeviceKnown,
				Title: "The browser no longer has the cookie of its session",
				Why: []Sentence{
					given(DeviceKnown, "The browser of the login sent the tenant's other cookie, and not the one of the session."),
					given(SessionAlive, "The session is alive, so the cookie was deleted or has expired in the browser."),
				},
				Remedy: []Sentence{
					says("Send the person to the login page."),
					says("If it comes again, look for what deletes or changes the cookie auth0: an extension, a proxy, a test."),
				},
				Sign: "The request has the cookie did and not auth0.",
			},
		},
	},
	{
		Code:  SessionCookieNotSet,
		Title: "The login's answer set no session cookie",
		Why: "A login succeeded, but its answer reached the browser without Set-Cookie for the session, so the next silent " +
			"request has no cookie to send.",
		Remedy: "Look for what removes or rewrites Set-Cookie between tenant and browser: a proxy, a gateway, a service " +
			"worker.",
		Sign:     "The login's answer has no Set-Cookie for auth0.",
		Read:     cyclePage,
		Scenario: "set-cookie-stripped",
	},
	{
		Code:  SessionCookieInvalid,
		Title: "The session cookie is not one of this tenant's",
		Why: "The cookie's signature does not fit: it comes from another tenant on the same host, from before a restart, or " +
			"was changed on the way.",
		Remedy: "Log in again. Give tenants that run on one machine host names of their own: cookies do not distinguish " +
			"ports.",
		Sign:     "There is a cookie, and the log says bad_signature.",
		Read:     cyclePage,
		Scenario: "session-cookie-invalid",
	},
	{
		Code:  SessionIdleExpired,
		Title: "The session ended because nobody used it for too long",
		Why: "No request used the session within its idle lifetime. Renewals keep it alive only when they come more often " +
			"than that.",
		Remedy:   "Log in again. Raise the tenant's idle session lifetime, or renew more often than it.",
		Sign:     "It fails after a pause, not after a fixed time; the log says idle_expired.",
		Read:     lifePage,
		Scenario: "session-idle-expired",
	},
	{
		Code:  SessionAbsoluteExpired,
		Title: "The session reached the end of its life",
		Why: "A session ends at its absolute lifetime, however often it is used. That is the point at which the person has " +
			"to log in again.",
		Remedy:   "Log in again. Raise the tenant's absolute session lifetime (Require log in after) if it comes too early.",
		Sign:     "It fails a fixed time after login, however busy the app was; the log says absolute_expired.",
		Read:     lifePage,
		Scenario: "session-absolute-expired",
	},
	{
		Code:     SessionTooOld,
		Title:    "The app asks for a more recent login than the session's (max_age)",
		Why:      "The request's max_age is shorter than the time since the person last logged in, so the session does not count.",
		Remedy:   "Leave max_age out of silent requests, or send the person to the login page.",
		Sign:     "The request has max_age.",
		Read:     docs + "authenticate/login/max-age-reauthentication",
		Scenario: "session-older-than-max-age",
	},
	{
		Code:     SessionOtherConnection,
		Title:    "The session belongs to another connection than the request names",
		Why:      "The request's connection parameter names a connection, and the person logged in with another one.",
		Remedy:   "Leave connection out of silent requests.",
		Sign:     "The request has connection, and the login used another one.",
		Read:     silentPage,
		Scenario: "session-of-another-connection",
	},
	{
		Code:     SessionEnded,
		Title:    "The session was ended elsewhere",
		Why:      "The session was revoked or replaced: by an administrator, by a changed password, by a new login.",
		Remedy:   "Log in again. Look in the tenant's log for who ended it.",
		Sign:     "The log says before it that the session was ended: revoked or replaced.",
		Read:     cyclePage,
		Scenario: "session-ended-elsewhere",
		Variants: []Variant{
			{
				Name: "replaced", Shown: ReplacedByLogin,
				Title:  "A new login replaced the session",
				Why:    []Sentence{given(ReplacedByLogin, "Somebody logged in again with the same browser, and that ended the session before it.")},
				Remedy: []Sentence{says("Let the app take over the session of the new login: ask silently again, or log in.")},
			},
			{
				Name: "password_changed", Shown: PasswordHasChanged,
				Title:  "A new password ended the session",
				Why:    []Sentence{given(PasswordHasChanged, "The person's password was changed, and that ends the person's sessions.")},
				Remedy: []Sentence{says("Log in again with the new password. It is the right answer.")},
			},
			{
				Name: "revoked", Shown: RevokedByAdmin,
				Title:  "An administrator ended the session",
				Why:    []Sentence{given(RevokedByAdmin, "The session was revoked over the Management API or the dashboard.")},
				Remedy: []Sentence{says("Log in again. Look in the tenant's log for who revoked it.")},
			},
		},
	},
	{
		Code:  SessionLost,
		Title: "The tenant no longer knows the session, and nothing ended it",
		Why: "The browser sent a valid session cookie whose session was alive a moment ago. The tenant lost it, as it may " +
			"after a failover.",
		Remedy:   "Log in again. If it comes often, report it with the request ids.",
		Sign:     "There is a valid cookie, and nothing in the log has ended its session.",
		Read:     cyclePage,
		Scenario: "session-lost",
	},
	{
		Code:   LoggedOut,
		Title:  "The person has logged out",
		Why:    "A logout, in this app or in another one that shares the tenant's session, ended it for all of them.",
		Remedy: "It is the right answer: show the app as logged out. Use back-channel logout to learn of it at once.",
		Sign:   "The log has slo (a logout) of another application before it.",
		Read:   logoutPage,
	},
	{
		Code:  RenewalAfterLogout,
		Title: "The app went on renewing after its own logout",
		Why:   "The same app in the same browser logged the person out, and its renewal timer was still running.",
		Remedy: "Cancel the renewal timer in the logout function, also in the app's other tabs (listen for the storage " +
			"event).",
		Sign:     "The log has slo (a logout) of the same application before it.",
		Read:     logoutPage,
		Scenario: "renewal-after-logout",
		Variants: []Variant{{
			Name: "refresh_token_kept", Shown: AfterExchange,
			Why: []Sentence{
				given(AfterExchange, "The same app in the same browser logged the person out, kept the refresh token of that login, and exchanged it."),
				says("A logout ends the session; it does not revoke refresh tokens."),
			},
			Remedy: []Sentence{
				says("Revoke the refresh token and forget it in the logout function (auth0-spa-js: logout does the second), and cancel the renewal " +
					"timer, also in the app's other tabs."),
			},
		}},
	},
	{
		Code:  AnotherUsersSession,
		Title: "The session belongs to another user than the app's",
		Why:   "In this browser somebody else has logged in with the tenant since, so the app gets tokens for that person.",
		Remedy: "Compare sub with the user that the app knows and start over when it changed; log in with " +
			"prompt=select_account to choose.",
		Sign:     "sub of the new token is not that of the old one.",
		Read:     cyclePage,
		Scenario: "another-users-session",
		Variants: []Variant{{
			Name: "hint_of_another", Shown: HintNamesAnother,
			Why: []Sentence{given(HintNamesAnother, "The request's id_token_hint names another user than the session, so the tenant does not "+
				"answer for the session's user.")},
			Remedy: []Sentence{given(HintNamesAnother, "Send the ID token of the person whom the app shows, or no hint; log in as the "+
				"one who is meant.")},
			Sign: "sub of the id_token_hint is not the user of the session.",
		}},
	},
}
