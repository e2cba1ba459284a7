package diagnose

// Known is what is known about a cause, whoever suffers from it.
type Known struct {
	Code     string
	Title    string
	Why      string // how it makes a renewal fail
	Remedy   string // what to change
	Read     string // page of Auth0's documentation
	Scenario string // id of the scenario that reproduces it
}

// Pages of Auth0's documentation that several causes point to.
const (
	docs         = "https://auth0.com/docs/"
	silentPage   = docs + "authenticate/login/configure-silent-authentication"
	safariPage   = docs + "troubleshoot/authentication-issues/renew-tokens-when-using-safari"
	lifePage     = docs + "manage-users/sessions/session-lifetime-limits"
	cyclePage    = docs + "manage-users/sessions/session-lifecycle"
	settingsPage = docs + "get-started/applications/application-settings"
	corsPage     = docs + "get-started/applications/set-up-cors"
	rotationPage = docs + "secure/tokens/refresh-tokens/refresh-token-rotation"
	refreshPage  = docs + "secure/tokens/refresh-tokens"
	idTokenPage  = docs + "secure/tokens/id-tokens/validate-id-tokens"
	keysPage     = docs + "secure/tokens/json-web-tokens/json-web-key-sets"
	errorsPage   = docs + "authenticate/login/auth0-universal-login/error-pages"
	limitsPage   = docs + "troubleshoot/customer-support/operational-policies/rate-limit-policy"
	loginAction  = docs + "customize/actions/explore-triggers/signup-and-login-triggers/login-trigger"
	domainsPage  = docs + "troubleshoot/integration-extensibility-issues/troubleshoot-custom-domains"
	orgPage      = docs + "manage-users/organizations/configure-organizations/define-organization-behavior"
	logoutPage   = docs + "authenticate/login/logout/log-users-out-of-auth0"
	consentPage  = docs + "get-started/applications/confidential-and-public-applications/user-consent-and-third-party-applications"
)

// Causes are all that this package can name, those of one place together.
func Causes() []Known {
	var all []Known
	for _, group := range [][]Known{sessionCauses(), policyCauses(), settingsCauses(), serverCauses(), answerCauses(), tokenCauses(), refreshCauses(), appCauses()} {
		all = append(all, group...)
	}
	return all
}

// Find is the cause of a code.
func Find(code string) (Known, bool) {
	k, ok := byCode()[code]
	return k, ok
}

func byCode() map[string]Known {
	m := map[string]Known{}
	for _, k := range Causes() {
		m[k.Code] = k
	}
	return m
}

