package browser

import (
	"cmp"
	"slices"
	"time"
)

// Timer is a timer of a page that has not fired yet.
type Timer struct {
	ID     int           // what setTimeout returned
	Due    time.Time     // by the page's Date
	In     time.Duration // from now
	Every  time.Duration // of setInterval; 0: once
	Source string        // the start of the handler's text
	Origin string        // of the document that set it
	Stack  string        // where it was set
}

// Timers lists the timers of the page and all its frames, the next one first.
func (p *Page) Timers() ([]Timer, error) {
	s, cancel := p.on()
	defer cancel()
	places, err := p.world.places(s.ctx)
	if err != nil {
		return nil, err
	}
	var out []Timer
	for _, at := range places {
		if at.t.page != p {
			continue
		}
		var listed []struct {
			ID             int
			Due, In, Every float64
			Source, Origin string
			Stack          string
		}
		if _, err := at.onClock(s.ctx, "clock.timers()", &listed); err != nil {
			return nil, err
		}
		for _, t := range listed {
			out = append(out, Timer{
				ID: t.ID, Due: time.UnixMicro(int64(t.Due * 1000)), In: milliseconds(t.In), Every: milliseconds(t.Every),
				Source: t.Source, Origin: t.Origin, Stack: t.Stack,
			})
		}
	}
	slices.SortStableFunc(out, func(a, b Timer) int { return cmp.Compare(a.In, b.In) })
	return out, nil
}

func milliseconds(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }
