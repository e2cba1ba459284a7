package diagnosis

// answerCauses lie with the answer and its way to the application.
var answerCauses = []Info{
	{
		Code:     AnswerLost,
		Title:    "The tenant acted, and its answer was lost",
		Why:      "The request took effect, and the answer never arrived. What it used up cannot be used again.",
		Remedy:   "Ask for new tokens: by a new silent request, or by a login.",
		Sign:     "The log has a successful exchange (sertft, seacft) just before, whose answer the app never got.",
		Read:     rotationPage,
		Scenario: "rotation-response-lost",
		Shown:    TokenCall,
		Variants: []Variant{
			{
				Name: "of_a_refresh_token", Shown: TokenCall | OfRefreshToken,
				Why: []Sentence{
					given(OfRefreshToken, "The exchange of a refresh token took effect, and the answer never arrived. A retry then sends a token that "+
						"has been replaced."),
				},
				Remedy: []Sentence{given(OfRefreshToken, "Set an overlap period (leeway) for refresh token rotation, so that a retry within it gets "+
					"tokens; otherwise log in again.")},
				Sign: "The log has a successful exchange (sertft) just before, whose answer the app never got.",
			},
			{
				Name: "of_a_code", Shown: TokenCall | OfCode,
				Why:    []Sentence{given(OfCode, "The exchange of a code took effect, and the answer never arrived. A code can be used once.")},
				Remedy: []Sentence{given(OfCode, "Start the renewal again from its beginning: the next silent request brings a new code.")},
				Sign:   "The log has a successful exchange (seacft) just before, whose answer the app never got.",
			},
		},
	},
	{
		Code:  AnswerLate,
		Title: "The answer came too late, or not before the app gave up",
		Why:   "SDKs wait 60 s for a frame and 10 s for the token endpoint. What comes later is thrown away.",
		Remedy: "Look for what is slow: custom database scripts, Actions, the network. Raise the SDK's timeout if it has to " +
			"be so.",
		Sign:     "The tenant answered after 60 s (a frame) or 10 s (/oauth/token).",
		Read:     silentPage,
		Scenario: "answer-after-the-timeout",
	},
	{
		Code:  AnswerUnusable,
		Title: "The answer was cut short or is not what it should be",
		Why: "The body is truncated or empty, or it is not the JSON or the page that the SDK expects, so the SDK cannot read " +
			"it.",
		Remedy:   "Look for what changes answers on the way: proxies, virus scanners, a service worker.",
		Sign:     "The answer in the network panel is cut, empty or HTML.",
		Read:     silentPage,
		Scenario: "answer-truncated",
	},
	{
		Code:  FramingRefused,
		Title: "The answer forbids being shown in a frame",
		Why: "X-Frame-Options or frame-ancestors came with an answer that has to live in a frame, so the browser shows " +
			"nothing there and the SDK waits for its timeout.",
		Remedy:   "Remove the header from /authorize: a gateway or a custom domain's proxy adds it.",
		Sign:     "The console says: refused to display in a frame; the answer has X-Frame-Options or frame-ancestors.",
		Read:     docs + "troubleshoot/product-lifecycle/past-migrations/clickjacking-protection-for-universal-login",
		Scenario: "framing-refused",
		Shown:    InFrame,
	},
	{
		Code:  TargetOriginWrong,
		Title: "The message goes to another origin than the app's",
		Why: "The frame posts its message to an origin that is not the page's, so the browser does not deliver it and the " +
			"SDK waits for its timeout.",
		Remedy: "Use a redirect_uri on the very origin of the page that renews.",
		Sign: "The console says: target origin does not match the recipient's; redirect_uri is of another origin than the " +
			"page.",
		Read:     silentPage,
		Scenario: "message-to-another-origin",
		Shown:    InFrame,
	},
	{
		Code:     ResponseModeWrong,
		Title:    "The answer came in another mode than the app asked for",
		Why:      "The app waits for a message and the tenant redirected the frame (or the other way round).",
		Remedy:   "Ask for the mode that the SDK waits for, and look for what changes response_mode on the way.",
		Sign:     "The frame was redirected where the app waits for a message, or the other way round.",
		Read:     silentPage,
		Scenario: "answered-in-another-mode",
		Shown:    InFrame,
	},
	{
		Code:     MessagePostedTwice,
		Title:    "The frame posts its message twice",
		Why:      "The second message belongs to no waiting renewal. Some SDKs take it for the answer of the next one.",
		Remedy:   "Compare the message's state, and remove listeners after the first answer.",
		Sign:     "Two messages of type authorization_response arrive for one request.",
		Read:     silentPage,
		Scenario: "message-posted-twice",
		Shown:    InFrame,
	},
	{
		Code:  MessageNeverPosted,
		Title: "The frame never posts its message",
		Why:   "The page in the frame loads and posts nothing, so the SDK waits for its timeout.",
		Remedy: "Look for what stops the frame's script: a content security policy added by a proxy, a service worker, an " +
			"extension.",
		Sign:     "The frame loads with 200 and posts nothing.",
		Read:     silentPage,
		Scenario: "message-never-posted",
		Shown:    InFrame,
	},
	{
		Code:  ForeignMessage,
		Title: "Another message arrives before the answer",
		Why: "auth0.js' renewAuth takes the first message that reaches the window. One that is not its own ends the renewal " +
			"with a result that is no token.",
		Remedy:   "Set postMessageDataType, or move to checkSession or auth0-spa-js, which check what they receive.",
		Sign:     "The result is something that no tenant sends, and auth0.js is older than 9.",
		Read:     docs + "libraries/auth0js",
		Scenario: "foreign-message-first",
	},
	{
		Code:  StateWrong,
		Title: "The answer's state is not the request's",
		Why:   "SDKs refuse an answer whose state they did not send: it may belong to somebody else's request.",
		Remedy: "Send state with every request, and make sure that nothing changes it on the way; start one renewal at a " +
			"time.",
		Sign:     "The answer's state is not the request's.",
		Read:     docs + "secure/attack-protection/state-parameters",
		Scenario: "state-wrong",
	},
}
