package diagnosis

import (
	"cmp"
	"strings"
)

// Variant are the words of a cause for what was seen: more particular ones than the cause's own.
type Variant struct {
	Name     string     // what programs compare, beside the cause's code
	Shown    Facts      // what the evidence has to show
	Title    string     // "": the cause's own
	Why      []Sentence // none: the cause's own
	Remedy   []Sentence // none: the cause's own
	Sign     string     // "": the cause's own
	Read     string     // "": the cause's own
	Scenario string     // "": the cause's own
}

// Sentence is one of a variant, and what it rests on: facts that the evidence shows, wherever the sentence stands.
type Sentence struct {
	Text  string
	Rests Facts
}

// says is a sentence that is true of the cause, whatever was seen.
func says(text string) Sentence { return Sentence{Text: text} }

// given is a sentence that rests on facts.
func given(facts Facts, text string) Sentence { return Sentence{text, facts} }

// joined are sentences as one text.
func joined(all []Sentence) string {
	texts := make([]string, len(all))
	for i, s := range all {
		texts[i] = s.Text
	}
	return strings.Join(texts, " ")
}

// In gives a cause the words of what was seen: those of the first variant whose facts are all shown, or else its own.
func (i Info) In(shown Facts) (words Info, variant string) {
	for _, v := range i.Variants {
		if !shown.Has(v.Shown) {
			continue
		}
		i.Title, i.Sign = cmp.Or(v.Title, i.Title), cmp.Or(v.Sign, i.Sign)
		i.Read, i.Scenario = cmp.Or(v.Read, i.Read), cmp.Or(v.Scenario, i.Scenario)
		i.Why, i.Remedy = cmp.Or(joined(v.Why), i.Why), cmp.Or(joined(v.Remedy), i.Remedy)
		return i, v.Name
	}
	return i, ""
}
