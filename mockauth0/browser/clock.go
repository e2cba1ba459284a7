package browser

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-rod/rod/lib/cdp"
	"github.com/go-rod/rod/lib/proto"
)

//go:embed clock.js
var clockSource string

// messageBinding is the function by which documents report the messages they get. The clock takes it out of the page's
// sight before the page's own scripts run.
const messageBinding = "__harnessMessage"

// shift is how far the World was moved from real time. All parts are whole milliseconds, so that the tenant and every
// document move by exactly the same amount and nothing drifts.
type shift struct {
	base  time.Duration // how far the tenant was from real time at the start
	moved time.Duration // by Advance: timers, Date and tenant
	slept time.Duration // by Sleep: Date and tenant
	skew  time.Duration // by Skew: Date alone
}

func (s shift) mono() time.Duration { return s.moved }
func (s shift) wall() time.Duration { return s.base + s.moved + s.slept + s.skew }

// Moment is one instant by the three clocks of a World.
type Moment struct {
	Real    time.Time // this machine's
	Tenant  time.Time // the tenant's
	Browser time.Time // what Date shows in pages
}

// now reads all three clocks.
func (w *World) now() Moment {
	real, tenant := time.Now(), w.tenantNow()
	w.mu.Lock()
	defer w.mu.Unlock()
	return Moment{Real: real, Tenant: tenant, Browser: real.Add(w.shift.wall())}
}

// timeMove is the begin or the end of a move of time, for the timeline.
type timeMove struct {
	Moment
	Begins bool
	Text   string
}

func (w *World) noteMove(begins bool, format string, args ...any) {
	m := timeMove{w.now(), begins, fmt.Sprintf(format, args...)}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.moves = append(w.moves, m)
}

// clocksText says where both clocks stand.
func (m Moment) clocksText() string {
	const layout = "2006-01-02 15:04:05"
	return fmt.Sprintf("%s for the tenant, %s in the browser (UTC)", m.Tenant.UTC().Format(layout), m.Browser.UTC().Format(layout))
}

func (w *World) movesMade() []timeMove {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]timeMove(nil), w.moves...)
}

// Now is the time that Date shows in the World's pages.
func (w *World) Now() time.Time { return w.now().Browser }

func (w *World) tenantShift() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.shift.base + w.shift.moved + w.shift.slept
}

// setting is what clock.js is given, in milliseconds.
type setting struct {
	Mono     int64 `json:"mono"`
	Wall     int64 `json:"wall"`
	Throttle int64 `json:"throttle"`
	Paused   bool  `json:"paused"`
	Stepped  bool  `json:"stepped"`
}

func (w *World) setting(p *Page) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := setting{Mono: w.shift.mono().Milliseconds(), Wall: w.shift.wall().Milliseconds(), Stepped: w.stepping}
	if p != nil {
		s.Throttle, s.Paused = p.throttle.Milliseconds(), p.frozen
	}
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // numbers and flags
	}
	return string(b)
}

// clockScript makes a clock in a document that has none yet.
func clockScript() string {
	return strings.TrimSpace(clockSource) + "(" + strconv.Quote(messageBinding) + ");"
}

// beginScript, after it, says where the clock of a new document stands.
func (w *World) beginScript(t *target) string {
	return `globalThis[Symbol.for("harness.clock")].begin(` + w.setting(t.page) + `);`
}

// place is one document that carries a clock.
type place struct {
	t *target
	c frameContext
}

// onClock evaluates an expression of `clock` in the document, into out. ok is false when the document is gone or shares
// the clock of its parent.
func (p place) onClock(ctx context.Context, expression string, out any) (ok bool, err error) {
	code := `(h => h && h.root ? (clock => ` + expression + `)(h.clock) : null)(globalThis[Symbol.for("harness.clock")])`
	r, err := proto.RuntimeEvaluate{Expression: code, UniqueContextID: p.c.unique, ReturnByValue: true, AwaitPromise: true}.Call(p.t.on(ctx))
	if err != nil {
		var refused *cdp.Error
		// A document may go while it is asked, for instance because the timer that fired reloaded it.
		if errors.As(err, &refused) || errors.Is(err, errTargetGone) {
			return false, nil
		}
		return false, fmt.Errorf("the page at %s does not answer: %w", p.c.origin, err)
	}
	if r.ExceptionDetails != nil {
		return false, fmt.Errorf("the clock of %s failed: %s", p.c.origin, exceptionText(r.ExceptionDetails))
	}
	if r.Result.Value.Nil() {
		return false, nil
	}
	if out == nil {
		return true, nil
	}
	return true, json.Unmarshal([]byte(r.Result.Value.JSON("", "")), out)
}

// places lists the documents of all pages.
func (w *World) places(ctx context.Context) ([]place, error) {
	targets, err := w.clocked(ctx)
	if err != nil {
		return nil, err
	}
	var out []place
	for _, t := range targets {
		if t.page.runsNoScripts() || !t.hasDocuments() && t.page.isFrozen() {
			continue // its clock would never answer
		}
		for _, c := range t.frames() {
			out = append(out, place{t, c})
		}
	}
	return out, nil
}

// everywhere calls f for each document at the same time and joins the errors.
func everywhere(places []place, f func(i int, p place) error) error {
	if len(places) == 1 {
		return f(0, places[0])
	}
	errs := make([]error, len(places))
	var all sync.WaitGroup
	for i, p := range places {
		all.Go(func() { errs[i] = f(i, p) })
	}
	all.Wait()
	return errors.Join(errs...)
}

func exceptionText(e *proto.RuntimeExceptionDetails) string {
	if e.Exception != nil && e.Exception.Description != "" {
		return e.Exception.Description
	}
	if e.Exception != nil && !e.Exception.Value.Nil() {
		return e.Text + " " + e.Exception.Value.JSON("", "")
	}
	return e.Text
}
