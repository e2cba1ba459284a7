package control

import (
	"net/http"
	"slices"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/keys"
)

// Keys are the signing keys.
type Keys interface {
	Keys() ([]keys.Info, error)
	RotateKey() (kid string, err error)
	RevokeKey(kid string) error
}

// ListKeys is GET /keys: the signing keys as Auth0's GET /api/v2/keys/signing lists them.
func (s *Service) ListKeys(*httpx.Exchange, *http.Request) (*httpx.Result, error) {
	list, err := s.Keys.Keys()
	if err != nil {
		return nil, err
	}
	return httpx.JSON(http.StatusOK, map[string]any{"keys": list}), nil
}

// RotateKey is POST /keys/rotate; it answers the key that signs from now on.
func (s *Service) RotateKey(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	if err := nothing(r); err != nil {
		return nil, err
	}
	kid, err := s.Keys.RotateKey()
	if err != nil {
		return nil, err
	}
	return s.oneKey(kid)
}

// RevokeKey is PUT /keys/{kid}/revoke, for a previous key.
func (s *Service) RevokeKey(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	if err := nothing(r); err != nil {
		return nil, err
	}
	kid := r.PathValue("kid")
	if err := s.Keys.RevokeKey(kid); err != nil {
		return nil, bad(err)
	}
	return s.oneKey(kid)
}

// oneKey answers a key's id and certificate, as Auth0 does when a key changes.
func (s *Service) oneKey(kid string) (*httpx.Result, error) {
	list, err := s.Keys.Keys()
	if err != nil {
		return nil, err
	}
	var found keys.Info
	if i := slices.IndexFunc(list, func(k keys.Info) bool { return k.KID == kid }); i >= 0 {
		found = list[i]
	}
	return httpx.JSON(http.StatusOK, map[string]string{"kid": kid, "cert": found.Cert}), nil
}
