package mockauth0

import (
	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/adopt"
	"renewal.example/mockauth0/internal/control"
	"renewal.example/mockauth0/internal/retell"
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

// Scenarios lists the scenarios of the server's catalogue, and which are armed at this tenant.
func (t *Tenant) Scenarios() ([]ScenarioState, error) {
	all, err := t.scenarios.List()
	return listOf(all, func(s adopt.State) ScenarioState { return ScenarioState(s) }), err
}

// ArmScenario brings this tenant, as it runs, to where the first renewal of a scenario fails: its settings, users, clock and faults, at
// a client (id or name; "": the first). Sessions, refresh tokens and consents end where it says so. What it cannot do, such as what
// takes a browser, stands in Left. To arm a scenario that is armed at this client does nothing.
func (t *Tenant) ArmScenario(id, client string) (ScenarioState, error) {
	state, err := t.scenarios.Arm(id, client)
	return ScenarioState(state), err
}

// DisarmScenario takes a scenario back, "": all: settings, users and faults are as before, and the clock goes back by as much as it
// was moved. Sessions, tokens and consents that it ended stay ended. It returns how many there were.
func (t *Tenant) DisarmScenario(id string) (int, error) {
	return t.scenarios.Disarm(id)
}

// ObservedScenario writes what just happened as a scenario file: the faults that acted since the login, what was done to the tenant, and
// the newest renewal that failed; when none has, what is armed. `mockauth0 reproduce` and `serve --scenario` play it. The file names
// no person and no client. The error says when there is nothing to write.
func (t *Tenant) ObservedScenario() ([]byte, error) {
	if t.server.options.Scenarios == nil {
		return nil, control.ErrNoScenarios
	}
	all, err := t.Scenarios()
	if err != nil {
		return nil, err
	}
	o := retell.Observed{Diagnoses: t.Diagnoses(), Events: t.Events(0), Faults: t.Faults()}
	for _, s := range all {
		if s.Armed {
			o.Scenarios = append(o.Scenarios, s.ID)
		}
	}
	text, err := retell.Scenario(o, *t.server.options.Scenarios)
	if err == nil && text == nil {
		err = control.ErrNothingObserved
	}
	return text, err
}

// scenarioTenant is a tenant for the scenarios that are armed at it.
type scenarioTenant struct{ *Tenant }

func (t scenarioTenant) Load(next *tenant.Config) error {
	return t.learning.Load(t.manager.Exchange(), next)
}

func (t scenarioTenant) Client(name string) (*tenant.Client, error) { return t.manager.Client(name) }
