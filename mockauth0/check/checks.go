// Package check finds out what a person's own app does wrong around its login and its renewals. It serves a tenant of its own,
// drives the app in a browser, and reports findings that have an id, a sentence of what was seen, and evidence.
package check

// Severity says how bad a finding is.
type Severity string

const (
	// High: somebody can be logged in as another person, or people lose their session or their work.
	High Severity = "high"
	// Medium: it goes wrong in situations that happen every day somewhere, such as an outage or a sleeping laptop.
	Medium Severity = "medium"
	// Low: it costs requests or storage, or confuses people.
	Low Severity = "low"
)

// Check is one thing that a healthy app does. Its id is that of the finding when the app does not.
type Check struct {
	ID       string   // of the check and of its finding
	Title    string   // what a healthy app does, a sentence
	Severity Severity // of its finding
	Applies  string   // to which apps, a phrase: "every app"
	Why      string   // what goes wrong for people when an app does otherwise
	Remedy   string   // what to do
}

// LoginFails is the check on which all others rest: when it fails, nothing else is tried.
const LoginFails = "login-fails"

// Applicability of checks.
const (
	everyApp      = "every app"
	tokensByFrame = "apps that get tokens through the browser: implicit or hybrid flow, in a frame or at login"
	byFrame       = "apps that renew in a hidden frame"
	byRefresh     = "apps that renew with a refresh token in the browser"
	inBrowser     = "apps that renew in the browser, with a frame or a refresh token"
	everywhere    = "apps that renew, in the browser or on their server"
	withStorage   = "apps that keep their tokens where all their tabs see them"
)

// All lists the checks, in the order of the report.
func All() []Check {
	var all []Check
	for _, group := range [][]Check{loginChecks(), renewalChecks(), tabChecks(), logoutChecks(), failureChecks(), timeChecks(), leakChecks()} {
		all = append(all, group...)
	}
	return all
}

// ByID is the check with an id; false: there is none.
func ByID(id string) (Check, bool) {
	for _, c := range All() {
		if c.ID == id {
			return c, true
		}
	}
	return Check{}, false
}

func loginChecks() []Check {
	return []Check{
		{
			ID: LoginFails, Severity: High, Applies: everyApp,
			Title: "A person can log in.",
			Why:   "Nothing else can be checked.",
			Remedy: "The finding says what stopped the login. Often it is the tenant's domain (--domain) or the name of a button (--log-in, " +
				"--log-out).",
		},
		{
			ID: "forged-login-accepted", Severity: High, Applies: everyApp,
			Title: "A login is refused when the nonce, issuer, audience or expiry of its ID token is wrong, or the signature of one that came " +
				"through the browser.",
			Why: "The ID token says who logged in. An app that does not verify it believes whoever can put another one in its place.",
			Remedy: "Let the SDK verify the ID token, and do not switch that off. Verify iss, aud, exp and nonce, and the signature when the " +
				"token comes through the browser (OpenID Connect Core §3.1.3.7 and §3.2.2.11).",
		},
		{
			ID: "foreign-login-accepted", Severity: High, Applies: everyApp,
			Title:  "A link with somebody else's login is refused.",
			Why:    "Somebody can send a link that logs a person in to the sender's account. What the person then enters, the sender can read.",
			Remedy: "Make a random state for each login, keep it in this browser, and refuse an answer with another one (RFC 6749 §10.12).",
		},
		{
			ID: "replayed-login-accepted", Severity: High, Applies: everyApp,
			Title:  "The address of an old login does not log anybody in again.",
			Why:    "The address stays in the history. On a shared computer the next person goes back and is logged in as the last one.",
			Remedy: "Forget state and nonce as soon as a login has ended, and refuse an answer that nobody asked for.",
		},
	}
}

