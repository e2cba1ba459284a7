package auth0text

import (
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/clock"
)

func TestWhatAnErrorPageSays(t *testing.T) {
	const origin = "The specified redirect_uri 'https://app.acme.example/cb' does not have a registered origin."
	for page, want := range map[string][2]string{
		"<p>" + origin + "</p>": {"invalid_request", origin},
		"<p>The specified <code>redirect_uri</code>\n&#39;https://app.acme.example/cb&#39; does\tnot have a registered origin.</p>": {"invalid_request", origin},
		"<script>'" + origin + "'</script><STYLE>" + origin + "</STYLE><p>Bad gateway</p>":                                          {},
		"<h1>Callback URL mismatch.</h1><p>The provided redirect_uri is not in the list of allowed callback URLs.":                  {"unauthorized_client", "Callback URL mismatch. The provided redirect_uri is not in the list of allowed callback URLs"},
		"Callback URL mismatch. https://app.acme.example/x is not in the list of allowed callback URLs":                             {"unauthorized_client", "Callback URL mismatch. https://app.acme.example/x is not in the list of allowed callback URLs"},
		"<b>invalid_request</b> Unknown client: abc<br>":                                                                            {"invalid_request", "Unknown client: abc"},
		"The specified " + strings.Repeat("x", 2*longest) + " does not have a registered origin.":                                   {},
		"": {}, "<": {}, "<script": {}, "<p": {}, "İ<p>" + origin: {"invalid_request", origin},
	} {
		if code, said := Page(page); code != want[0] || said != want[1] {
			t.Errorf("%.60q: %s, %q; want %q", page, code, said, want)
		}
	}
}

// A page is read once, whatever somebody put into it.
func TestAnErrorPageIsReadInTimeInStepWithItsLength(t *testing.T) {
	for _, part := range []string{"<script>", "<", "<a>", "The specified ", " does not have a registered origin.", "&", "<style><script>"} {
		begun := clock.Wall()
		Page(strings.Repeat(part, 4<<20/len(part)))
		if took := clock.Wall().Sub(begun); took > 10*time.Second {
			t.Errorf("4 MB of %q took %s", part, took)
		}
	}
}
