package mockauth0

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/adopt"
	"renewal.example/mockauth0/internal/control"
	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/tenant"
)

// ScenarioState is a scenario of the server's catalogue (Options.Scenarios), and whether a tenant is under it.
type ScenarioState struct {
	ID        string         `json:"id"`
	Title     string         `json:"title"`
	Symptom   string         `json:"symptom"`   // what the developer sees
	Remedy    string         `json:"remedy"`    // what to change
	Diagnosis diagnosis.Code `json:"diagnosis"` // of the cause that the tenant names first
	Group     string         `json:"group"`     // the subject of that cause
	Armed     bool           `json:"armed"`
	Client    string         `json:"client,omitempty"` // name of the client at which it is armed
	// Left is what arming it cannot do: what takes a browser, and what comes after the first renewal. Empty: nothing is left.
	Left []string `json:"left"`
}

// scenarios are those that are armed at a tenant.
type scenarios struct {
	mu     sync.Mutex
	before *tenant.Config // the configuration without any; nil: none is armed
	armed  []*armedScenario
}

type armedScenario struct {
	state  ScenarioState
	change adopt.Change
	faults []string
	ahead  time.Duration // by how much the clock is to be moved
	moved  bool
}

// catalogue reads the server's scenarios once.
type catalogue struct {
	all  func() ([]*scenario.Scenario, error)
	base func() (*tenant.Config, error)
}

func newCatalogue(source *scenario.Source) *catalogue {
	if source == nil {
		return nil
	}
	return &catalogue{sync.OnceValues(source.All), sync.OnceValues(func() (*tenant.Config, error) {
		return tenant.Load(source.Base, "tutorial", tenant.LoadOptions{Strict: true})
	})}
}

func (t *Tenant) catalogue() (*catalogue, error) {
	if t.server.catalogue == nil {
		return nil, control.ErrNoScenarios
	}
	return t.server.catalogue, nil
}

// Scenarios lists the scenarios of the server's catalogue, and which are armed at this tenant.
func (t *Tenant) Scenarios() ([]ScenarioState, error) {
	c, err := t.catalogue()
	if err != nil {
		return nil, err
	}
	all, err := c.all()
	if err != nil {
		return nil, err
	}
	t.scenarios.mu.Lock()
	defer t.scenarios.mu.Unlock()
	out := make([]ScenarioState, 0, len(all))
	for _, s := range all {
		state := stateOfScenario(s)
		if i := t.scenarios.find(s.ID); i >= 0 {
			state = t.scenarios.armed[i].state
		}
		out = append(out, state)
	}
	return out, nil
}

func (s *scenarios) find(id string) int {
	return slices.IndexFunc(s.armed, func(one *armedScenario) bool { return one.state.ID == id })
}

func stateOfScenario(s *scenario.Scenario) ScenarioState {
	out := ScenarioState{ID: s.ID, Title: s.Title, Symptom: s.Symptom, Remedy: s.Remedy, Diagnosis: s.Diagnosis, Left: left(s)}
	for _, g := range diagnosis.Groups() {
		if slices.Contains(g.Codes, s.Diagnosis) {
			out.Group = g.Title
		}
	}
	return out
}

// left is what arming a scenario cannot do.
func left(s *scenario.Scenario) []string {
	out := []string{}
	b := s.Browser
	for what, is := range map[string]bool{
		"browser: third-party cookies " + string(b.Cookies):       b.Cookies != "" && b.Cookies != scenario.CookiesAllowed,
		"browser: the app and the tenant are " + string(b.Origin): b.Origin == scenario.SameSite,
		"browser: headers of the app's page":                      len(b.Headers) > 0,
		"browser: timers are throttled":                           b.Throttled,
		"browser: an extension blocks addresses":                  len(b.Blocked) > 0,
		"browser: a service worker":                               b.Worker != "",
		"app: its silent page " + string(b.SilentPage):            b.SilentPage != "" && b.SilentPage != scenario.ParsesTheString,
		"app: a second SDK, " + b.SecondSDK:                       b.SecondSDK != "",
		"app: it asks the tenant at its custom domain":            b.CustomDomain,
	} {
		if is {
			out = append(out, what)
		}
	}
	slices.Sort(out)
	renewed := false
	for _, step := range s.Steps {
		if renewed = renewed || step.Do == scenario.Renew; renewed && step.Do == scenario.Renew || !renewed && arms(step.Do) {
			continue
		}
		out = append(out, step.String())
	}
	return out
}

