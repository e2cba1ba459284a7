package explain

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"renewal.example/mockauth0/diagnosis"
)

// rules are all that the tables know.
func allAnswers() (all []answer) {
	for _, table := range [][]rule{setupRules, browserRules, fetchRules, descriptionRules, libraryRules, errorRules, vagueRules} {
		for _, r := range table {
			all = append(all, r.answer)
		}
	}
	for _, family := range networkCodes {
		all = append(all, family.answer)
	}
	for _, c := range claims {
		for _, a := range c.causes {
			all = append(all, a)
		}
	}
	for _, l := range logCodes() {
		all = append(all, answer{meaning: l.what, causes: l.causes})
	}
	return all
}

func TestRulesNameCausesThatThereAre(t *testing.T) {
	for _, a := range allAnswers() {
		if a.guess && len(a.causes) == 0 {
			t.Errorf("%q guesses nothing", a.meaning)
		}
		for _, cause := range a.causes {
			if _, ok := diagnosis.Lookup(cause); !ok {
				t.Errorf("%q names the cause %q, which is not in the table", a.meaning, cause)
			}
		}
	}
}

// TestEachRuleIsReached: no rule stands in the shadow of one before it.
func TestEachRuleIsReached(t *testing.T) {
	for _, table := range [][]rule{setupRules, browserRules, fetchRules, descriptionRules, libraryRules, errorRules, vagueRules} {
		for i, r := range table {
			own := slices.Concat(r.says, r.has)
			if !slices.ContainsFunc(own, func(text string) bool {
				text = strings.ReplaceAll(strings.TrimPrefix(text, "^"), "…", " x ")
				if r.status != 0 {
					text = fmt.Sprintf("%s status %d", text, r.status)
				}
				return slices.IndexFunc(table, func(other rule) bool { return other.fits(read(text)) }) == i
			}) {
				t.Errorf("no text reaches the rule with %q", own)
			}
		}
	}
}

// TestWhatDevelopersPaste: each text leads first to its most frequent cause, and none to nothing.
func TestWhatDevelopersPaste(t *testing.T) {
	for text, first := range map[string]diagnosis.Code{
		"Timeout during authentication renew.":               "web_origin_missing",
		"Timeout during executing web_message communication": "web_origin_missing",
		"timeout":                           "web_origin_missing",
		"Login required":                    "third_party_cookies_blocked",
		"login_required":                    "third_party_cookies_blocked",
		"Unknown or invalid refresh token.": "refresh_token_expired",
		"Unsuccessful Refresh Token exchange, reused refresh token detected": "refresh_token_reused",
		"Missing Refresh Token (audience: 'default', scope: 'openid')":       "refresh_token_missing",
		"Nonce does not match.":                              "nonce_wrong",
		"Nonce (nonce) claim value mismatch in the ID token": "nonce_wrong",
		"`state` does not match.":                            "state_wrong",
		"Invalid state":                                      "state_wrong",
		"Multifactor authentication required":                "mfa_demanded",
		"Consent required":                                   "consent_missing",
		"user is blocked":                                    "user_blocked",
		"The token was issued in the future. Please check your computed clock.":    "token_from_the_future",
		"Expiration Time (exp) claim error in the ID token":                        "token_expired_on_arrival",
		"Issuer (iss) claim mismatch in the ID token; expected \"a\", found \"b\"": "issuer_wrong",
		"Audience (aud) claim mismatch in the ID token":                            "audience_wrong",
		"Signature algorithm of \"HS256\" is not supported.":                       "hs256_id_token",
		"Could not find a public key for Key ID (kid) \"x\"":                       "key_unknown",
		"Invalid signature.":                                                                 "signature_wrong",
		"TypeError: Failed to fetch":                                                         "cors_missing",
		"Unexpected token '<', \"<!doctype \"... is not valid JSON":                          "answer_unusable",
		"Callback URL mismatch. http://x is not in the list of allowed callback URLs":        "callback_mismatch",
		"The specified redirect_uri 'http://x' does not have a registered origin.":           "web_origin_missing",
		"Too many requests. Check the X-RateLimit-Limit headers.":                            "rate_limited",
		"Service not found: https://api.example.test":                                        "audience_unknown",
		"Unable to construct sso user.":                                                      "user_deleted",
		"The application is running in a Cross-Origin Isolated context, silently retrieving": "cross_origin_isolated",
		"There are no refresh tokens":                                                        "refresh_token_missing",
		"auth0-spa-js must run on a secure origin. See the FAQ":                              "request_never_came",
		"fsa": "third_party_cookies_blocked", "ferrt": "refresh_token_reused", "session-idle-expired": "session_idle_expired",
		"Session_Idle_Expired": "session_idle_expired", "unauthorized_client": "grant_type_disabled",
	} {
		if e := Explain(text, ""); e.Guess || len(e.Causes) == 0 || e.Causes[0].Code != first {
			t.Errorf("%q leads to %v (a guess: %v), want %s", text, leading(e), e.Guess, first)
		}
	}
	for text, says := range map[string]string{
		"ssa": "a silent authentication", "SERTFT": "a refresh token", "Popup closed": "popup", "PopupTimeoutError: Timeout": "popup",
	} {
		if e := Explain(text, ""); e.Guess || !e.Known || len(e.Causes) > 0 || !strings.Contains(e.Meaning, says) {
			t.Errorf("%q, which is no failure of a renewal, leads to %+v", text, e)
		}
	}
}