func renewalChecks() []Check {
	return []Check{
		{
			ID: "forged-renewal-accepted", Severity: High, Applies: tokensByFrame,
			Title:  "A renewal is refused when its ID token was forged.",
			Why:    "The renewed ID token says who is logged in. It came through the browser, so its signature is all that holds.",
			Remedy: "Verify the ID token of a renewal as that of a login: signature, iss, aud, exp and nonce.",
		},
		{
			ID: "renewal-changes-user", Severity: High, Applies: byFrame,
			Title: "A renewal does not make somebody else of the person who is logged in.",
			Why: "The tenant's session may belong to somebody else by now, who logged in to another app in the same browser. The page then " +
				"shows and saves data of the wrong person.",
			Remedy: "Compare sub of the renewed ID token with that of the login, and end the app's session when they differ.",
		},
		{
			ID: "no-renewal", Severity: High, Applies: everyApp,
			Title:  "The app gets a new token when the old one expires, again and again through a day.",
			Why:    "People lose their session, or their work, when the first token expires.",
			Remedy: "Ask the SDK for a token before each call of the API (getTokenSilently), or plan the next renewal after each one.",
		},
		{
			ID: "expired-token-used", Severity: High, Applies: "apps that call an API with an access token from the browser",
			Title:  "No call of an API carries a token that has expired.",
			Why:    "The API answers 401, and people see errors.",
			Remedy: "Ask for a token right before each call, and judge its expiry by the time that passed since it came (expires_in).",
		},
		{
			ID: "api-refuses-token", Severity: High, Applies: "apps that call an API, themselves or by their server",
			Title: "The API takes the token that the tenant has just given out.",
			Why:   "Whoever is logged in sees errors in place of their data.",
			Remedy: "Compare the token with what the API expects: its audience and issuer, the scope, the keys, and the header " +
				"(Authorization: Bearer, and the access token, not the ID token).",
		},
		{
			ID: "wrong-clock", Severity: Medium, Applies: everyApp,
			Title: "The app logs in and renews on a device whose clock is an hour ahead or behind.",
			Why:   "Devices with wrong clocks are common, and their owners cannot find out why your app fails.",
			Remedy: "Count the token's life from its arrival (expires_in) on the device's own clock, and check the times of the ID token with " +
				"some leeway.",
		},
		{
			ID: "stale-at-start", Severity: Medium, Applies: "apps that keep their tokens when the page is closed",
			Title:  "An app that is opened with an expired token renews it.",
			Why:    "People who come back the next morning have to log in again, or see errors, though the tenant's session is alive.",
			Remedy: "When the page loads, renew at once if the stored token has expired, and plan the renewal if it has not.",
		},
		{
			ID: "storage-grows", Severity: Low, Applies: inBrowser,
			Title:  "Renewals leave nothing behind in the browser's storage.",
			Why:    "Storage fills up until the app cannot store anything, and keeps old states and nonces.",
			Remedy: "Remove the transaction (state, nonce) of each renewal when it has ended.",
		},
	}
}

func tabChecks() []Check {
	return []Check{
		{
			ID: "lost-on-reload", Severity: Medium, Applies: everyApp,
			Title: "A reload does not log the person out.",
			Why:   "Everybody who reloads the page, or opens a link to it, has to log in again, though the tenant's session is alive.",
			Remedy: "Ask the tenant silently at start (checkSession). With refresh tokens in memory: turn on useRefreshTokensFallback, " +
				"or keep the tokens in localStorage (cacheLocation) and weigh that against scripts that could read them.",
		},
		{
			ID: "lost-on-back", Severity: Low, Applies: everyApp,
			Title:  "Back and forward do not log the person out.",
			Why:    "The callback's address is handled a second time, which fails, and people see an error or have to log in again.",
			Remedy: "Replace the callback's address in the history (history.replaceState) as soon as the login is handled.",
		},
		{
			ID: "tabs-renew-twice", Severity: Low, Applies: withStorage,
			Title:  "Of several tabs that share a token, one renews it.",
			Why:    "Each tab costs a request for each renewal. With many tabs that meets rate limits.",
			Remedy: "Let one tab renew (navigator.locks), and look for a newer token in the storage before asking for one.",
		},
		{
			ID: "tabs-lose-session", Severity: High, Applies: everyApp,
			Title: "Several tabs that renew at once do not lose the session.",
			Why:   "Two tabs that send the same refresh token look like a thief to the tenant. It revokes all tokens, and people are logged out.",
			Remedy: "Let one tab renew at a time (navigator.locks), and let the others read the token that it stored. On a server, let requests " +
				"of one session wait for the renewal that is under way. The tenant can tolerate it: rotation overlap period (leeway).",
		},
	}
}

func logoutChecks() []Check {
	return []Check{
		{
			ID: "renews-after-logout", Severity: High, Applies: everyApp,
			Title:  "After logout nothing renews.",
			Why:    "A timer that survives the logout logs the person in again, on a computer that they left.",
			Remedy: "Keep one timer, clear it before you set another, and clear it at logout.",
		},
		{
			ID: "renewal-undoes-logout", Severity: High, Applies: inBrowser,
			Title:  "A renewal that is under way at logout does not bring the session back.",
			Why:    "The person logged out and is logged in again a moment later, on a computer that they left.",
			Remedy: "Give each session a number, count it up at logout, and drop answers that belong to an older one. Abort the request as well.",
		},
		{
			ID: "other-tab-renews", Severity: Medium, Applies: inBrowser,
			Title:  "After a logout in one tab, the other tabs do not renew.",
			Why:    "The person logged out, and another tab goes on with their session.",
			Remedy: "Tell the other tabs of the logout (a storage event or a BroadcastChannel), and end their session too.",
		},
		{
			ID: "next-person-sees-last", Severity: High, Applies: everyApp,
			Title:  "The next person who logs in does not see the last one's data.",
			Why:    "Data of one person are shown to another one.",
			Remedy: "At logout forget everything that belongs to the person: profile, tokens, cached answers of the API.",
		},
	}
}

