package scenario

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"renewal.example/mockauth0/diagnosis"
)

// afterwards is how long a renewal of two scenarios at once goes on: longer than any SDK waits.
const afterwards = 61 * time.Second

// Both reads a scenario in which the failures of two befall one page: what is set up, armed and done before the judged
// renewal of each, then one renewal, and then so much time that no SDK waits any longer. Its expectations are those of the
// SDKs that both name, of which nobody says what they tell. The error tells why the two do not go together.
func (s Source) Both(one, other string) (*Scenario, error) {
	a, b := s.reader(one), s.reader(other)
	for _, r := range []*reader{a, b} {
		if err := r.read(); err != nil {
			return nil, err
		}
	}
	// Each is read again over what the other sets up, so that all their settings hold at once.
	first, second := s.reader(one), s.reader(other)
	first.under = b.overlays[:1]
	second.under = a.overlays
	for _, r := range []*reader{first, second} {
		if err := r.read(); err != nil {
			return nil, fmt.Errorf("%s and %s together: %w", one, other, err)
		}
	}
	return together(first.s, second.s)
}

// together puts two scenarios into one; the tenant of the first holds the settings of both.
func together(a, b *Scenario) (*Scenario, error) {
	browser, err := a.Browser.with(b.Browser)
	if err != nil {
		return nil, err
	}
	if a.User != b.User || a.Connection != b.Connection {
		return nil, errors.New("two people log in")
	}
	renewal, before := lastRenewal(a.Steps)
	renewalToo, beforeToo := lastRenewal(b.Steps)
	ask := maps.Clone(renewal.Ask)
	for name, value := range renewalToo.Ask {
		if asked, ok := ask[name]; ok && asked != value {
			return nil, fmt.Errorf("they ask for two values of %s", name)
		}
		if ask == nil {
			ask = map[string]string{}
		}
		ask[name] = value
	}
	steps := slices.Concat(before, beforeToo)
	if tabs := slices.DeleteFunc(slices.Clone(steps), func(s Step) bool { return s.Do != SecondTab }); len(tabs) > 1 {
		return nil, errors.New("both open another tab")
	}
	out := *a
	out.ID, out.Title = a.ID+" + "+b.ID, a.Title+"; and: "+b.Title
	out.Also = slices.Concat([]diagnosis.Code{a.Diagnosis, b.Diagnosis}, a.Also, b.Also)
	out.Browser, out.Faults = browser, slices.Concat(a.Faults, b.Faults)
	out.Steps = append(steps, Step{Do: Renew, Ask: ask}, Step{Do: Advance, For: afterwards})
	out.Expect = nil
	for _, sdk := range a.SDKs() {
		mine, theirs := a.For(sdk), b.For(sdk)
		if theirs == nil || mine.Options != nil && theirs.Options != nil {
			continue
		}
		options := mine.Options
		if options == nil {
			options = theirs.Options
		}
		out.Expect = append(out.Expect, Expectation{SDKs: []string{sdk}, Options: options, Hangs: true})
	}
	return &out, nil
}

// lastRenewal is the renewal that is judged, and all steps before it.
func lastRenewal(steps []Step) (renewal Step, before []Step) {
	for i, s := range slices.Backward(steps) {
		if s.Do == Renew && s.Of == InFirst {
			return s, steps[:i:i]
		}
	}
	return Step{}, steps
}

// with is a browser as two scenarios want it.
func (b Browser) with(o Browser) (Browser, error) {
	var clash []error
	pick := func(what string, mine *string, theirs, usual string) {
		switch {
		case theirs == usual || theirs == *mine:
		case *mine == usual:
			*mine = theirs
		default:
			clash = append(clash, fmt.Errorf("they want two kinds of %s", what))
		}
	}
	pick("cookies", (*string)(&b.Cookies), string(o.Cookies), string(CookiesAllowed))
	pick("origin", (*string)(&b.Origin), string(o.Origin), string(CrossSite))
	pick("silent page", (*string)(&b.SilentPage), string(o.SilentPage), string(ParsesTheString))
	pick("service worker", &b.Worker, o.Worker, "")
	pick("second SDK", &b.SecondSDK, o.SecondSDK, "")
	if b.ClockAhead != 0 && o.ClockAhead != 0 {
		clash = append(clash, errors.New("they want two clocks"))
	}
	b.ClockAhead += o.ClockAhead
	b.Throttled = b.Throttled || o.Throttled
	b.Blocked = slices.Concat(b.Blocked, o.Blocked)
	b.Headers = maps.Clone(b.Headers)
	for name, value := range o.Headers {
		had := b.Headers[name]
		pick("header "+name, &had, value, "")
		b.Headers[name] = had
	}
	return b, errors.Join(clash...)
}
