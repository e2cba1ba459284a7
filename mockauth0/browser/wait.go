package browser

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// WaitFor waits until the JavaScript expression is true in the page. what names it in the error: "the profile is shown".
func (p *Page) WaitFor(what, expression string) error {
	return p.waitUntil(what, func(s session) (bool, string, error) {
		var holds bool
		var seen any
		// A document may be replaced while it is asked; that is no reason to give up.
		if err := p.eval(s, "("+expression+")", &seen); err != nil {
			return false, err.Error(), nil
		}
		switch v := seen.(type) {
		case bool:
			holds = v
		case string:
			holds = v != ""
		case float64:
			holds = v != 0
		default:
			holds = v != nil
		}
		return holds, fmt.Sprintf("%s is %v", short(expression), seen), nil
	})
}

// WaitForURL waits until the address starts with the prefix. It looks again and again, so an address that the page leaves at
// once may not be seen: use WaitForDocument for those.
func (p *Page) WaitForURL(prefix string) error {
	return p.waitUntil("the address starts with "+prefix, func(s session) (bool, string, error) {
		var address string
		if err := p.eval(s, "location.href", &address); err != nil {
			return false, err.Error(), nil
		}
		return strings.HasPrefix(address, prefix), "the address is " + address, nil
	})
}

// WaitForDocument waits until the page has loaded a document whose address starts with the prefix: since it was last opened by
// Open, and after the document that an earlier WaitForDocument found. Unlike WaitForURL it also finds a document that has
// changed its address or was left since, such as a callback page that removes the tokens from its address.
func (p *Page) WaitForDocument(prefix string) error {
	return p.waitUntil("a document's address starts with "+prefix, func(session) (bool, string, error) {
		found, others := p.target.findVisit(prefix)
		return found, fmt.Sprintf("the documents since then are %q", others), nil
	})
}

// waitUntil polls, quickly at first. look returns whether it holds and what is there instead; its error ends the wait.
func (p *Page) waitUntil(what string, look func(session) (bool, string, error)) error {
	s, cancel := p.on()
	defer cancel()
	pause := 5 * time.Millisecond
	last := "nothing was seen yet"
	for {
		holds, seen, err := look(s)
		if holds {
			return nil
		}
		if err != nil {
			return p.explain(fmt.Errorf("waiting until %s: %w", what, err))
		}
		if s.ctx.Err() == nil {
			last = seen
		}
		select {
		case <-time.After(pause):
		case <-s.gone:
			return p.explain(fmt.Errorf("waiting until %s: %w", what, errTargetGone))
		case <-s.ctx.Done():
			return p.explain(fmt.Errorf("waiting until %s: %w; last: %s", what, context.Cause(s.ctx), last))
		}
		pause = min(pause*2, 20*time.Millisecond)
	}
}
