package ownapp

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/tenant"
)

// tutorialOrigin is where the app lives for which the scenarios are written.
const tutorialOrigin = "http://localhost:5000"

// Adopt gives a scenario to the app, in place of the one for which it is written. tutorial is the tenant over which the scenario lays
// its settings. The scenario stays as it is; the audiences that it needs to be unknown are learned no more.
func (a *App) Adopt(s *scenario.Scenario, tutorial *tenant.Config) *scenario.Scenario {
	out := *s
	out.Tenant = s.Tenant.Clone()
	a.TakeOver(out.Tenant, tutorial)
	out.Steps = slices.Clone(s.Steps)
	a.mu.Lock()
	for _, step := range out.Steps {
		if audience := step.Ask["audience"]; audience != "" {
			a.learned.Not = append(a.learned.Not, audience)
		}
	}
	a.mu.Unlock()
	for i, step := range out.Steps {
		if step.Next != nil {
			out.Steps[i].Next = step.Next.Clone()
			a.TakeOver(out.Steps[i].Next, tutorial)
		}
	}
	return &out
}

// TakeOver has a tenant be the app's: t is the tutorial's with the settings of a scenario, and tutorial is without. What the scenario
// sets stays, with the app's origin in place of the tutorial's; everything else of the client is as in Tenant.
func (a *App) TakeOver(t, tutorial *tenant.Config) {
	own := a.Tenant()
	if len(t.Clients) == 0 || len(t.ResourceServers) == 0 {
		return
	}
	former := t.Clients[0].Name
	a.merge(t.Clients[0], tutorial.Clients[0], own.Clients[0])
	for _, c := range t.Connections {
		if slices.Contains(c.EnabledClients, former) {
			c.EnabledClients = nil // every client: the app may come with several
		}
	}
	a.merge(t.ResourceServers[0], tutorial.ResourceServers[0], own.ResourceServers[0])
	if reflect.DeepEqual(t.Mock.ControlOrigins, tutorial.Mock.ControlOrigins) {
		t.Mock.ControlOrigins = nil // of the tutorial's pages
	}
	t.Settings.FriendlyName = cmp.Or(changed(t.Settings.FriendlyName, tutorial.Settings.FriendlyName), own.Settings.FriendlyName)
	t.Name = own.Name
	a.Keep(t)
}

func changed(now, before string) string {
	if now == before {
		return ""
	}
	return now
}

// merge gives each field of one that is as before the value of own. Addresses of the tutorial among the others become the app's.
func (a *App) merge(one, before, own any) {
	now, was, mine := reflect.ValueOf(one).Elem(), reflect.ValueOf(before).Elem(), reflect.ValueOf(own).Elem()
	for i := range now.NumField() {
		if field := now.Field(i); reflect.DeepEqual(field.Interface(), was.Field(i).Interface()) {
			field.Set(mine.Field(i))
		} else if list, ok := field.Interface().([]string); ok {
			field.Set(reflect.ValueOf(a.moved(list)))
		}
	}
}

// moved is a list of addresses with those of the tutorial's app at the app's origin.
func (a *App) moved(list []string) []string {
	out := slices.Clone(list)
	for i, address := range out {
		if rest, ok := strings.CutPrefix(address, tutorialOrigin); ok && (rest == "" || rest[0] == '/') {
			out[i] = a.origins[0] + rest
		}
	}
	return out
}
