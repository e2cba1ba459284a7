package recording

import (
	"strings"
	"testing"
)

const (
	jwt    = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhdXRoMHw2NWYwYzJhN2IxZDRlOGY5YTBiMWMyZDMifQ.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"
	opaque = "MMHHFcQ1bA-CrsFi6ctzt4wLc-aIljuJbdUyijNOdmtbE"
)

// Each kind of secret and of person is taken out of free text, wherever it stands there.
func TestFreeTextHoldsNoSecretAndNobody(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"a token", "rejected " + jwt + "!", "rejected (redacted)!"},
		{"half a token", "rejected eyJhbGciOiJSUzI1NiJ9.", "rejected (redacted)"},
		{"a code", "code " + opaque + " is spent", "code (redacted) is spent"},
		{"hexadecimal", "request 0123456789abcdef0123456789abcdef", "request (redacted)"},
		{"an old base64", "key AbCd+fGh/jKl0mNoPqRsTuVw==", "key (redacted)"},
		{"a header", "Authorization: Bearer abc.def-ghi", "Authorization: Bearer (redacted)"},
		{"Basic", "basic dXNlcjpwYXNz", "basic (redacted)"},
		{"an address", "no user maria.sample@acme.example here", "no user user-1@example.test here"},
		{"an encoded address", "login_hint=maria%40acme.example", "login_hint=user-1@example.test"},
		{"a user", "user auth0|65f0c2a7b1d4e8f9a0b1c2d3 is not part of it", "user auth0|person-1 is not part of it"},
		{"a social user", "google-oauth2|1069142619142633", "google-oauth2|person-1"},
		{"an address beyond ASCII", "no user mária.şahin@bücher.example here", "no user user-1@example.test here"},
		{"a user beyond ASCII", "user auth0|jörg-ångström is blocked", "user auth0|person-1 is blocked"},
		{"a user of a directory", `adfs|acme|ACME\maria.sample left`, "adfs|person-1 left"},
		{"an encoded user", "user auth0%7C65f0c2 and auth0|65f0c2", "user auth0|person-1 and auth0|person-1"},
		{"an IP address", "from 198.51.100.23 and 2001:db8:0:0:0:0:0:1", "from (address) and (address)"},
		{"loopback", "at 127.0.0.1", "at 127.0.0.1"},
		{"words", "Callback URL mismatch. https://app.example.com/callback is not in the list", "Callback URL mismatch. https://app.example.com/callback is not in the list"},
		{"Auth0's words", "Unsuccessful Refresh Token exchange, reused refresh token detected", "Unsuccessful Refresh Token exchange, reused refresh token detected"},
		{"a connection", "Username-Password-Authentication", "Username-Password-Authentication"},
		{"control characters", "a\x1b[31mb\nc\u2028d", "a [31mb c d"},
	} {
		if got := NewRedactor().Text(tc.text); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
	if got := NewRedactor().Text(strings.Repeat("word ", 400)); len(got) > maxText+4 {
		t.Errorf("%d bytes of text", len(got))
	}
}

// What was a secret somewhere in the file is none elsewhere, in whatever form.
func TestASecretIsKnownEverywhere(t *testing.T) {
	r := NewRedactor()
	r.Secret("correct horse")
	r.Secret("p&ss=word")
	for _, text := range []string{"tried correct horse again", "tried correct+horse again", "tried correct%20horse again", "x=p%26ss%3Dword"} {
		if got := r.Text(text); strings.Contains(got, "horse") || strings.Contains(got, "word") || !strings.Contains(got, Redacted) {
			t.Errorf("%q becomes %q", text, got)
		}
	}
	r.Secret("abc") // would be found in every other word
	if got := r.Text("abcdef"); got != "abcdef" {
		t.Errorf("got %q", got)
	}
}