// TestWhatIsNotToldIsAGuess: what a text does not tell is never said as if it did.
func TestWhatIsNotToldIsAGuess(t *testing.T) {
	for _, text := range []string{
		"the browzer withholds my cookie", "checkSession", "Error: getTokenSilently failed", "401", "Unauthorized", "HTTP 403", "400 Bad Request",
		"Request failed with status code 401", "ERR_JWT_CLAIM_VALIDATION_FAILED", "invalid_token", "it sometimes runs into a timeout",
	} {
		if e := Explain(text, ""); !e.Guess || len(e.Causes) == 0 {
			t.Errorf("%q leads to %+v, want a guess", text, e)
		}
	}
	for _, text := range []string{
		"xyzzy", "\x00", "Cannot find module './foo'", strings.Repeat("long ", 5000), "Cannot read properties of undefined (reading 'foo')", "42",
		"SELECT * FROM users", "the quick brown fox jumps over the lazy dog",
	} {
		if e := Explain(text, ""); e.Known || len(e.Causes) > 0 || e.Meaning != "" {
			t.Errorf("%.40q leads to %v, want nothing", text, leading(e))
		}
	}
	if e := Explain("the browzer withholds cookie", ""); len(e.Causes) == 0 || e.Causes[0].Code != "third_party_cookies_blocked" {
		t.Errorf("a typing error leads to %v", leading(e))
	}
}

// TestABare401AsksWhose: the status alone does not tell who refused.
func TestABare401AsksWhose(t *testing.T) {
	for _, text := range []string{"401", "401 Unauthorized", "Unauthorized", "Error: Request failed with status code 401"} {
		if e := Explain(text, ""); len(e.Ask) == 0 || !strings.HasPrefix(e.Ask[0], "Whose answer is it?") {
			t.Errorf("%q asks %q", text, e.Ask)
		}
	}
	e := Explain("POST https://acme.eu.auth0.com/oauth/token 401 (Unauthorized)", "")
	if len(e.Ask) > 0 || e.Guess || leading(e)[0] != diagnosis.ClientSecretDemanded {
		t.Errorf("a 401 of the tenant's leads to %+v", e)
	}
}

