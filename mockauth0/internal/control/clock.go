package control

import (
	"errors"
	"math"
	"net/http"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/httpx"
)

// Clock is the tenant's time.
type Clock interface {
	Now() time.Time
	Offset() time.Duration
	Frozen() bool
	// Holds are the requests that wait on the tenant's time.
	Holds() []clock.Hold
	Advance(d time.Duration) time.Time
	SetOffset(d time.Duration)
	Set(now time.Time)
	Freeze()
	Thaw()
	// Moved hears that the clock was moved. It returns when the programs that follow the clock have done so, among them some with
	// these names, and tells which did not in time.
	Moved(waitFor []string) (late []string)
}

type clockView struct {
	Now      time.Time    `json:"now"`
	OffsetMS int64        `json:"offset_ms"`
	Frozen   bool         `json:"frozen"`
	Holds    []clock.Hold `json:"holds"`
	Late     []string     `json:"late,omitempty"` // programs that did not follow the move in time
}

func (s *Service) clockView(late []string) *httpx.Result {
	return httpx.JSON(http.StatusOK, clockView{s.Clock.Now(), s.Clock.Offset().Milliseconds(), s.Clock.Frozen(), s.Clock.Holds(), late})
}

// ShowClock is GET /clock.
func (s *Service) ShowClock(*httpx.Exchange, *http.Request) (*httpx.Result, error) {
	return s.clockView(nil), nil
}

// MoveClock is POST /clock: exactly one of advance, offset_ms, set, frozen; and wait_for, names of programs that have to follow.
func (s *Service) MoveClock(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	var q struct {
		Advance  *fault.Duration `json:"advance"`
		OffsetMS *int64          `json:"offset_ms"`
		Set      *time.Time      `json:"set"`
		Frozen   *bool           `json:"frozen"`
		WaitFor  []string        `json:"wait_for"`
	}
	if err := body(r, &q); err != nil {
		return nil, err
	}
	given := 0
	for _, set := range []bool{q.Advance != nil, q.OffsetMS != nil, q.Set != nil, q.Frozen != nil} {
		if set {
			given++
		}
	}
	if given != 1 {
		return nil, bad(errors.New(`give exactly one of advance ("2h", "-10m"), offset_ms (a number), set (RFC 3339) and frozen (true or false)`))
	}
	now, wall := s.Clock.Now(), clock.Wall()
	to := now
	switch {
	case q.Advance != nil:
		to = now.Add(time.Duration(*q.Advance))
	case q.OffsetMS != nil:
		to = time.UnixMilli(wall.UnixMilli() + max(min(*q.OffsetMS, math.MaxInt64/4), math.MinInt64/4))
	case q.Set != nil:
		to = *q.Set
	}
	if to.After(wall.Add(clock.MaxOffset)) || to.Before(wall.Add(-clock.MaxOffset)) {
		return nil, bad(errors.New("the clock moves 200 years from real time at most"))
	}
	switch {
	case q.Advance != nil:
		s.Clock.Advance(time.Duration(*q.Advance))
	case q.OffsetMS != nil:
		s.Clock.SetOffset(time.Duration(*q.OffsetMS) * time.Millisecond)
	case q.Set != nil:
		s.Clock.Set(*q.Set)
	case *q.Frozen:
		s.Clock.Freeze()
	default:
		s.Clock.Thaw()
	}
	x.Emit(event.Event{Kind: event.KindClock, Description: "clock moved",
		Data: &event.Clock{OffsetMS: s.Clock.Offset().Milliseconds(), Frozen: s.Clock.Frozen()}})
	return s.clockView(s.Clock.Moved(q.WaitFor)), nil
}
