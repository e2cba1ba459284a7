package appdrive

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/browser"
)

// Way is how an app comes to want a token.
type Way string

// Ways in which an app comes to want a token, in the order in which they are tried.
const (
	Unknown  Way = ""         // nothing made it ask
	Itself   Way = "itself"   // time passed
	Pressed  Way = "pressed"  // Settings.Trigger was pressed
	Reloaded Way = "reloaded" // its page was reloaded
)

// Want is what came of making an app want a token.
type Want struct {
	Way     Way       // the way that made it ask or, when it asked nothing, the last that was tried
	Asked   []Ask     // what it asked for tokens with; empty: it asked nothing, and did not try to
	Expired bool      // its access token had ended by then
	Out     bool      // nobody was signed in by then, so that there was nothing to press
	Lost    bool      // it was reloaded and is logged out since: it had kept its tokens in memory
	Passed  []Passed  // the time that passed for it
	Began   time.Time // tenant time at which its token had ended, or the control was pressed, or the page reloaded
	Control string    // what was pressed; "": nothing
	from    Mark
}

// Passed is time that passed in a World.
type Passed struct {
	For time.Duration
	// Every is how often timers of the pages fired in it, as in a tab in the background: the app asks for something so often that all of
	// it would take minutes. 0: whenever they were due.
	Every time.Duration
}

// Wants says how an app is made to want a token.
type Wants struct {
	// NoReload leaves the page as it is.
	NoReload bool
	// From is what counts as asked: all since then. Zero: since WantToken was called.
	From Mark
}

// WantToken makes the app want a token in the first tab: time passes until its access token has ended; then Settings.Trigger is pressed,
// where there is one, or else the page is reloaded. It stops as soon as the app asks. That the app asks nothing is no error.
func (a *App) WantToken(how Wants) (Want, error) {
	w := Want{from: a.Mark(), Way: Itself}
	if how.From != (Mark{}) {
		w.from = how.From
	}
	if err := a.expire(&w); err != nil || len(w.Asked) > 0 {
		return w, err
	}
	w.Began = a.World.Tenant.Now()
	if !a.settings.Trigger.None() {
		there, err := a.triggerThere()
		if w.Out = !there; err != nil || w.Out {
			return w, err
		}
		return w, a.pressTrigger(&w)
	}
	if how.NoReload {
		w.Way = Unknown
		return w, nil
	}
	return w, a.reload(&w)
}

// AsksSince are the requests for tokens since the app was made to want one, those in WantToken included.
func (a *App) AsksSince(w Want) []Ask { return a.asksSince(w.from) }

// look notes what the app has asked so far.
func (a *App) look(w *Want) bool {
	w.Asked = a.asksSince(w.from)
	if len(w.Asked) > 0 && w.Began.IsZero() {
		w.Began = w.Asked[0].At
	}
	return len(w.Asked) > 0
}

// margin is how long before the end of a token some apps renew, and how long after it every one has noticed.
const margin = time.Minute

// expire lets time pass until the newest access token has ended, and stops when the app asks.
func (a *App) expire(w *Want) error {
	left := a.tokenEnd().Sub(a.World.Tenant.Now())
	// Close to the end, little by little: timers fire there.
	stretches := []time.Duration{}
	if far := left - 2*margin; far > 0 {
		const parts = 2
		for range parts {
			stretches = append(stretches, far/parts)
		}
		left -= far
	}
	left = max(left, 0)
	stretches = append(stretches, left, margin)
	if a.look(w) { // it asked before
		return nil
	}
	for _, d := range stretches {
		if d <= 0 {
			continue
		}
		passed, err := a.Pass(d)
		w.Passed = append(w.Passed, passed...)
		if err != nil {
			return fmt.Errorf("while the access token ends: %w", err)
		}
		if a.look(w) {
			return nil
		}
	}
	w.Expired = true
	return nil
}

// tokenEnd is when the newest access token of the app ends, by the tenant's time.
func (a *App) tokenEnd() time.Time {
	end := a.login.Expires
	for _, k := range a.asksSince(a.login.from) {
		if k.ExpiresIn > 0 && k.Answer == Given {
			end = k.At.Add(k.ExpiresIn)
		}
	}
	if end.IsZero() { // tokens from /authorize do not tell
		for _, api := range a.World.Tenant.Snapshot().ResourceServers {
			if until := a.World.Tenant.Now().Add(api.TokenLifetimeForWeb); until.After(end) {
				end = until
			}
		}
	}
	return end
}

// FindTrigger looks for the control of the trigger on the page of somebody who is signed in, and waits so long for it. The error is
// NoControl. Without a trigger there is nothing to look for.
func (a *App) FindTrigger(within time.Duration) error {
	if a.settings.Trigger.None() || a.shows(a.Page, a.settings.Trigger, within) {
		return nil
	}
	all, err := a.Page.Controls()
	if err != nil {
		return err
	}
	return a.noControl(a.Page, wantToken, all)
}