func failureChecks() []Check {
	return []Check{
		{
			ID: "refusal-storm", Severity: High, Applies: inBrowser,
			Title:  "A refused renewal (login_required, consent_required, mfa_required, invalid_grant) is not repeated without end.",
			Why:    "Each open page asks again and again. The tenant answers 429, also to people who are logged in.",
			Remedy: "Take these errors as an answer: stop renewing and let the person log in again.",
		},
		{
			ID: "redirect-loop", Severity: High, Applies: everyApp,
			Title:  "A refused renewal does not send the browser to the tenant and back in a loop.",
			Why:    "The page never stands still. Where third-party cookies are blocked, that is every page load.",
			Remedy: "Redirect to the login once, remember that you did, and show a button the next time.",
		},
		{
			ID: "garbage-stored", Severity: High, Applies: inBrowser,
			Title:  "A refused renewal does not store \"undefined\", \"null\" or \"NaN\" as a token.",
			Why:    "The app believes that it has a token, and sends \"Bearer undefined\".",
			Remedy: "Look at the error before you store an answer, and store nothing that lacks a token and its life.",
		},
		{
			ID: "no-way-back", Severity: High, Applies: everyApp,
			Title:  "After a refused renewal the person can log in again, and the app renews again.",
			Why:    "People have to clear the browser's data to get in again.",
			Remedy: "End the app's session when the tenant refuses a renewal, and show the log in button.",
		},
		{
			ID: "failure-ends-renewal", Severity: Medium, Applies: everywhere,
			Title: "After a passing failure (an error 500 or 429, a timeout, no network) renewals go on.",
			Why:   "One dropped request ends the session when the token expires, though all is well again.",
			Remedy: "Try again after a failure that passes, with growing pauses, and when the browser is online again. auth0-spa-js forgets a " +
				"refresh token that it keeps in memory when its exchange fails: turn on useRefreshTokensFallback, or log in again.",
		},
		{
			ID: "failure-loses-session", Severity: Medium, Applies: everywhere,
			Title:  "A passing failure (an error 500 or 429, a timeout, no network, a lost answer) does not log the person out.",
			Why:    "An outage of a minute logs everybody out.",
			Remedy: "Keep the session when the tenant cannot be reached or is overloaded. End it only when the tenant refuses.",
		},
		{
			ID: "failure-storm", Severity: Medium, Applies: everywhere,
			Title:  "While the tenant fails, the app does not hammer it, and it waits as long as Retry-After says.",
			Why:    "All open pages together keep the tenant down, or use up its rate limit.",
			Remedy: "Wait longer after each failure, with some chance in it, and at least as long as Retry-After says.",
		},
	}
}

func timeChecks() []Check {
	return []Check{
		{
			ID: "late-after-sleep", Severity: Medium, Applies: inBrowser,
			Title:  "After a laptop's sleep, and in a background tab, the app renews in time.",
			Why:    "Timers stand still while a laptop sleeps and are late in background tabs. The page goes on with an expired token.",
			Remedy: "Compare the expiry with the clock when the page wakes up (visibilitychange, focus, online) and before each call of the API.",
		},
		{
			ID: "long-life-storm", Severity: Medium, Applies: inBrowser,
			Title:  "A token that lives longer than 24.8 days does not start a storm of renewals.",
			Why:    "A delay of setTimeout that is longer than 2^31-1 ms ends at once, so the app renews without end.",
			Remedy: "Cut long delays into pieces, or wait at most a day and look again.",
		},
	}
}

func leakChecks() []Check {
	return []Check{
		{
			ID: "foreign-message-accepted", Severity: High, Applies: byFrame,
			Title:  "A message from another window is not taken for the answer of a renewal.",
			Why:    "Extensions and other windows post messages all the time. One ends the renewal, or plants somebody else's tokens.",
			Remedy: "Compare event.origin and event.source of each message, and verify what it brings.",
		},
		{
			ID: "token-in-address", Severity: High, Applies: everyApp,
			Title:  "No token or code stays in an address: of the page, of a request, or of a Referer.",
			Why:    "Addresses are kept in histories, logs and statistics, and sent to others.",
			Remedy: "Replace the callback's address as soon as the login is handled, and send tokens in headers only.",
		},
		{
			ID: "token-in-console", Severity: Medium, Applies: everyApp,
			Title:  "No token is written to the console or the title.",
			Why:    "Consoles are copied into bug reports, and collected by error trackers.",
			Remedy: "Do not log tokens, or answers that hold them.",
		},
		{
			ID: "blocked-cookies-unexplained", Severity: Medium, Applies: "apps that renew in a hidden frame of another site",
			Title: "Where third-party cookies are blocked, the app works, or tells the person why it does not.",
			Why:   "Safari, Firefox and Chromium block them. People are logged out for no reason that they can see.",
			Remedy: "Use refresh tokens, or a custom domain of the app's own site. Otherwise say on the page that the browser blocks the " +
				"cookies of the login.",
		},
	}
}
