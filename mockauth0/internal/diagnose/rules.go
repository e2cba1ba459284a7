package diagnose

import (
	"cmp"
	"slices"
	"time"

	"renewal.example/mockauth0/diagnosis"
)

// stage orders findings by where on its way the app meets them: of an answer that never arrived it cannot see what was
// wrong with its tokens.
type stage int

const (
	inDelivery stage = iota // connection, cut or unreadable answers, headers by which the browser withholds them
	inReply                 // an error, a page
	inContents              // state, tokens, keys
	afterwards              // what the app did next
)

// finding is a cause that a rule found, with its evidence.
type finding struct {
	code       diagnosis.Code
	stage      stage
	confidence diagnosis.Confidence
	evidence   []diagnosis.Evidence
}

// found makes a finding.
func found(code diagnosis.Code, at stage, confidence diagnosis.Confidence, evidence ...diagnosis.Evidence) finding {
	return finding{code, at, confidence, evidence}
}

// one is a rule's only finding.
func one(code diagnosis.Code, at stage, confidence diagnosis.Confidence, evidence ...diagnosis.Evidence) []finding {
	return []finding{found(code, at, confidence, evidence...)}
}

// weakerTo is a finding with another confidence.
func weakerTo(f finding, confidence diagnosis.Confidence) finding {
	f.confidence = confidence
	return f
}

// ruleInput is what a rule looks at: an exchange that is over, or waits, and all that was before it.
type ruleInput struct {
	*exchange
	history *history
	state   State
	now     time.Time // tenant time
}

// imported tells that what is judged is no running tenant, whose state can be asked and whose log is whole: a recording may
// begin after the login.
func (s *ruleInput) imported() bool { return s.history.browsers.source != RunningTenant }

// compare says whether an earlier request came from the browser of this one.
func (s *ruleInput) compare(x *exchange) comparison { return s.history.browsers.compare(s.exchange, x) }

// rule looks for causes of one family. It knows nothing of other rules.
type rule struct {
	name string
	find func(s *ruleInput) []finding
}

// rules are all there are, in the order in which findings of the same stage and confidence are listed.
func rules() []rule {
	return []rule{
		{"waiting", waiting},
		{"no answer", noAnswer},
		{"late answers", late},
		{"cross-origin reads", withheld},
		{"changed bodies", changedBody},
		{"framing", framing},
		{"messages", messages},
		{"the session", session},
		{"cookies that nobody saw", unseenCookies},
		{"errors of the authorization endpoint", refusedSilently},
		{"errors of the token endpoint", refusedTokens},
		{"pages and statuses", pages},
		{"a page to log in", loginPage},
		{"state", stateParameter},
		{"tokens", tokens},
		{"users", users},
		{"keys", keys},
		{"discovery", discovery},
		{"renewal after logout", afterLogout},
		{"storms", storm},
		{"two SDKs", twoSDKs},
		{"what the app did next", rejected},
	}
}

// weigh sorts the findings of all rules: by confidence first, and then by where the app meets them. Each code stays once.
func weigh(all []finding) []finding {
	rank := map[diagnosis.Confidence]int{diagnosis.Certain: 0, diagnosis.Likely: 1, diagnosis.Possible: 2}
	slices.SortStableFunc(all, func(a, b finding) int {
		return cmp.Or(cmp.Compare(rank[a.confidence], rank[b.confidence]), cmp.Compare(a.stage, b.stage))
	})
	seen := map[diagnosis.Code]bool{}
	return slices.DeleteFunc(all, func(f finding) bool {
		twice := seen[f.code]
		seen[f.code] = true
		return twice
	})
}

// causes are the findings in the words of the package diagnosis. shown are the facts that the request itself shows.
func causes(all []finding, shown diagnosis.Facts) []diagnosis.Cause {
	out := make([]diagnosis.Cause, len(all))
	for i, f := range all {
		info, _ := diagnosis.Lookup(f.code)
		out[i] = info.Cause(f.confidence, shown, f.evidence...)
	}
	return out
}
