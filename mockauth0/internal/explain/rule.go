package explain

import (
	"slices"

	"renewal.example/mockauth0/diagnosis"
)

// answer is what a text means.
type answer struct {
	meaning string           // what it says, in other words
	causes  []diagnosis.Code // the likeliest first; none: no cause of a failed renewal, see meaning
	guess   bool             // the text does not say so much: these are what people meet most often
	ask     []string         // what to look at to know more, where the text leaves it open
}

// recognizer finds what a text means by one kind of its parts; false: it is about something else.
type recognizer func(reading) (answer, bool)

// recognizers are asked in this order: what is said in words tells more than an error code, and a code more than a status.
func recognizers() []recognizer {
	return []recognizer{
		byRules(setupRules), byTenantsNetwork, byRules(browserRules), byPolicy, byNetworkCode, byRules(fetchRules),
		byRules(descriptionRules), byRules(libraryRules), byClaim, byRules(errorRules), byLogRecord, byStatus, byReload, byRules(vagueRules),
	}
}

// rule is an answer with the forms of the texts that it is for.
type rule struct {
	says []string // phrases, any of which is in the text; see reading.says
	has  []string // codes, any of which is in the text as a word of its own
	// status must be stated by the text as well; 0: any, or none
	status int
	// coarse codes stand for many reasons, which a description beside them tells: one that no rule knows makes the answer a guess
	coarse bool
	answer
}

// fits tells whether a rule is for a text.
func (rule rule) fits(r reading) bool {
	return (rule.status == 0 || rule.status == r.status) && (r.has(rule.has...) || r.says(rule.says...))
}

// byRules gives the answer of the first rule that fits; they stand with the most particular first.
func byRules(rules []rule) recognizer {
	return func(r reading) (answer, bool) {
		i := slices.IndexFunc(rules, func(rule rule) bool { return rule.fits(r) })
		if i < 0 {
			return answer{}, false
		}
		a := rules[i].answer
		a.guess = a.guess || rules[i].coarse && r.described(rules[i].has)
		return a, true
	}
}

// members are names of what an error consists of, which are no description of it.
var members = []string{
	"error", "error_description", "errordescription", "description", "code", "message", "name", "state", "status", "statuscode", "type",
	"oautherror", "oauth", "operror", "rperror", "null", "undefined", "uncaught", "in", "promise",
}

// described tells whether a text says more than codes.
func (r reading) described(codes []string) bool {
	const few = 3 // words
	more := 0
	for _, w := range r.words {
		if !slices.Contains(members, w) && !slices.Contains(codes, w) {
			more++
		}
	}
	return more >= few
}

// codes are those of causes.
type codes = []diagnosis.Code
