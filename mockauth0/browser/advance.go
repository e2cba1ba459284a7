package browser

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"
)

// clockState is what a document tells of its timers, in milliseconds from now; nil: there is none.
type clockState struct {
	In     *float64 `json:"in"`     // until the earliest
	Firm   *float64 `json:"firm"`   // until the earliest whose handler did not prove calm: it may start something
	Source string   `json:"source"` // the earliest's handler
}

// Advance lets d pass for the tenant and for every page, as if somebody had waited: time stops at each timer that falls
// due in any document, the tenant is moved first, the timer fires, and the network settles before time goes on. Latency
// that the tenant holds back elapses on the way. Real time that passes meanwhile counts as part of d.
//
// The error names what did not settle within WorldOptions.MoveBudget.
func (w *World) Advance(d time.Duration) error {
	if d < 0 {
		return fmt.Errorf("cannot advance by %s: time in pages does not run backwards", d)
	}
	w.moveLock.Lock()
	defer w.moveLock.Unlock()
	ctx, cancel := context.WithTimeoutCause(w.ctx, w.options.MoveBudget, fmt.Errorf("the budget of %s is used up", w.options.MoveBudget))
	defer cancel()
	m := &move{World: w, ctx: ctx, total: d.Round(time.Millisecond), began: time.Now()}
	w.noteMove(true, "advance by %s", d)
	err := errors.Join(m.setStepping(ctx, true), m.run())
	after, cancelAfter := w.patience() // the pages must go on also when the budget is used up
	defer cancelAfter()
	err = errors.Join(err, m.setStepping(after, false))
	moved := d
	if err != nil {
		moved = m.done
	}
	w.noteMove(false, "clock moved by %s, to %s; timers fired %d times", moved, w.now().clocksText(), m.stops)
	if errors.Is(err, errUnsettled) { // it says so itself
		return fmt.Errorf("advance by %s stopped after %s and %d timer stops%s: %w", d, m.done, m.stops, m.lastFired(), err)
	}
	if err != nil {
		return fmt.Errorf("advance by %s stopped after %s and %d timer stops%s: %w%s", d, m.done, m.stops, m.lastFired(), err, w.inFlightText())
	}
	return nil
}

// setStepping takes the firing of timers away from the browser, or gives it back.
func (w *World) setStepping(ctx context.Context, stepping bool) error {
	w.mu.Lock()
	w.stepping = stepping
	w.mu.Unlock()
	if err := w.reinject(ctx); err != nil {
		return err
	}
	places, err := w.places(ctx)
	if err != nil {
		return err
	}
	return everywhere(places, func(_ int, p place) error {
		_, err := p.onClock(ctx, "(clock.set("+w.setting(p.t.page)+"), clock.resume())", nil)
		return err
	})
}

// move is one Advance under way.
type move struct {
	*World
	ctx    context.Context
	total  time.Duration
	done   time.Duration // moved so far, real time not counted
	began  time.Time
	stops  int
	source string // of the timer stopped at last
}

func (m *move) left() time.Duration {
	return max(0, m.total-m.done-time.Since(m.began)).Truncate(time.Millisecond)
}

func (m *move) run() error {
	for {
		if err := m.settle(m.ctx); err != nil {
			return err
		}
		places, err := m.places(m.ctx)
		if err != nil {
			return err
		}
		next, err := m.next(places)
		if err != nil {
			return err
		}
		left := m.left()
		if next.in < next.firm && next.in <= left {
			moved, err := m.glide(places, min(left, next.firm-1), next.documents)
			if err != nil {
				return err
			}
			if moved {
				continue
			}
		}
		last := next.in > left
		if err := m.step(places, min(next.in, left)); err != nil {
			return err
		}
		if last {
			return m.settle(m.ctx)
		}
		m.stops++
	}
}

// lastFired names the timer that Advance stopped at last: in a loop without end, it is the one.
func (m *move) lastFired() string {
	if m.source == "" {
		return ""
	}
	return ", the last one at " + short(m.source)
}

// due is when the next things happen in a World.
type due struct {
	in        time.Duration // the earliest of all
	firm      time.Duration // the earliest that may start something
	documents int           // how many have timers
}

const never = time.Duration(1<<63 - 1)

func (m *move) next(places []place) (due, error) {
	states := make([]clockState, len(places))
	err := everywhere(places, func(i int, p place) error {
		_, err := p.onClock(m.ctx, "clock.state()", &states[i])
		return err
	})
	if err != nil {
		return due{}, err
	}
	first, source := due{in: never, firm: never}, ""
	for _, s := range states {
		if s.In == nil {
			continue
		}
		first.documents++
		if in := wholeMilliseconds(*s.In); in < first.in {
			first.in, source = in, s.Source
		}
		if s.Firm != nil {
			first.firm = min(first.firm, wholeMilliseconds(*s.Firm))
		}
	}
	if hold, reason, ok := m.nextWait(); ok {
		hold = (hold + time.Millisecond - 1).Truncate(time.Millisecond)
		if hold < first.in {
			first.in, source = hold, "tenant: "+reason
		}
		first.firm = min(first.firm, hold)
	}
	if first.in <= m.left() {
		m.source = source
	}
	return first, nil
}

// wholeMilliseconds rounds up: what is due then is due in every document.
func wholeMilliseconds(ms float64) time.Duration {
	return time.Duration(math.Ceil(max(0, ms))) * time.Millisecond
}

