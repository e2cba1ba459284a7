package grant

import (
	"errors"
	"net/http"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/state"
)

// Revoke is POST /oauth/revoke (RFC 7009): the whole family of a refresh token ends. The answer is empty and has no
// content type, also for tokens that nobody knows or that are another client's (fact 5-revoke).
func (s *Service) Revoke(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	v, err := parameters(r)
	if err != nil {
		return nil, err
	}
	client, err := s.authenticate(x, r, v)
	if err != nil {
		var oe *oauth.Error
		if errors.As(err, &oe) && oe.Status == http.StatusUnauthorized {
			oe.Code = "invalid_client" // where the token endpoint says access_denied (fact 5-revoke-errors)
		}
		return nil, err
	}
	if err := x.Reach(httpx.Parsed); err != nil {
		return nil, err
	}
	raw, err := Request{Client: client, Values: v}.required("token")
	if err != nil {
		return nil, err
	}
	id, _, ok := s.Signer.Read(raw)
	if f, found := s.Store.Family(id); ok && found && f.ClientID == client.ClientID && s.Store.DeleteFamily(id) {
		x.Facts.UserID, x.Facts.Connection = f.UserID, f.Connection
		if s.Tenant().Settings.RevokeDeletesGrant { // https://auth0.com/docs/secure/tokens/refresh-tokens/revoke-refresh-tokens
			s.Store.DeleteFamilies(f.UserID, f.ClientID, func(o state.Family) bool { return o.Audience == f.Audience })
			s.Store.DeleteGrants(func(g state.Grant) bool { return g.Covers(f) })
		}
		x.Emit(event.Event{Kind: event.KindLog, Type: event.SuccessRevokeRefreshToken,
			Description: "Successfully revoked a refresh token", Data: &event.LogEntry{Family: id}})
	}
	return &httpx.Result{Status: http.StatusOK}, nil
}
