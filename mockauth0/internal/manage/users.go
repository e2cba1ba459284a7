package manage

import (
	"reflect"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/directory"
	"renewal.example/mockauth0/tenant"
)

// BlockUser blocks a user, or takes that back. What brute-force protection blocks is unblocked too.
func (s *Service) BlockUser(name string, blocked bool) error {
	u, err := s.User(name)
	if err != nil {
		return err
	}
	if !blocked {
		s.Guard.Unblock(u.ID)
	}
	changed, err := s.People.Block(u.ID, blocked)
	if err != nil || !changed {
		return err
	}
	change, what := event.UserBlocked, "user blocked"
	if !blocked {
		change, what = event.UserUnblocked, "user unblocked"
	}
	s.userEvent(u, change, what)
	return nil
}

// DeleteUser deletes a user. As at Auth0 the sessions, refresh tokens and grants stay and lead to nobody.
func (s *Service) DeleteUser(user string) error {
	u, err := s.User(user)
	if err != nil {
		return err
	}
	if err := s.People.Delete(u.ID); err != nil {
		return err
	}
	s.Emit(event.Event{
		Kind: event.KindLog, Type: event.SuccessUserDeletion, UserID: u.ID, UserName: u.Email, Connection: u.Connection,
		Description: "User successfully deleted",
	})
	s.SSO.TellDeleted(s.Exchange(), u.ID)
	return nil
}

// CreateUser adds a user, to the first database unless the user says to which connection, and returns the user as completed.
func (s *Service) CreateUser(u tenant.User) (tenant.User, error) {
	added, err := s.People.Add(u)
	if err != nil {
		return tenant.User{}, err
	}
	s.userEvent(added, event.UserCreated, "user created")
	return *added, nil
}

// ChangeUser changes a user: change gets a copy. Its ID and Connection stay.
func (s *Service) ChangeUser(user string, change func(*tenant.User)) (tenant.User, error) {
	u, err := s.User(user)
	if err != nil {
		return tenant.User{}, err
	}
	next := *u
	change(&next)
	if _, err := s.People.Edit(u.ID, next); err != nil {
		return tenant.User{}, err
	}
	if next.Password != u.Password {
		if err := s.People.SetPassword(u.ID, next.Password); err != nil {
			return tenant.User{}, err
		}
	}
	if next.Blocked != u.Blocked {
		if err := s.BlockUser(u.ID, next.Blocked); err != nil {
			return tenant.User{}, err
		}
	}
	changed := s.People.Snapshot().UserByID(u.ID)
	if changed == nil {
		return tenant.User{}, directory.ErrGone
	}
	if !reflect.DeepEqual(profileOf(changed), profileOf(u)) || next.Password != u.Password {
		s.userEvent(changed, event.UserChanged, "user changed")
	}
	return *changed, nil
}

// profileOf is a user without what has events of its own.
func profileOf(u *tenant.User) tenant.User {
	one := *u
	one.Blocked, one.Password, one.PasswordHash = false, "", ""
	return one
}

func (s *Service) userEvent(u *tenant.User, change event.ConfigChange, what string) {
	s.Emit(event.Event{Kind: event.KindConfig, UserID: u.ID, UserName: u.Email, Connection: u.Connection, Description: what,
		Data: &event.Config{Change: change}})
}
