package stage

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/appdrive"
	"renewal.example/mockauth0/scenario"
)

// Verdict says whether a scenario came about.
type Verdict struct {
	Is    Is
	Why   string           // what shows it, sentences
	Cause *diagnosis.Cause // Reproduced: the scenario's, as the tenant observed it
	Story []string         // of a person's own app: what it did, a sentence each
	OfSDK bool             // it was played with an SDK, and not with an app of somebody's own
}

// Is is one of the four answers.
type Is string

// Answers.
const (
	Reproduced    Is = "reproduced"     // the failure happened, by the scenario's cause
	NotReproduced Is = "not reproduced" // it did not
	CannotFail    Is = "cannot fail so" // the app renews in a way that this failure does not meet
)

// Needs is the error of a scenario that cannot be played as things are.
type Needs struct {
	What string // what it needs: a phrase, and what to do
}

func (e *Needs) Error() string { return "this scenario needs " + e.What }

// Needs finds out what a scenario needs that a person's own app does not have, before anything is started. The second result is why the
// app cannot fail so, where that is known already.
func (a *App) Needs(s *scenario.Scenario) (*Needs, string) {
	for _, step := range s.Steps {
		switch {
		case step.Do == scenario.Renew && step.Of == scenario.BySecond, s.Browser.SecondSDK != "":
			return &Needs{"a page with two SDKs, and plays with --sdk only: an app of your own is left as it is"}, ""
		case step.Do == scenario.Renew && len(step.Ask) > 0:
			var names []string
			for name := range step.Ask {
				names = append(names, name)
			}
			slices.Sort(names)
			return &Needs{fmt.Sprintf("a renewal that asks for another %s than the login, which only your app's code can do; play it with --sdk",
				strings.Join(names, " and "))}, ""
		}
	}
	if s.Browser.CustomDomain {
		return &Needs{"an app that gets another domain for its tenant after the login, which only a new build of yours can do; " +
			"play it with --sdk"}, ""
	}
	if s.Browser.SilentPage != "" && s.Browser.SilentPage != scenario.ParsesTheString {
		return &Needs{"the silent page of the SDK tutorial; play it with --sdk tutorial"}, ""
	}
	same := sameSite(a.URL, a.Domain)
	if s.Browser.Origin == scenario.SameSite && !same {
		return &Needs{fmt.Sprintf("an app and a tenant on one site, and %s and %s are two: name a tenant on the app's site with --domain",
			a.URL, a.Domain)}, ""
	}
	if s.Browser.Cookies != scenario.CookiesAllowed && same && s.Diagnosis == diagnosis.ThirdPartyCookiesBlocked {
		return nil, fmt.Sprintf("The app at %s and the tenant at %s are one site, so the tenant's cookie is no third party's. In production it "+
			"can be: there, look whether both are one site. To see it here, serve the app and the tenant on two sites%s.",
			a.URL, a.Domain, a.twoSites())
	}
	return nil, ""
}

// twoSites says how, where it takes no more than another scheme.
func (a *App) twoSites() string {
	if host, ok := strings.CutPrefix(a.Domain, "http://"); ok {
		return ": configure your app with the domain " + host + ", and name it with --domain"
	}
	return ""
}

// sameSite tells whether an app and a tenant are one site, as far as two names can tell: scheme and host are the same, or one is
// below the other, or both have the same parent of two labels or more.
func sameSite(address, domain string) bool {
	app, err := url.Parse(address)
	if err != nil {
		return false
	}
	if !strings.Contains(domain, "://") {
		domain = "https://" + domain
	}
	at, err := url.Parse(domain)
	if err != nil || app.Scheme != at.Scheme {
		return false
	}
	one, other := strings.ToLower(app.Hostname()), strings.ToLower(at.Hostname())
	parent := func(host string) string {
		if _, rest, ok := strings.Cut(host, "."); ok && strings.Contains(rest, ".") {
			return rest
		}
		return host
	}
	return one == other || parent(one) == parent(other) && strings.Contains(parent(one), ".") ||
		strings.HasSuffix(one, "."+other) && strings.Contains(other, ".") || strings.HasSuffix(other, "."+one) && strings.Contains(one, ".")
}

