// Package snapshot saves all that a tenant remembers as one document, and restores it. Each part has its own Save and Load; this package
// knows which parts there are, and holds the document to its version, its checksum and the tenant that it is of.
package snapshot

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
	"renewal.example/mockauth0/internal/diagnose"
	"renewal.example/mockauth0/internal/directory"
	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/eventlog"
	"renewal.example/mockauth0/internal/faults"
	"renewal.example/mockauth0/internal/keys"
	"renewal.example/mockauth0/internal/mint"
	"renewal.example/mockauth0/internal/ratelimit"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/internal/statejson"
)

const (
	// format says what a document is.
	format = "mockauth0 state"
	// version counts the forms that the document had. One with a higher number is of a newer version of this program.
	version = 1
)

// Parts are those of a tenant that remember something.
type Parts struct {
	Domain        domain.Domain
	Store         state.Store
	People        *directory.Directory
	Learning      *directory.Learning
	Keys          *keys.Ring
	Lease         *keys.Lease // of the keys; nil: they are shared
	Clock         *clock.Clock
	Faults        *faults.Plan
	Limits        *ratelimit.Limits
	Quotas        *ratelimit.Limits
	Guard         *bruteforce.Guard
	Cookies       *mint.Seal
	RefreshTokens *mint.Seal
	Events        *eventlog.Log
	Diagnoses     *diagnose.Engine // which begins anew
}

// saved is the state of a tenant. What is not in it: the configuration, which is that of the tenant directory; events other than mails, and
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

// document is a snapshot as people and programs keep it.
type document struct {
	Format   string          `json:"format"`
	Version  int             `json:"version"`
	Secret   string          `json:"secret"` // for people who open it
	Tenant   owner           `json:"tenant"`
	Checksum string          `json:"checksum"` // SHA-256 of the state
	State    json.RawMessage `json:"state"`
}

// owner says whose state it is.
type owner struct {
	Name   string `json:"name"`   // of its configuration
	Domain string `json:"domain"` // host[:port]
}

// Error says why a document cannot be restored.
type Error struct {
	Problem Problem
	Detail  string // a sentence without a full stop
}

// Problem is a kind of Error.
type Problem string

// The kinds of problems of a document.
const (
	Damaged Problem = "damaged" // it is not what was saved
	Newer   Problem = "newer"   // a newer version of this program made it
	Foreign Problem = "foreign" // it is of another tenant
)

func (e *Error) Error() string { return e.Detail }

// Save gives the state as a JSON document. It holds private keys and passwords.
func (p *Parts) Save() ([]byte, error) {
	text, err := p.save()
	if err != nil {
		return nil, err
	}
	return json.Marshal(document{
		Format: format, Version: version, Secret: "holds private keys and passwords of a fake tenant: do not publish it",
		Tenant: owner{p.People.Snapshot().Name, p.Domain.Host}, Checksum: checksum(text), State: text,
	})
}

