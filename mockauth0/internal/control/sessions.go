package control

import (
	"fmt"
	"net/http"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/state"
)

// Sessions are the SSO sessions.
type Sessions interface {
	Sessions() []state.Session
	// EndSessions ends the sessions of a user who goes by a name ("": all) and returns how many there were.
	EndSessions(user string) int
	// EndSession ends the one with an id, and ExpireSession makes its "idle" or "absolute" life be over; false: there is none.
	EndSession(id string) bool
	ExpireSession(id, life string) bool
}

// ListSessions is GET /sessions.
func (s *Service) ListSessions(*httpx.Exchange, *http.Request) (*httpx.Result, error) {
	list := s.Sessions.Sessions()
	for i := range list {
		list[i] = shown(list[i])
	}
	return httpx.JSON(http.StatusOK, map[string]any{"sessions": list}), nil
}

// shown is a session as the API shows it: of one at no client the list is empty, not null.
func shown(s state.Session) state.Session {
	if s.Clients == nil {
		s.Clients = []string{}
	}
	return s
}

// DropSessions is DELETE /sessions?user=…: all sessions, or those of one user (user_id, e-mail address or user name).
func (s *Service) DropSessions(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	q := r.URL.Query()
	if err := s.narrowed(q); err != nil {
		return nil, err
	}
	return httpx.JSON(http.StatusOK, map[string]int{"ended": s.Sessions.EndSessions(q.Get("user"))}), nil
}

// DropSession is DELETE /sessions/{id}.
func (s *Service) DropSession(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	if !s.Sessions.EndSession(r.PathValue("id")) {
		return nil, nothingWithID(r, "session", "/sessions")
	}
	return httpx.JSON(http.StatusOK, map[string]int{"ended": 1}), nil
}

// ExpireSession is POST /sessions/{id}/expire {kind: idle | absolute}.
func (s *Service) ExpireSession(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	kind, err := lifeOf(r)
	if err != nil {
		return nil, err
	}
	if !s.Sessions.ExpireSession(r.PathValue("id"), kind) {
		return nil, nothingWithID(r, "session", "/sessions")
	}
	return httpx.JSON(http.StatusOK, map[string]string{"id": r.PathValue("id"), "expired": kind}), nil
}

// lifeOf reads which life is to be over.
func lifeOf(r *http.Request) (string, error) {
	var q struct {
		Kind string `json:"kind"`
	}
	if err := body(r, &q); err != nil {
		return "", err
	}
	if q.Kind != "idle" && q.Kind != "absolute" {
		return "", bad(fmt.Errorf("kind is %q: give idle (the life that use prolongs) or absolute (the one that nothing prolongs)",
			httpx.Echo(q.Kind)))
	}
	return q.Kind, nil
}

func nothingWithID(r *http.Request, what, list string) error {
	return &oauth.Error{Code: "not_found", Status: http.StatusNotFound, Description: fmt.Sprintf(
		"There is no %s with the id %q, or it is over; GET %s%s lists them.", what, httpx.Echo(r.PathValue("id")), names.ControlPath, list)}
}
