package stage

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/tenant"
)

// admin does at the tenant what a scenario says, as an administrator would.
type admin struct {
	tenant   *mockauth0.Tenant
	scenario *scenario.Scenario
}

// Arrange brings a running tenant to where the scenario's first renewal is, after somebody has logged in: its faults are
// armed, what an administrator does before is done, and the time that passes before has passed on the tenant's clock. What
// else comes before or after, it gives back: it takes a browser.
func Arrange(t *mockauth0.Tenant, s *scenario.Scenario) (passed time.Duration, left []scenario.Step, err error) {
	a := admin{t, s}
	if err := a.armAll(); err != nil {
		return 0, nil, err
	}
	for i, step := range s.Steps {
		switch step.Do {
		case scenario.Renew:
			return passed, append(left, s.Steps[i:]...), nil
		case scenario.Advance, scenario.Sleep:
			t.Advance(step.For)
			passed += step.For
			continue
		}
		done, err := a.take(step)
		if err != nil {
			return passed, nil, fmt.Errorf("step %d, %s: %w", i+1, step.Do, err)
		}
		if !done {
			left = append(left, step)
		}
	}
	return passed, left, nil
}

func (a admin) armAll() error {
	for _, f := range a.scenario.Faults {
		if _, err := a.tenant.Arm(f); err != nil {
			return fmt.Errorf("a fault cannot be armed: %w", err)
		}
	}
	return nil
}

// take takes a step; false: it is not one of the tenant's.
func (a admin) take(step scenario.Step) (bool, error) {
	var err error
	switch step.Do {
	case scenario.Arm:
		_, err = a.tenant.Arm(step.Fault)
	case scenario.Disarm:
		a.tenant.Disarm("")
	case scenario.EndSessions:
		id := ""
		if step.Of != "" {
			id = a.user(step.Of).ID
		}
		if a.tenant.EndSessions(id) == 0 {
			err = errors.New("there was no session")
		}
	case scenario.WithdrawConsent:
		if a.tenant.WithdrawGrants("", "") == 0 {
			err = errors.New("nobody had given consent")
		}
	case scenario.RotateKey:
		_, err = a.tenant.RotateKey()
	case scenario.RevokeTokens:
		if a.tenant.RevokeRefreshTokens(a.user(a.scenario.User).ID, "") == 0 {
			err = errors.New("there was no refresh token")
		}
	case scenario.RevokeKey:
		err = a.revokeKey()
	case scenario.DeleteUser:
		err = a.tenant.DeleteUser(a.user(step.Of).ID)
	case scenario.BlockUser:
		err = a.tenant.BlockUser(a.user(step.Of).ID)
	case scenario.Change:
		err = a.tenant.Reload(step.Next)
	default:
		return false, nil
	}
	return true, err
}

// user is the one with the address who logged in, or else the first; there is one, or the scenario would not have been read.
func (a admin) user(email string) (found *tenant.User) {
	for _, u := range a.scenario.Tenant.Users {
		if strings.EqualFold(u.Email, email) && (found == nil || u.Connection == a.scenario.Connection) {
			found = u
		}
	}
	return found
}

// revokeKey lets the tenant sign with a new key and forget the old one.
func (a admin) revokeKey() error {
	all, err := a.tenant.Keys()
	if err != nil {
		return err
	}
	if _, err := a.tenant.RotateKey(); err != nil {
		return err
	}
	for _, k := range all {
		if k.Current {
			return a.tenant.RevokeKey(k.KID)
		}
	}
	return errors.New("the tenant had no key")
}
