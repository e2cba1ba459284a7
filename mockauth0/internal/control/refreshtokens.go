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
	// RevokeRefreshToken revokes the one with an id, and ExpireRefreshToken makes its "idle" or "absolute" life be over; false: there
	// is none.
	RevokeRefreshToken(id string) bool
	ExpireRefreshToken(id, life string) bool
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

// DropRefreshToken is DELETE /refresh-tokens/{id}.
func (s *Service) DropRefreshToken(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	if !s.RefreshTokens.RevokeRefreshToken(r.PathValue("id")) {
		return nil, nothingWithID(r, "refresh token", "/refresh-tokens")
	}
	return httpx.JSON(http.StatusOK, map[string]int{"revoked": 1}), nil
}

// ExpireRefreshToken is POST /refresh-tokens/{id}/expire {kind: idle | absolute}.
func (s *Service) ExpireRefreshToken(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	kind, err := lifeOf(r)
	if err != nil {
		return nil, err
	}
	if !s.RefreshTokens.ExpireRefreshToken(r.PathValue("id"), kind) {
		return nil, nothingWithID(r, "refresh token", "/refresh-tokens")
	}
	return httpx.JSON(http.StatusOK, map[string]string{"id": r.PathValue("id"), "expired": kind}), nil
}
