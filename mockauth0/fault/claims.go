package fault

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/mint"
)

// issuing are the endpoints that send tokens.
func issuing() []string { return []string{"authorize", "authorize.resume", "token"} }

func claimsGroup() group {
	return group{
		name:  "claims",
		given: func(e *Effect) bool { return e.Claims != nil },
		check: func(e *Effect, p *Problems) { e.Claims.check(p) },
		build: func(e *Effect) any { return claims{*e.Claims} },
		seam:  httpx.SeamSpec, acts: "where a token is made", where: issuing(), adds: true,
	}
}

func (c *Claims) check(p *Problems) {
	const at = "do.claims"
	if c.Token != "" {
		among(p, at+".token", c.Token, mint.IDToken, mint.AccessToken, "both")
	}
	if len(c.Set)+len(c.Remove)+len(c.Shift) == 0 {
		p.add(at, "do.claims changes nothing: give set, remove or shift")
	}
	once := map[string]string{}
	take := func(how, name string) {
		if name == "" {
			p.add(at+"."+how, "do.claims.%s names a claim by an empty name", how)
		} else if other := once[name]; other != "" {
			p.add(at+"."+how, "do.claims names %s under %s and under %s: do one thing to a claim", name, other, how)
		}
		once[name] = how
	}
	for _, name := range slices.Sorted(maps.Keys(c.Set)) {
		take("set", name)
		if _, err := json.Marshal(c.Set[name]); err != nil {
			p.add(at+".set."+name, "do.claims.set.%s cannot be written as JSON: %v", name, err)
		}
	}
	for _, name := range c.Remove {
		take("remove", name)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Shift)) {
		take("shift", name)
		among(p, at+".shift."+name, name, "iat", "exp", "nbf", "auth_time")
		if c.Shift[name] == 0 {
			p.add(at+".shift."+name, "do.claims.shift.%s is 0", name)
		}
	}
}

// ofKind tells whether a choice of tokens means one of that kind.
func ofKind(choice, kind string) bool {
	return kind != mint.LogoutToken && (choice == "both" || kind == cmp.Or(choice, mint.IDToken))
}

// claims changes what a token says.
type claims struct{ Claims }

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
	return len(c.Set)+len(c.Shift) > 0 || slices.ContainsFunc(c.Remove, func(name string) bool { _, there := spec.Get(name); return there })
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
