package check

import (
	"net/url"
	"slices"
	"strings"
	"sync"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/ownapp"
	"renewal.example/mockauth0/tenant"
)

// learner has the tenants of a check know what the app asks for. Beside what ownapp learns, these are callbacks on other origins of this
// machine: a silent page often has one of its own.
type learner struct {
	*ownapp.App

	mu        sync.Mutex
	callbacks []string
}

func newLearner(address string) (*learner, error) {
	app, err := ownapp.New(ownapp.Options{URLs: []string{address}})
	if err != nil {
		return nil, err
	}
	return &learner{App: app}, nil
}

// tenant is the app's, with the lives of a check.
func (l *learner) tenant() *tenant.Config {
	t := l.Tenant()
	for _, api := range t.ResourceServers {
		api.TokenLifetime, api.TokenLifetimeForWeb = tokenLife, tokenLife
	}
	for _, c := range t.Clients {
		c.IDTokenLifetime = idLife
	}
	return t
}

// Learn is of tenant.Learner.
func (l *learner) Learn(now *tenant.Config, asked tenant.Asked) (*tenant.Config, []tenant.Learned) {
	next, news := l.App.Learn(now, asked)
	if !l.elsewhere(asked.Callback) {
		return next, news
	}
	if next == nil {
		next = now.Clone()
	}
	l.mu.Lock()
	if !slices.Contains(l.callbacks, asked.Callback) {
		l.callbacks = append(l.callbacks, asked.Callback)
	}
	l.mu.Unlock()
	if !l.lay(next) {
		return next, news
	}
	if next.Validate() != nil {
		return nil, nil
	}
	return next, append(news, tenant.Learned{Name: "callback", Value: asked.Callback})
}

// Keep is of tenant.Learner.
func (l *learner) Keep(next *tenant.Config) {
	l.App.Keep(next)
	l.lay(next)
}

// elsewhere tells whether a callback is on this machine, and not of the app's origin.
func (l *learner) elsewhere(callback string) bool {
	if callback == "" || l.Mine(callback) {
		return false
	}
	u, err := url.Parse(callback)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && httpx.LoopbackName(u.Hostname()) &&
		!strings.ContainsAny(callback, "*{#")
}

// lay adds the callbacks that were learned; false: they are all there.
func (l *learner) lay(t *tenant.Config) (added bool) {
	if len(t.Clients) == 0 {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, callback := range l.callbacks {
		if c := t.Clients[0]; !slices.Contains(c.Callbacks, callback) {
			c.Callbacks, added = append(c.Callbacks, callback), true
		}
	}
	return added
}
