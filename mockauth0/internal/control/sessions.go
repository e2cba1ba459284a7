package control

import (
	"net/http"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/state"
)

// Sessions are the SSO sessions.
type Sessions interface {
	Sessions() []state.Session
	// EndSessions ends the sessions of a user who goes by a name ("": all) and returns how many there were.
	EndSessions(user string) int
}

// ListSessions is GET /sessions.
func (s *Service) ListSessions(*httpx.Exchange, *http.Request) (*httpx.Result, error) {
	return httpx.JSON(http.StatusOK, map[string]any{"sessions": s.Sessions.Sessions()}), nil
}

// DropSessions is DELETE /sessions?user=…: all sessions, or those of one user (user_id, e-mail address or user name).
func (s *Service) DropSessions(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	q := r.URL.Query()
	if err := s.narrowed(q); err != nil {
		return nil, err
	}
	return httpx.JSON(http.StatusOK, map[string]int{"ended": s.Sessions.EndSessions(q.Get("user"))}), nil
}
