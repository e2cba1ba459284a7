package diagnose

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"renewal.example/mockauth0/diagnosis"
)

// State is what the diagnosis asks of the tenant beside its events.
type State interface {
	DevKeys(connection string) bool // the connection uses Auth0's developer keys
	SessionAlive(id string) bool
	FamilyAlive(id string) bool // of refresh tokens
}

// stage orders findings by where on its way the app meets them: of an answer that never arrived it cannot see what was
// wrong with its tokens.
type stage int

const (
	onTheWay   stage = iota // connection, cut or unreadable answers, headers by which the browser withholds them
	inTheReply              // an error, a page
	inTheParts              // state, tokens, keys
	afterwards              // what the app did next
)

// finding is a cause that a rule found, with its evidence.
type finding struct {
	code       diagnosis.Code
	stage      stage
	confidence diagnosis.Confidence
	evidence   []diagnosis.Evidence
}

// saw is evidence that an event shows.
func saw(n noted, format string, args ...any) diagnosis.Evidence {
	return diagnosis.Evidence{Seq: n.seq, Text: fmt.Sprintf(format, args...)}
}

// missed is evidence by what is not there.
func missed(format string, args ...any) diagnosis.Evidence {
	return diagnosis.Evidence{Text: fmt.Sprintf(format, args...)}
}

// scene is what a rule looks at: an exchange that is over, or waits, and all that was before it.
type scene struct {
	*exchange
	history *history
	state   State
	now     time.Time // tenant time
}

// rule looks for causes of one family. It knows nothing of other rules.
type rule struct {
	name string
	find func(s *scene) []finding
}

// rules are all there are, in the order in which findings of the same stage and confidence are told.
func rules() []rule {
	return []rule{
		{"waiting", waiting},
		{"no answer", noAnswer},
		{"late answers", late},
		{"cross-origin reads", withheld},
		{"spoilt bodies", spoilt},
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

// weigh sorts the findings of all rules: by confidence first, and then by where the app meets them. One code is told once.
func weigh(found []finding) []finding {
	rank := map[diagnosis.Confidence]int{diagnosis.Certain: 0, diagnosis.Likely: 1, diagnosis.Possible: 2}
	slices.SortStableFunc(found, func(a, b finding) int {
		return cmp.Or(cmp.Compare(rank[a.confidence], rank[b.confidence]), cmp.Compare(a.stage, b.stage))
	})
	seen := map[diagnosis.Code]bool{}
	return slices.DeleteFunc(found, func(f finding) bool {
		twice := seen[f.code]
		seen[f.code] = true
		return twice
	})
}

// causes are the findings in the words of the package diagnosis.
func causes(found []finding) []diagnosis.Cause {
	out := make([]diagnosis.Cause, len(found))
	for i, f := range found {
		info, _ := diagnosis.Lookup(f.code)
		out[i] = info.Cause(f.confidence, f.evidence...)
	}
	return out
}