// triggerThere waits for the control of the trigger; false: the app shows the one to log in and not that, so nobody is signed in.
func (a *App) triggerThere() (bool, error) {
	s := a.settings
	found, err := a.find(a.Page, wantToken, func(c browser.Control) bool { return s.Trigger.Tells(c.Name) || s.LogIn.Tells(c.Name) })
	if err != nil || s.Trigger.Tells(found.Name) {
		return err == nil, err
	}
	all, err := a.Page.Controls()
	return s.Trigger.Among(all), err
}

func (a *App) pressTrigger(w *Want) (err error) {
	w.Way = Pressed
	if w.Control, err = a.press(a.Page, wantToken, a.settings.Trigger); err != nil {
		return err
	}
	if err := a.World.Settle(); err != nil {
		return err
	}
	a.look(w)
	return nil
}

func (a *App) reload(w *Want) error {
	w.Way = Reloaded
	before, err := a.State(a.Page)
	if err != nil {
		return err
	}
	if err := a.Page.Reload(); err != nil {
		return err
	}
	if err := a.World.Settle(); err != nil {
		return err
	}
	a.look(w)
	after, err := a.State(a.Page)
	if err != nil {
		return err
	}
	kept := slices.ContainsFunc(w.Asked, func(k Ask) bool { return k.Renews() && k.Answer == Given })
	w.Lost = !kept && after.Shown() == No && before.SignedIn != No
	return nil
}

// busy is how many requests of the pages a stretch of time may bring before it is taken in larger strides, and strides is how
// many of those there are then.
const (
	busy    = 80
	strides = 12
)

// Pass lets time pass. Where an app asks for something so often that this would take long, its timers fire at intervals meanwhile, as
// in a tab in the background.
func (a *App) Pass(d time.Duration) ([]Passed, error) {
	if d <= 2*time.Minute {
		return []Passed{{For: d}}, a.World.Advance(d)
	}
	const probe = time.Minute
	before := a.World.RequestCount()
	if err := a.World.Advance(probe); err != nil {
		return []Passed{{For: probe}}, err
	}
	d -= probe
	perMinute := a.World.RequestCount() - before
	if time.Duration(perMinute)*d/time.Minute <= busy {
		return []Passed{{For: probe + d}}, a.World.Advance(d)
	}
	every := max(time.Minute, (d / strides).Round(time.Minute))
	passed := []Passed{{For: probe}, {For: d, Every: every}}
	if err := a.throttle(every); err != nil {
		return passed, err
	}
	if err := a.World.Advance(d); err != nil {
		return passed, err
	}
	return passed, a.throttle(0)
}

func (a *App) throttle(every time.Duration) error {
	for _, p := range a.World.Pages() {
		if err := p.Throttle(every); err != nil {
			return err
		}
	}
	return nil
}

// SignedIn says whether somebody is signed in to an app.
type SignedIn string

// Whether somebody is signed in.
const (
	NotKnown SignedIn = "unknown"
	Yes      SignedIn = "yes"
	No       SignedIn = "no"
)

// Basis says by what it is known whether somebody is signed in.
type Basis string

// By what it is known.
const (
	ByText     Basis = "text"     // Settings.SignedIn is shown, or not
	ByControls Basis = "controls" // the control to log out is there, or only the one to log in
	ByTenant   Basis = "tenant"   // the tenant knows whether its newest tokens are still good; what the app shows does not tell
)

// State is whether somebody is signed in to an app, and by what that is known.
type State struct {
	SignedIn SignedIn
	By       Basis
}

// Shown is what the app itself shows of it. It is not known where the tenant alone tells: an app may show a person whose tokens have ended.
func (s State) Shown() SignedIn {
	if s.By == ByTenant {
		return NotKnown
	}
	return s.SignedIn
}

// State tells whether somebody is signed in in a tab.
func (a *App) State(p *browser.Page) (State, error) {
	if a.settings.SignedIn != "" {
		var shown string
		if err := p.Eval("document.body?.innerText ?? ''", &shown); err != nil {
			return State{}, err
		}
		return State{yes(strings.Contains(shown, a.settings.SignedIn)), ByText}, nil
	}
	all, err := p.Controls()
	if err != nil {
		return State{}, err
	}
	in, out := a.settings.LogIn.Among(all), a.settings.LogOut.Among(all)
	switch {
	case in != out:
		return State{yes(out), ByControls}, nil
	case a.login.from == Mark{}:
		return State{NotKnown, ByTenant}, nil
	}
	return State{yes(a.tokenEnd().After(a.World.Tenant.Now())), ByTenant}, nil
}

func yes(is bool) SignedIn {
	if is {
		return Yes
	}
	return No
}

// Took tells whether the app went on with the tokens that it was given since it was made to want one: it does not ask again when it is
// made to want one once more, and nobody was signed out.
func (a *App) Took(w Want) (bool, error) {
	given := slices.ContainsFunc(a.asksSince(w.from), func(k Ask) bool { return k.Answer == Given && k.Kind != AskLogin })
	if !given {
		return false, nil
	}
	state, err := a.State(a.Page)
	if err != nil || state.Shown() == No {
		return false, err
	}
	again := a.Mark()
	if w.Way == Pressed {
		err = a.pressTrigger(&Want{from: again})
	} else {
		err = a.World.Advance(margin)
	}
	return len(a.asksSince(again)) == 0, err
}
