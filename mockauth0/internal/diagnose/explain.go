package diagnose

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
)

// Explanation is what may be behind something that a developer sees.
type Explanation struct {
	Asked   string           `json:"asked"`
	Meaning string           `json:"tells"`  // what it says, in other words
	Guess   bool             `json:"guess"`  // nothing fits exactly: these are the nearest
	Causes  []diagnosis.Info `json:"causes"` // the likeliest first; none: it is no renewal that failed
}

// Explain finds what a code, or a text of an SDK, a browser or a log may mean. It always finds something: where nothing
// fits, it gives what is nearest by its words and says so.
func Explain(asked string) Explanation {
	e := Explanation{Asked: asked}
	plain := strings.ToLower(strings.TrimSpace(asked))
	if k, ok := diagnosis.Lookup(diagnosis.Code(strings.ReplaceAll(plain, "-", "_"))); ok {
		e.Meaning, e.Causes = k.Why, []diagnosis.Info{k}
		return e
	}
	other := func(k diagnosis.Info) bool { return k.Scenario == "" || k.Scenario != plain }
	if of := slices.DeleteFunc(diagnosis.All(), other); len(of) > 0 {
		e.Meaning, e.Causes = of[0].Why, of
		return e
	}
	if m, ok := MessageOf(plain); ok {
		e.Meaning, e.Causes = m.Meaning, infos(m.Causes)
		return e
	}
	if what, ok := successes[event.LogCode(plain)]; ok {
		e.Meaning = "The log's code for a success: " + what + ". Nothing has failed."
		return e
	}
	e.Guess, e.Causes = true, nearest(plain)
	e.Meaning = "No text that is known says exactly this; these causes are about something similar."
	if len(e.Causes) == 0 {
		e.Causes = infos(frequent)
		e.Meaning = "No text that is known says this or anything similar; these are the causes that people meet most often."
	}
	return e
}

// successes are codes of Auth0's log for what has not failed.
var successes = map[event.LogCode]string{
	event.SuccessLogin:                 "a login",
	event.SuccessSilentAuth:            "a silent authentication",
	event.SuccessLogout:                "a logout",
	event.SuccessExchangeCode:          "the exchange of a code",
	event.SuccessExchangeRefreshToken:  "the exchange of a refresh token",
	event.SuccessExchangeClientCreds:   "a token by client credentials",
	event.SuccessExchangePassword:      "a token by password",
	event.SuccessSignup:                "a sign-up",
	event.SuccessChangePassword:        "a changed password",
	event.SuccessChangePasswordRequest: "a request to change the password",
}

// frequent are the causes that people meet most often.
var frequent = []diagnosis.Code{
	diagnosis.ThirdPartyCookiesBlocked, diagnosis.SessionAbsoluteExpired, diagnosis.WebOriginMissing, diagnosis.CallbackMismatch,
	diagnosis.RefreshTokenReused,
}

// infos is what is known about some causes.
func infos(codes []diagnosis.Code) (out []diagnosis.Info) {
	for _, cause := range codes {
		k, _ := diagnosis.Lookup(cause)
		out = append(out, k)
	}
	return out
}

// nearest are the causes that have the most words in common with a text, five at most.
func nearest(text string) (out []diagnosis.Info) {
	asked := words(text)
	type scored struct {
		diagnosis.Info
		score int
	}
	var all []scored
	for _, k := range diagnosis.All() {
		score := 0
		for w := range words(string(k.Code) + " " + k.Title + " " + k.Why + " " + k.Remedy + " " + k.Sign) {
			for a := range asked {
				if alike(a, w) {
					score++
				}
			}
		}
		if score > 0 {
			all = append(all, scored{k, score})
		}
	}
	slices.SortStableFunc(all, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	for _, s := range all[:min(5, len(all))] {
		out = append(out, s.Info)
	}
	return out
}

// common words tell no text from another.
var common = []string{"that", "this", "with", "from", "have", "does", "when", "what", "error", "renewal", "auth0", "tenant"}

// words are the words of a text that distinguish it, in lower case.
func words(text string) map[string]bool {
	set := map[string]bool{}
	between := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	for _, w := range strings.FieldsFunc(strings.ToLower(text), between) {
		if len(w) > 3 && !slices.Contains(common, w) {
			set[w] = true
		}
	}
	return set
}

// alike forgives one typing error in a word, and different endings.
func alike(a, b string) bool {
	if a == b || len(a) > 4 && len(b) > 4 && (strings.HasPrefix(a, b) || strings.HasPrefix(b, a)) {
		return true
	}
	if len(a) < 5 || len(a)-len(b) > 1 || len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	rest := func(s string, n int) string { return s[min(i+n, len(s)):] }
	return rest(a, 1) == rest(b, 1) || rest(a, 1) == rest(b, 0) || rest(a, 0) == rest(b, 1)
}
