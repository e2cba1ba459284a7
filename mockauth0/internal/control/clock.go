package control

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
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
	// Jumped is how far the clock was moved since it was last asked.
	Jumped() time.Duration
	// HoldRequests has the tenant's requests wait until the clock is moved, for so much real time at most.
	HoldRequests(most time.Duration)
	// Moved hears that the clock was moved. It returns when the programs that follow the clock have done so, among them some with
	// these names, and tells which did not in time.
	Moved(waitFor []string) (late []string)
	// NextExpiry is what expires next, after now; false: nothing does.
	NextExpiry() (Expiry, bool)
}

// Expiry is the end of the life of something.
type Expiry struct {
	What     string    `json:"what"`                // access_token, id_token, session or refresh_token
	ID       string    `json:"id,omitempty"`        // of the session or the refresh token
	ClientID string    `json:"client_id,omitempty"` // of the client that holds the token
	UserID   string    `json:"user_id,omitempty"`
	At       time.Time `json:"at"`
}

type clockView struct {
	Now      time.Time    `json:"now"`
	OffsetMS int64        `json:"offset_ms"`
	Frozen   bool         `json:"frozen"`
	Holds    []clock.Hold `json:"holds"`
	Late     []string     `json:"late,omitempty"` // programs that did not follow the move in time
	Expiry   *Expiry      `json:"expiry,omitempty"`
}

func (s *Service) clockView(late []string, expiry *Expiry) *httpx.Result {
	return httpx.JSON(http.StatusOK,
		clockView{s.Clock.Now(), s.Clock.Offset().Milliseconds(), s.Clock.Frozen(), s.Clock.Holds(), late, expiry})
}

// ShowClock is GET /clock.
func (s *Service) ShowClock(*httpx.Exchange, *http.Request) (*httpx.Result, error) {
	return s.clockView(nil, nil), nil
}

// clockMove is the body of POST /clock.
type clockMove struct {
	Advance  *fault.Duration `json:"advance"`
	OffsetMS *int64          `json:"offset_ms"`
	Set      *time.Time      `json:"set"`
	Frozen   *bool           `json:"frozen"`
	To       *string         `json:"to"`
	Hold     *fault.Duration `json:"hold"`
	WaitFor  []string        `json:"wait_for"`
}

// MoveClock is POST /clock: exactly one of advance, offset_ms, set, frozen, to, hold; and wait_for, names of programs that have to
// follow.
func (s *Service) MoveClock(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	var q clockMove
	if err := body(r, &q); err != nil {
		return nil, err
	}
	given := 0
	for _, set := range []bool{q.Advance != nil, q.OffsetMS != nil, q.Set != nil, q.Frozen != nil, q.To != nil, q.Hold != nil} {
		if set {
			given++
		}
	}
	if given != 1 {
		return nil, bad(errors.New(`give exactly one of advance ("2h", "-10m"), offset_ms (a number), set (RFC 3339), to ("next_expiry"), ` +
			`frozen (true or false) and hold ("2s")`))
	}
	if q.Hold != nil {
		return s.holdRequests(time.Duration(*q.Hold))
	}
	expiry, err := s.aim(&q)
	if err != nil {
		return nil, err
	}
	if err := s.withinReach(&q); err != nil {
		return nil, err
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
		Data: &event.Clock{OffsetMS: s.Clock.Offset().Milliseconds(), Frozen: s.Clock.Frozen(), ByMS: s.Clock.Jumped().Milliseconds()}})
	return s.clockView(s.Clock.Moved(q.WaitFor), expiry), nil
}

// longestHold is how long requests may wait for the next move of the clock, in real time.
const longestHold = 10 * time.Second

// holdRequests is for programs that move other clocks first, such as those of pages: what these send meanwhile meets the tenant at its
// next time.
func (s *Service) holdRequests(most time.Duration) (*httpx.Result, error) {
	if most <= 0 || most > longestHold {
		return nil, bad(fmt.Errorf("hold is %s: give up to %s", most, longestHold))
	}
	s.Clock.HoldRequests(most)
	return s.clockView(nil, nil), nil
}

// aim makes a time of a word for one.
func (s *Service) aim(q *clockMove) (*Expiry, error) {
	if q.To == nil {
		return nil, nil
	}
	if *q.To != "next_expiry" {
		return nil, bad(fmt.Errorf(`to is %q: give next_expiry`, httpx.Echo(*q.To)))
	}
	e, ok := s.Clock.NextExpiry()
	if !ok {
		return nil, &oauth.Error{Code: "nothing_expires", Status: http.StatusConflict,
			Description: "Nothing expires: there is no session, no refresh token that expires, and no token of the events that are kept. Log in " +
				"first."}
	}
	q.Set = &e.At
	return &e, nil
}

// withinReach refuses times that the clock cannot show.
func (s *Service) withinReach(q *clockMove) error {
	wall, to := clock.Wall(), s.Clock.Now()
	switch {
	case q.Advance != nil:
		to = to.Add(time.Duration(*q.Advance))
	case q.OffsetMS != nil:
		to = time.UnixMilli(wall.UnixMilli() + max(min(*q.OffsetMS, math.MaxInt64/4), math.MinInt64/4))
	case q.Set != nil:
		to = *q.Set
	}
	if to.After(wall.Add(clock.MaxOffset)) || to.Before(wall.Add(-clock.MaxOffset)) {
		return bad(errors.New("the clock moves 200 years from real time at most"))
	}
	return nil
}
