// Package manage is what an administrator, or a test, does to a tenant without a page: it ends sessions, revokes refresh tokens and
// consents, changes users and signing keys, logs people in, and asks what expires next. The library and the control API do it by this
// package alone.
package manage

import (
	"fmt"
	"log/slog"
	"strings"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/authorize"
	"renewal.example/mockauth0/internal/bruteforce"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/directory"
	"renewal.example/mockauth0/internal/eventlog"
	"renewal.example/mockauth0/internal/grant"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/keys"
	"renewal.example/mockauth0/internal/session"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/internal/token"
	"renewal.example/mockauth0/tenant"
)

// Lives of sessions and refresh tokens.
const (
	idleLife     = "idle"     // which use prolongs
	absoluteLife = "absolute" // which nothing prolongs
)

// Service does it to one tenant.
type Service struct {
	Origin    string // of the tenant, scheme://host[:port]
	Clock     *clock.Clock
	Events    *eventlog.Log
	Log       *slog.Logger
	People    *directory.Directory
	Store     state.Store
	SSO       *session.Registry
	Guard     *bruteforce.Guard
	Ring      *keys.Ring
	Issuer    *token.Issuer
	Authorize *authorize.Service
	Exchanges *grant.Service
}

// Exchange is what goes on in the tenant without a request.
func (s *Service) Exchange() *httpx.Exchange {
	return &httpx.Exchange{Origin: s.Origin, Clock: s.Clock, Events: s.Events, Log: s.Log}
}

// Emit appends an event at this moment.
func (s *Service) Emit(e event.Event) {
	e.Date, e.Wall = s.Clock.Both()
	s.Events.Append(e)
}

// User finds the one user who goes by a name: user_id, e-mail address or user name.
func (s *Service) User(name string) (*tenant.User, error) {
	tn := s.People.Snapshot()
	if u := tn.UserByID(name); u != nil {
		return u, nil
	}
	var ids []string
	for _, u := range tn.Users {
		if u.GoesBy(name) {
			ids = append(ids, u.ID)
		}
	}
	switch len(ids) {
	case 0:
		return nil, directory.NoUser(tn, name)
	case 1:
		return tn.UserByID(ids[0]), nil
	}
	return nil, fmt.Errorf("%d users go by %q: give the user_id of one, %s", len(ids), name, strings.Join(ids, " or "))
}

// userID is that of a user who goes by a name, or the name itself: sessions and tokens may be of a user who is gone.
func (s *Service) userID(name string) string {
	if u, err := s.User(name); err == nil {
		return u.ID
	}
	return name
}

// Client finds the client with an id or a name.
func (s *Service) Client(name string) (*tenant.Client, error) {
	tn := s.People.Snapshot()
	if c := tn.ClientByID(name); c != nil {
		return c, nil
	}
	if c := tn.ClientByName(name); c != nil {
		return c, nil
	}
	return nil, directory.NoClient(tn, name)
}

// ClientID is that of a client with a name, or the name itself.
func (s *Service) ClientID(name string) string {
	if c := s.People.Snapshot().ClientByName(name); c != nil {
		return c.ClientID
	}
	return name
}
