package check

import (
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/internal/appdrive"
)

// TestAnAPIThatTakesNoToken is told from one that refuses some, and from one whose clock may be another.
func TestAnAPIThatTakesNoToken(t *testing.T) {
	const orders, bills = "http://localhost:3010/orders", "http://localhost:3010/bills"
	now := time.Now()
	expired := map[string]any{"exp": float64(now.Add(-time.Hour).Unix())}
	for what, c := range map[string]struct {
		calls   []call
		refused string
		known   bool
	}{
		"none":                   {},
		"it answers":             {[]call{{at: now, url: orders, status: 200}}, "", true},
		"it refuses":             {[]call{{at: now, url: orders, status: 401}}, orders, true},
		"it takes another":       {[]call{{at: now, url: orders, status: 401}, {at: now, url: bills, status: 200}}, "", true},
		"another API does":       {[]call{{at: now, url: orders, status: 401}, {at: now, url: "http://localhost:3011/", status: 200}}, orders, true},
		"an error is no refusal": {[]call{{at: now, url: orders, status: 503}}, "", true},
		"no answer":              {[]call{{at: now, url: orders}}, "", false},
		"an expired token":       {[]call{{at: now, url: orders, status: 401, claims: expired}}, "", false},
		"hours later":            {[]call{{at: now, url: orders, status: 401, ahead: 2 * time.Hour}}, "", false},
	} {
		refused, known := refusedCall(c.calls)
		url := ""
		if refused != nil {
			url = refused.url
		}
		if url != c.refused || known != c.known {
			t.Errorf("%s: %q, %v; want %q, %v", what, url, known, c.refused, c.known)
		}
	}
}

// TestACallWithoutAnAnswerIsNoHealthyOne: nobody knows what an API that is not running says of a token.
func TestACallWithoutAnAnswerIsNoHealthyOne(t *testing.T) {
	const orders = "http://localhost:3010/orders"
	outcome, why := uncalled([]call{{url: orders, failed: "net::ERR_CONNECTION_REFUSED"}})
	if outcome != NotChecked || !strings.Contains(why, orders) || !strings.Contains(why, "ERR_CONNECTION_REFUSED") {
		t.Errorf("%s: %s", outcome, why)
	}
	if outcome, why := uncalled(nil); outcome != DoesNotApply {
		t.Errorf("%s: %s", outcome, why)
	}
}

// TestARefusalSaysWhatTheAPISaid of the token.
func TestARefusalSaysWhatTheAPISaid(t *testing.T) {
	for header, want := range map[string]string{
		`Bearer realm="api", error="invalid_token", error_description="Unexpected 'aud' value"`: ` It said "invalid_token: Unexpected 'aud' value".`,
		`Bearer error="invalid_token"`: ` It said "invalid_token".`,
		`Bearer realm="api"`:           "answered 401. It gave no reason (WWW-Authenticate has none); its log may.",
		"":                             "answered 401. It gave no reason (WWW-Authenticate has none); its log may.",
	} {
		r := browser.Request{ResponseHeaders: map[string]string{"www-authenticate": header}}
		text := call{url: "http://localhost:3010/orders", status: 401, says: challenge(r)}.refusal(appdrive.RefreshTokens)
		if !strings.HasSuffix(text, want) {
			t.Errorf("%s: %s", header, text)
		}
	}
	claims := map[string]any{"iss": "https://localhost:4443/", "aud": []any{"https://api.acme.test/", "https://localhost:4443/me"}}
	for _, c := range []call{{claims: claims}, {claims: claims, says: "invalid_token"}} {
		const want = " The token's issuer is https://localhost:4443/, its audience https://api.acme.test/ and https://localhost:4443/me. It "
		if text := c.refusal(appdrive.RefreshTokens); !strings.Contains(text, want) {
			t.Error(text)
		}
	}
	if text := (call{url: "http://localhost:3000/api"}).refusal(appdrive.ServerSession); !strings.Contains(text, "the app's server answered") {
		t.Error(text)
	}
}