// arms tells the steps that arming a scenario does.
func arms(v scenario.Verb) bool {
	switch v {
	case scenario.Arm, scenario.Advance, scenario.Sleep, scenario.BlockUser, scenario.DeleteUser, scenario.Change, scenario.EndSessions,
		scenario.RotateKey, scenario.RevokeTokens, scenario.WithdrawConsent:
		return true
	}
	return false
}

// ArmScenario brings this tenant, as it runs, to where the first renewal of a scenario fails: its settings, users, clock and faults, at
// a client (id or name; "": the first). Sessions, refresh tokens and consents end where it says so. What it cannot do, such as what
// takes a browser, stands in Left. To arm a scenario that is armed at this client does nothing.
func (t *Tenant) ArmScenario(id, client string) (ScenarioState, error) {
	c, err := t.catalogue()
	if err != nil {
		return ScenarioState{}, err
	}
	all, err := c.all()
	if err != nil {
		return ScenarioState{}, err
	}
	base, err := c.base()
	if err != nil {
		return ScenarioState{}, err
	}
	i := slices.IndexFunc(all, func(s *scenario.Scenario) bool { return s.ID == id })
	if i < 0 {
		return ScenarioState{}, control.UnknownScenario(id)
	}
	at, err := t.clientOrFirst(client)
	if err != nil {
		return ScenarioState{}, err
	}
	t.scenarios.mu.Lock()
	defer t.scenarios.mu.Unlock()
	if i := t.scenarios.find(id); i >= 0 {
		if t.scenarios.armed[i].state.Client == at.Name {
			return t.scenarios.armed[i].state, nil
		}
		if err := t.disarmScenario(i); err != nil {
			return ScenarioState{}, err
		}
	}
	return t.armScenario(all[i], base, at)
}

// clientOrFirst is the client of an id or a name; "": the tenant's first.
func (t *Tenant) clientOrFirst(client string) (*tenant.Client, error) {
	all := t.Snapshot().Clients
	switch {
	case client != "":
		return t.manager.Client(client)
	case len(all) == 0:
		return nil, errors.New("a scenario fails at a client, and this tenant has none: add one to tenant.yaml")
	}
	return all[0], nil
}

func (t *Tenant) armScenario(s *scenario.Scenario, base *tenant.Config, at *tenant.Client) (ScenarioState, error) {
	one := &armedScenario{state: stateOfScenario(s), change: adopt.Change{Without: base, With: s.Tenant}}
	one.state.Armed, one.state.Client = true, at.Name
	faults := slices.Clone(s.Faults)
	one.ahead = s.Browser.ClockAhead
	var actions []scenario.Step
	for _, step := range s.Steps {
		if step.Do == scenario.Renew {
			break
		}
		switch step.Do {
		case scenario.Arm:
			faults = append(faults, step.Fault)
		case scenario.Advance, scenario.Sleep:
			one.ahead += step.For
		case scenario.Change:
			one.change.With = step.Next
		default:
			actions = append(actions, step)
		}
	}
	one.change.With = withoutUsers(one.change.With, actions)
	if t.scenarios.before == nil {
		t.scenarios.before = t.Snapshot()
	}
	t.scenarios.armed = append(t.scenarios.armed, one)
	if err := t.reloadScenarios(); err != nil {
		return ScenarioState{}, errors.Join(fmt.Errorf("the scenario %s does not fit this tenant: %w", s.ID, err),
			t.disarmScenario(len(t.scenarios.armed)-1))
	}
	for n, f := range faults {
		f.ID = fmt.Sprintf("%s-%d", s.ID, n+1)
		if f.Name == "" {
			f.Name = "scenario " + s.ID
		}
		if c := base.Clients[0]; f.When.Client == c.Name || f.When.Client == c.ClientID {
			f.When.Client = at.ClientID
		}
		if _, err := t.SetFault(f); err != nil {
			return ScenarioState{}, errors.Join(fmt.Errorf("a fault of the scenario %s cannot be armed here: %w", s.ID, err),
				t.disarmScenario(len(t.scenarios.armed)-1))
		}
		one.faults = append(one.faults, f.ID)
	}
	if one.moved = one.ahead != 0; one.moved {
		t.Advance(one.ahead)
	}
	t.act(actions)
	return one.state, nil
}

