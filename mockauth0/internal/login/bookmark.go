package login

import (
	"encoding/base64"
	"errors"
	"strings"

	"renewal.example/mockauth0/internal/httpx"
)

// Bookmarked is the answer to an old address of a login page, whose transaction is over: the person is led to where logins
// of its client begin, else to the tenant's default
// (https://auth0.com/docs/authenticate/login/auth0-universal-login/configure-default-login-routes). Without either, and for
// a transaction that another browser has, it stays an error.
func (s *Service) Bookmarked(x *httpx.Exchange, id string, err error) (*httpx.Result, error) {
	if !errors.Is(err, errLost) {
		return nil, err
	}
	if t, ok := s.Store.Transaction(id); ok && x.Now().Before(t.Expires) {
		return nil, err
	}
	tn := s.Sessions.Tenant()
	// a placeholder is for invitations, which name the organization
	if c := tn.ClientByID(clientOf(id)); c != nil && c.InitiateLoginURI != "" && !strings.Contains(c.InitiateLoginURI, "{") {
		return httpx.RedirectTo(c.InitiateLoginURI), nil
	}
	if tn.Settings.DefaultRedirectionURI != "" {
		return httpx.RedirectTo(tn.Settings.DefaultRedirectionURI), nil
	}
	return nil, err
}

// clientOf reads the client id from the state of a page (see pageState), "" from anything else. Nobody signed it: it only
// chooses among the addresses that the tenant has configured.
func clientOf(state string) string {
	b, err := base64.RawURLEncoding.DecodeString(state)
	if err != nil || len(b) == 0 || b[0] != 0x84 {
		return ""
	}
	b = b[1:]
	for range 4 {
		var name, value string
		var ok bool
		if name, b, ok = unpackString(b); !ok {
			return ""
		}
		if value, b, ok = unpackString(b); !ok {
			return ""
		}
		if name == "cid" {
			return value
		}
	}
	return ""
}

// unpackString is packString, backwards.
func unpackString(b []byte) (s string, rest []byte, ok bool) {
	var size int
	head := 1
	switch {
	case len(b) > 0 && b[0]&0xe0 == 0xa0:
		size = int(b[0] & 0x1f)
	case len(b) > 1 && b[0] == 0xd9:
		size, head = int(b[1]), 2
	case len(b) > 2 && b[0] == 0xda:
		size, head = int(b[1])<<8|int(b[2]), 3
	default:
		return "", nil, false
	}
	if len(b) < head+size {
		return "", nil, false
	}
	return string(b[head : head+size]), b[head+size:], true
}
