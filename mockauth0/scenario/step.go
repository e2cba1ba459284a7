package scenario

import (
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/strict"
	"renewal.example/mockauth0/tenant"
)

// Step is something that happens after the login.
type Step struct {
	Do    Verb              // what happens
	Of    string            // what the verb is about: a tab, a person, a state of the browser
	Who   string            // of LogIn: the person's e-mail address
	Ask   map[string]string // of Renew in the first tab: parameters of the request that differ from the login's
	For   time.Duration     // of Advance, Sleep and the browser's clock
	Fault fault.Fault       // of Arm
	Next  *tenant.Config    // of Change: the tenant from then on
	Data  any               // of Message
}

// Asked are the parameters in which a renewal may differ from the login. auth0.js alone takes another redirect_uri or
// response_type for one.
func Asked() []string {
	return []string{"audience", "scope", "max_age", "connection", "redirect_uri", "response_type"}
}

// String is the step as it is written.
func (s Step) String() string {
	word := string(s.Do)
	if slices.Contains(inBrowser(), word) {
		word = "browser: " + word
	}
	switch {
	case s.Do == Advance:
		return word + ": " + s.For.String()
	case s.For != 0:
		return word + " " + s.For.String()
	case s.Of != "":
		return word + ": " + s.Of
	}
	return word
}

// Verb is what a step does.
type Verb string

// The verbs.
const (
	Renew           Verb = "renew"            // asks the SDK for a token from the tenant; later steps run while it is under way
	Advance         Verb = "advance"          // time passes for tenant and browser
	Arm             Verb = "arm"              // a fault
	Disarm          Verb = "disarm"           // all faults
	EndSessions     Verb = "end_sessions"     // of a person, or of all
	WithdrawConsent Verb = "withdraw_consent" // of all
	RotateKey       Verb = "rotate_key"       // the tenant signs with a new key
	RevokeTokens    Verb = "revoke_tokens"    // all refresh tokens of the person who logged in are revoked
	RevokeKey       Verb = "revoke_key"       // the tenant signs with a new key and no longer publishes the old one
	Schedule        Verb = "schedule"         // from now on the app renews when its token ends, by one timer
	ReuseToken      Verb = "reuse_token"      // somebody sends the refresh token that the browser has used already
	DeleteUser      Verb = "delete_user"
	BlockUser       Verb = "block_user"
	Change          Verb = "change"        // settings of the tenant
	LogIn           Verb = "log_in"        // by the SDK, after a logout; as somebody else, perhaps
	LogOut          Verb = "log_out"       // by the SDK, at the tenant too
	Message         Verb = "message"       // the page gets a window message from somebody else
	Offline         Verb = "offline"       // the browser is cut from the network
	Online          Verb = "online"        // and connected again
	Freeze          Verb = "freeze"        // the browser stops the tab
	Thaw            Verb = "thaw"          // and lets it run on
	Sleep           Verb = "sleep"         // the computer sleeps
	Skew            Verb = "clock_ahead"   // somebody sets the computer's clock
	ClearStorage    Verb = "clear_storage" // of the app
	ClearCookies    Verb = "clear_cookies" // of all sites
	ClearCache      Verb = "clear_cache"   // of what was loaded before, such as the tenant's keys
	SecondTab       Verb = "second_tab"    // the app is opened in another tab, where the SDK looks for a session
	Reload          Verb = "reload"        // the app is reloaded
	Restart         Verb = "restart"       // the browser is closed, and the app is reloaded in it: cookies without an expiry are gone
)

// Which SDK a Renew, LogIn or LogOut is of.
const (
	InFirst  = ""           // the one under test
	InSecond = "second_tab" // the SDK in the other tab
	BySecond = "second_sdk" // the other SDK on the page
)

// inBrowser are the verbs that are written under browser.
func inBrowser() []string {
	return []string{
		string(Offline), string(Online), string(Freeze), string(Thaw), string(Sleep), string(Skew), string(ClearStorage), string(ClearCookies),
		string(ClearCache), string(SecondTab), string(Reload), string(Restart),
	}
}

