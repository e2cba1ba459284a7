package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/follow"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
)

// Followers are the programs whose clocks follow the tenant's.
type Followers interface {
	Join(name string) (id string)
	Leave(id string)
	Followed(id string, move uint64) bool
	List() []follow.Follower
	// Standing is where the clock stands, and a channel that closes when it is moved.
	Standing() (clock.Standing, <-chan struct{})
	// Closed is closed when nobody needs to follow any more.
	Closed() <-chan struct{}
}

// maxName is how many bytes the name of a follower may have.
const maxName = 200

// standing is what a follower gets.
type standing struct {
	Follower string    `json:"follower"` // its id
	Move     uint64    `json:"move"`     // to be sent back to /clock/followed
	Now      time.Time `json:"now"`
	OffsetMS int64     `json:"offset_ms"` // of a frozen clock: at this moment only
	Frozen   bool      `json:"frozen"`
}

// FollowClock is GET /clock/follow?name=NAME: an event stream of where the clock stands, the first event at once. Whoever reads it is
// a follower as long as the connection lasts.
func (s *Service) FollowClock(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	name := r.URL.Query().Get("name")
	if name == "" || len(name) > maxName {
		return nil, bad(fmt.Errorf("give the program a name of at most %d bytes: /clock/follow?name=NAME", maxName))
	}
	return (&httpx.Result{Stream: func(w http.ResponseWriter, r *http.Request) { s.follow(w, r, name) }}).Set("Content-Type",
		"text/event-stream"), nil
}

func (s *Service) follow(w http.ResponseWriter, r *http.Request, name string) {
	id := s.Followers.Join(name)
	defer s.Followers.Leave(id)
	rc := http.NewResponseController(w)
	for {
		at, moved := s.Followers.Standing()
		text, err := json.Marshal(standing{id, at.Move, at.Now, at.Offset.Milliseconds(), at.Frozen})
		if err != nil {
			return // a time that JSON cannot write, which no move allows
		}
		if _, err := fmt.Fprintf(w, "data: %s\n\n", text); err != nil {
			return
		}
		if err := rc.Flush(); err != nil {
			return
		}
		select {
		case <-moved:
		case <-r.Context().Done():
			return
		case <-s.Followers.Closed():
			return
		}
	}
}

// ClockFollowed is POST /clock/followed: a follower has moved its clock.
func (s *Service) ClockFollowed(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	var q struct {
		Follower string `json:"follower"`
		Move     uint64 `json:"move"`
	}
	if err := body(r, &q); err != nil {
		return nil, err
	}
	if q.Follower == "" || q.Move == 0 {
		return nil, bad(errors.New("give follower and move as the stream of /clock/follow gave them"))
	}
	if !s.Followers.Followed(q.Follower, q.Move) {
		return nil, &oauth.Error{Code: "not_found", Status: http.StatusNotFound, Description: fmt.Sprintf(
			"No program follows the clock as %q: one does so as long as it reads /clock/follow. GET /__mock/v1/clock/followers lists them.",
			httpx.Echo(q.Follower))}
	}
	return httpx.JSON(http.StatusOK, map[string]bool{"followed": true}), nil
}

// ListFollowers is GET /clock/followers.
func (s *Service) ListFollowers(*httpx.Exchange, *http.Request) (*httpx.Result, error) {
	return httpx.JSON(http.StatusOK, map[string]any{"followers": s.Followers.List()}), nil
}