func sessionCauses() []Known {
	return []Known{
		{"third_party_cookies_blocked", "The browser withholds the tenant's cookie from the hidden frame",
			"The frame belongs to another site than the page, so the browser treats the tenant's session cookie as a third-party cookie and does not send it. The tenant then sees a stranger, although the person is logged in.",
			"Use refresh tokens (auth0-spa-js: useRefreshTokens, scope offline_access), or give the tenant a custom domain on the app's own site, so that the cookie is a first-party one.",
			safariPage, "third-party-cookies-blocked"},
		{"no_session", "The browser has no session with the tenant",
			"The request carried no session cookie: nobody has logged in with this browser, or its cookies were cleared.",
			"Send the person to the login page (authorize, loginWithRedirect). It is the ordinary answer for somebody who has not logged in.",
			silentPage, "session-cookie-cleared"},
		{"session_cookie_not_set", "The login's answer set no session cookie",
			"A login went well, but its answer came to the browser without Set-Cookie for the session, so the next silent request has nothing to show.",
			"Look for what removes or rewrites Set-Cookie between tenant and browser: a proxy, a gateway, a service worker.",
			cyclePage, "set-cookie-stripped"},
		{"session_cookie_invalid", "The session cookie is not one of this tenant's",
			"The cookie's signature does not fit: it comes from another tenant on the same host, from before a restart, or was changed on its way.",
			"Log in again. Give tenants that run on one machine host names of their own: cookies know no ports.",
			cyclePage, "session-cookie-invalid"},
		{"session_idle_expired", "The session ended because nobody used it for too long",
			"No request used the session within its idle lifetime. Renewals keep it alive only when they come more often than that.",
			"Log in again. Raise the tenant's idle session lifetime, or renew more often than it.",
			lifePage, "session-idle-expired"},
		{"session_absolute_expired", "The session reached the end of its life",
			"A session ends at its absolute lifetime, however often it is used. That is the point at which the person has to log in again.",
			"Log in again. Raise the tenant's absolute session lifetime (Require log in after) if it comes too early.",
			lifePage, "session-absolute-expired"},
		{"session_too_old", "The app wants a fresher login than the session is (max_age)",
			"The request's max_age is shorter than the time since the person last logged in, so the session does not count.",
			"Leave max_age out of silent requests, or send the person to the login page.",
			docs + "authenticate/login/max-age-reauthentication", "session-older-than-max-age"},
		{"session_other_connection", "The session is of another connection than the request names",
			"The request's connection parameter names a connection, and the person logged in with another one.",
			"Leave connection out of silent requests.",
			silentPage, "session-of-another-connection"},
		{"session_ended", "The session was ended elsewhere",
			"The session was revoked or replaced: by an administrator, by a changed password, by a new login.",
			"Log in again. Look in the tenant's log for who ended it.",
			cyclePage, "session-ended-elsewhere"},
		{"session_lost", "The tenant no longer knows the session, and nothing ended it",
			"The browser sent a valid session cookie whose session was alive a moment ago. The tenant lost it, as it may after a failover.",
			"Log in again. If it comes often, report it with the request ids.",
			cyclePage, "session-lost"},
		{"logged_out", "The person has logged out",
			"A logout, in this app or in another one that shares the tenant's session, ended it for all of them.",
			"It is the right answer: show the app as logged out. Use back-channel logout to hear of it at once.",
			logoutPage, ""},
		{"renewal_after_logout", "The app went on renewing after its own logout",
			"The same app in the same browser logged the person out, and its renewal timer was still running.",
			"Cancel the renewal timer in the logout function, also in the app's other tabs (listen for the storage event).",
			logoutPage, "renewal-after-logout"},
		{"another_users_session", "The session is of another user than the app's",
			"In this browser somebody else has logged in with the tenant since, so the app gets tokens for another person.",
			"Compare sub with the user that the app knows and start over when it changed; log in with prompt=select_account to choose.",
			cyclePage, "another-users-session"},
	}
}

func policyCauses() []Known {
	return []Known{
		{"user_blocked", "The user is blocked",
			"An administrator blocked the user. Live sessions and refresh tokens are refused from then on.",
			"Unblock the user in the dashboard (User Management), or treat the answer as a logout.",
			docs + "manage-users/user-accounts/block-and-unblock-users", "blocked-user"},
		{"user_deleted", "The user was deleted while the session lived",
			"The session's user no longer exists. A silent request then gets a hosted 500 page in its frame, which no SDK can read, so it waits for its timeout.",
			"End the sessions of users that you delete, and treat a timeout as a logout.",
			docs + "manage-users/user-accounts/delete-users", "deleted-user"},
		{"consent_missing", "The person has not yet let the app in",
			"The app asks for something that needs the person's consent, and a silent request can show nobody a consent page. Apps on localhost always need it under the classic policy.",
			"Log in once interactively and accept. For a first-party app enable Allow Skipping User Consent on the API and use a host name other than localhost.",
			consentPage, "consent-on-localhost"},
		{"consent_withdrawn", "The person's consent was withdrawn",
			"The grant that the person had given was deleted, so the next silent request needs consent again.",
			"Log in interactively and accept once more.",
			consentPage, "consent-withdrawn"},
		{"confirmation_needed", "The login has to be confirmed, since its callback cannot be verified",
			"Any program on the person's machine may listen on localhost or claim a custom scheme, so the tenant asks the person to confirm each login; a silent request cannot ask.",
			"Use a callback on a host name of your own, or switch the prompt off for this application.",
			docs + "secure/security-guidance/measures-against-app-impersonation", "consent-new-policy"},
		{"dev_keys", "The connection uses Auth0's developer keys",
			"A login with Auth0's own developer keys makes no session at the tenant, so every silent request answers login_required, for this connection only.",
			"Enter a client id and secret of your own for the connection (Authentication > Social).",
			docs + "authenticate/identity-providers/social-identity-providers/devkeys", "dev-keys"},
		{"mfa_demanded", "Multi-factor authentication is demanded",
			"The tenant wants a second factor for this login, and a silent request or a refresh cannot ask for it.",
			"Remember the browser (allowRememberBrowser), demand it only where it is needed, or log in interactively.",
			docs + "secure/multi-factor-authentication", "mfa-demanded"},
		{"action_denied", "An Action refused the login",
			"An Action of the login flow called api.access.deny, or threw; its message is the description that the app gets.",
			"Read the Action's code and its log for the condition. Silent requests run the login flow too.",
			loginAction, "action-denies"},
		{"action_redirects", "An Action wants to redirect the person",
			"An Action of the login flow calls api.redirect.sendUserTo, which a silent request cannot follow: it answers interaction_required.",
			"Leave the redirect out when event.request.query.prompt is none, or log in interactively.",
			loginAction + "/redirect-with-actions", "action-redirects"},
		{"organization_refused", "The organization does not fit",
			"The request names no organization where the app requires one, or one to which the person does not belong.",
			"Send the organization of the login in silent requests as well, and check the user's membership.",
			orgPage, "org-membership-ended"},
		{"account_selection_needed", "The person has to choose an account",
			"The request asks for an account chooser, which a silent request cannot show.",
			"Leave prompt=select_account out of silent requests.",
			silentPage, ""},
	}
}

