package browser

import (
	"fmt"

	"github.com/go-rod/rod/lib/proto"
)

// PreferDark lets the page see a person who prefers dark colours, or (false) light ones.
func (p *Page) PreferDark(dark bool) error {
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	s, cancel := p.on()
	defer cancel()
	err := proto.EmulationSetEmulatedMedia{Features: []*proto.EmulationMediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}.Call(s)
	if err != nil {
		return p.explain(fmt.Errorf("prefer %s colours: %w", scheme, err))
	}
	return nil
}

// DisableScripts keeps all scripts of the page from running, or (false) lets those of documents loaded from then on run
// again. Meanwhile Eval (of what is no promise) and Locators still work, but the World's clock does not reach the page.
func (p *Page) DisableScripts(disabled bool) error {
	s, cancel := p.on()
	defer cancel()
	if err := (proto.EmulationSetScriptExecutionDisabled{Value: disabled}).Call(s); err != nil {
		return p.explain(fmt.Errorf("set scripts disabled to %t: %w", disabled, err))
	}
	p.world.mu.Lock()
	p.noScript = disabled
	p.world.mu.Unlock()
	return nil
}

func (p *Page) runsNoScripts() bool {
	if p == nil {
		return false
	}
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	return p.noScript
}
