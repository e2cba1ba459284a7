package diagnosis

// sessionCauses lie with the browser's session.
var sessionCauses = []Info{
	{
		Code:  ThirdPartyCookiesBlocked,
		Title: "The browser withholds the tenant's cookie from the hidden frame",
		Why: "The frame belongs to another site than the page, so the browser treats the tenant's session cookie as a " +
			"third-party cookie and does not send it. The tenant then does not recognize the browser, although the person is " +
			"logged in.",
		Remedy: "Use refresh tokens (auth0-spa-js: useRefreshTokens, scope offline_access), or give the tenant a custom " +
			"domain on the app's own site, so that the cookie is a first-party one.",
		Sign: "The frame's request has no auth0 cookie and Sec-Fetch-Storage-Access: none; the login page, opened in a tab, " +
			"recognizes the person.",
		Read:     safariPage,
		Scenario: "third-party-cookies-blocked",
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
	},
}
