package recording

import (
	"html"
	"strings"
)

// words are what Auth0's error pages say of a request that they refuse, and the code that belongs to it (fact
// 1.2-unknown-client and the others of that section). A tenant's own page, an older one
// and a newer one have them in common, whatever they look like.
type words struct {
	code, begin string
	end         string // of the sentence; "" where begin is all of it, or a word follows
	word        bool   // what was asked for follows
}

func pageTexts() []words {
	return []words{
		{"invalid_request", "The specified ", " does not have a registered origin.", false},
		{"unauthorized_client", "Callback URL mismatch. ", " is not in the list of allowed callback URLs", false},
		{"unauthorized_client", "Callback URL mismatch", "", false},
		{"unauthorized_client", "The provided redirect_uri is not in the list of allowed callback URLs", "", false},
		{"server_error", "Unable to construct sso user", "", false},
		{"invalid_request", "Unknown client: ", "", true},
		{"invalid_request", "Missing required parameter: ", "", true},
		{"unsupported_response_type", "Unsupported response type: ", "", true},
		{"unsupported_response_mode", "Unsupported response mode: ", "", true},
	}
}

// longestSaid is how far apart begin and end of one sentence may be: an address stands between them.
const longestSaid = 600

// pageWords finds in a page what an error page says; "" when it says nothing that is known.
func pageWords(page string) (code, said string) {
	text := shown(page)
	for _, w := range pageTexts() {
		if said := w.in(text); said != "" {
			return w.code, said
		}
	}
	return "", ""
}

func (w words) in(text string) string {
	if w.end != "" {
		end := strings.Index(text, w.end)
		if end < 0 {
			return ""
		}
		from := max(0, end-longestSaid)
		begin := strings.LastIndex(text[from:end], w.begin)
		if begin < 0 {
			return ""
		}
		return text[from+begin : end+len(w.end)]
	}
	begin := strings.Index(text, w.begin)
	if begin < 0 {
		return ""
	}
	if !w.word {
		return w.begin
	}
	what, _, _ := strings.Cut(text[begin+len(w.begin):], " ")
	return w.begin + what[:min(len(what), longestSaid)]
}

// shown is the text that a page shows, with single spaces. It reads the page once, whatever somebody put into it.
func shown(page string) string {
	var b strings.Builder
	lower := strings.ToLower(page)
	if len(lower) != len(page) { // a letter whose lower case is longer: places would not agree
		lower = page
	}
	for at := 0; at < len(page); {
		tag := strings.IndexByte(page[at:], '<')
		if tag < 0 {
			b.WriteString(page[at:])
			break
		}
		b.WriteString(page[at:at+tag] + " ")
		at += tag
		ends := ">"
		for _, unseen := range [...]string{"script", "style"} {
			if strings.HasPrefix(lower[at+1:], unseen) {
				ends = "</" + unseen
			}
		}
		length := strings.Index(lower[at:], ends)
		if length < 0 {
			break
		}
		at += length
		if ends == ">" {
			at++
		}
	}
	return strings.Join(strings.Fields(html.UnescapeString(b.String())), " ")
}
