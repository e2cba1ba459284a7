package mockauth0

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/bruteforce"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/control"
	"renewal.example/mockauth0/internal/directory"
	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/faults"
	"renewal.example/mockauth0/internal/keys"
	"renewal.example/mockauth0/internal/ratelimit"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/internal/statejson"
	"renewal.example/mockauth0/tenant"
)

const (
	// stateFormat says what a document is.
	stateFormat = "mockauth0 state"
	// stateVersion counts the forms that the document had. One with a higher number is of a newer version of this program.
	stateVersion = 1
)

// saved is a tenant's state. What is not in it: the configuration, which is that of the tenant directory; events other than mails, and
// the diagnoses and expectations that are made of them; requests that a fault holds, back-channel logouts under way, programs that follow
// the clock. A restart ends these.
type saved struct {
	Store           state.Saved
	People          directory.Saved
	Keys            keys.Saved
	Clock           clock.Saved
	Faults          faults.Saved
	Limits, Quotas  map[string]ratelimit.Saved
	Guard           bruteforce.Saved
	CookieKey       []byte            // signs the cookies
	RefreshTokenKey []byte            // signs refresh tokens
	Mails           []json.RawMessage // events
	LastEvent       uint64            // number of the newest event
	Learned         json.RawMessage   // of the tenant's learner; none: it has none
}

// stateDocument is a snapshot as people and programs keep it.
type stateDocument struct {
	Format   string          `json:"format"`
	Version  int             `json:"version"`
	Secret   string          `json:"secret"` // for people who open it
	Tenant   stateTenant     `json:"tenant"`
	Checksum string          `json:"checksum"` // SHA-256 of the state
	State    json.RawMessage `json:"state"`
}

// stateTenant says whose state it is.
type stateTenant struct {
	Name   string `json:"name"`   // of its configuration
	Domain string `json:"domain"` // host[:port]
}

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
	text, err := t.save()
	if err != nil {
		return nil, fmt.Errorf("mockauth0: the state cannot be saved: %w", err)
	}
	return json.Marshal(stateDocument{
		Format: stateFormat, Version: stateVersion, Secret: "holds private keys and passwords of a fake tenant: do not publish it",
		Tenant: stateTenant{t.Snapshot().Name, t.entry.Domain.Host}, Checksum: checksum(text), State: text,
	})
}

