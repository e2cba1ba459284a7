package manage

import (
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/keys"
)

// Keys are the signing keys: the current one, the next, previous ones and those that were revoked last. The error says which
// certificate could not be written.
func (s *Service) Keys() ([]keys.Info, error) { return s.Ring.Keys() }

// RotateKey makes the next key the one that signs, and tells its kid.
func (s *Service) RotateKey() (kid string, err error) {
	if err := s.Ring.Rotate(); err != nil {
		return "", err
	}
	kid = s.Ring.Current().KID
	s.Emit(event.Event{Kind: event.KindConfig, Description: "signing key rotated", Data: &event.Config{Change: event.KeyRotated, KeyID: kid}})
	return kid, nil
}

// RevokeKey takes a previous key out of the JWKS: the tenant no longer accepts tokens that it signed.
func (s *Service) RevokeKey(kid string) error {
	if err := s.Ring.Revoke(kid); err != nil {
		return err
	}
	s.Emit(event.Event{Kind: event.KindConfig, Description: "signing key revoked", Data: &event.Config{Change: event.KeyRevoked, KeyID: kid}})
	return nil
}
