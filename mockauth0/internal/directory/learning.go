package directory

import (
	"log/slog"
	"strings"
	"sync"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/tenant"
)

// Learning loads configurations and completes the one in force by what the tenant's app asks for. Make it with NewLearning. Safe for
// concurrent use.
type Learning struct {
	Learner tenant.Learner // nil: nothing is learned. Set it before the first request

	people *Directory
	log    *slog.Logger
	mu     sync.Mutex // of changes to the configuration that begin with what it is now
}

// NewLearning learns nothing as long as it has no learner.
func NewLearning(people *Directory, log *slog.Logger) *Learning {
	return &Learning{people: people, log: log}
}

// Learn has the tenant know what a request asks for, as far as its learner lets it, before the request is judged.
func (l *Learning) Learn(x *httpx.Exchange, asked tenant.Asked) {
	if l.Learner == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	next, learned := l.Learner.Learn(l.people.Snapshot(), asked)
	if next == nil || l.people.Replace(next) != nil {
		return
	}
	for _, one := range learned {
		text := strings.TrimSpace("learned the " + one.Name + " " + one.Value)
		l.log.Info(text)
		x.Emit(event.Event{Kind: event.KindConfig, Description: text, ClientID: asked.ClientID,
			Data: &event.Config{Change: event.ConfigLearned, Learned: one.Name, Value: one.Value}})
	}
}

// Load puts a copy of a configuration in force, with what was learned, and emits what has become of it. An invalid one is refused with
// all its problems, and the old one stays in force.
func (l *Learning) Load(x *httpx.Exchange, next *tenant.Config) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	next = l.kept(next.Clone())
	if err := next.Validate(); err != nil {
		x.Emit(event.Event{Kind: event.KindConfig, Description: "configuration refused",
			Data: &event.Config{Change: event.ConfigRefused, Problems: err.Error()}})
		return err
	}
	if err := l.people.Replace(next); err != nil {
		return err
	}
	x.Emit(event.Event{Kind: event.KindConfig, Description: "configuration loaded",
		Data: &event.Config{Change: event.ConfigLoaded, Clients: len(next.Clients), Users: len(next.Users)}})
	return nil
}

// kept is a configuration that is about to be loaded, with what was learned.
func (l *Learning) kept(next *tenant.Config) *tenant.Config {
	if l.Learner != nil {
		l.Learner.Keep(next)
	}
	return next
}

// Fork is a learner for another tenant, which learns on its own; nil: it learns nothing.
func (l *Learning) Fork() tenant.Learner {
	if f, ok := l.Learner.(tenant.Forker); ok {
		return f.ForkLearner()
	}
	return nil
}

// Remember gives what was learned, for a snapshot; nil: nothing is.
func (l *Learning) Remember() ([]byte, error) {
	if learner, ok := l.Learner.(tenant.Rememberer); ok {
		return learner.Remember()
	}
	return nil, nil
}

// Recall has the learner know what was learned, and the tenant with it.
func (l *Learning) Recall(learned []byte) error {
	learner, ok := l.Learner.(tenant.Rememberer)
	if !ok || learned == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := learner.Recall(learned); err != nil {
		return err
	}
	return l.people.Replace(l.kept(l.people.Snapshot().Clone()))
}
