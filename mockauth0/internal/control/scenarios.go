package control

import (
	"errors"
	"fmt"
	"net/http"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
)

// Scenarios are failures that a tenant can be put under while it runs. Their values are to be shown.
type Scenarios interface {
	ListScenarios() (any, error)
	ArmScenario(id, client string) (any, error)
	// DisarmScenario takes one back, "": all, and returns how many there were.
	DisarmScenario(id string) (int, error)
	// ObservedScenario is what just happened as a scenario file.
	ObservedScenario() ([]byte, error)
}

// ErrNoScenarios is why there are none.
var ErrNoScenarios = errors.New("this process has no scenarios: mockauth0 serve has, and a Go program by Options.Scenarios")

// ErrNothingObserved is why nothing can be written as a scenario.
var ErrNothingObserved = errors.New("no renewal has failed here, and neither " +
	"a fault nor a scenario is armed: let one fail, or arm what shall go wrong")

// UnknownScenario is the error for an id that no scenario has.
type UnknownScenario string

func (e UnknownScenario) Error() string { return fmt.Sprintf("there is no scenario %q", string(e)) }

// ofScenarios is the answer to an error about scenarios.
func ofScenarios(err error) error {
	if errors.Is(err, ErrNoScenarios) || errors.Is(err, ErrNothingObserved) {
		return &oauth.Error{Code: "not_found", Status: http.StatusNotFound, Description: err.Error(), Cause: err}
	}
	if _, unknown := errors.AsType[UnknownScenario](err); unknown {
		err = fmt.Errorf("%w; GET %s/scenarios lists them", err, names.ControlPath)
	}
	return bad(err)
}

// ListScenarios is GET /scenarios: all, and which are armed.
func (s *Service) ListScenarios(*httpx.Exchange, *http.Request) (*httpx.Result, error) {
	list, err := s.Scenarios.ListScenarios()
	if err != nil {
		return nil, ofScenarios(err)
	}
	return httpx.JSON(http.StatusOK, map[string]any{"scenarios": list}), nil
}

// ArmScenario is PUT /scenarios/{id} {client?}: the running tenant fails as the scenario says from now on.
func (s *Service) ArmScenario(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	var q struct {
		Client string `json:"client,omitempty"`
	}
	if r.ContentLength != 0 {
		if err := body(r, &q); err != nil {
			return nil, err
		}
	}
	if err := s.clientNamed(q.Client); err != nil {
		return nil, err
	}
	state, err := s.Scenarios.ArmScenario(r.PathValue("id"), q.Client)
	if err != nil {
		return nil, ofScenarios(err)
	}
	return httpx.JSON(http.StatusOK, state), nil
}

// DisarmScenario is DELETE /scenarios and DELETE /scenarios/{id}.
func (s *Service) DisarmScenario(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	id := r.PathValue("id")
	n, err := s.Scenarios.DisarmScenario(id)
	if err != nil {
		return nil, err
	}
	if id != "" && n == 0 {
		return nil, nothingArmed(id)
	}
	return httpx.JSON(http.StatusOK, map[string]int{"disarmed": n}), nil
}

func nothingArmed(id string) error {
	return &oauth.Error{Code: "not_found", Status: http.StatusNotFound, Description: fmt.Sprintf(
		"The scenario %q is not armed; GET %s/scenarios says which are.", httpx.Echo(id), names.ControlPath)}
}

// ShowObservedScenario is GET /scenario: what just happened, as a file that `mockauth0 reproduce` plays.
func (s *Service) ShowObservedScenario(*httpx.Exchange, *http.Request) (*httpx.Result, error) {
	text, err := s.Scenarios.ObservedScenario()
	if err != nil {
		return nil, ofScenarios(err)
	}
	return (&httpx.Result{Body: text}).Set("Content-Type", "application/yaml"), nil
}
