package fault

import (
	"encoding/json"
	"maps"
	"slices"

	"renewal.example/mockauth0/internal/names"
)

// Kinds of tokens, for Claims.Token and Token.Kind.
const (
	IDToken     = "id_token"
	AccessToken = "access_token"
	Both        = "both"
)

// issuing are the endpoints that send tokens.
var issuing = []string{names.Authorize, names.Resume, names.Token}

const whereTokensAreMade = "where a token is made"

var claimsKind = kind{
	name:  "claims",
	given: func(e *Effect) bool { return e.Claims != nil },
	check: func(e *Effect, p *Problems) { e.Claims.check(p) },
	acts:  whereTokensAreMade, where: issuing,
}

func (c *Claims) check(p *Problems) {
	const at = "do.claims"
	if c.Token != "" {
		among(p, at+".token", c.Token, IDToken, AccessToken, Both)
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
