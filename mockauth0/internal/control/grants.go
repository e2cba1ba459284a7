package control

import (
	"net/http"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/state"
)

// Grants are what users let clients do.
type Grants interface {
	Grants() []state.Grant
	// WithdrawGrants withdraws those of a user and a client ("": any) and returns how many there were.
	WithdrawGrants(user, client string) int
}

// ListGrants is GET /grants.
func (s *Service) ListGrants(*httpx.Exchange, *http.Request) (*httpx.Result, error) {
	return httpx.JSON(http.StatusOK, map[string]any{"grants": s.Grants.Grants()}), nil
}

// DropGrants is DELETE /grants?user=…&client=…: all grants, or those of one user, one client (id or name), or both.
func (s *Service) DropGrants(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	q := r.URL.Query()
	if err := s.narrowed(q); err != nil {
		return nil, err
	}
	return httpx.JSON(http.StatusOK, map[string]int{"withdrawn": s.Grants.WithdrawGrants(q.Get("user"), q.Get("client"))}), nil
}