// step moves everything by d and fires what is due. The tenant goes first, so that a request from a timer meets the new
// time; then the documents that do not exist yet; then those that do, all of them before any timer fires.
func (m *move) step(places []place, d time.Duration) error {
	m.moveTenant(d)
	m.mu.Lock()
	m.shift.moved += d
	m.mu.Unlock()
	m.done += d
	if d > 0 {
		err := m.reinject(m.ctx)
		if err == nil {
			places, err = m.places(m.ctx) // a worker may have come with the clock of before
		}
		if err != nil {
			return err
		}
	}
	if len(places) == 0 {
		return nil
	}
	first, others := places[0], places[1:]
	err := m.setClocks(m.ctx, others)
	_, fired := first.onClock(m.ctx, "(clock.set("+m.setting(first.t.page)+"), clock.fire())", nil)
	return errors.Join(err, fired, m.fire(m.ctx, others))
}

// glide moves through timers that do nothing but repaint, without a stop at each turn, at most by room. What the browser
// sends meanwhile waits at the gate until the tenant has followed.
//
// With several documents each glides by itself, and when one of them starts something after all, the others are set back
// to that moment: they may have painted a little ahead, but every request meets the tenant at its own time.
func (m *move) glide(places []place, room time.Duration, documents int) (moved bool, err error) {
	if documents > 1 {
		room = min(room, time.Minute)
	}
	m.proxy.gate.hold()
	defer m.proxy.gate.release()
	// A handler that waits for the network synchronously must not wait for ever.
	open := time.AfterFunc(2*time.Second, m.proxy.gate.release)
	defer open.Stop()
	results := make([]struct {
		Moved  int64 `json:"moved"`
		Fired  int   `json:"fired"`
		Active bool  `json:"active"`
	}, len(places))
	begun := m.traffic.begun()
	err = everywhere(places, func(i int, p place) error {
		_, err := p.onClock(m.ctx, fmt.Sprintf("clock.glide(%d, %d)", room.Milliseconds(), glideMost), &results[i])
		return err
	})
	if err != nil {
		return false, err
	}
	var quiet, active int64
	fired := 0
	for _, r := range results {
		fired += r.Fired
		if r.Active {
			active = max(active, r.Moved)
			moved = true
		}
		quiet = max(quiet, r.Moved)
	}
	if fired == 0 {
		return false, nil
	}
	by := quiet
	if moved {
		by = active
	}
	d := time.Duration(by) * time.Millisecond
	m.moveTenant(d)
	m.mu.Lock()
	m.shift.moved += d
	m.mu.Unlock()
	m.done += d
	m.stops += fired
	now := m.now()
	m.traffic.follow(begun, now.Tenant, now.Browser)
	if places, err = m.places(m.ctx); err != nil {
		return false, err
	}
	return true, errors.Join(m.reinject(m.ctx), m.setClocks(m.ctx, places))
}

// glideMost bounds one glide, so that its budget is looked at now and then.
const glideMost = 5000

func (w *World) moveTenant(d time.Duration) {
	if w.server != nil && d != 0 {
		w.server.Shift(d)
	}
}

func (w *World) reinject(ctx context.Context) error {
	targets, err := w.clocked(ctx)
	if err != nil {
		return err
	}
	places := make([]place, 0, len(targets))
	for _, t := range targets {
		places = append(places, place{t: t})
	}
	return everywhere(places, func(_ int, p place) error {
		if err := p.t.inject(ctx); err != nil && !errors.Is(err, errTargetGone) {
			return err
		}
		return nil
	})
}

func (w *World) setClocks(ctx context.Context, places []place) error {
	return everywhere(places, func(_ int, p place) error {
		_, err := p.onClock(ctx, "clock.set("+w.setting(p.t.page)+")", nil)
		return err
	})
}

// fire runs what is due, one document after the other, in the order in which the documents came.
func (w *World) fire(ctx context.Context, places []place) error {
	for _, p := range places {
		if _, err := p.onClock(ctx, "clock.fire()", nil); err != nil {
			return err
		}
	}
	return nil
}

// Sleep is a laptop asleep for d: Date and the tenant move on, timers keep what they had left. Nothing fires.
func (w *World) Sleep(d time.Duration) error {
	return w.shiftDates(d, func(s *shift, d time.Duration) { s.slept += d }, "sleep for", true)
}

// Skew sets how far the browser's clock is ahead of the tenant's (negative: behind). Timers and the tenant do not notice.
func (w *World) Skew(d time.Duration) error {
	return w.shiftDates(d, func(s *shift, d time.Duration) { s.skew = d }, "set the browser's clock ahead by", false)
}

func (w *World) shiftDates(d time.Duration, change func(*shift, time.Duration), verb string, tenantToo bool) error {
	w.moveLock.Lock()
	defer w.moveLock.Unlock()
	ctx, cancel := w.patience()
	defer cancel()
	if err := w.settle(ctx); err != nil {
		return err
	}
	d = d.Round(time.Millisecond)
	if tenantToo {
		w.moveTenant(d)
	}
	w.mu.Lock()
	change(&w.shift, d)
	w.mu.Unlock()
	w.noteMove(true, "%s %s: clock moved to %s", verb, d, w.now().clocksText())
	places, err := w.places(ctx)
	if err != nil {
		return err
	}
	return errors.Join(w.reinject(ctx), w.setClocks(ctx, places), w.settle(ctx))
}