func checksum(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func (t *Tenant) save() (text []byte, err error) {
	if t.lease != nil {
		t.lease.Retain()
	}
	s := saved{Store: t.store.Save(), People: t.people.Save(), Clock: t.clock.Save(), Limits: t.limits.Save(), Quotas: t.quotas.Save(),
		Guard: t.guard.Save(), CookieKey: t.sessions.Seal().Key(), RefreshTokenKey: t.refresh.Seal().Key(), LastEvent: t.events.Last()}
	if s.Keys, err = t.ring.Save(); err != nil {
		return nil, err
	}
	if s.Faults, err = t.plan.Save(); err != nil {
		return nil, err
	}
	if learner, ok := t.learner.(tenant.Rememberer); ok {
		if s.Learned, err = learner.Remember(); err != nil {
			return nil, err
		}
	}
	events, _ := t.events.Since(0)
	for _, e := range events {
		if e.Kind != event.KindMail {
			continue
		}
		e.Seq = 0 // it gets a number of its own where it is restored
		text, err := json.Marshal(e)
		if err != nil {
			return nil, err
		}
		s.Mails = append(s.Mails, text)
	}
	return statejson.Marshal(s)
}

// RestoreState puts a state that SaveState gave in place of the tenant's own. The tenant must have the configuration of the one that it
// was saved of, by its name; its domain may be another. Requests that a fault holds are cut without an answer, and kept events are
// forgotten; new ones get higher numbers. Keys of the state are then also this tenant's: two living tenants may share keys in this way.
// What the tenant directory says of a user wins over the state where it was changed since. The error is a *SnapshotError, and the
// tenant stays as it was.
func (t *Tenant) RestoreState(document []byte) error { return t.restore(document, false) }

// restore is RestoreState; sameHost: the domain must be the same, but for the port.
func (t *Tenant) restore(document []byte, sameHost bool) error {
	s, of, err := readState(document)
	if err != nil {
		return err
	}
	if name := t.Snapshot().Name; of.Name != name {
		return &SnapshotError{SnapshotForeign, fmt.Sprintf("the snapshot is of the tenant %s, and this one is %s: a snapshot fits the "+
			"configuration that it was made with", strconv.Quote(of.Name), strconv.Quote(name))}
	}
	if was := domain.New(of.Domain, t.entry.Domain.Plain).Name(); sameHost && was != t.entry.Domain.Name() {
		return &SnapshotError{SnapshotForeign, fmt.Sprintf("the snapshot is of a tenant at %s, and this one is at %s: cookies and issuer are "+
			"those of a domain", was, t.entry.Domain.Name())}
	}
	apply, err := t.prepare(s)
	if err != nil {
		return damaged(err)
	}
	apply()
	t.followed(nil)
	return nil
}

func damaged(err error) error {
	return &SnapshotError{SnapshotDamaged, "the snapshot is damaged: " + err.Error()}
}

// readState reads a document, and tells whose state it holds.
func readState(document []byte) (*saved, stateTenant, error) {
	var d stateDocument
	if err := json.Unmarshal(document, &d); err != nil {
		return nil, d.Tenant, damaged(err)
	}
	if d.Format == stateFormat && d.Version > stateVersion {
		return nil, d.Tenant, &SnapshotError{SnapshotNewer, fmt.Sprintf("the snapshot has version %d of its format, and this program reads "+
			"up to %d: use the version of mockauth0 that made it, or a newer one", d.Version, stateVersion)}
	}
	strictly := json.NewDecoder(bytes.NewReader(document))
	strictly.DisallowUnknownFields()
	if err := strictly.Decode(&d); err != nil {
		return nil, d.Tenant, damaged(errors.New(strings.TrimPrefix(err.Error(), "json: ")))
	}
	switch {
	case d.Format != stateFormat:
		return nil, d.Tenant, damaged(fmt.Errorf("its format is %q, and a snapshot's is %q", d.Format, stateFormat))
	case d.Version < 1:
		return nil, d.Tenant, damaged(errors.New("its version is missing"))
	}
	s := &saved{}
	if err := statejson.Unmarshal(d.State, s); err != nil {
		return nil, d.Tenant, damaged(err)
	}
	text, err := statejson.Marshal(s) // whoever kept it may have written it in another way, with line breaks for instance
	if err != nil {
		return nil, d.Tenant, damaged(err)
	}
	if checksum(text) != d.Checksum {
		return nil, d.Tenant, damaged(errors.New("its checksum is that of something else"))
	}
	return s, d.Tenant, nil
}

// prepare does all of a restore that can fail. apply does the rest.
func (t *Tenant) prepare(s *saved) (apply func(), err error) {
	loadKeys, err := t.ring.Prepare(s.Keys)
	if err != nil {
		return nil, err
	}
	loadFaults, err := t.plan.Prepare(s.Faults)
	if err != nil {
		return nil, err
	}
	mails := make([]event.Event, len(s.Mails))
	for i, text := range s.Mails {
		if err := json.Unmarshal(text, &mails[i]); err != nil {
			return nil, fmt.Errorf("mails[%d]: %w", i, err)
		}
	}
	cookies, refresh := bytes.Clone(s.CookieKey), bytes.Clone(s.RefreshTokenKey)
	if len(cookies) != len(t.sessions.Seal().Key()) || len(refresh) != len(t.refresh.Seal().Key()) {
		return nil, errors.New("a key has another length")
	}
	before := t.people.Save()
	if err := t.people.Load(s.People); err != nil {
		return nil, fmt.Errorf("people: %w", err)
	}
	if err := t.recall(s.Learned); err != nil {
		return nil, errors.Join(fmt.Errorf("learned: %w", err), t.people.Load(before))
	}
	return func() {
		t.plan.Disarm("")
		t.gate.Open()
		t.clock.Release()
		t.sender.Forget()
		loadKeys()
		_, _ = t.sessions.Seal().SetKey(cookies), t.refresh.Seal().SetKey(refresh) // their lengths are right
		t.store.Load(s.Store)
		t.limits.Load(s.Limits)
		t.quotas.Load(s.Quotas)
		t.guard.Load(s.Guard)
		t.clock.Load(s.Clock)
		loadFaults()
		t.engine.Forget()
		t.counts.forget("")
		t.events.Resume(s.LastEvent)
		for _, e := range mails {
			t.events.Append(e)
		}
	}, nil
}

// recall has the learner know what was learned, and the tenant with it.
func (t *Tenant) recall(learned []byte) error {
	learner, ok := t.learner.(tenant.Rememberer)
	if !ok || learned == nil {
		return nil
	}
	t.learning.Lock()
	defer t.learning.Unlock()
	if err := learner.Recall(learned); err != nil {
		return err
	}
	return t.people.Replace(t.kept(t.Snapshot().Clone()))
}

// controlledState is a tenant's state for its control API.
type controlledState struct{ *Tenant }

func (c controlledState) RestoreState(document []byte) error {
	err := c.Tenant.RestoreState(document)
	if wrong := (*SnapshotError)(nil); errors.As(err, &wrong) {
		return errors.New(wrong.Detail)
	}
	return err
}

func (c controlledState) KeepState() error {
	keep := c.server.options.KeepState
	if keep == nil || c.Tenant != c.server.Tenant {
		return control.ErrNoStateFile
	}
	return keep()
}