// kinds are the SDKs of the catalogue that renew as an app does, those that are most like today's apps first.
func kinds(r appdrive.Renewal) []string {
	switch r {
	case appdrive.RefreshTokens:
		return []string{"spa-js-2-refresh", "react-2-refresh", "spa-js-1-refresh"}
	case appdrive.FrameCode:
		return []string{"spa-js-2", "react-2", "spa-js-1"}
	case appdrive.FrameTokens:
		return []string{"auth0-js-10", "auth0-js-9", "auth0-js-8.10.1"}
	}
	return nil
}

// expectedOf is what the catalogue says of apps that renew so; nil: it does not name them.
func expectedOf(s *scenario.Scenario, r appdrive.Renewal) *scenario.Expectation {
	for _, sdk := range kinds(r) {
		if e := s.For(sdk); e != nil {
			return e
		}
	}
	return nil
}

// stated tells whether the scenario says what SDKs report.
func stated(s *scenario.Scenario) bool {
	return slices.ContainsFunc(s.Expect, func(e scenario.Expectation) bool { return !e.Unstated })
}

// observed is what the verdict on a person's own app rests on.
type observed struct {
	scenario  *scenario.Scenario
	renewal   appdrive.Renewal
	asked     []appdrive.Ask // since the judged renewal began
	want      appdrive.Want
	lost      bool                  // a step of the scenario loaded the app anew, and its tokens are gone
	took      bool                  // it went on with the tokens that it was given
	held      bool                  // something kept its request from the tenant, and the browser says so
	without   bool                  // its login asked for a refresh token and got none
	diagnoses []diagnosis.Diagnosis // since the judged renewal began
	isolated  bool                  // its page is cross-origin isolated, and it asked nothing
	user      string                // whose login it was
	forgot    bool                  // an exchange of its refresh token failed before, and nobody is signed in since
	unarmed   bool
}

// judge says what came of a scenario with a person's own app. It says nothing where nothing made the app want a token.
func (o observed) judge() Verdict {
	expected := expectedOf(o.scenario, o.renewal)
	cause := o.named(expected)
	if cause == nil {
		cause = o.seenHere(expected)
	}
	switch {
	case cause != nil && (o.failed() || wrongThough(expected, o.scenario)):
		return Verdict{Is: Reproduced, Cause: cause, Why: o.whatCame()}
	case len(o.asked) == 0 && !o.lost && !o.want.Out && o.want.Way != appdrive.Pressed && !o.held && !o.without:
		return Verdict{}
	case !o.unarmed && stated(o.scenario) && o.given() && o.took &&
		(expected == nil || expected.Renews && !wrongThough(expected, o.scenario)):
		return Verdict{Is: CannotFail, Why: o.cannot() + " " + o.whatCame()}
	}
	return Verdict{Is: NotReproduced, Why: o.whatCame() + o.another()}
}

// onReload is the scenario of apps that lose their tokens when they are reloaded.
const onReload = "refresh-token-lost-on-reload"

// another names the failure that this app has in place of the scenario's; "": none is known.
func (o observed) another() string {
	if o.lost && o.renewal == appdrive.RefreshTokens && o.scenario.ID != onReload {
		return " It loses them with every reload, whatever the tenant does: mockauth0 reproduce " + onReload + " shows that."
	}
	return ""
}

// seenHere is the scenario's cause where it shows in the browser or in whose tokens the app got, and no request failed.
func (o observed) seenHere(expected *scenario.Expectation) *diagnosis.Cause {
	var evidence string
	switch stranger := o.stranger(); {
	case o.isolated && o.scenario.Diagnosis == diagnosis.CrossOriginIsolated && o.want.Way != appdrive.Unknown:
		evidence = "the page says that it is cross-origin isolated (window.crossOriginIsolated)"
	case o.scenario.Diagnosis == diagnosis.AppClockWrong && o.skew() != 0 && o.given() && !o.took:
		evidence = fmt.Sprintf("the browser's clock is %s from the tenant's, and the app did not go on with the tokens that it got", o.skew())
	case stranger != "" && wrongThough(expected, o.scenario):
		evidence = "the app got tokens of " + stranger + ", and somebody else had logged in to it"
	default:
		return nil
	}
	known, _ := diagnosis.Lookup(o.scenario.Diagnosis)
	seen := known.Cause(diagnosis.Certain, 0, diagnosis.Evidence{Text: evidence})
	return &seen
}

