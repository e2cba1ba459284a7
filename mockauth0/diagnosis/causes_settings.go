package diagnosis

// settingsCauses lie with settings of the application.
var settingsCauses = []Info{
	{
		Code:  WebOriginMissing,
		Title: "The app's origin is not among its Allowed Web Origins",
		Why: "For response_mode=web_message the tenant answers with an error page in the frame instead of a message. No SDK " +
			"can read that page, so it waits for its timeout, 60 s.",
		Remedy:   "Add the page's origin (scheme, host and port, without a path) to Allowed Web Origins of the application.",
		Sign:     "The frame's address, opened in a tab, shows: does not have a registered origin.",
		Read:     settingsPage,
		Scenario: "web-origin-missing",
	},
	{
		Code:  CallbackMismatch,
		Title: "The redirect URI is not among the Allowed Callback URLs",
		Why: "The tenant must not send anything to an address that is not registered, so it shows an error page, which " +
			"nobody sees in a hidden frame.",
		Remedy: "Add exactly this redirect_uri to Allowed Callback URLs of the application: scheme, port, path and final " +
			"slash count.",
		Sign:     "The frame's address, opened in a tab, shows: Callback URL mismatch.",
		Read:     settingsPage,
		Scenario: "callback-mismatch",
	},
	{
		Code:  CORSMissing,
		Title: "The browser may not read the answer: the app's origin is not allowed (CORS)",
		Why: "The answer left the tenant without Access-Control-Allow-Origin for the page, so the browser hides it and the " +
			"SDK reports a network error.",
		Remedy: "Add the page's origin to Allowed Origins (CORS) or Allowed Web Origins of the application; look for a proxy " +
			"that removes the header.",
		Sign:     "The console names CORS; the answer has no Access-Control-Allow-Origin; the log has fco.",
		Read:     corsPage,
		Scenario: "token-endpoint-without-cors",
	},
	{
		Code:     AudienceUnknown,
		Title:    "No API has this audience",
		Why:      "No API of the tenant has the request's audience as its identifier.",
		Remedy:   "Correct the audience, or create the API with exactly this identifier.",
		Sign:     "The description is \"Service not found\" with the audience.",
		Read:     docs + "get-started/apis/api-settings",
		Scenario: "audience-unknown",
	},
	{
		Code:     GrantTypeDisabled,
		Title:    "The application may not use this grant type",
		Why:      "The grant type is switched off for the application (Advanced Settings > Grant Types).",
		Remedy:   "Enable it, or use another flow.",
		Sign:     "The description names the grant type.",
		Read:     docs + "get-started/applications/application-grant-types",
		Scenario: "grant-type-disabled",
	},
	{
		Code:  ClientSecretDemanded,
		Title: "The token endpoint wants a client secret",
		Why: "The application is set up as a confidential one. A page in a browser has no secret, so the exchange of its " +
			"code or refresh token is refused.",
		Remedy:   "Set the application's type to Single Page Application, or its token endpoint authentication method to none.",
		Sign:     "/oauth/token answers 401 Unauthorized.",
		Read:     docs + "get-started/applications/confidential-and-public-applications",
		Scenario: "client-secret-demanded",
	},
	{
		Code:     ClientUnknown,
		Title:    "The tenant has no such application",
		Why:      "No application of the tenant has the client id of the request.",
		Remedy:   "Compare the client id and the domain with the application's settings.",
		Sign:     "The page says Unknown client.",
		Read:     settingsPage,
		Scenario: "client-unknown",
	},
	{
		Code:     ConnectionUnusable,
		Title:    "No connection is enabled for the request",
		Why:      "The connection is not enabled for the application, or does not exist.",
		Remedy:   "Enable the connection on the application's Connections tab.",
		Sign:     "The description mentions the connection.",
		Read:     docs + "get-started/applications/update-application-connections",
		Scenario: "connection-disabled",
	},
	{
		Code:     RequestInvalid,
		Title:    "The request itself is not valid",
		Why:      "The tenant refused the parameters of the request; its description says which.",
		Remedy:   "Correct the parameter that the description names.",
		Sign:     "The error is invalid_request, and its description names a parameter.",
		Read:     docs + "api/authentication",
		Scenario: "response-type-unknown",
	},
	{
		Code:  CodeExpired,
		Title: "The code was exchanged too late",
		Why: "An authorization code can be used once, and only for some minutes. The page slept or was throttled between the " +
			"answer and the exchange.",
		Remedy:   "Exchange the code at once, and start over when it fails.",
		Sign:     "Minutes lie between the answer with the code and its exchange.",
		Read:     docs + "get-started/authentication-and-authorization-flow/authorization-code-flow-with-pkce",
		Scenario: "code-exchanged-too-late",
	},
	{
		Code:  CodeRefused,
		Title: "The code was refused",
		Why: "The code is unknown, was used before, belongs to another client or callback, or its code_verifier does not " +
			"match.",
		Remedy:   "Exchange each code once, with the redirect_uri and the code_verifier of its own request.",
		Sign:     "/oauth/token answers invalid_grant for a code that was just issued.",
		Read:     docs + "get-started/authentication-and-authorization-flow/authorization-code-flow-with-pkce",
		Scenario: "code-used-twice",
	},
}
