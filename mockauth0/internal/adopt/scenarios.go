package adopt

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/control"
	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/tenant"
)

// Tenant is one that runs, with what bringing it under a scenario needs.
type Tenant interface {
	Snapshot() *tenant.Config
	// Load puts a configuration in force.
	Load(next *tenant.Config) error
	// Client finds the client with an id or a name.
	Client(name string) (*tenant.Client, error)
	SetFault(f fault.Fault) (fault.Fault, error)
	Disarm(id string) int
	Advance(d time.Duration) time.Time
	EndSessions(user string) int
	RevokeRefreshTokens(user, client string) int
	WithdrawGrants(user, client string) int
	RotateKey() (kid string, err error)
}

// Catalogue are the scenarios that a server knows. It reads them once.
type Catalogue struct {
	all  func() ([]*scenario.Scenario, error)
	base func() (*tenant.Config, error)
}

// NewCatalogue reads the scenarios of a source when they are needed; nil: there are none.
func NewCatalogue(source *scenario.Source) *Catalogue {
	if source == nil {
		return nil
	}
	return &Catalogue{sync.OnceValues(source.All), sync.OnceValues(func() (*tenant.Config, error) {
		return tenant.Load(source.Base, "tutorial", tenant.LoadOptions{Strict: true})
	})}
}

// State is a scenario of the catalogue, and whether a tenant is under it.
type State struct {
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

// Scenarios are those that are armed at a tenant. Make them with NewScenarios. Safe for concurrent use.
type Scenarios struct {
	catalogue *Catalogue // nil: the server has none
	tenant    Tenant
	log       *slog.Logger

	mu     sync.Mutex
	before *tenant.Config // the configuration without any; nil: none is armed
	armed  []*armed
}

// NewScenarios has none armed at the tenant.
func NewScenarios(c *Catalogue, t Tenant, log *slog.Logger) *Scenarios {
	return &Scenarios{catalogue: c, tenant: t, log: log}
}

type armed struct {
	state  State
	change Change
	faults []string
	ahead  time.Duration // by how much the clock is to be moved
	moved  bool
}

// List are the scenarios of the catalogue, and which are armed.
func (s *Scenarios) List() ([]State, error) {
	all, _, err := s.read()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]State, 0, len(all))
	for _, one := range all {
		state := stateOf(one)
		if i := s.find(one.ID); i >= 0 {
			state = s.armed[i].state
		}
		out = append(out, state)
	}
	return out, nil
}

// read gives the scenarios and the tenant for which they are written.
func (s *Scenarios) read() (all []*scenario.Scenario, base *tenant.Config, err error) {
	if s.catalogue == nil {
		return nil, nil, control.ErrNoScenarios
	}
	if all, err = s.catalogue.all(); err != nil {
		return nil, nil, err
	}
	base, err = s.catalogue.base()
	return all, base, err
}

func (s *Scenarios) find(id string) int {
	return slices.IndexFunc(s.armed, func(one *armed) bool { return one.state.ID == id })
}