// Parameters: those known to be harmless are kept; every other one is taken out.
func TestParametersAreKeptOnlyWhereTheyAreHarmless(t *testing.T) {
	for _, tc := range []struct{ name, value, want string }{
		{"client_id", "AcmeSpaClient0000000000000000001", "AcmeSpaClient0000000000000000001"},
		{"client_id", "two words", "client-1"},
		{"client_id", jwt, "client-1"},
		{"scope", "openid read:books https://api.example/x", "openid read:books https://api.example/x"},
		{"scope", "openid " + opaque, "openid redacted"},
		{"audience", "https://api.example.com/v2", "https://api.example.com/v2"},
		{"redirect_uri", "https://app.example.com/cb?tenant=7#x", "https://app.example.com/cb?tenant=%28redacted%29#x"},
		{"redirect_uri", "https://app.example.com/cb?code=" + opaque, "https://app.example.com/cb?code=code-1"},
		{"redirect_uri", "com.acme.app://callback", "com.acme.app://callback"},
		{"redirect_uri", "javascript:alert(1)", "javascript:(redacted)"},
		{"state", "anything", "state-1"},
		{"nonce", "anything", "nonce-1"},
		{"code", opaque, "code-1"},
		{"refresh_token", opaque, "refresh_token-1"},
		{"access_token", jwt, Redacted},
		{"id_token_hint", jwt, Redacted},
		{"client_secret", "s3cret", Redacted},
		{"password", "correct horse", Redacted},
		{"code_verifier", opaque, Redacted},
		{"username", "maria", "user-1@example.test"},
		{"login_hint", "maria@acme.example", "user-1@example.test"},
		{"ext-customer", "Maria Sample", Redacted},
		{"prompt", "none", "none"},
		{"prompt", jwt, Redacted},
		{"error_description", "user is blocked", "user is blocked"},
	} {
		if got := NewRedactor().Param(tc.name, tc.value); got != tc.want {
			t.Errorf("%s=%.30s becomes %q, want %q", tc.name, tc.value, got, tc.want)
		}
	}
}

func TestAStandInIsTheSameForTheSameValue(t *testing.T) {
	r := NewRedactor()
	a, b := r.Stand("state", "one"), r.Stand("state", "two")
	if a == b || r.Stand("state", "one") != a || r.Stand("nonce", "one") != "nonce-1" || r.Stand("state", "") != "" {
		t.Errorf("%s, %s", a, b)
	}
	if r.Email("Maria@acme.example") != r.Email("maria@ACME.example") {
		t.Error("an address has two stand-ins")
	}
}

func TestABrowserIsKnownByItsNameAlone(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) " +
			"Chrome/131.0.0.0 Safari/537.36": "Chrome/131",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 " +
			"Safari/537.36 Edg/131.0.0.0": "Edg/131",
		"Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0":                                                "Firefox/132",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15": "Safari/17",
		"Maria's own client 1.0": "",
	} {
		if got := NewRedactor().Browser(agent); got != want {
			t.Errorf("%s: %q, want %q", agent, got, want)
		}
	}
}

// What became known as a secret at the end of the file is taken out of what was read at its beginning.
func TestALateSecretIsTakenOutOfWhatWasReadBefore(t *testing.T) {
	r := NewRedactor()
	e := &Exchange{
		Request: Request{Params: map[string]string{"audience": "tulip-garden"}}, Response: Response{
			Description: "the tulip-garden is closed", Location: "https://a.example/tulip-garden",
		},
	}
	rec := &Recording{Exchanges: []*Exchange{e}, Notes: []string{"tulip-garden"}}
	r.Secret("tulip-garden")
	rec.Finish(r)
	if e.Request.Params["audience"] != Redacted || strings.Contains(e.Response.Description+e.Response.Location+rec.Notes[0], "tulip") {
		t.Errorf("kept: %+v, %q", e, rec.Notes)
	}
}

func TestTenantDomains(t *testing.T) {
	for host, want := range map[string]bool{
		"acme.auth0.com": true, "acme.eu.auth0.com": true, "cdn.auth0.com": false, "manage.auth0.com": false, "cdn.eu.auth0.com": true,
		"auth0.com": false, "acme.example": false, "x.notauth0.com": false,
	} {
		if TenantDomain(host) != want {
			t.Errorf("%s: %v", host, !want)
		}
	}
}
