// Package explain says what a text that a developer pastes may mean: the error of an SDK, a browser or a server, a code of
// Auth0's log, or the code of a cause. It takes the text apart by its form, looks at what it finds by typed rules, and says when it
// only guesses or knows nothing.
package explain

import (
	"slices"
	"strings"

	"renewal.example/mockauth0/diagnosis"
)

// Explanation is what may be behind something that a developer sees.
type Explanation struct {
	Asked   string   `json:"asked"`
	Meaning string   `json:"tells"`          // what it says, in other words
	Guess   bool     `json:"guess"`          // the text does not say so much: these are what it may be
	Ask     []string `json:"ask,omitempty"`  // what to look at where the text leaves it open
	SDK     string   `json:"sdk,omitempty"`  // whose causes these are; "": anybody's
	Causes  []Cause  `json:"causes"`         // the likeliest first; none: nothing of a renewal, or nothing at all, see Known
	More    int      `json:"more,omitempty"` // causes that there are beyond these
	Known   bool     `json:"known"`          // false: nothing is known of such a text, not even by its words
}

// Cause is one thing that may be behind a text.
type Cause struct {
	Code       diagnosis.Code       `json:"code"`
	Title      string               `json:"title"`
	Confidence diagnosis.Confidence `json:"confidence,omitempty"` // likely: the text means this alone; "": it was asked for by its name
	Why        string               `json:"why"`
	Remedy     string               `json:"remedy"`
	Sign       string               `json:"sign"` // how to tell it from the others
	Read       string               `json:"read"`
	Scenario   string               `json:"scenario,omitempty"`
}

// Explain finds what a code, or a text of an SDK, a browser or a log may mean. sdk is one of SDKs or "", and leaves out what that
// library cannot meet.
func Explain(asked, sdk string) Explanation {
	plain := strings.ToLower(strings.TrimSpace(asked))
	if k, ok := named(plain); ok {
		return Named(asked, k.Why, k.Code)
	}
	e := Explanation{Asked: asked, SDK: sdk, Causes: []Cause{}}
	a, ok := meaningOf(plain, asked, sdk)
	if !ok {
		return e
	}
	e.Known, e.Meaning, e.Guess, e.Ask = true, a.meaning, a.guess, a.ask
	confidence := diagnosis.Possible
	if len(a.causes) == 1 && !a.guess {
		confidence = diagnosis.Likely
	}
	for _, code := range a.causes {
		if k, ok := diagnosis.Lookup(code); ok {
			e.Causes = append(e.Causes, cause(k, confidence))
		}
	}
	return e
}

// Named explains causes that were asked for by name.
func Named(asked, meaning string, codes ...diagnosis.Code) Explanation {
	e := Explanation{Asked: asked, Meaning: meaning, Causes: []Cause{}, Known: true}
	for _, code := range codes {
		if k, ok := diagnosis.Lookup(code); ok {
			e.Causes = append(e.Causes, cause(k, ""))
		}
	}
	return e
}

// Of gives the causes of a text that an application reported, the likeliest first; known is false when no rule knows it.
func Of(text string) (causes []diagnosis.Code, known bool) {
	a, known := recognize(read(text), "")
	return a.causes, known
}

// named finds a cause by its own code, or by the id of its scenario.
func named(asked string) (diagnosis.Info, bool) {
	if k, ok := diagnosis.Lookup(diagnosis.Code(strings.ReplaceAll(asked, "-", "_"))); ok {
		return k, true
	}
	all := diagnosis.All()
	i := slices.IndexFunc(all, func(k diagnosis.Info) bool { return k.Scenario != "" && k.Scenario == asked })
	if i < 0 {
		return diagnosis.Info{}, false
	}
	return all[i], true
}

// meaningOf finds what a text means: by its code, by its form, or else by the words that it shares with a cause.
func meaningOf(plain, asked, sdk string) (answer, bool) {
	if a, ok := byLogCode(plain); ok {
		return a, true
	}
	if a, ok := recognize(read(asked), sdk); ok {
		return a, true
	}
	near := withSDK(nearest(plain), sdk)
	return answer{meaning: "No known text says exactly this. These causes are about something similar.", causes: near,
		guess: true}, len(near) > 0
}

// recognize asks the rules in their order. A rule whose causes an SDK cannot meet says nothing of its texts.
func recognize(r reading, sdk string) (answer, bool) {
	for _, by := range recognizers() {
		a, ok := by(r)
		if !ok {
			continue
		}
		few := withSDK(a.causes, sdk)
		if len(few) == 0 && len(a.causes) > 0 {
			continue
		}
		a.causes = few
		return a, true
	}
	return answer{}, false
}

// cause is what is known of one.
func cause(k diagnosis.Info, c diagnosis.Confidence) Cause {
	return Cause{Code: k.Code, Title: k.Title, Confidence: c, Why: k.Why, Remedy: k.Remedy, Sign: k.Sign, Read: k.Read, Scenario: k.Scenario}
}
