package diagnosis

// settingsCauses lie with settings of the application.
var settingsCauses = []Info{
	{
		Code:     WebOriginMissing,
		Title:    "The app's origin is not among its Allowed Web Origins",
		Why:      "For response_mode=web_message the tenant answers with an error page instead of a message, and no SDK can read that page.",
		Remedy:   "Add the page's origin (scheme, host and port, without a path) to Allowed Web Origins of the application.",
		Sign:     "The frame's address, opened in a tab, shows: does not have a registered origin.",
		Read:     settingsPage,
		Scenario: "web-origin-missing",
		Variants: []Variant{{
			Name: "in_frame", Shown: InFrame,
			Why: []Sentence{given(InFrame, "For response_mode=web_message the tenant answers with an error page in the frame instead of a "+
				"message. No SDK can read that page, so it waits for its timeout, 60 s.")},
		}},
	},
	{
		Code:  CallbackMismatch,
		Title: "The redirect URI is not among the Allowed Callback URLs",
		Why:   "The tenant must not send anything to an address that is not registered, so it shows an error page.",
		Remedy: "Add exactly this redirect_uri to Allowed Callback URLs of the application: scheme, port, path and final " +
			"slash count.",
		Sign:     "The request's address, opened in a tab, shows: Callback URL mismatch.",
		Read:     settingsPage,
		Scenario: "callback-mismatch",
		Variants: []Variant{{
			Name: "in_frame", Shown: InFrame,
			Why: []Sentence{
				says("The tenant must not send anything to an address that is not registered, so it shows an error page."),
				given(InFrame, "Nobody sees that page in a hidden frame, and the SDK waits for its timeout."),
			},
		}},
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
		Shown:    FromPage,
		Variants: []Variant{
			{
				Name: "origin_not_listed", Shown: FromPage | OriginNotListed,
				Why: []Sentence{
					given(OriginNotListed, "The application does not list the page's origin, so the answer has no Access-Control-Allow-Origin for it."),
					says("The browser hides such an answer from the page, and the SDK reports a network error."),
				},
				Remedy: []Sentence{given(OriginNotListed, "Add the page's origin to Allowed Origins (CORS) or Allowed Web Origins of the "+
					"application.")},
			},
			{
				Name: "header_removed", Shown: FromPage | HeaderRemoved,
				Title: "The browser may not read the answer: its CORS header is missing",
				Why: []Sentence{
					given(HeaderRemoved, "The tenant lists the page's origin, and the answer came without Access-Control-Allow-Origin."),
					says("The browser hides such an answer from the page, and the SDK reports a network error."),
				},
				Remedy: []Sentence{given(HeaderRemoved, "Look for what removes the header between tenant and browser: a proxy, a gateway, a cache.")},
				Sign:   "The console names CORS; the answer has no Access-Control-Allow-Origin; the log has no fco.",
			},
			{
				Name: "another_origin", Shown: FromPage | AnotherOrigin,
				Title: "The browser may not read the answer: it allows another origin",
				Why: []Sentence{
					given(AnotherOrigin, "Access-Control-Allow-Origin of the answer names another origin than the page's."),
					says("The browser hides such an answer from the page, and the SDK reports a network error."),
				},
				Remedy: []Sentence{given(AnotherOrigin, "Look for a cache or a proxy that serves one page's answer to another (Vary: Origin).")},
				Sign:   "The console names CORS; Access-Control-Allow-Origin is another page's.",
			},
		},
	},
	{
		Code:     AudienceUnknown,
		Title:    "No API has this audience",
		Why:      "No API of the tenant has the request's audience as its identifier.",
		Remedy:   "Correct the audience, or create the API with exactly this identifier.",
		Sign:     "The description is \"Service not found\" with the audience.",
		Read:     docs + "get-started/apis/api-settings",
		Scenario: "audience-unknown",
		Variants: []Variant{{
			Name: "not_authorized", Shown: APINotAuthorized,
			Title: "The application may not ask for this API",
			Why:   []Sentence{given(APINotAuthorized, "The API exists, and the application is not authorized to get tokens for it.")},
			Remedy: []Sentence{given(APINotAuthorized, "Authorize the application for the API (the API's Application Access), or correct "+
				"the audience.")},
			Sign: "The description says that the client is not authorized for the API.",
		}},
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
		Why: "The application is set up as a confidential one, and its secret or assertion is missing or wrong, so the exchange of its " +
			"code or refresh token is refused.",
		Remedy:   "Send the application's secret, by the authentication method that it is set up with.",
		Sign:     "/oauth/token answers 401 Unauthorized.",
		Read:     docs + "get-started/applications/confidential-and-public-applications",
		Scenario: "client-secret-demanded",
		Variants: []Variant{{
			Name: "from_a_page", Shown: FromPage,
			Why: []Sentence{
				says("The application is set up as a confidential one."),
				given(FromPage, "A page in a browser has no secret, so the exchange of its code or refresh token is refused."),
			},
			Remedy: []Sentence{given(FromPage, "Set the application's type to Single Page Application, or its token endpoint "+
				"authentication method to none.")},
		}},
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
		Variants: []Variant{{
			Name: "status_only", Shown: StatusOnly,
			Title: "The request was refused",
			Why: []Sentence{given(StatusOnly, "The tenant, or something before it such as a firewall, refused the request with this status; "+
				"nothing that was seen says why.")},
			Remedy: []Sentence{given(StatusOnly, "Read the answer's body in the network panel: it says who refused, and why.")},
			Sign:   "The status is 400 or above, and the tenant's log has no entry for it.",
		}},
	},
	{
		Code:  CodeExpired,
		Title: "The code was exchanged too late",
		Why: "An authorization code can be used once, and only for some minutes, and more time than that lay between the answer and the " +
			"exchange. A page that sleeps or is throttled takes that long.",
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
		Variants: []Variant{
			{
				Name: "used", Shown: CodeWasUsed,
				Why:    []Sentence{given(CodeWasUsed, "The tenant has no such code, or not any more: it was used before, or it never gave it out.")},
				Remedy: []Sentence{given(CodeWasUsed, "Exchange each code once: look for what sends the request a second time.")},
			},
			{
				Name: "not_of_the_request", Shown: CodeNotOfRequest,
				Why: []Sentence{given(CodeNotOfRequest, "The code belongs to another client or callback than the exchange names, or its "+
					"code_verifier does not match.")},
				Remedy: []Sentence{given(CodeNotOfRequest, "Exchange each code with the client id, the redirect_uri and the code_verifier "+
					"of its own request.")},
			},
		},
	},
}
