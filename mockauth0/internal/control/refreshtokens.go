package control

import (
	"net/http"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/state"
)

// RefreshTokens are what stands behind refresh tokens.
type RefreshTokens interface {
	RefreshTokens() []state.Family
	// RevokeRefreshTokens revokes those of a user and a client ("": any) and returns how many there were.
	RevokeRefreshTokens(user, client string) int
}

// ListRefreshTokens is GET /refresh-tokens: what stands behind them, never the tokens.
func (s *Service) ListRefreshTokens(*httpx.Exchange, *http.Request) (*httpx.Result, error) {
	list := s.RefreshTokens.RefreshTokens()
	if list == nil {
		list = []state.Family{}
	}
	return httpx.JSON(http.StatusOK, map[string]any{"refresh_tokens": list}), nil
}

// DropRefreshTokens is DELETE /refresh-tokens?user=…&client=…: all, or those of one user, one client (id or name), or both.
func (s *Service) DropRefreshTokens(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	q := r.URL.Query()
	if err := s.narrowed(q); err != nil {
		return nil, err
	}
	return httpx.JSON(http.StatusOK, map[string]int{"revoked": s.RefreshTokens.RevokeRefreshTokens(q.Get("user"), q.Get("client"))}), nil
}
