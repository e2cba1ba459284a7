package recording

import "testing"

func TestMarksAreKnownByTheirForm(t *testing.T) {
	for _, value := range []string{
		"[state redacted]", "[code_challenge redacted]", "[REDACTED]", "[redacted]", "REDACTED", "redacted", "<redacted>", "(redacted)",
		"[Filtered]",
		"[removed]", "***", "********", "*****9fe", "xxx", "XXXXXXXX", "{{token}}", "{REDACTED}", "<token>", "<your-state>", "__REDACTED__",
		"state_redacted",
		"REDACTED_COOKIE", "Access-Control-Allow-Origin_redacted", "[text/html redacted]", "•••••", "██████", "...", "…", "-----", "00000000",
		" [redacted] ",
		"https://***.example/cb", "hidden", "Masked", "%REDACTED%", "auth0=***",
	} {
		if !Hidden(value) {
			t.Errorf("%q is taken for a value", value)
		}
	}
	for _, value := range []string{
		"", "none", "code", "login", "openid profile", "https://app.acme.example/cb", "S256", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
		"c3RhdGU=", "query",
		"AcmeSpaClient0000000000000000001", "Login required", "User removed",
		"user was removed by an admin", "0", "1", "a", "*", "https://api.acme.example/",
		"iframe", "same-site", "x", "-", "_", "auth0|hidden-1", `{"a":"b"}`, `["a"]`, "max-age=0", "[::1]:8080", "text/html", "null",
	} {
		if Hidden(value) {
			t.Errorf("%q is taken for a mark", value)
		}
	}
}