// TestConfidence: a text that means one cause alone makes it likely; several are possible; a name that was asked for says nothing of the
// kind.
func TestConfidence(t *testing.T) {
	for text, want := range map[string]diagnosis.Confidence{
		"user is blocked": diagnosis.Likely, "login_required": diagnosis.Possible, "401": diagnosis.Possible, "user_blocked": "",
	} {
		for _, c := range Explain(text, "").Causes {
			if c.Confidence != want {
				t.Errorf("%q: %s is %q, want %q", text, c.Code, c.Confidence, want)
			}
		}
	}
}

func TestSDKLeavesOutWhatItCannotMeet(t *testing.T) {
	for _, tc := range []struct {
		text, sdk string
		first     diagnosis.Code
	}{
		{"timeout", "spa-js", diagnosis.WebOriginMissing},
		{"timeout", "oidc-client-ts", diagnosis.CallbackMismatch},
		{"login_required", "express-openid-connect", diagnosis.SessionIdleExpired},
		{"Failed to fetch", "nextjs", diagnosis.RequestNeverCame},
		{"401", "api", diagnosis.TokenExpiredOnArrival},
	} {
		if e := Explain(tc.text, tc.sdk); len(e.Causes) == 0 || e.Causes[0].Code != tc.first {
			t.Errorf("%q with %s leads to %v, want %s", tc.text, tc.sdk, leading(e), tc.first)
		}
	}
	if e := Explain("There are no refresh tokens", "auth0-js"); e.Known && !e.Guess {
		t.Errorf("auth0.js has no refresh tokens, and the text leads to %v", leading(e))
	}
	for name, want := range map[string]string{
		"spa-js": "spa-js", "@auth0/auth0-react": "react", "auth0-js-8.10.1": "auth0-js", "spa-js-2-refresh": "spa-js", "react-2": "react",
		"Nextjs-Auth0": "nextjs",
		"tutorial":     "auth0-js", "auth0.js": "auth0-js", "nonsense": "", "": "",
	} {
		if got, known := SDK(name); got != want || known != (want != "") {
			t.Errorf("SDK(%q) is %q, %v; want %q", name, got, known, want)
		}
	}
}

// TestEveryLogCode: each type of the log is told for what it is, and none is a guess.
func TestEveryLogCode(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range logCodes() {
		if seen[l.code] {
			t.Errorf("%s stands in the table twice", l.code)
		}
		seen[l.code] = true
		e := Explain(l.code, "")
		if !e.Known || e.Guess || !strings.Contains(e.Meaning, l.what) || len(e.Causes) != len(l.causes) {
			t.Errorf("%s leads to %+v", l.code, e)
		}
	}
	const listed = 170 // types that Auth0's page lists, at least
	if len(seen) < listed {
		t.Errorf("there are %d types of log records, want at least %d", len(seen), listed)
	}
}

// TestTheReasonBesideAFailedFetch: what a console says beside "Failed to fetch" tells more than that does.
func TestTheReasonBesideAFailedFetch(t *testing.T) {
	const policy = "Refused to connect to 'https://acme.auth0.com/oauth/token' because it violates the following Content Security Policy " +
		"directive: \"connect-src 'self'\".\n"
	for text, first := range map[string]diagnosis.Code{
		"GET https://acme.auth0.com/oauth/token net::ERR_CONNECTION_REFUSED\nTypeError: Failed to fetch": "request_never_came",
		"TypeError: fetch failed { [cause]: Error: getaddrinfo ENOTFOUND acme.auth0.com }":               "request_never_came",
		"AxiosError: Network Error ERR_NETWORK\nnet::ERR_CERT_AUTHORITY_INVALID":                         "tls_failed",
		"TypeError: Failed to fetch\nnet::ERR_TOO_MANY_REDIRECTS":                                        "app_rejected_the_answer",
		policy + "TypeError: Failed to fetch":                                                            "request_never_came",
		"TypeError: Failed to fetch":                                                                     "cors_missing",
	} {
		if causes, known := Of(text); !known || causes[0] != first {
			t.Errorf("%q leads to %v, want %s first", text, causes, first)
		}
	}
}
