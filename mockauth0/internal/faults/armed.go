package faults

import (
	"fmt"
	"math/rand/v2"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/httpx"
)

// armed is a fault in a plan, whose lock guards what changes: Fired, seen and the sources of chance.
type armed struct {
	fault.Fault
	effect // the row of its kind; seam is where it acts
	acting fmt.Stringer
	since  time.Time
	seen   int   // requests that matched and came to where the effect acts
	chance *dice // of when.probability
	jitter *dice // of an effect that is different each time
}

// dice is a source of chance that can be saved.
type dice struct {
	*rand.Rand
	source *rand.PCG
}

// fired is the key under which an exchange keeps that a fault has fired.
type fired struct{ *armed }

func arm(f fault.Fault, now time.Time) (*armed, error) {
	row, err := effectOf(&f.Do)
	if err != nil {
		return nil, err
	}
	a := &armed{Fault: f, effect: row, acting: row.make(&f.Do), since: now}
	if _, ok := a.acting.(httpx.AnswerEffect); ok && f.Do.At == fault.AtAfter {
		a.seam = httpx.SeamAnswer
	}
	if f.When.Probability > 0 {
		a.chance = seeded(&a.When.Seed)
	}
	if f.Do.Jitter > 0 {
		a.jitter = seeded(&a.Do.Seed)
	}
	return a, nil
}

// seeded makes a source of chance, of a seed of its own when none is given.
func seeded(seed *int64) *dice {
	if *seed == 0 {
		*seed = 1 + rand.Int64N(1<<31) // a number that people can copy
	}
	source := rand.NewPCG(uint64(*seed), 0)
	return &dice{rand.New(source), source}
}

// spent reports whether a fault cannot fire any more.
func (a *armed) spent() bool {
	return a.Times > 0 && a.Fired >= a.Times || a.When.Nth > 0 && a.seen >= a.When.Nth
}

// applies reports whether a fault is for an exchange, by what never changes about the fault.
func (a *armed) applies(x *httpx.Exchange) bool { return matches(&a.When, &x.Facts) && a.atPoint(x) }

// meets reports whether a fault that applies may act now.
func (a *armed) meets(x *httpx.Exchange) bool {
	if !a.inTime(x.Now()) {
		return false
	}
	fires, met := x.Noted(a)
	return !a.spent() || fires && met
}

func (a *armed) inTime(now time.Time) bool {
	passed := now.Sub(a.since)
	return passed >= time.Duration(a.When.After) && (a.When.Before == 0 || passed < time.Duration(a.When.Before))
}

// atPoint keeps an effect that acts before the commit from acting at several points of one request: it acts at the first
// point at which all the facts that its `when` names are known.
func (a *armed) atPoint(x *httpx.Exchange) bool {
	return a.seam != httpx.SeamHTTP || x.Facts.Point == point(&a.When)
}

func (a *armed) concerns(subject any) bool {
	s, ok := a.acting.(selective)
	return !ok || s.concerns(subject)
}

// chosen counts the request and says whether it is one for the fault. It is decided once for each request.
func (a *armed) chosen(x *httpx.Exchange) bool {
	if fires, known := x.Noted(a); known {
		return fires
	}
	a.seen++
	fires := a.When.Nth == 0 || a.seen == a.When.Nth
	if a.chance != nil {
		fires = a.chance.Float64() < a.When.Probability && fires // the draw comes first: each request takes one
	}
	x.Note(a, fires)
	return fires
}

// fire gives the effect out and reports what it does. A request counts once, however many of its tokens an effect changes.
func (a *armed) fire(x *httpx.Exchange) any {
	if again, _ := x.Noted(fired{a}); !again {
		a.Fired++
		x.Note(fired{a}, true)
	}
	effect := any(a.acting)
	if r, ok := effect.(random); ok && a.jitter != nil {
		effect = r.draw(a.jitter.Rand)
	}
	x.Emit(event.Event{Kind: event.KindFault, Description: "fault fired", Data: &event.Fault{
		Change: event.FaultFired, ID: a.ID, Name: a.Name, Fired: a.Fired, Times: a.Times, Did: fmt.Sprint(effect),
		Seed: a.When.Seed, JitterSeed: a.Do.Seed,
	}})
	return effect
}
