package stage

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/scenario"
)

// afterPair is how long a renewal of two scenarios at once goes on: longer than any SDK waits.
const afterPair = 61 * time.Second

// Pair reads a scenario in which the failures of two happen to one page: what is set up, armed and done before the judged
// renewal of each, then one renewal, and then so much time that no SDK waits any longer. Its expectations are those of the
// SDKs that both name, of which nobody says what they report. The error says why the two do not go together.
func Pair(source scenario.Source, one, other string) (*scenario.Scenario, error) {
	var alone [2]*scenario.Scenario
	for i, id := range []string{one, other} {
		s, err := source.Read(id)
		if err != nil {
			return nil, err
		}
		alone[i] = s
	}
	// Each is read again over what the other sets up, so that all their settings hold at once.
	under := source
	under.Under = alone[1].Overlays[:1]
	first, err := under.Read(one)
	if err != nil {
		return nil, fmt.Errorf("%s and %s together: %w", one, other, err)
	}
	under.Under = alone[0].Overlays
	second, err := under.Read(other)
	if err != nil {
		return nil, fmt.Errorf("%s and %s together: %w", one, other, err)
	}
	return together(first, second)
}

// together puts two scenarios into one; the tenant of the first holds the settings of both.
func together(a, b *scenario.Scenario) (*scenario.Scenario, error) {
	browser, err := bothBrowsers(a.Browser, b.Browser)
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
	if tabs := slices.DeleteFunc(slices.Clone(steps), func(s scenario.Step) bool { return s.Do != scenario.SecondTab }); len(tabs) > 1 {
		return nil, errors.New("both open another tab")
	}
	out := *a
	out.ID, out.Title = a.ID+" + "+b.ID, a.Title+"; and: "+b.Title
	out.Also = slices.Concat([]diagnosis.Code{a.Diagnosis, b.Diagnosis}, a.Also, b.Also)
	out.Browser, out.Faults = browser, slices.Concat(a.Faults, b.Faults)
	out.Steps = append(steps, scenario.Step{Do: scenario.Renew, Ask: ask}, scenario.Step{Do: scenario.Advance, For: afterPair})
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
		out.Expect = append(out.Expect, scenario.Expectation{SDKs: []string{sdk}, Options: options, Hangs: true})
	}
	return &out, nil
}

// lastRenewal is the renewal that is judged, and all steps before it.
func lastRenewal(steps []scenario.Step) (renewal scenario.Step, before []scenario.Step) {
	for i, s := range slices.Backward(steps) {
		if s.Do == scenario.Renew && s.Of == scenario.InFirst {
			return s, steps[:i:i]
		}
	}
	return scenario.Step{}, steps
}

// bothBrowsers is a browser as two scenarios want it.
func bothBrowsers(b, o scenario.Browser) (scenario.Browser, error) {
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
	pick("cookies", (*string)(&b.Cookies), string(o.Cookies), string(scenario.CookiesAllowed))
	pick("origin", (*string)(&b.Origin), string(o.Origin), string(scenario.CrossSite))
	pick("silent page", (*string)(&b.SilentPage), string(o.SilentPage), string(scenario.ParsesTheString))
	pick("service worker", &b.Worker, o.Worker, "")
	pick("second SDK", &b.SecondSDK, o.SecondSDK, "")
	if b.ClockAhead != 0 && o.ClockAhead != 0 {
		clash = append(clash, errors.New("they want two clocks"))
	}
	b.ClockAhead += o.ClockAhead
	b.Throttled, b.CustomDomain = b.Throttled || o.Throttled, b.CustomDomain || o.CustomDomain
	b.Blocked = slices.Concat(b.Blocked, o.Blocked)
	b.Headers = maps.Clone(b.Headers)
	for name, value := range o.Headers {
		had := b.Headers[name]
		pick("header "+name, &had, value, "")
		b.Headers[name] = had
	}
	return b, errors.Join(clash...)
}
