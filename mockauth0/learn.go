package mockauth0

import (
	"strings"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/tenant"
)

// learn has the tenant know what a request asks for, as far as its learner lets it, before the request is judged.
func (t *Tenant) learn(x *httpx.Exchange, asked tenant.Asked) {
	if t.learner == nil {
		return
	}
	t.learning.Lock()
	defer t.learning.Unlock()
	next, learned := t.learner.Learn(t.Snapshot(), asked)
	if next == nil || t.people.Replace(next) != nil {
		return
	}
	for _, one := range learned {
		text := strings.TrimSpace("learned the " + one.Name + " " + one.Value)
		t.log.Info(text)
		x.Emit(event.Event{Kind: event.KindConfig, Description: text, ClientID: asked.ClientID,
			Data: &event.Config{Change: event.ConfigLearned, Learned: one.Name, Value: one.Value}})
	}
}

// kept is a configuration that is about to be loaded, with what was learned.
func (t *Tenant) kept(next *tenant.Config) *tenant.Config {
	if t.learner != nil {
		t.learner.Keep(next)
	}
	return next
}