func settingsCauses() []Known {
	return []Known{
		{"web_origin_missing", "The app's origin is not among its Allowed Web Origins",
			"For response_mode=web_message the tenant answers an error page in the frame instead of a message. No SDK can read that page, so it waits for its timeout, 60 s.",
			"Add the page's origin (scheme, host and port, without a path) to Allowed Web Origins of the application.",
			settingsPage, "web-origin-missing"},
		{"callback_mismatch", "The redirect URI is not among the Allowed Callback URLs",
			"The tenant must not send anything to an address that is not registered, so it shows an error page, in a hidden frame to nobody.",
			"Add exactly this redirect_uri to Allowed Callback URLs of the application: scheme, port, path and final slash count.",
			settingsPage, "callback-mismatch"},
		{"cors_missing", "The browser may not read the answer: the app's origin is not allowed (CORS)",
			"The answer left the tenant without Access-Control-Allow-Origin for the page, so the browser hides it and the SDK reports a network error.",
			"Add the page's origin to Allowed Origins (CORS) or Allowed Web Origins of the application; look for a proxy that removes the header.",
			corsPage, "token-endpoint-without-cors"},
		{"audience_unknown", "No API has this audience",
			"The audience of the request is no identifier of an API of the tenant.",
			"Correct the audience, or create the API with exactly this identifier.",
			docs + "get-started/apis/api-settings", "audience-unknown"},
		{"grant_type_disabled", "The application may not use this grant type",
			"The grant type is switched off for the application (Advanced Settings > Grant Types).",
			"Enable it, or use another flow.",
			docs + "get-started/applications/application-grant-types", "grant-type-disabled"},
		{"client_secret_demanded", "The token endpoint wants a client secret",
			"The application is set up as a confidential one. A page in a browser has no secret, so the exchange of its code or refresh token is refused.",
			"Set the application's type to Single Page Application, or its token endpoint authentication method to none.",
			docs + "get-started/applications/confidential-and-public-applications", "client-secret-demanded"},
		{"client_unknown", "The tenant has no such application",
			"No application of the tenant has the client id of the request.",
			"Compare the client id and the domain with the application's settings.",
			settingsPage, "client-unknown"},
		{"connection_unusable", "No connection is enabled for the request",
			"The connection is not enabled for the application, or does not exist.",
			"Enable the connection on the application's Connections tab.",
			docs + "get-started/applications/update-application-connections", "connection-disabled"},
		{"request_invalid", "The request itself is not valid",
			"The tenant refused the parameters of the request; its description says which.",
			"Correct the parameter that the description names.",
			docs + "api/authentication", "response-type-unknown"},
		{"code_expired", "The code was exchanged too late",
			"An authorization code is good for minutes and once. The page slept or was throttled between the answer and the exchange.",
			"Exchange the code at once, and start over when it fails.",
			docs + "get-started/authentication-and-authorization-flow/authorization-code-flow-with-pkce", "code-exchanged-too-late"},
		{"code_refused", "The code was refused",
			"The code is unknown, was used before, belongs to another client or callback, or its code_verifier does not fit.",
			"Exchange each code once, with the redirect_uri and the code_verifier of its own request.",
			docs + "get-started/authentication-and-authorization-flow/authorization-code-flow-with-pkce", "code-used-twice"},
	}
}
