package faults

import (
	"fmt"
	"reflect"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/httpx"
)

// contradiction says why two faults cannot be armed together: one of them takes every request of the other's, for good, so
// that the other one would never act. earlier was armed first.
func contradiction(earlier, later *armed) error {
	for _, c := range []struct{ first, hidden *armed }{{earlier, later}, {later, earlier}} {
		if !c.first.shuts(c.hidden, c.first == earlier) {
			continue
		}
		first := c.first.Fault
		if c.first == later {
			first.ID = "the new fault" // it has an id already, which nobody has seen
		}
		hidden := c.hidden.ID
		if c.hidden == later {
			hidden = "the new fault"
		}
		return fmt.Errorf("%s would never act: %s (%s) takes all its requests first, for good. Give %s times, narrow its when, or remove it",
			hidden, first.ID, c.first.acting, first.ID)
	}
	return nil
}

// shuts reports whether a fault leaves nothing to another one that acts on none but requests of the first one.
func (a *armed) shuts(b *armed, first bool) bool {
	if a.Times > 0 || a.spent() || b.spent() || a.seam == httpx.SeamHandshake || !covers(&a.When, &b.When) {
		return false
	}
	_, answers := a.acting.(status)
	switch {
	case a.kind == b.kind && a.seam == b.seam:
		return first && !a.adds && !reflect.DeepEqual(a.acting, b.acting) && sameTokens(a, b)
	case a.kind == "error":
		return b.seam == httpx.SeamLifetime || b.seam == httpx.SeamSpec || b.seam == httpx.SeamSigned
	case !a.ends || b.seam < a.seam:
		return false
	case b.seam == a.seam && point(&a.When) == point(&b.When):
		return first && b.ends
	case b.seam == httpx.SeamAnswer || b.seam == httpx.SeamSent:
		return !answers // what comes to an answer comes to that of a status too
	}
	return true
}

// sameTokens reports whether two effects on tokens mean tokens of one kind.
func sameTokens(a, b *armed) bool {
	if a.Do.Token == nil || b.Do.Token == nil {
		return true
	}
	for _, kind := range []string{fault.IDToken, fault.AccessToken} {
		if mine, other := ofKind(a.Do.Token.Kind, kind), ofKind(b.Do.Token.Kind, kind); mine != other {
			return false
		}
	}
	return true
}