// words are the verbs that can stand alone, and those that take something.
func words() (alone, taking []string) {
	alone = []string{string(Renew), string(Disarm), string(EndSessions), string(WithdrawConsent), string(RotateKey), string(RevokeKey),
		string(RevokeTokens), string(Schedule), string(ReuseToken), string(DeleteUser), string(BlockUser), string(LogIn), string(LogOut)}
	taking = []string{
		string(Renew), string(Advance), string(Arm), string(EndSessions), string(DeleteUser), string(BlockUser), string(Change), string(Message),
		string(LogIn), string(LogOut), "browser",
	}
	return alone, taking
}

// takesTime reports whether the browser's step has a duration after it.
func (v Verb) takesTime() bool { return v == Sleep || v == Skew }

// steps reads the list; the tenant is the one that is there before the first.
func (r *reader) steps(root strict.Section) []Step {
	items := root.Items("steps")
	if len(items) == 0 {
		return []Step{{Do: Renew}}
	}
	var out []Step
	for _, item := range items {
		if s, ok := r.step(item); ok {
			out = append(out, s)
		}
	}
	r.sensible(root, out)
	return out
}

// sensible refuses steps that cannot lead to anything.
func (r *reader) sensible(root strict.Section, steps []Step) {
	at := slices.IndexFunc(steps, func(s Step) bool { return s.Do == Renew && s.Of == InFirst })
	if at < 0 {
		root.Refuse("steps", "the steps have no renewal, so there is nothing to expect; add renew")
	}
	tab := slices.IndexFunc(steps, func(s Step) bool { return s.Do == SecondTab })
	for i, s := range steps {
		if s.Of == InSecond && (tab < 0 || tab > i) {
			root.Refuse("steps", "%s in the second tab comes before there is one; add browser: second_tab before it", s.Do)
		}
		if s.Do == Renew && s.Of == BySecond && r.s.Browser.SecondSDK == "" {
			root.Refuse("steps", "renew: second_sdk, but there is none on the page; add second_sdk to browser")
		}
	}
}

func (r *reader) step(item strict.Value) (Step, bool) {
	alone, taking := words()
	if word, ok := item.Text(); ok {
		if !slices.Contains(alone, word) {
			if slices.Contains(taking, word) || slices.Contains(inBrowser(), word) {
				item.Refuse("the step %s stands alone; expected %s", word, example(word))
			} else {
				item.Refuse("there is no step %q%s", word, strict.DidYouMean(word, alone))
			}
			return Step{}, false
		}
		return r.alone(Verb(word)), true
	}
	if !item.IsObject() {
		item.Refuse("a step is %s; expected a word such as renew, or one key such as advance: 2h", item.Describe())
		return Step{}, false
	}
	section := item.Section("a step")
	keys := section.Keys()
	if len(keys) != 1 {
		item.Refuse("a step has %d keys; expected one, and each further step as an entry of its own", len(keys))
		return Step{}, false
	}
	key := keys[0]
	if !slices.Contains(taking, key) {
		hint := strict.DidYouMean(key, taking)
		if slices.Contains(alone, key) {
			hint = "; write it without a value: - " + key
		}
		item.Refuse("there is no step %q that takes a value%s", key, hint)
		return Step{}, false
	}
	value, ok := section.Value(key)
	if !ok {
		item.Refuse("the step %s has no value; expected %s", key, example(key))
		return Step{}, false
	}
	return r.taking(key, value)
}

// example shows a step as it can be written.
func example(word string) string {
	switch {
	case slices.Contains(inBrowser(), word) && Verb(word).takesTime():
		return "browser: " + word + " 8h"
	case slices.Contains(inBrowser(), word):
		return "browser: " + word
	}
	return map[string]string{
		"advance": "advance: 2h", "arm": "arm: {when: {…}, do: {…}}", "change": "change: {client: {…}}",
		"message": "message: {type: webpackOk}", "browser": "browser: offline", "renew": "renew, or renew: second_tab",
		"log_in": "log_in, or log_in: {user: grace@example.test, tab: second_tab}", "log_out": "log_out, or log_out: second_tab",
	}[word]
}

