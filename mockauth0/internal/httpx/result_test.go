package httpx

import "testing"

// TestRedirectsHoldNothingThatAHeaderOrAURLMayNot: what was percent-encoded stays as it is.
func TestRedirectsHoldNothingThatAHeaderOrAURLMayNot(t *testing.T) {
	for location, want := range map[string]string{
		"https://app.example.test/cb?a=%20b&c=d#e=f": "https://app.example.test/cb?a=%20b&c=d#e=f",
		"https://app.example.test/?q=a b":            "https://app.example.test/?q=a%20b",
		"https://app.example.test/\r\nSet-Cookie: x": "https://app.example.test/%0D%0ASet-Cookie:%20x",
		"https://app.example.test/\\evil.test":       "https://app.example.test/%5Cevil.test",
		`/"<script>`:                                 "/%22%3Cscript%3E",
		"/é\x7f":                                     "/%C3%A9%7F",
	} {
		if got := RedirectTo(location).Redirect; got != want {
			t.Errorf("%q leads to %q, want %q", location, got, want)
		}
	}
}