// skew is how far the scenario sets the browser's clock.
func (o observed) skew() time.Duration {
	d := o.scenario.Browser.ClockAhead
	for _, step := range o.scenario.Steps {
		if step.Do == scenario.Skew {
			d = step.For
		}
	}
	return d
}

// stranger is another person than the one who logged in, whose tokens the app got; "": there is none.
func (o observed) stranger() string {
	for _, a := range o.asked {
		if a.Answer == appdrive.Given && a.UserID != "" && o.user != "" && a.UserID != o.user {
			return a.UserName
		}
	}
	return ""
}

// wrongThough tells whether something is wrong although an SDK renews: it gets somebody else's tokens, or renews without a pause.
func wrongThough(e *scenario.Expectation, s *scenario.Scenario) bool {
	return e != nil && e.Renews && (e.Diagnosis != "" || e.User != "" && e.User != s.User)
}

// named is the scenario's cause as the tenant observed it since the judged renewal began; nil: it did not.
func (o observed) named(expected *scenario.Expectation) *diagnosis.Cause {
	want := []diagnosis.Code{o.scenario.Diagnosis}
	if expected != nil && expected.Diagnosis != "" {
		want = append(want, expected.Diagnosis)
	}
	for _, d := range o.diagnoses {
		if d.Kind == diagnosis.KindAbsence && !o.lost && !o.forgot && !o.held && !o.without && !o.isolated {
			continue // that nothing came is no failure by itself
		}
		for i, c := range d.Causes {
			also := d.Kind != diagnosis.KindAbsence && slices.Contains(o.scenario.Also, c.Code)
			if (also || slices.Contains(want, c.Code) || o.scenario.Diagnosis == "") && (i == 0 || c.Confidence != diagnosis.Possible) {
				return &d.Causes[i]
			}
		}
	}
	return nil
}

// failed tells whether the app got something else than what it asked for, or could not ask.
func (o observed) failed() bool {
	for _, a := range o.asked {
		if a.Failed() || a.Answer == appdrive.Pending {
			return true
		}
	}
	return o.lost || o.held || o.isolated || len(o.asked) == 0 && (o.without || o.want.Out || o.forgot) || o.given() && !o.took
}

// given tells whether a renewal brought what was asked for.
func (o observed) given() bool {
	return slices.ContainsFunc(o.asked, func(a appdrive.Ask) bool { return a.Answer == appdrive.Given && a.Kind != appdrive.AskLogin })
}

// whatCame says what the app asked and got.
func (o observed) whatCame() string {
	if len(o.asked) == 0 {
		switch {
		case o.isolated:
			return "The app asked the tenant for nothing: its page is cross-origin isolated."
		case o.forgot:
			return "The app asked the tenant for nothing: an exchange of its refresh token had failed, and nobody is signed in since."
		case o.want.Out && !o.lost:
			return "The app asked the tenant for nothing: nobody was signed in any more."
		case o.lost:
			return "The app asked the tenant for nothing: its tokens are gone since it was reloaded."
		case o.without:
			return "The app asked the tenant for nothing: it has no refresh token, though its login asked for one."
		case o.held:
			return "The app's request did not reach the tenant."
		}
		return "The app asked the tenant for nothing."
	}
	type group struct {
		text  string
		times int
	}
	var groups []group
	for _, a := range o.asked {
		text := askText(a)
		if n := len(groups); n > 0 && groups[n-1].text == text {
			groups[n-1].times++
			continue
		}
		groups = append(groups, group{text, 1})
	}
	const most = 4
	var out []string
	for i, g := range groups {
		if i == most {
			out = append(out, fmt.Sprintf("And %d more.", len(groups)-most))
			break
		}
		if g.times > 1 {
			g.text = strings.TrimSuffix(g.text, ".") + fmt.Sprintf(" (×%d).", g.times)
		}
		out = append(out, g.text)
	}
	if stranger := o.stranger(); stranger != "" {
		out = append(out, "Those are tokens of "+stranger+", and somebody else had logged in to it.")
	}
	if o.given() && !o.took {
		out = append(out, "It did not go on with what it was given.")
	}
	return strings.Join(out, " ")
}

