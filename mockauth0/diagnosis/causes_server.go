package diagnosis

// serverCauses lie with the tenant's server and the way to it.
var serverCauses = []Info{
	{
		Code:  RateLimited,
		Title: "Too many requests: the tenant's rate limit refused this one",
		Why:   "The tenant answered 429.",
		Remedy: "Renew less often (at the token's expiry, not by polling), in one tab, and wait before a retry as " +
			"Retry-After says.",
		Sign:     "The status is 429, and x-ratelimit-remaining is 0.",
		Read:     limitsPage,
		Scenario: "rate-limited",
		Variants: []Variant{{
			Name: "in_frame", Shown: InFrame,
			Why: []Sentence{given(InFrame, "The tenant answered 429. In a frame that is an HTML page, which no SDK can read, so it waits "+
				"for its timeout.")},
		}},
	},
	{
		Code:  ServerError,
		Title: "The tenant failed (5xx)",
		Why:   "The tenant answered with a server error.",
		Remedy: "Try again later with a growing pause. If it stays, look in the tenant's log: a script of a custom database " +
			"or an Action may throw.",
		Sign:     "The status is 500 or above.",
		Read:     errorsPage,
		Scenario: "server-error-in-frame",
		Variants: []Variant{
			{
				Name: "in_frame", Shown: InFrame,
				Why: []Sentence{given(InFrame, "The tenant answered with a server error. In a frame that is a page, which no SDK can read, so it "+
					"waits for its timeout.")},
			},
			{
				Name: "at_token_endpoint", Shown: TokenCall,
				Why: []Sentence{given(TokenCall, "The token endpoint answered with a server error, and the SDK hands it over at once.")},
			},
		},
	},
	{
		Code:   ErrorPageShown,
		Title:  "The tenant answered with an error page",
		Why:    "The tenant, or something before it, answered with a page instead of a redirect to the app, so the app gets nothing.",
		Remedy: "Read the page: it says what is wrong.",
		Sign:   "The request's address, opened in a tab, shows an error page.",
		Read:   errorsPage,
		Variants: []Variant{{
			Name: "in_window", Shown: InWindow,
			Why: []Sentence{
				given(InWindow, "The request was a navigation of a whole window, and the answer is a page instead of a redirect to the app: the "+
					"person sees it, and the app gets nothing."),
			},
		}},
	},
	{
		Code:  ErrorPageInFrame,
		Title: "The hidden frame shows an error page",
		Why: "The tenant answered with a page instead of a message or a redirect. Nobody sees it, and the SDK waits for its " +
			"timeout.",
		Remedy:   "Open the address of the frame in a tab of its own: the page says what is wrong.",
		Sign:     "The frame's address, opened in a tab, shows an error page.",
		Read:     errorsPage,
		Scenario: "firewall-page-in-frame",
		Shown:    InFrame,
	},
	{
		Code:  LoginPageInFrame,
		Title: "The hidden frame shows a login page",
		Why: "The request came from a frame and without prompt=none, so the tenant leads to its login page, which refuses to " +
			"be framed.",
		Remedy: "Send prompt=none with requests from a frame (checkSession, getTokenSilently do).",
		Sign:   "The frame's request has no prompt=none; the console says: refused to display.",
		Read:   silentPage,
		Shown:  InFrame,
	},
	{
		Code:     ConnectionCut,
		Title:    "The connection broke before the answer was complete",
		Why:      "The network, a proxy or the server ended the connection while the request was under way.",
		Remedy:   "Try again. A silent request changes nothing, so that is always safe.",
		Sign:     "The network panel shows a failed request: connection reset.",
		Read:     rotationPage,
		Scenario: "connection-reset-authorize",
		Variants: []Variant{{
			Name: "at_token_endpoint", Shown: TokenCall,
			Remedy: []Sentence{given(TokenCall, "Try again. Where refresh tokens rotate, an overlap period (leeway) makes that safe; a code is "+
				"exchanged once, so ask for a new one.")},
		}},
	},
	{
		Code:     TLSFailed,
		Title:    "No secure connection could be established",
		Why:      "The TLS handshake failed, so no request reached the tenant.",
		Remedy:   "Check the certificate, the date of the machine and what stands between browser and tenant.",
		Sign:     "The browser shows a certificate error for the tenant's address; no request is in the tenant's log.",
		Read:     domainsPage,
		Scenario: "tls-fails",
	},
}