// alone is a step that names nobody: it is about the person who logged in.
func (r *reader) alone(v Verb) Step {
	switch v {
	case DeleteUser, BlockUser:
		return Step{Do: v, Of: r.s.User}
	case LogIn:
		return Step{Do: v, Who: r.s.User}
	}
	return Step{Do: v}
}

func (r *reader) taking(key string, v strict.Value) (s Step, ok bool) {
	s.Do = Verb(key)
	switch {
	case key == "browser":
		return r.inBrowser(v)
	case s.Do == Advance:
		s.For = v.Duration("advance")
		if s.For < 0 {
			v.Refuse("advance goes back; time in a browser does not")
		}
	case s.Do == Arm:
		s.Fault, ok = r.fault(v)
		return s, ok
	case s.Do == Change:
		s.Next = r.change(v)
		return s, s.Next != nil
	case s.Do == Message:
		s.Data = v.Plain()
	case s.Do == Renew:
		r.renewal(v, &s)
	case s.Do == LogIn:
		r.login(v, &s)
	case s.Do == LogOut:
		if s.Of, _ = v.Text(); s.Of != InSecond {
			v.Refuse("log_out is %s; expected second_tab, or log_out alone for the SDK in the first tab", v.Describe())
		}
	default: // end_sessions, delete_user, block_user
		text, isText := v.Text()
		if s.Of = text; text == "all" && s.Do == EndSessions {
			s.Of = ""
		} else if !isText || !slices.Contains(r.people(), text) {
			v.Refuse("%s is %s; expected the e-mail address of a user%s", key, v.Describe(), strict.DidYouMean(text, r.people()))
		}
	}
	return s, true
}

// renewal reads where a renewal takes place, or what it asks for.
func (r *reader) renewal(v strict.Value, s *Step) {
	if v.IsObject() {
		section := v.Section("renew")
		s.Ask = map[string]string{}
		for _, name := range Asked() {
			if text := section.Text(name); text != "" {
				s.Ask[name] = text
			}
		}
		section.Finish("renew")
		if len(s.Ask) == 0 {
			v.Refuse("renew asks for nothing; expected some of %s, or renew alone for what the login asked for", strings.Join(Asked(), ", "))
		}
		return
	}
	if s.Of, _ = v.Text(); s.Of != InSecond && s.Of != BySecond {
		v.Refuse("renew is %s; expected second_tab or second_sdk, what it asks for such as {scope: openid}, or renew alone for the "+
			"SDK in the first tab", v.Describe())
	}
}

// login reads who logs in, and in which tab.
func (r *reader) login(v strict.Value, s *Step) {
	if !v.IsObject() {
		v.Refuse("log_in is %s; expected %s", v.Describe(), example("log_in"))
		return
	}
	section := v.Section("log_in")
	s.Who, s.Of = orElse(section.Among("user", r.people()...), r.s.User), section.Among("tab", InSecond)
	section.Finish("log_in")
}

// inBrowser reads "offline" or "sleep 8h".
func (r *reader) inBrowser(v strict.Value) (s Step, ok bool) {
	text, _ := v.Text()
	word, rest, timed := cut(text)
	s.Do = Verb(word)
	switch {
	case !slices.Contains(inBrowser(), word):
		v.Refuse("browser is %s%s", v.Describe(), strict.DidYouMean(word, inBrowser()))
		return s, false
	case s.Do.takesTime() != timed:
		v.Refuse("browser is %s; expected %s", v.Describe(), example(word))
		return s, false
	case timed:
		d, err := time.ParseDuration(rest)
		if err != nil || s.Do == Sleep && d <= 0 {
			v.Refuse("browser is %s; expected %s", v.Describe(), example(word))
			return s, false
		}
		s.For = d
	}
	return s, true
}