func checksum(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func (p *Parts) save() (text []byte, err error) {
	if p.Lease != nil {
		p.Lease.Retain()
	}
	s := saved{Store: p.Store.Save(), People: p.People.Save(), Clock: p.Clock.Save(), Limits: p.Limits.Save(), Quotas: p.Quotas.Save(),
		Guard: p.Guard.Save(), CookieKey: p.Cookies.Key(), RefreshTokenKey: p.RefreshTokens.Key(), LastEvent: p.Events.Last()}
	if s.Keys, err = p.Keys.Save(); err != nil {
		return nil, err
	}
	if s.Faults, err = p.Faults.Save(); err != nil {
		return nil, err
	}
	if s.Learned, err = p.Learning.Remember(); err != nil {
		return nil, err
	}
	events, _ := p.Events.Since(0)
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

// Prepare does all of a restore that can fail: it reads a document, which must be of a tenant with the same name of its configuration
// and, if sameHost is set, at the same host, whatever the port. apply puts its state in place of the tenant's own. The error is an
// *Error, and the tenant stays as it was.
func (p *Parts) Prepare(text []byte, sameHost bool) (apply func(), err error) {
	s, of, err := read(text)
	if err != nil {
		return nil, err
	}
	if name := p.People.Snapshot().Name; of.Name != name {
		return nil, &Error{Foreign, fmt.Sprintf("the snapshot is of the tenant %s, and this one is %s: a snapshot fits the "+
			"configuration that it was made with", strconv.Quote(of.Name), strconv.Quote(name))}
	}
	if was := domain.New(of.Domain, p.Domain.Plain).Name(); sameHost && was != p.Domain.Name() {
		return nil, &Error{Foreign, fmt.Sprintf("the snapshot is of a tenant at %s, and this one is at %s: cookies and issuer are "+
			"those of a domain", was, p.Domain.Name())}
	}
	if apply, err = p.prepare(s); err != nil {
		return nil, damaged(err)
	}
	return apply, nil
}

func damaged(err error) error {
	return &Error{Damaged, "the snapshot is damaged: " + err.Error()}
}

// read reads a document, and tells whose state it holds.
func read(text []byte) (*saved, owner, error) {
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, d.Tenant, damaged(err)
	}
	if d.Format == format && d.Version > version {
		return nil, d.Tenant, &Error{Newer, fmt.Sprintf("the snapshot has version %d of its format, and this program reads "+
			"up to %d: use the version of mockauth0 that made it, or a newer one", d.Version, version)}
	}
	strictly := json.NewDecoder(bytes.NewReader(text))
	strictly.DisallowUnknownFields()
	if err := strictly.Decode(&d); err != nil {
		return nil, d.Tenant, damaged(errors.New(strings.TrimPrefix(err.Error(), "json: ")))
	}
	switch {
	case d.Format != format:
		return nil, d.Tenant, damaged(fmt.Errorf("its format is %q, and a snapshot's is %q", d.Format, format))
	case d.Version < 1:
		return nil, d.Tenant, damaged(errors.New("its version is missing"))
	}
	s := &saved{}
	if err := statejson.Unmarshal(d.State, s); err != nil {
		return nil, d.Tenant, damaged(err)
	}
	again, err := statejson.Marshal(s) // whoever kept it may have written it in another way, with line breaks for instance
	if err != nil {
		return nil, d.Tenant, damaged(err)
	}
	if checksum(again) != d.Checksum {
		return nil, d.Tenant, damaged(errors.New("its checksum is that of something else"))
	}
	return s, d.Tenant, nil
}

// prepare does all that can fail of what is left. apply does the rest.
func (p *Parts) prepare(s *saved) (apply func(), err error) {
	loadKeys, err := p.Keys.Prepare(s.Keys)
	if err != nil {
		return nil, err
	}
	loadFaults, err := p.Faults.Prepare(s.Faults)
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
	if len(cookies) != len(p.Cookies.Key()) || len(refresh) != len(p.RefreshTokens.Key()) {
		return nil, errors.New("a key has another length")
	}
	before := p.People.Save()
	if err := p.People.Load(s.People); err != nil {
		return nil, fmt.Errorf("people: %w", err)
	}
	if err := p.Learning.Recall(s.Learned); err != nil {
		return nil, errors.Join(fmt.Errorf("learned: %w", err), p.People.Load(before))
	}
	return func() {
		p.Faults.Disarm("")
		loadKeys()
		_, _ = p.Cookies.SetKey(cookies), p.RefreshTokens.SetKey(refresh) // their lengths are right
		p.Store.Load(s.Store)
		p.Limits.Load(s.Limits)
		p.Quotas.Load(s.Quotas)
		p.Guard.Load(s.Guard)
		p.Clock.Load(s.Clock)
		loadFaults()
		p.Diagnoses.Forget()
		p.Events.Resume(s.LastEvent)
		for _, e := range mails {
			p.Events.Append(e)
		}
	}, nil
}
