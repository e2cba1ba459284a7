package diagnose

import (
	"strings"
	"testing"

	"renewal.example/mockauth0/diagnosis"
)

func TestMessagesNameCausesThatThereAre(t *testing.T) {
	for _, m := range Messages() {
		if m.Meaning == "" || len(m.Causes) == 0 && !strings.Contains(m.Meaning, "no renewal") {
			t.Errorf("a message without words, or without causes although it is of a renewal: %+v", m)
		}
		for _, cause := range m.Causes {
			if _, ok := diagnosis.Lookup(cause); !ok {
				t.Errorf("%q names the cause %q, which is not in the table", m.Meaning, cause)
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
		"checkSession": "third_party_cookies_blocked", "Error: getTokenSilently failed": "third_party_cookies_blocked",
		"fsa": "third_party_cookies_blocked", "ferrt": "refresh_token_reused", "session-idle-expired": "session_idle_expired",
		"Session_Idle_Expired": "session_idle_expired",
	} {
		if e := Explain(text); e.Guess || e.Causes[0].Code != first {
			t.Errorf("%q leads to %s (a guess: %v), want %s", text, e.Causes[0].Code, e.Guess, first)
		}
	}
	for text, says := range map[string]string{
		"ssa": "a silent authentication", "SERTFT": "a refresh token", "Popup closed": "popup", "PopupTimeoutError: Timeout": "popup",
	} {
		if e := Explain(text); e.Guess || len(e.Causes) > 0 || !strings.Contains(e.Meaning, says) {
			t.Errorf("%q, which is no failure of a renewal, leads to %+v", text, e)
		}
	}
	for _, text := range []string{"something with cookeis", "xyzzy", "\x00", strings.Repeat("long ", 5000)} {
		if e := Explain(text); !e.Guess || len(e.Causes) == 0 {
			t.Errorf("%.20q leads to %+v", text, e)
		}
	}
	if e := Explain("the browzer withholds cookie"); e.Causes[0].Code != "third_party_cookies_blocked" {
		t.Errorf("a typing error leads to %s", e.Causes[0].Code)
	}
}
