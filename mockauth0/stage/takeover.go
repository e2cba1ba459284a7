package stage

import (
	"encoding/json"
	"time"

	"go.yaml.in/yaml/v3"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/scenario"
)

// takeOver has the faults of a scenario name the client and the API of a person's own app, which its login has shown, where they name
// those of the tutorial. The scenario is the stage's own copy.
func (a *own) takeOver(s *scenario.Scenario) error {
	tutorial, err := Tutorial()
	if err != nil {
		return err
	}
	client := tutorial.Clients[0]
	names := map[string]string{client.ClientID: a.tenant.ClientID(), client.Name: a.tenant.ClientID()}
	if audience := a.login.For.Audience; audience != "" {
		names[tutorial.ResourceServers[0].Identifier] = audience
	}
	faults := make([]fault.Fault, 0, len(s.Faults))
	for _, f := range s.Faults {
		if f, err = renamed(f, names); err != nil {
			return err
		}
		faults = append(faults, f)
	}
	s.Faults = faults
	for i := range s.Steps {
		if s.Steps[i].Fault, err = renamed(s.Steps[i].Fault, names); err != nil {
			return err
		}
	}
	return nil
}

// renamed is a fault in which each text that is one of the names is another.
func renamed(f fault.Fault, names map[string]string) (out fault.Fault, err error) {
	text, err := json.Marshal(f)
	if err != nil {
		return out, err
	}
	var all any
	if err := json.Unmarshal(text, &all); err != nil {
		return out, err
	}
	if text, err = json.Marshal(rename(all, names)); err != nil {
		return out, err
	}
	return out, json.Unmarshal(text, &out)
}

func rename(v any, names map[string]string) any {
	switch v := v.(type) {
	case string:
		if to, ok := names[v]; ok {
			return to
		}
	case []any:
		for i := range v {
			v[i] = rename(v[i], names)
		}
	case map[string]any:
		for name := range v {
			v[name] = rename(v[name], names)
		}
	}
	return v
}

// keepRefreshTokens gives the client of an adopted scenario the kind of refresh tokens that the scenario itself states, where that is the
// tutorial's: those of a new app rotate.
func keepRefreshTokens(adopted, written *scenario.Scenario) {
	if len(written.Overlays) == 0 || !states(written.Overlays[0].Client, "refresh_token") {
		return
	}
	kept := written.Tenant.Clients[0].RefreshToken
	adopted.Tenant.Clients[0].RefreshToken = kept
	for _, step := range adopted.Steps {
		if step.Next != nil {
			step.Next.Clients[0].RefreshToken = kept
		}
	}
}

// shortenTokens has access tokens end before each renewal of a scenario with several: an app asks for no token while it has one.
func shortenTokens(s *scenario.Scenario) {
	renewals, shortest := 0, time.Duration(0)
	for _, step := range s.Steps {
		switch {
		case step.Do == scenario.Renew:
			renewals++
		case step.Do == scenario.Advance && (shortest == 0 || step.For < shortest):
			shortest = step.For
		}
	}
	life := shortest / 2
	if renewals < 2 || life < 5*time.Minute {
		return
	}
	for _, api := range s.Tenant.ResourceServers {
		api.TokenLifetime, api.TokenLifetimeForWeb = min(life, api.TokenLifetime), min(life, api.TokenLifetimeForWeb)
	}
	for _, step := range s.Steps {
		if step.Next == nil {
			continue
		}
		for _, api := range step.Next.ResourceServers {
			api.TokenLifetime, api.TokenLifetimeForWeb = min(life, api.TokenLifetime), min(life, api.TokenLifetimeForWeb)
		}
	}
}

// states tells whether an object has a key.
func states(object *yaml.Node, key string) bool {
	if object == nil || object.Kind != yaml.MappingNode {
		return false
	}
	for i := 0; i+1 < len(object.Content); i += 2 {
		if object.Content[i].Value == key {
			return true
		}
	}
	return false
}
