package mockauth0

import (
	"errors"
	"fmt"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/snapshot"
)

// SnapshotError says why a snapshot cannot be restored.
type SnapshotError struct {
	Problem SnapshotProblem
	Detail  string // a sentence without a full stop
}

// SnapshotProblem is a kind of SnapshotError.
type SnapshotProblem string

// The kinds of problems of a snapshot.
const (
	SnapshotDamaged SnapshotProblem = "damaged" // it is not what was saved
	SnapshotNewer   SnapshotProblem = "newer"   // a newer version of this program made it
	SnapshotForeign SnapshotProblem = "foreign" // it is of another tenant
)

func (e *SnapshotError) Error() string { return "mockauth0: " + e.Detail }

// SaveState gives the tenant's state as a JSON document, for RestoreState and Options.State: sessions, logins in progress, codes, tokens,
// refresh tokens, consents, users as people changed them, signing keys, clock, faults, rate limits, mails, and what was learned of an
// app. It holds private keys and passwords: keep it to yourself. Events other than mails are not in it, nor is the configuration.
func (t *Tenant) SaveState() ([]byte, error) {
	document, err := t.parts().Save()
	if err != nil {
		return nil, fmt.Errorf("mockauth0: the state cannot be saved: %w", err)
	}
	return document, nil
}

// RestoreState puts a state that SaveState gave in place of the tenant's own. The tenant must have the configuration of the one that it
// was saved of, by its name; its domain may be another. Requests that a fault holds are cut without an answer, and kept events are
// forgotten; new ones get higher numbers. Keys of the state are then also this tenant's: two living tenants may share keys in this way.
// What the tenant directory says of a user wins over the state where it was changed since. The error is a *SnapshotError, and the
// tenant stays as it was.
func (t *Tenant) RestoreState(document []byte) error {
	stood := t.clockEvent()
	if err := t.restore(document, false); err != nil {
		return err
	}
	t.tellMove(stood)
	t.emit(event.Event{Kind: event.KindConfig, Description: "state restored", Data: &event.Config{Change: event.StateRestored}})
	return nil
}

// restore is RestoreState; sameHost: the domain must be the same, but for the port.
func (t *Tenant) restore(document []byte, sameHost bool) error {
	apply, err := t.parts().Prepare(document, sameHost)
	if wrong, ok := errors.AsType[*snapshot.Error](err); ok {
		return &SnapshotError{SnapshotProblem(wrong.Problem), wrong.Detail}
	}
	if err != nil {
		return err
	}
	t.plan.Disarm("")
	t.gate.Open()
	t.clock.Release()
	t.sender.Forget()
	apply()
	t.followed(nil)
	return nil
}

// parts are those of the tenant that remember something.
func (t *Tenant) parts() *snapshot.Parts {
	return &snapshot.Parts{
		Domain: t.entry.Domain, Store: t.store, People: t.people, Learning: t.learning, Keys: t.ring, Lease: t.lease, Clock: t.clock,
		Faults: t.plan, Limits: &t.limits, Quotas: &t.quotas, Guard: t.guard, Cookies: t.sessions.Seal(), RefreshTokens: t.refresh.Seal(),
		Events: t.events, Diagnoses: t.engine,
	}
}
