package explain

import "renewal.example/mockauth0/diagnosis"

// setupRules are for what is no failed renewal: popups, logins, an SDK that is not set up.
var setupRules = []rule{
	{says: []string{"auth0 does your request may be right", "auth0 does: your request may be right"}, has: []string{"not_implemented"},
		answer: answer{
			meaning: "That is mockauth0, not Auth0: it does not serve yet what was asked for. FIDELITY.md lists what is not served."}},
	{says: []string{"popup", "popups"}, has: []string{"popuptimeouterror", "popupcancellederror", "popup_open", "popup_blocked"},
		answer: answer{
			meaning: "That is a login in a popup and no renewal: the person closed it, the browser blocked it, or the app did not wait for it. " +
				"Open it in a click, and give it more time (timeoutInSeconds)."}},
	{
		says: []string{"no provider for", "you forgot to wrap your component in", "auth0 client id is a required", "domain option is required",
			"clientid option is required", "is required …valid issuer base url", "issuerbaseurl is required", "baseurl is required",
			"secret is required", "clientid is required", "is required to be configured", "use auth0provider",
			"not all required options were provided when creating", "you must set …secret", "no issuerbaseurl"},
		has: []string{"nullinjectorerror"}, answer: answer{
			meaning: "The SDK is not set up in the app: it does not start, so no renewal was tried. Its quick start says where the configuration " +
				"belongs."},
	},
	{
		says: []string{"secure origin", "crypto subtle is", "for security reasons window crypto", "reading digest", "secure context"},
		answer: answer{
			meaning: "auth0-spa-js needs the browser's cryptography, which is there on https and on localhost only: it does not start, so " +
				"nothing is renewed.", causes: codes{diagnosis.RequestNeverCame}},
	},
	{
		says: []string{"wrong email or password", "wrong username or password", "wrong email or verification code",
			"wrong phone number or verification code", "blocked after multiple consecutive login attempts", "password has been leaked",
			"the user already exists", "password is too weak"},
		has: []string{"invalid_user_password", "password_leaked", "too_many_attempts", "invalid_signup", "user_exists", "requires_verification"},
		answer: answer{
			meaning: "That is about a login or a sign-up with a password, and no renewal failed."},
	},
	{says: []string{"dpop", "use_dpop_nonce"}, has: []string{"use_dpop_nonce", "invalid_dpop_proof"}, answer: answer{
		meaning: "That is about DPoP proofs, which bind a token to a key. The SDK or the API did not accept one; the mock tenant has no DPoP, " +
			"so no cause here fits. Compare key, nonce and clock with the SDK's documentation."}},
	{
		says: []string{"no authorization token was found", "no authorization header", "missing authorization header",
			"authorization header is missing",
			"authorization header is expected", "no auth token", "format is authorization bearer"},
		has: []string{"credentials_required", "authorization_header_missing"}, answer: answer{
			meaning: "The API got no access token at all: the app sent the request without one, or something on the way took the header. Whether " +
				"a renewal failed before, the SDK's own error tells."},
	},
	{says: []string{"insufficient scope", "insufficient permissions"}, has: []string{"insufficient_scope", "insufficientscopeerror"},
		answer: answer{
			meaning: "The API accepts the token and wants a scope or permission that it does not hold. Ask for the scope at login, and look at " +
				"the person's roles; no renewal failed."}},
}

