package fault

import (
	"slices"
	"strings"

	"renewal.example/mockauth0/internal/names"
)

// kind is one kind of effect: a row of the table of them, which the file of the effect writes. What it does stands in
// internal/faults.
type kind struct {
	name  string // as in the form
	given func(e *Effect) bool
	check func(e *Effect, p *Problems) // nil: there is nothing to check
	acts  string                       // where it acts, for messages
	where []string                     // the endpoints that come there; nil: all
	known []string                     // the facts that are known there, of those of the endpoint; nil: all
	timed bool                         // takes do.at
}

// kinds is the table of effects.
var kinds = [...]kind{
	latencyKind, hangKind, statusKind, bodyKind, headersKind, errorKind, stateKind, targetOriginKind, responseModeKind, postKind,
	claimsKind, lifetimeKind, tokenKind, jwksKind, discoveryKind, sessionKind, refreshTokenKind, resetKind, tlsKind,
}

// kindsOf are the ones that an effect sets; a valid one sets one.
func (e *Effect) kindsOf() (set []kind) {
	for _, k := range kinds {
		if k.given(e) {
			set = append(set, k)
		}
	}
	return set
}

// Kind is the name of what the effect sets, as its field is written in YAML: "latency". It is "" when nothing is set, and the
// first of several.
func (e *Effect) Kind() string {
	for _, k := range kinds {
		if k.given(e) {
			return k.name
		}
	}
	return ""
}

// Kinds are the names that Kind gives: those of the effects that there are.
func Kinds() (list []string) {
	for _, k := range kinds {
		if len(list) == 0 || list[len(list)-1] != k.name {
			list = append(list, k.name)
		}
	}
	return list
}

// place says where a group acts.
func (k kind) place() string {
	switch len(k.where) {
	case 0:
		return k.acts
	case 1:
		return k.acts + ", at the endpoint " + k.where[0]
	}
	return k.acts + ", at the endpoints " + strings.Join(k.where[:len(k.where)-1], ", ") + " and " + k.where[len(k.where)-1]
}

// knownAt reports whether a fact becomes known at an endpoint.
func knownAt(endpoint, fact string) bool {
	e, _ := names.EndpointOf(endpoint)
	return slices.Contains(e.Facts, fact)
}

// knows reports whether a fact is known at an endpoint by the time the group's effect acts there.
func (k kind) knows(at, fact string) bool {
	return knownAt(at, fact) && (k.known == nil || slices.Contains(k.known, fact))
}

// candidates are the endpoints at which the group may act: the one named, or all of its own.
func (k kind) candidates(at string) []string {
	switch {
	case at != "":
		return []string{at}
	case k.where != nil:
		return k.where
	}
	return names.EndpointNames()
}

// unknown says why a fact is not known where the group acts, "" when it is.
func (k kind) unknown(at, fact string) string {
	if slices.ContainsFunc(k.candidates(at), func(e string) bool { return k.knows(e, fact) }) {
		return ""
	}
	switch {
	case at != "" && knownAt(at, fact):
		return "do." + k.name + " acts " + k.acts + ", before the " + fact + " is known"
	case at != "":
		return fact + " is not known at the endpoint " + at
	}
	return "do." + k.name + " acts " + k.place() + ", where " + fact + " is not known"
}

// together reports whether there is an endpoint at which all the facts are known.
func (k kind) together(at string, named []string) bool {
	return len(named) == 0 || slices.ContainsFunc(k.candidates(at), func(e string) bool {
		return !slices.ContainsFunc(named, func(fact string) bool { return !k.knows(e, fact) })
	})
}
