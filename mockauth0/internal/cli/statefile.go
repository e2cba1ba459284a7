package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/datadir"
	"renewal.example/mockauth0/internal/safefile"
)

// stateFile keeps the state of a tenant in a file, so that a restart keeps sessions and tokens. The nil one keeps nothing.
type stateFile struct {
	path    string
	named   string        // path as somebody named it
	every   time.Duration // 0: only when somebody asks, and at the end
	begun   []byte        // what it held at the start; nil: there was no file
	release func()        // of the claim
	warn    func(format string, args ...any)

	mu     sync.Mutex
	server *mockauth0.Server // nil as long as there is none
	last   []byte            // what it holds
}

// openStateFile claims the file, and reads what is there; path "": nil.
func (a *app) openStateFile(named string, every time.Duration) (*stateFile, error) {
	if named == "" {
		return nil, nil
	}
	if every < 0 {
		return nil, refuse("--state-every is %s; expected a time such as 5s, or 0 to save at the end only", every)
	}
	s := &stateFile{path: a.path(named), named: named, every: every, warn: a.warn}
	if _, err := safefile.Exists(s.path); err != nil {
		return nil, refuse("--state: %w; name another file", err)
	}
	release, err := datadir.Claim(s.path + ".lock")
	switch {
	case errors.Is(err, datadir.ErrClaimed):
		return nil, refuse("--state: another mockauth0 keeps its state in %s: end that one first, or name another file", named)
	case err != nil:
		return nil, notWritten("--state: %w", err)
	}
	s.release = release
	s.removeRemains()
	content, exposed, err := datadir.Read(s.path, datadir.Private)
	if err != nil {
		release()
		return nil, refuse("--state: %w", err)
	}
	if exposed {
		a.warn("%s could be read by other accounts, and holds private keys; it is 0600 again", named)
	}
	s.begun, s.last = content, content
	return s, nil
}

// removeRemains removes what a run that was killed while it wrote has left behind. Only the one with the claim writes.
func (s *stateFile) removeRemains() {
	dir, base := filepath.Split(s.path)
	entries, err := os.ReadDir(filepath.Clean(dir + "."))
	if err != nil {
		return // whoever writes there will hear why
	}
	for _, e := range entries {
		if name := e.Name(); strings.HasPrefix(name, "."+base+".") && strings.HasSuffix(name, ".tmp") {
			_ = safefile.Remove(filepath.Join(dir, name)) // it is in nobody's way
		}
	}
}

// document is the state to begin with.
func (s *stateFile) document() []byte {
	if s == nil {
		return nil
	}
	return s.begun
}

// keeper is Options.KeepState.
func (s *stateFile) keeper() func() error {
	if s == nil {
		return nil
	}
	return s.save
}

// explain says what to do about a file that cannot be taken. It is as it was.
func (s *stateFile) explain(err error) error {
	s.giveUp()
	var wrong *mockauth0.SnapshotError
	if s == nil || !errors.As(err, &wrong) {
		return err
	}
	hint := map[mockauth0.SnapshotProblem]string{
		mockauth0.SnapshotDamaged: "put a copy in its place, or move it away to begin without",
		mockauth0.SnapshotNewer:   "or name another file",
		mockauth0.SnapshotForeign: "serve that tenant, or name another file for this one",
	}[wrong.Problem]
	return refuse("--state %s: %s; %s. The file was left as it is", s.named, wrong.Detail, hint)
}

// giveUp ends the claim where nothing is served.
func (s *stateFile) giveUp() {
	if s != nil {
		s.release()
	}
}

// keep saves the server's state now, then at intervals, and once more when end is called: after the server has closed, so that nothing
// comes later.
func (s *stateFile) keep(ctx context.Context, server *mockauth0.Server) (end func() error, err error) {
	if s == nil {
		return func() error { return nil }, nil
	}
	s.mu.Lock()
	s.server = server
	s.mu.Unlock()
	if err := s.save(); err != nil {
		s.release()
		return nil, notWritten("--state: %w", err)
	}
	ctx, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	if s.every > 0 {
		running.Go(func() { s.saveAtIntervals(ctx) })
	}
	return func() error {
		stop()
		running.Wait()
		defer s.release()
		if err := s.save(); err != nil {
			return notWritten("--state: %w", err)
		}
		return nil
	}, nil
}

// saveAtIntervals warns once of what is in the way.
func (s *stateFile) saveAtIntervals(ctx context.Context) {
	before := "" // why it was not saved the last time; "": it was
	for {
		select {
		case <-ctx.Done():
			return
		case <-clock.WallAfter(s.every):
		}
		why := ""
		if err := s.save(); err != nil {
			why = err.Error()
		}
		if why != "" && why != before {
			s.warn("the state is not saved: %s", why)
		}
		before = why
	}
}

// save writes the state when it has changed: a reader, or a crash, meets the old file or the new one.
func (s *stateFile) save() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server == nil {
		return errors.New("the tenant is not served yet")
	}
	document, err := s.server.SaveState()
	if err != nil || bytes.Equal(document, s.last) {
		return err
	}
	if err := safefile.Write(s.path, safefile.Private, document); err != nil {
		return fmt.Errorf("the state file: %w", err)
	}
	s.last = document
	return nil
}
