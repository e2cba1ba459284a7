package mockauth0

import (
	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/adopt"
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

// scenarioTenant is a tenant for the scenarios that are armed at it.
type scenarioTenant struct{ *Tenant }

func (t scenarioTenant) Load(next *tenant.Config) error {
	return t.learning.Load(t.manager.Exchange(), next)
}

func (t scenarioTenant) Client(name string) (*tenant.Client, error) { return t.manager.Client(name) }
