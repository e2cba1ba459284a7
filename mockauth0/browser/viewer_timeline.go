package browser

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Kinds of rows.
const (
	kindStep     = "step"
	kindExchange = "exchange"
	kindRequest  = "request"
	kindTenant   = "tenant"
	kindConsole  = "console"
	kindMessage  = "message"
	kindClock    = "clock"
	kindRefused  = "refused"
)

// row is one line of the timeline as the page shows it.
type row struct {
	Anchor   string
	Kind     string
	Label    string
	Offset   string // tenant time since the beginning
	Tenant   time.Time
	Browser  time.Time
	Real     time.Time
	Skew     string // how far the browser's clock is from the tenant's
	Text     string
	Bad      bool
	Begins   bool
	After    bool
	Mark     bool // the exchange that failed
	Seq      uint64
	Details  string
	Exchange *exchange

	key  bool   // it is shown without being asked for
	same string // rows of one text follow one another with a count; "": never
	size int
}

// node is a row, or several that are folded.
type node struct {
	Row  *row
	Fold *fold
}

type fold struct {
	Summary string
	Rows    []*row
}

// timeline is the rows of a page.
type timeline struct {
	viewer
	began time.Time
	rows  []*row
	mark  string
	left  []string
	shown map[uint64]bool // events that the first causes rest on
}

func newTimeline(v viewer) *timeline {
	tl := &timeline{viewer: v, shown: map[uint64]bool{}}
	for _, d := range v.g.diagnoses {
		for _, e := range d.Causes[0].Evidence {
			tl.shown[e.Seq] = true
		}
	}
	for _, l := range v.g.lines {
		if tl.began.IsZero() {
			tl.began = l.Tenant
		}
		tl.rows = append(tl.rows, tl.row(l))
	}
	tl.markFailure()
	return tl
}

// within is the timeline without the rows, the oldest of the least important first, that are more than so many bytes. Its anchors begin
// with the prefix.
func (tl *timeline) within(prefix string, budget int) *timeline {
	kept := *tl
	kept.bound(budget)
	for i, r := range kept.rows {
		r.Anchor = fmt.Sprintf("%s%d", prefix, i+1)
		if r.Mark {
			kept.mark = r.Anchor
		}
	}
	return &kept
}

// row is a line with what the page shows of it.
func (tl *timeline) row(l line) *row {
	r := &row{
		Kind: kindOf(l.Source), Label: l.Source, Tenant: l.Tenant, Browser: l.Browser, Real: l.Real, Text: cut(l.Text),
		Bad: l.Bad, Begins: l.Begins,
		After: l.After, Details: cut(l.Details), Seq: l.seq, same: l.kind(),
	}
	if !l.Tenant.IsZero() {
		r.Offset = offsetText(l.Tenant.Sub(tl.began))
	}
	if skew := l.Browser.Sub(l.Tenant).Round(time.Second); !l.Browser.IsZero() && !l.Tenant.IsZero() && skew != 0 {
		r.Skew = skew.String()
		if skew > 0 {
			r.Skew = "+" + r.Skew
		}
	}
	if e := tl.g.entries[l.exchange]; e != nil {
		r.Exchange = newExchange(e, tl.w.TenantURL())
		r.size += entrySize(*e)
		r.Bad = r.Bad || r.Exchange.Failed
		if r.Exchange.Endpoint != "" {
			r.Kind = kindExchange
		}
		r.Label, r.Text, r.same = r.Exchange.Label, r.Exchange.Text, r.Exchange.Text
	}
	r.key = r.Begins || l.Source == "spec" || r.Kind == kindExchange && !r.Exchange.public || r.Bad || tl.shown[l.seq] && l.seq != 0
	r.size += len(r.Text) + len(r.Details) + entryPadding
	return r
}

func kindOf(source string) string {
	word, _, _ := strings.Cut(source, " ")
	switch word {
	case "spec":
		return kindStep
	case "network":
		return kindRequest
	case "tenant":
		return kindTenant
	case "message":
		return kindMessage
	case "clock":
		return kindClock
	case "refused":
		return kindRefused
	}
	return kindConsole
}

// markFailure marks the exchange with the tenant that failed: the first after the beginning of what the page is about, or else the last.
func (tl *timeline) markFailure() {
	var found *row
	for _, r := range tl.rows {
		if r.Kind != kindExchange || !r.Exchange.Failed {
			continue
		}
		if found != nil && !tl.since.IsZero() && !found.Real.Before(tl.since) {
			break
		}
		found = r
	}
	if found != nil && (tl.since.IsZero() || !found.Real.Before(tl.since)) {
		found.Mark = true
	}
}

func (tl *timeline) bound(budget int) {
	keep, counted := map[*row]bool{}, map[string]int{}
	for _, key := range []bool{true, false} {
		for _, r := range slices.Backward(tl.rows) {
			if r.key != key {
				continue
			}
			if budget -= escaping * r.size; budget >= 0 || r.Mark {
				keep[r] = true
			} else {
				counted[r.Kind]++
			}
		}
	}
	if len(counted) > 0 {
		tl.left = append(tl.left, countsOf(counted)+" of the timeline, the oldest")
	}
	tl.rows = slices.DeleteFunc(slices.Clone(tl.rows), func(r *row) bool { return !keep[r] })
}

// nodes are the rows, folded but for what matters.
func (tl *timeline) nodes() (out []node) {
	var folded []*row
	again, last := map[string]int{}, ""
	close := func() {
		if len(folded) == 0 {
			return
		}
		out = append(out, node{Fold: &fold{summaryOf(folded, again), folded}})
		folded, again = nil, map[string]int{}
	}
	for _, r := range tl.rows {
		switch {
		case !r.key:
			folded = append(folded, r)
		case !r.Mark && r.same != "" && r.same == last:
			again[r.same]++
			folded = append(folded, r)
		default:
			close()
			last = r.same
			out = append(out, node{Row: r})
		}
	}
	close()
	return out
}

// summaryOf counts what is folded: the same again first, and then the rest by kind.
func summaryOf(rows []*row, again map[string]int) string {
	count := map[string]int{}
	var words []string
	for _, r := range rows {
		n := again[r.same]
		switch {
		case r.key && n > 1:
			words = append(words, fmt.Sprintf("%d times more: %s", n, cutTo(r.same, 120)))
			again[r.same] = -1
		case r.key && n == 1:
			words = append(words, "once more: "+cutTo(r.same, 120))
			again[r.same] = -1
		case !r.key:
			count[r.Kind]++
		}
	}
	if rest := countsOf(count); rest != "" {
		words = append(words, rest)
	}
	return strings.Join(words, "; ")
}

// counts are the kinds of rows that there are.
func (tl *timeline) counts() (out []kindCount) {
	count := map[string]int{}
	for _, r := range tl.rows {
		count[r.Kind]++
	}
	for _, w := range kindWords {
		if n := count[w.kind]; n > 0 {
			out = append(out, kindCount{w.kind, w.many, n})
		}
	}
	return out
}

// event is the anchor of a tenant's event, "" when the page does not have it.
func (tl *timeline) event(seq uint64) string {
	for _, r := range tl.rows {
		if seq != 0 && r.Seq == seq {
			return r.Anchor
		}
	}
	return ""
}

// at is the anchor of what happened at a real time, or first after it.
func (tl *timeline) at(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	for _, r := range tl.rows {
		if !r.Real.Before(t) {
			return r.Anchor
		}
	}
	return ""
}
