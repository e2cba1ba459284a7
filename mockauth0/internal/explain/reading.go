package explain

import (
	"net/url"
	"slices"
	"strings"
	"unicode"

	"renewal.example/mockauth0/internal/pattern"
)

// maxText bounds what of a text is read: people paste whole consoles.
const maxText = 20_000

// reading is a text taken apart by its form. Rules look at these parts and never at the bare text, so that a number within
// another number or a code within a word is never taken for one.
type reading struct {
	words  []string            // in lower case, in order; an identifier such as web_message is one word
	bare   []string            // the same without the names of error classes in front: "Uncaught (in promise) Error: Timeout" is "timeout"
	idents map[string]bool     // all words, to look codes up
	params map[string][]string // error, error_description and the like, from query strings and fragments
	status int                 // the HTTP status that the text states; 0: none. See unknownStatus
	paths  []string            // of the addresses in the text, in lower case
	text   string              // all of it, in lower case, with plain quotes and single spaces
}

// read takes a text apart.
func read(text string) reading {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	r := reading{params: parameters(text)}
	for _, name := range [...]string{"error", "error_description"} {
		for _, value := range r.params[name] {
			text += " " + value
		}
	}
	r.text = strings.ToLower(strings.Join(strings.Fields(plainQuotes.Replace(text)), " "))
	r.words = wordsOf(r.text)
	r.bare = withoutClasses(r.words)
	r.idents = map[string]bool{}
	for _, w := range r.words {
		r.idents[w] = true
	}
	r.status = statusIn(r.text)
	for _, m := range address().FindAllStringSubmatch(r.text, -1) {
		r.paths = append(r.paths, m[1])
	}
	return r
}

// plainQuotes makes one kind of quotes of the many that consoles and forums use.
var plainQuotes = strings.NewReplacer("‘", "'", "’", "'", "`", "'", "“", `"`, "”", `"`, "„", `"`, "\u00a0", " ")

// address is a URL, or a path that begins with a slash after a space.
var address = pattern.Lazy(`(?:https?://[^/\s"'<>)]+|[\s"'(]|^)(/[a-z0-9_.\-/]*)`)

// wordsOf are the words of a text: letters, digits and underscores that stand together.
func wordsOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// withoutClasses leaves out what a console puts in front of a message.
func withoutClasses(words []string) []string {
	for len(words) > 1 {
		switch w := words[0]; {
		case w == "uncaught", w == "in", w == "promise", w == "unhandled", w == "rejection", w == "err", w == "message", w == "caused", w == "by",
			strings.HasSuffix(w, "error"), strings.HasSuffix(w, "exception"):
			words = words[1:]
		default:
			return words
		}
	}
	return words
}

// pairs are the parameters of an answer in a query string or a fragment.
var pairs = pattern.Lazy(`[?&#](error|error_description|error_uri|state)=([^&#\s"'<>]+)`)

// parameters reads the error out of an address that was pasted.
func parameters(text string) map[string][]string {
	found := map[string][]string{}
	for _, m := range pairs().FindAllStringSubmatch(text, -1) {
		if value, err := url.QueryUnescape(m[2]); err == nil {
			found[m[1]] = append(found[m[1]], value)
		}
	}
	return found
}

// says tells whether one of the phrases is in the text. A phrase is words in a row; "…" in it stands for any other words, "^" in
// front for nothing but this, and "$" behind for the end of the text.
func (r reading) says(phrases ...string) bool {
	return slices.ContainsFunc(phrases, func(p string) bool {
		if whole, alone := strings.CutPrefix(p, "^"); alone {
			return slices.Equal(r.bare, wordsOf(whole)) || slices.Equal(r.words, wordsOf(whole))
		}
		if end, last := strings.CutSuffix(p, "$"); last {
			wanted := wordsOf(end)
			return len(r.words) >= len(wanted) && slices.Equal(r.words[len(r.words)-len(wanted):], wanted)
		}
		from := r.words
		for _, part := range strings.Split(p, "…") {
			i := indexOf(from, wordsOf(part))
			if i < 0 {
				return false
			}
			from = from[i:]
		}
		return true
	})
}

// indexOf is the place after the first occurrence of some words in a row; -1: they are not there.
func indexOf(words, wanted []string) int {
	for i := 0; i+len(wanted) <= len(words); i++ {
		if slices.Equal(words[i:i+len(wanted)], wanted) {
			return i + len(wanted)
		}
	}
	return -1
}

// has tells whether one of the identifiers is in the text as a word of its own.
func (r reading) has(idents ...string) bool {
	return slices.ContainsFunc(idents, func(id string) bool { return r.idents[id] })
}

// at tells whether an address in the text ends in this path.
func (r reading) at(paths ...string) bool {
	return slices.ContainsFunc(r.paths, func(p string) bool {
		return slices.ContainsFunc(paths, func(end string) bool { return strings.HasSuffix(strings.TrimSuffix(p, "/"), end) })
	})
}
