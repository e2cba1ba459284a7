// Package adopt lays what a scenario changes over a tenant that runs with a configuration of its own.
package adopt

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/tenant"
)

// Change is what a scenario makes of the tenant for which it is written.
type Change struct {
	Without, With *tenant.Config
}

// Over is a copy of the running configuration with what differs between the two of c. The first client and the first API of the
// scenario are client and the first API of the running one; connections go by name, further clients, APIs, organizations and roles
// by theirs, users by connection and e-mail address. Addresses of the scenario's app become those of client's.
func (c Change) Over(running *tenant.Config, client string) *tenant.Config {
	out := running.Clone()
	at := slices.IndexFunc(out.Clients, func(one *tenant.Client) bool { return one.ClientID == client || one.Name == client })
	if at < 0 || len(c.With.Clients) == 0 || len(c.Without.Clients) == 0 {
		return out
	}
	own := out.Clients[at]
	moved := mover(c.Without.Clients[0], own)
	merge(own, c.With.Clients[0], c.Without.Clients[0], moved, "Name")
	if len(out.ResourceServers) > 0 && len(c.With.ResourceServers) > 0 && len(c.Without.ResourceServers) > 0 {
		merge(out.ResourceServers[0], c.With.ResourceServers[0], c.Without.ResourceServers[0], moved, "Name")
	}
	merge(&out.Settings, &c.With.Settings, &c.Without.Settings, moved)
	merge(&out.Mock, &c.With.Mock, &c.Without.Mock, moved, "Domain", "Scheme", "CustomDomain", "Listen", "ControlOrigins", "ClockStart",
		"ClockFrozen", "MagicUsers")
	former := c.Without.Clients[0]
	renamed := func(name string) string {
		if name == former.Name || name == former.ClientID {
			return own.Name
		}
		return name
	}
	for _, a := range out.Mock.Actions {
		a.Client = renamed(a.Client)
	}
	out.Clients = lists(out.Clients, c.With.Clients, c.Without.Clients, moved, func(one *tenant.Client) string { return renamed(one.Name) })
	out.ResourceServers = lists(out.ResourceServers, c.With.ResourceServers, c.Without.ResourceServers, moved,
		func(one *tenant.ResourceServer) string { return one.Identifier })
	out.Connections = lists(out.Connections, c.With.Connections, c.Without.Connections, moved,
		func(one *tenant.Connection) string { return one.Name })
	for _, one := range out.Connections {
		for i, name := range one.EnabledClients {
			one.EnabledClients[i] = renamed(name)
		}
	}
	out.Organizations = lists(out.Organizations, c.With.Organizations, c.Without.Organizations, moved,
		func(one *tenant.Organization) string { return one.Name })
	out.Roles = lists(out.Roles, c.With.Roles, c.Without.Roles, moved, func(one *tenant.Role) string { return one.Name })
	out.Users = lists(out.Users, c.With.Users, c.Without.Users, moved,
		func(one *tenant.User) string { return one.Connection + "\x00" + strings.ToLower(one.Email) })
	return out
}

// merge gives a struct each field that differs between two others. moved is what becomes of addresses.
func merge(into, with, without any, moved func([]string) []string, not ...string) {
	to, now, was := reflect.ValueOf(into).Elem(), reflect.ValueOf(with).Elem(), reflect.ValueOf(without).Elem()
	for i := range to.NumField() {
		field := to.Type().Field(i)
		if !field.IsExported() || slices.Contains(not, field.Name) || same(now.Field(i), was.Field(i)) {
			continue
		}
		if list, ok := now.Field(i).Interface().([]string); ok {
			to.Field(i).Set(reflect.ValueOf(moved(list)))
			continue
		}
		to.Field(i).Set(now.Field(i))
	}
}

func same(a, b reflect.Value) bool {
	if t, ok := a.Interface().(time.Time); ok {
		return t.Equal(b.Interface().(time.Time))
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

// lists brings the entries that are others in with than without: one of the same name is changed, and a new one added.
func lists[T any](running, with, without []*T, moved func([]string) []string, name func(*T) string) []*T {
	find := func(list []*T, wanted string) *T {
		if i := slices.IndexFunc(list, func(one *T) bool { return name(one) == wanted }); i >= 0 {
			return list[i]
		}
		return nil
	}
	first := true
	for _, now := range with {
		was, own := find(without, name(now)), find(running, name(now))
		isFirst := first
		first = false
		switch {
		case was != nil && reflect.DeepEqual(*was, *now):
		case own == nil && was == nil:
			one := *now
			running = append(running, &one)
		case own != nil && was != nil && !(isFirst && sameType[T, tenant.Client]()):
			merge(own, now, was, moved)
		}
	}
	for _, was := range without { // what the scenario takes away
		if find(with, name(was)) == nil {
			running = slices.DeleteFunc(running, func(one *T) bool { return name(one) == name(was) })
		}
	}
	return running
}

func sameType[A, B any]() bool { return reflect.TypeFor[A]() == reflect.TypeFor[B]() }

// mover puts addresses of one client's app where another client's app is.
func mover(from, to *tenant.Client) func([]string) []string {
	old, own := originOf(from), originOf(to)
	return func(list []string) []string {
		out := slices.Clone(list)
		for i, address := range out {
			if rest, ok := strings.CutPrefix(address, old); ok && old != "" && own != "" && (rest == "" || rest[0] == '/') {
				out[i] = own + rest
			}
		}
		return out
	}
}

// originOf is where a client's app is: the origin of its first callback.
func originOf(c *tenant.Client) string {
	for _, callback := range c.Callbacks {
		if scheme, rest, ok := strings.Cut(callback, "://"); ok {
			host, _, _ := strings.Cut(rest, "/")
			return scheme + "://" + host
		}
	}
	return ""
}
