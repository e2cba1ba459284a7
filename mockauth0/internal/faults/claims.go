package faults

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/mint"
)

func newClaims(e *fault.Effect) fmt.Stringer { return claims{*e.Claims} }

// ofKind reports whether a choice of tokens means one of that kind. Logout tokens are never meant.
func ofKind(choice, kind string) bool {
	switch choice {
	case fault.Both:
		return slices.Contains([]string{fault.IDToken, fault.AccessToken}, kind)
	case "":
		choice = fault.IDToken
	}
	return kind == choice
}

// claims changes what a token says.
type claims struct{ fault.Claims }

func (c claims) String() string {
	var did []string
	for _, name := range slices.Sorted(maps.Keys(c.Set)) {
		did = append(did, "with another "+name)
	}
	for _, name := range c.Remove {
		did = append(did, "without "+name)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Shift)) {
		did = append(did, fmt.Sprintf("%s moved by %s", name, time.Duration(c.Shift[name])))
	}
	return "claims: " + strings.Join(did, ", ")
}

func (c claims) concerns(subject any) bool {
	spec, ok := subject.(*mint.Spec)
	if !ok || !ofKind(c.Token, spec.Kind) {
		return false
	}
	return len(c.Set)+len(c.Shift) > 0 || slices.ContainsFunc(c.Remove, func(name string) bool {
		_, there := spec.Get(name)
		return there
	})
}

func (c claims) ChangeSpec(spec *mint.Spec) {
	issued, _ := spec.Get("iat")
	for name, d := range c.Shift {
		from, there := spec.Get(name)
		if !there {
			from = issued
		}
		if seconds, ok := from.(int64); ok {
			spec.Set(name, seconds+int64(time.Duration(d)/time.Second))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Set)) {
		spec.Set(name, c.Set[name])
	}
	for _, name := range c.Remove {
		spec.Delete(name)
	}
}
