package auth0text

import (
	"html"
	"strings"
)

// sentence is one of Auth0's error pages about a request that it refuses (fact 1.2-unknown-client and the others of that
// section). A tenant's own page, an older one and a newer one have them in common, whatever they look like.
type sentence struct {
	begin string
	end   string // "": begin is all of it, or a word follows
	word  bool   // what was asked for follows
}

func sentences() []sentence {
	return []sentence{
		{"The specified ", " does not have a registered origin.", false},
		{"Callback URL mismatch. ", " is not in the list of allowed callback URLs", false},
		{"Callback URL mismatch", "", false},
		{"The provided redirect_uri is not in the list of allowed callback URLs", "", false},
		{"Unable to construct sso user", "", false},
		{"Unknown client: ", "", true},
		{"Missing required parameter: ", "", true},
		{"Unsupported response type: ", "", true},
		{"Unsupported response mode: ", "", true},
	}
}

// longest is how far apart begin and end of one sentence may be: an address stands between them.
const longest = 600

// Page finds in an error page the sentence that says what was wrong, and the error code that goes with it; "" when the page
// has none that is known.
func Page(page string) (code, description string) {
	text := shown(page)
	for _, s := range sentences() {
		if found := s.in(text); found != "" {
			return Code(found), found
		}
	}
	return "", ""
}

func (s sentence) in(text string) string {
	if s.end != "" {
		end := strings.Index(text, s.end)
		if end < 0 {
			return ""
		}
		from := max(0, end-longest)
		begin := strings.LastIndex(text[from:end], s.begin)
		if begin < 0 {
			return ""
		}
		return text[from+begin : end+len(s.end)]
	}
	begin := strings.Index(text, s.begin)
	if begin < 0 {
		return ""
	}
	if !s.word {
		return s.begin
	}
	what, _, _ := strings.Cut(text[begin+len(s.begin):], " ")
	return s.begin + what[:min(len(what), longest)]
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