// askText says of one request what it was and what came of it.
func askText(a appdrive.Ask) string {
	what := map[appdrive.AskKind]string{
		appdrive.AskLogin: "It led to the login page", appdrive.AskSilent: "It asked in a hidden frame",
		appdrive.AskCode: "It exchanged a code", appdrive.AskToken: "It asked for tokens", appdrive.AskRefresh: "It asked with its refresh token",
	}[a.Kind]
	switch a.Answer {
	case appdrive.Given:
		if a.Kind == appdrive.AskLogin {
			return what + "."
		}
		return what + ", and got what it asked for."
	case appdrive.Refused:
		text := strings.TrimSuffix(strings.Join(slices.DeleteFunc([]string{a.Error, a.Text}, func(s string) bool { return s == "" }), ": "), ".")
		return what + ", and was answered " + cmp.Or(text, "an error") + "."
	case appdrive.Lost:
		return what + ", and nothing came back (" + a.Error + ")."
	}
	return what + ", and was not answered."
}

// cannot says why the app does not fail so.
func (o observed) cannot() string {
	var fails []string
	for _, r := range []appdrive.Renewal{appdrive.RefreshTokens, appdrive.FrameCode, appdrive.FrameTokens} {
		if e := expectedOf(o.scenario, r); e != nil && (!e.Renews || wrongThough(e, o.scenario)) {
			fails = append(fails, r.Text())
		}
	}
	this := "This app renews " + o.renewal.Text() + "."
	if len(fails) == 0 {
		return this + " No kind of app that the catalogue knows reports an error here."
	}
	return this + " This failure only happens to apps that renew " + strings.Join(fails, ", or ") + "."
}

// ofTheBrowser tells whether the browser kept something from the tenant since a time, and says so.
func (s *Stage) ofTheBrowser(asked []appdrive.Ask, since time.Time) bool {
	if slices.ContainsFunc(asked, func(a appdrive.Ask) bool { return a.Answer == appdrive.Lost && a.Seq == 0 }) {
		return true
	}
	return slices.ContainsFunc(s.Console(), func(e browser.ConsoleEntry) bool {
		return e.Kind == "browser" && !e.Tenant.Before(since) && strings.Contains(e.Text, "Content Security Policy")
	})
}

// verdictOnSDK says what came of a scenario with an SDK.
func verdictOnSDK(s *scenario.Scenario, sdk string, expected *scenario.Expectation, o Outcome) Verdict {
	named := s.Diagnosis
	if expected.Diagnosis != "" {
		named = expected.Diagnosis
	}
	var cause *diagnosis.Cause
	for _, d := range o.Diagnoses {
		for i, c := range d.Causes {
			if cause == nil && (c.Code == named || named == "") {
				cause = &d.Causes[i]
			}
		}
	}
	reported := fmt.Sprintf("%s reported %s", sdk, o)
	if o.After >= time.Second {
		reported += " after " + o.After.Round(time.Second).String()
	}
	reported += "."
	switch {
	case o.Renewed && expected.Renews && expected.Diagnosis == "", o.Renewed && expected.Unstated && stated(s):
		return Verdict{Is: CannotFail, Why: reported + " " + ofOthers(s), OfSDK: true}
	case cause != nil && (!o.Renewed || expected.Diagnosis != ""):
		return Verdict{Is: Reproduced, Why: reported, Cause: cause, OfSDK: true}
	}
	return Verdict{Is: NotReproduced, Why: reported, OfSDK: true}
}

// ofOthers says with which SDKs a scenario does fail.
func ofOthers(s *scenario.Scenario) string {
	var fails []string
	for _, e := range s.Expect {
		if !e.Renews {
			fails = append(fails, e.SDKs...)
		}
	}
	if len(fails) == 0 {
		return "No SDK of the catalogue reports an error here."
	}
	return "This failure is of " + strings.Join(fails, ", ") + "."
}