func stateOf(s *scenario.Scenario) State {
	out := State{ID: s.ID, Title: s.Title, Symptom: s.Symptom, Remedy: s.Remedy, Diagnosis: s.Diagnosis, Left: left(s)}
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
		"app: it asks the tenant at its custom domain":            b.CustomDomain,
		"app: its silent page " + string(b.SilentPage):            b.SilentPage != "" && b.SilentPage != scenario.ParsesTheString,
		"app: a second SDK, " + b.SecondSDK:                       b.SecondSDK != "",
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

// Arm brings the tenant, as it runs, to where the first renewal of a scenario fails, at a client (id or name; "": the first). To arm a
// scenario that is armed at this client does nothing.
func (s *Scenarios) Arm(id, client string) (State, error) {
	all, base, err := s.read()
	if err != nil {
		return State{}, err
	}
	i := slices.IndexFunc(all, func(one *scenario.Scenario) bool { return one.ID == id })
	if i < 0 {
		return State{}, control.UnknownScenario(id)
	}
	at, err := s.clientOrFirst(client)
	if err != nil {
		return State{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.find(id); i >= 0 {
		if s.armed[i].state.Client == at.Name {
			return s.armed[i].state, nil
		}
		if err := s.disarm(i); err != nil {
			return State{}, err
		}
	}
	return s.arm(all[i], base, at)
}

// clientOrFirst is the client of an id or a name; "": the tenant's first.
func (s *Scenarios) clientOrFirst(client string) (*tenant.Client, error) {
	all := s.tenant.Snapshot().Clients
	switch {
	case client != "":
		return s.tenant.Client(client)
	case len(all) == 0:
		return nil, errors.New("a scenario fails at a client, and this tenant has none: add one to tenant.yaml")
	}
	return all[0], nil
}

func (s *Scenarios) arm(sc *scenario.Scenario, base *tenant.Config, at *tenant.Client) (State, error) {
	one := &armed{state: stateOf(sc), change: Change{Without: base, With: sc.Tenant}}
	one.state.Armed, one.state.Client = true, at.Name
	faults := slices.Clone(sc.Faults)
	one.ahead = sc.Browser.ClockAhead
	var actions []scenario.Step
	for _, step := range sc.Steps {
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
	if s.before == nil {
		s.before = s.tenant.Snapshot()
	}
	s.armed = append(s.armed, one)
	if err := s.reload(); err != nil {
		return State{}, errors.Join(fmt.Errorf("the scenario %s does not fit this tenant: %w", sc.ID, err),
			s.disarm(len(s.armed)-1))
	}
	for n, f := range faults {
		f.ID = fmt.Sprintf("%s-%d", sc.ID, n+1)
		if f.Name == "" {
			f.Name = "scenario " + sc.ID
		}
		if c := base.Clients[0]; f.When.Client == c.Name || f.When.Client == c.ClientID {
			f.When.Client = at.ClientID
		}
		if _, err := s.tenant.SetFault(f); err != nil {
			return State{}, errors.Join(fmt.Errorf("a fault of the scenario %s cannot be armed here: %w", sc.ID, err),
				s.disarm(len(s.armed)-1))
		}
		one.faults = append(one.faults, f.ID)
	}
	if one.moved = one.ahead != 0; one.moved {
		s.tenant.Advance(one.ahead)
	}
	s.act(actions)
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
func (s *Scenarios) act(steps []scenario.Step) {
	for _, step := range steps {
		switch step.Do {
		case scenario.EndSessions:
			s.tenant.EndSessions(step.Of)
		case scenario.RotateKey:
			if _, err := s.tenant.RotateKey(); err != nil {
				s.log.Warn("the key was not rotated", "why", err)
			}
		case scenario.RevokeTokens:
			s.tenant.RevokeRefreshTokens("", "")
		case scenario.WithdrawConsent:
			s.tenant.WithdrawGrants("", "")
		default:
		}
	}
}

// reload puts the configuration in force that all armed scenarios make of the one before.
func (s *Scenarios) reload() error {
	next := s.before
	for _, one := range s.armed {
		next = one.change.Over(next, one.state.Client)
	}
	if len(s.armed) == 0 {
		s.before = nil
	}
	return s.tenant.Load(next)
}

// Over is a configuration that is about to be loaded, under the scenarios that are armed. They hold through a Reload.
func (s *Scenarios) Over(next *tenant.Config) *tenant.Config {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.before == nil {
		return next
	}
	s.before = next
	for _, one := range s.armed {
		next = one.change.Over(next, one.state.Client)
	}
	return next
}

// Disarm takes a scenario back, "": all: settings, users and faults are as before, and the clock goes back by as much as it
// was moved. Sessions, tokens and consents that it ended stay ended. It returns how many there were.
func (s *Scenarios) Disarm(id string) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for i := len(s.armed) - 1; i >= 0; i-- {
		if id == "" || s.armed[i].state.ID == id {
			if err := s.disarm(i); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, nil
}

func (s *Scenarios) disarm(i int) error {
	one := s.armed[i]
	s.armed = slices.Delete(s.armed, i, i+1)
	for _, id := range one.faults {
		s.tenant.Disarm(id)
	}
	if one.moved {
		s.tenant.Advance(-one.ahead)
	}
	return s.reload()
}

// Forget is part of a reset: the clock and the faults are at their start already.
func (s *Scenarios) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.before == nil {
		return
	}
	before := s.before
	s.before, s.armed = nil, nil
	if err := s.tenant.Load(before); err != nil {
		s.log.Error("the configuration from before the scenarios does not come back", "why", err)
	}
}
