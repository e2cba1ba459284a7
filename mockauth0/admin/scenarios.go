package admin

import (
	"context"
	"io"
	"net/http"

	"renewal.example/mockauth0/diagnosis"
)

// Scenario is a failure of the tenant's catalogue, and whether the tenant is under it.
type Scenario struct {
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

// Scenarios lists the scenarios of the tenant's catalogue, and which are armed.
func (c *Client) Scenarios(ctx context.Context) ([]Scenario, error) {
	var out struct{ Scenarios []Scenario }
	err := c.get(ctx, "/scenarios", &out)
	return out.Scenarios, err
}

// ArmScenario puts the tenant that runs under a scenario, at a client by id or name ("": the first). To do so twice is as good as
// once. What it cannot arm is in Left.
func (c *Client) ArmScenario(ctx context.Context, id, client string) (out Scenario, err error) {
	return out, c.Do(ctx, http.MethodPut, "/scenarios/"+segment(id), struct {
		Client string `json:"client,omitempty"`
	}{client}, &out)
}

// DisarmScenario takes a scenario back ("": all that are armed), and tells how many there were. One that is not armed is an *Error
// of the status 404.
func (c *Client) DisarmScenario(ctx context.Context, id string) (int, error) {
	if id == "" {
		return c.number(ctx, "/scenarios")
	}
	return c.number(ctx, "/scenarios/"+segment(id))
}

// ObservedScenario is what just happened as a scenario file, which `mockauth0 reproduce` plays. It is an *Error of the status 404
// when no renewal has failed and nothing is armed.
func (c *Client) ObservedScenario(ctx context.Context) ([]byte, error) {
	res, err := c.send(ctx, http.MethodGet, c.api+"/scenario", nil, "application/yaml")
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	return io.ReadAll(res.Body)
}
