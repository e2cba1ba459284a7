package browser

import (
	"slices"
	"strings"

	"github.com/go-rod/rod/lib/proto"
)

// Control is something on a page that a person can press.
type Control struct {
	Role     string // ARIA role: button, link, …
	Name     string // accessible name, with single spaces
	Disabled bool
}

// pressed are the roles of what a person presses.
func pressed() []string {
	return []string{"button", "link", "menuitem", "tab", "DisclosureTriangle", "option", "switch", "checkbox", "radio"}
}

// Controls lists what can be pressed on the page, in the order of the accessibility tree: what a screen reader would offer.
func (p *Page) Controls() ([]Control, error) {
	s, cancel := p.on()
	defer cancel()
	found, err := controls(s)
	if err != nil {
		return nil, p.explain(err)
	}
	out := make([]Control, 0, len(found))
	for _, c := range found {
		out = append(out, c.Control)
	}
	return out, nil
}

// ByControl finds the first control, as Controls lists them, that is of a kind. what names it in errors.
func (p *Page) ByControl(what string, of func(Control) bool) Locator {
	return Locator{p, what, func(s session) ([]proto.DOMBackendNodeID, error) {
		all, err := controls(s)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(all, func(c foundControl) bool { return of(c.Control) })
		if at < 0 {
			return nil, nil
		}
		return []proto.DOMBackendNodeID{all[at].node}, nil
	}}
}

type foundControl struct {
	Control
	node proto.DOMBackendNodeID
}

func controls(s session) ([]foundControl, error) {
	found, err := accessible(s, "", "")
	if err != nil {
		return nil, err
	}
	var out []foundControl
	for _, n := range found {
		if !hasRole(n, pressed()) {
			continue
		}
		c := foundControl{Control{Role: n.Role.Value.Str()}, n.BackendDOMNodeID}
		if n.Name != nil {
			c.Name = strings.Join(strings.Fields(n.Name.Value.Str()), " ")
		}
		for _, property := range n.Properties {
			if property.Name == proto.AccessibilityAXPropertyNameDisabled {
				c.Disabled = property.Value.Value.Bool()
			}
		}
		out = append(out, c)
	}
	return out, nil
}
