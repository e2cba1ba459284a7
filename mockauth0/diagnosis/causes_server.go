package diagnosis

// serverCauses lie with the tenant's server and the way to it.
var serverCauses = []Info{
	{
		Code:  RateLimited,
		Title: "Too many requests: the tenant's rate limit refused this one",
		Why:   "The tenant answered 429. In a frame that is an HTML page, which no SDK can read, so it waits for its timeout.",
		Remedy: "Renew less often (at the token's expiry, not by polling), in one tab, and wait before a retry as " +
			"Retry-After says.",
		Sign:     "The status is 429, and x-ratelimit-remaining is 0.",
		Read:     limitsPage,
		Scenario: "rate-limited",
	},
	{
		Code:  ServerError,
		Title: "The tenant failed (5xx)",
		Why: "The tenant answered with a server error. Even for a silent request that is a page, so the SDK waits for its " +
			"timeout.",
		Remedy: "Try again later with a growing pause. If it stays, look in the tenant's log: a script of a custom database " +
			"or an Action may throw.",
		Sign:     "The status is 500 or above.",
		Read:     errorsPage,
		Scenario: "server-error-in-frame",
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
	},
	{
		Code:  LoginPageInFrame,
		Title: "The hidden frame shows a login page",
		Why: "The request came from a frame and without prompt=none, so the tenant leads to its login page, which refuses to " +
			"be framed.",
		Remedy: "Send prompt=none with requests from a frame (checkSession, getTokenSilently do).",
		Sign:   "The frame's request has no prompt=none; the console says: refused to display.",
		Read:   silentPage,
	},
	{
		Code:  ConnectionCut,
		Title: "The connection broke before the answer was complete",
		Why:   "The network, a proxy or the server ended the connection while the request was under way.",
		Remedy: "Try again: a silent request changes nothing. After a refresh with rotation, an overlap period (leeway) " +
			"makes the retry safe.",
		Sign:     "The network panel shows a failed request: connection reset.",
		Read:     rotationPage,
		Scenario: "connection-reset-authorize",
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