// withoutUsers blocks and deletes users of a configuration as steps say.
func withoutUsers(config *tenant.Config, steps []scenario.Step) *tenant.Config {
	for _, step := range steps {
		switch step.Do {
		case scenario.BlockUser:
			config = config.Clone()
			for _, u := range config.Users {
				u.Blocked = u.Blocked || u.GoesBy(step.Of)
			}
		case scenario.DeleteUser:
			config = config.Clone()
			config.Users = slices.DeleteFunc(config.Users, func(u *tenant.User) bool { return u.GoesBy(step.Of) })
		default:
		}
	}
	return config
}

// act does what an administrator does in a scenario.
func (t *Tenant) act(steps []scenario.Step) {
	for _, step := range steps {
		switch step.Do {
		case scenario.EndSessions:
			t.EndSessions(step.Of)
		case scenario.RotateKey:
			if _, err := t.RotateKey(); err != nil {
				t.log.Warn("the key was not rotated", "why", err)
			}
		case scenario.RevokeTokens:
			t.RevokeRefreshTokens("", "")
		case scenario.WithdrawConsent:
			t.WithdrawGrants("", "")
		default:
		}
	}
}

// reloadScenarios puts the configuration in force that all armed scenarios make of the one before.
func (t *Tenant) reloadScenarios() error {
	next := t.scenarios.before
	for _, one := range t.scenarios.armed {
		next = one.change.Over(next, one.state.Client)
	}
	if len(t.scenarios.armed) == 0 {
		t.scenarios.before = nil
	}
	return t.reload(next)
}

// under is a configuration that is about to be loaded, under the scenarios that are armed. They hold through a Reload.
func (t *Tenant) under(next *tenant.Config) *tenant.Config {
	t.scenarios.mu.Lock()
	defer t.scenarios.mu.Unlock()
	if t.scenarios.before == nil {
		return next
	}
	t.scenarios.before = next
	for _, one := range t.scenarios.armed {
		next = one.change.Over(next, one.state.Client)
	}
	return next
}

// DisarmScenario takes a scenario back, "": all: settings, users and faults are as before, and the clock goes back by as much as it
// was moved. Sessions, tokens and consents that it ended stay ended. It returns how many there were.
func (t *Tenant) DisarmScenario(id string) (int, error) {
	t.scenarios.mu.Lock()
	defer t.scenarios.mu.Unlock()
	n := 0
	for i := len(t.scenarios.armed) - 1; i >= 0; i-- {
		if id == "" || t.scenarios.armed[i].state.ID == id {
			if err := t.disarmScenario(i); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, nil
}

func (t *Tenant) disarmScenario(i int) error {
	one := t.scenarios.armed[i]
	t.scenarios.armed = slices.Delete(t.scenarios.armed, i, i+1)
	for _, id := range one.faults {
		t.Disarm(id)
	}
	if one.moved {
		t.Advance(-one.ahead)
	}
	return t.reloadScenarios()
}

// forgetScenarios is part of a reset: the clock and the faults are at their start already.
func (t *Tenant) forgetScenarios() {
	t.scenarios.mu.Lock()
	defer t.scenarios.mu.Unlock()
	if t.scenarios.before == nil {
		return
	}
	before := t.scenarios.before
	t.scenarios.before, t.scenarios.armed = nil, nil
	if err := t.reload(before); err != nil {
		t.log.Error("the configuration from before the scenarios does not come back", "why", err)
	}
}

// controlledScenarios are a tenant's scenarios for its control API.
type controlledScenarios struct{ *Tenant }

func (c controlledScenarios) ListScenarios() (any, error) { return c.Scenarios() }

func (c controlledScenarios) ArmScenario(id, client string) (any, error) {
	return c.Tenant.ArmScenario(id, client)
}