// browserRules are the words of browsers and of Node, which know nothing of Auth0.
var browserRules = []rule{
	{
		says: []string{"cors request did not succeed", "cors request failed", "solicitud cors sin éxito"}, answer: answer{
			meaning: "Firefox names CORS, and means that it got no answer at all: no connection, no trusted certificate, or something blocked it.",
			causes:  codes{diagnosis.RequestNeverCame, diagnosis.TLSFailed, diagnosis.ConnectionCut}},
	},
	{
		says: []string{"cors policy", "access control allow origin", "cross origin request blocked", "failed by cors",
			"due to access control checks",
			"cors header", "cors error", "cors missing allow origin", "blocked by cors", "preflight",
			"not allowed by access control"},
		answer: answer{meaning: "The browser may not let the page read the answer.", causes: codes{diagnosis.CORSMissing}},
	},
	{says: []string{"cross origin isolated", "crossoriginisolated", "cross origin embedder policy", "cross origin opener policy"},
		answer: isolated},
	{
		says: []string{"refused to display", "display …in a frame because it set", "in a frame because it set",
			"load denied by x frame options"}, answer: framed,
	},
	{
		says: []string{"blocked a frame with origin", "permission denied to access property", "blocked …from accessing a cross origin frame"},
		answer: answer{meaning: "The frame is of another origin than the SDK expects to read: it stayed on the tenant's page, or was " +
			"redirected elsewhere.",
			causes: codes{diagnosis.ResponseModeWrong, diagnosis.CallbackMismatch, diagnosis.ErrorPageInFrame}},
	},
	{
		says: []string{"target origin provided …does not match the recipient window s origin", "unable to post message to"},
		answer: answer{meaning: "A message was sent to a window of another origin, and the browser did not deliver it.",
			causes: codes{diagnosis.TargetOriginWrong}},
	},
	{
		says: []string{"localstorage property from window", "sessionstorage property from window", "the operation is insecure",
			"localstorage getter",
			"access is denied for this document", "sessionstorage is not available", "localstorage is not available",
			"access to storage is not allowed",
			"forbidden in a sandboxed document"},
		answer: answer{meaning: "The browser forbids the page its storage: the page is embedded in another site or sandboxed, or the person " +
			"blocks cookies. The SDK cannot start or keep tokens.", causes: codes{diagnosis.RequestNeverCame, diagnosis.ThirdPartyCookiesBlocked}},
	},
	{
		says: []string{"exceeded the quota", "quota has been exceeded"}, has: []string{"quotaexceedederror"}, answer: answer{
			meaning: "The page's storage is full, so the SDK cannot keep tokens or the transaction of a login.", guess: true,
			causes: codes{diagnosis.AppRejectedTheAnswer, diagnosis.RequestNeverCame}},
	},
	{
		says: []string{"lock request is aborted", "lock broken by another request", "lock was stolen by another request",
			"unable to acquire lock", "failed to acquire lock", "lock manager"},
		answer: answer{meaning: "Two renewals of one origin wait for the same lock (two tabs, two SDK instances), and this one did not get it " +
			"or lost it.", guess: true,
			causes: codes{diagnosis.RequestNeverCame, diagnosis.TwoSDKs, diagnosis.RenewalStorm}},
	},
	{
		says: []string{"unable to get local issuer certificate", "unable to verify the first certificate", "self signed certificate",
			"certificate has expired",
			"certificate is not trusted", "certificate verify failed", "ssl connection could not be established", "remote certificate is invalid",
			"secure connection to the server cannot be made", "wrong version number", "does not match certificate s altnames",
			"certificate signed by unknown authority",
			"ssl handshake", "tls handshake", "unable to find valid certification path", "certificate for this server is invalid",
			"certificate is not valid", "x509 certificate", "secure tls connection was established", "secure connection failed",
			"no required ssl certificate"},
		answer: untrusted,
	},
	{
		says: []string{"network connection was lost", "socket hang up", "connection reset", "connection was reset", "other side closed",
			"connection closed",
			"connection aborted", "premature close", "stream closed", "connection was interrupted", "unexpected eof while reading",
			"broken pipe", "econnreset",
			"connection prematurely closed", "connection was closed", "connection terminated"},
		answer: cut,
	},
	{
		says: []string{"internet connection appears to be offline", "could not connect to the server",
			"specified hostname could not be found", "connection refused",
			"actively refused", "no such host", "could not resolve host", "name or service not known", "network is unreachable", "no route to host",
			"client is offline", "you are offline", "no internet connection", "network is offline", "nodename nor servname",
			"temporary failure in name resolution",
			"connect timeout error", "connect etimedout", "unable to resolve host", "failed to connect to"},
		answer: neverSent,
	},
	{
		says: []string{"blocked by client", "blocked by an extension", "err_blocked_by_client", "mixed content",
			"blocked by opaque response blocking"}, answer: prevented,
	},
	{
		says: []string{"signal is aborted without reason", "operation was aborted", "fetch is aborted", "user aborted a request",
			"request was aborted",
			"request aborted", "this operation was aborted", "^aborted", "^canceled", "^cancelled"},
		has: []string{"aborterror", "cancelederror"}, answer: stopped,
	},
	{
		says: []string{"request timed out", "request timeout", "timeout awaiting", "timed out after", "network timed out", "timeout of …exceeded",
			"timeout when executing fetch", "headers timeout", "body timeout", "the request timed out", "deadline exceeded", "read timed out",
			"read timeout",
			"operation timed out", "signal timed out", "timeout has occurred", "socket timeout", "response timeout", "context deadline"},
		has: []string{"timeoutexception", "sockettimeoutexception"}, answer: late,
	},
	{
		says: []string{"not valid json", "unexpected end of json", "unexpected end of data", "unexpected character at line", "json parse error",
			"string did not match the expected pattern", "unexpected end of input", "unexpected token …in json", "unexpected eof", "invalid json",
			"unexpected token doctype", "unexpected token <", "invalid response content type", "not a json", "could not parse json",
			"failed to parse json",
			"syntaxerror json parse", "unexpected content type", "is not a valid json", "unexpected response content type", "response …is not json"},
		answer: unusable,
	},
	{says: []string{"too many redirects", "redirected you too many times", "redirecting in a way that will never complete",
		"maximum redirects", "redirect count exceeded"},
		answer: looped},
}

// fetchRules are what a browser or a client says of any fetch that failed: asked after what may stand beside it and name the reason.
var fetchRules = []rule{
	{says: []string{"typeerror fetch failed", "fetch failed$", "node internal deps undici"}, answer: fetchOfNode},
	{
		says: []string{"typeerror failed to fetch", "failed to fetch$", "failed to fetch at", "networkerror when attempting to fetch",
			"typeerror load failed", "load failed$", "^network error", "network request failed",
			"axioserror network error", "error network error", "request has been terminated", "network error occurred", "^type error"},
		has:    []string{"networkerror", "err_network", "err_failed", "ns_error_dom_bad_uri", "ns_error_failure"},
		answer: unexplainedFetch,
	},
}
