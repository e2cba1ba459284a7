package traffic

import (
	"html"
	"regexp"
	"strings"
)

// words are what Auth0's error pages say of a request that they refuse, and the code that belongs to it (auth0-protocol.md §1.2).
// A tenant's own page, an older one and a newer one have them in common, whatever they look like.
var words = []struct {
	code string
	said *regexp.Regexp
}{
	{"invalid_request", regexp.MustCompile(`(?i)The specified [^<>]{0,600}? does not have a registered origin\.?`)},
	{"unauthorized_client", regexp.MustCompile(`(?i)Callback URL mismatch\.?( \S{1,500} is not in the list of allowed callback URLs)?`)},
	{"unauthorized_client", regexp.MustCompile(`(?i)The provided redirect_uri is not in the list of allowed callback URLs\.?`)},
	{"server_error", regexp.MustCompile(`(?i)Unable to construct sso user\.?`)},
	{"invalid_request", regexp.MustCompile(`(?i)Unknown client: \S{1,100}`)},
	{"invalid_request", regexp.MustCompile(`(?i)Missing required parameter: \w{1,40}`)},
	{"unsupported_response_type", regexp.MustCompile(`(?i)Unsupported response type: \S{1,100}`)},
	{"unsupported_response_mode", regexp.MustCompile(`(?i)Unsupported response mode: \S{1,100}`)},
}

var (
	unshown = regexp.MustCompile(`(?is)<script\b.*?</script>|<style\b.*?</style>|<[^>]*>`)
	spaces  = regexp.MustCompile(`\s+`)
)

// pageWords finds in a page what an error page says; "" when it says nothing that is known.
func pageWords(page string) (code, said string) {
	shown := spaces.ReplaceAllString(html.UnescapeString(unshown.ReplaceAllString(page, " ")), " ")
	for _, w := range words {
		if found := w.said.FindString(shown); found != "" {
			return w.code, strings.TrimSpace(found)
		}
	}
	return "", ""
}
