package diagnose

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestEveryCauseIsTold(t *testing.T) {
	snake, kebab := regexp.MustCompile(`^[a-z0-9]+(_[a-z0-9]+)*$`), regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	notArranged := []string{"unexplained", "logged_out", "account_selection_needed", "login_page_in_frame", "discovery_wrong"} // by a scenario: no SDK does what leads to them
	seen := map[string]bool{}
	for _, k := range Causes() {
		if seen[k.Code] || !snake.MatchString(k.Code) {
			t.Errorf("the code %q is there twice or is not snake_case", k.Code)
		}
		seen[k.Code] = true
		if k.Title == "" || k.Why == "" || k.Remedy == "" || strings.HasSuffix(k.Title, ".") || !strings.HasSuffix(k.Why, ".") || !strings.HasSuffix(k.Remedy, ".") {
			t.Errorf("%s: title (without a stop), why and remedy (sentences) are needed: %+v", k.Code, k)
		}
		if !strings.HasPrefix(k.Read, "https://auth0.com/docs/") {
			t.Errorf("%s: %q is no page of Auth0's documentation", k.Code, k.Read)
		}
		if !kebab.MatchString(k.Scenario) && !slices.Contains(notArranged, k.Code) {
			t.Errorf("%s: %q is no id of a scenario", k.Code, k.Scenario)
		}
		if strings.Contains(k.Why+k.Remedy+k.Sign(), "/__mock") {
			t.Errorf("%s: a running tenant's address is named, and recordings are judged by the same words", k.Code)
		}
		if k.Sign() == "" {
			t.Errorf("%s: nothing tells it from others", k.Code)
		}
		if got, ok := Find(k.Code); !ok || got != k {
			t.Errorf("Find(%q) gives %+v", k.Code, got)
		}
	}
	if _, ok := Find("no_such_cause"); ok {
		t.Error("a cause that is not in the table was found")
	}
}

func TestMessagesNameCausesThatThereAre(t *testing.T) {
	for _, m := range Messages() {
		if m.Tells == "" || len(m.Causes) == 0 && !strings.Contains(m.Tells, "no renewal") {
			t.Errorf("a message without words, or without causes although it is of a renewal: %+v", m)
		}
		for _, cause := range m.Causes {
			if _, ok := Find(cause); !ok {
				t.Errorf("%q names the cause %q, which is not in the table", m.Tells, cause)
			}
		}
	}
	if extra := len(signs()) - len(Causes()); extra != 0 {
		t.Errorf("there are %d signs too many", extra)
	}
}

// TestWhatDevelopersPaste: each text leads first to the cause that it is told of most, and none to nothing.
func TestWhatDevelopersPaste(t *testing.T) {
	for text, first := range map[string]string{
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
		"checkSession": "third_party_cookies_blocked", "Error: getTokenSilently failed": "third_party_cookies_blocked",
		"fsa": "third_party_cookies_blocked", "ferrt": "refresh_token_reused", "session-idle-expired": "session_idle_expired", "Session_Idle_Expired": "session_idle_expired",
	} {
		if e := Explain(text); e.Guess || e.Causes[0].Code != first {
			t.Errorf("%q leads to %s (a guess: %v), want %s", text, e.Causes[0].Code, e.Guess, first)
		}
	}
	for text, says := range map[string]string{"ssa": "a silent authentication", "SERTFT": "a refresh token", "Popup closed": "popup", "PopupTimeoutError: Timeout": "popup"} {
		if e := Explain(text); e.Guess || len(e.Causes) > 0 || !strings.Contains(e.Tells, says) {
			t.Errorf("%q, which is no failure of a renewal, leads to %+v", text, e)
		}
	}
	for _, text := range []string{"something with cookeis", "xyzzy", "\x00", strings.Repeat("long ", 5000)} {
		if e := Explain(text); !e.Guess || len(e.Causes) == 0 {
			t.Errorf("%.20q leads to %+v", text, e)
		}
	}
	if e := Explain("the browzer withholds cookie"); e.Causes[0].Code != "third_party_cookies_blocked" {
		t.Errorf("a slip of the pen leads to %s", e.Causes[0].Code)
	}
}
