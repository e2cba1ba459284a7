// Package retell writes what a tenant has just observed as a scenario that can be played again: the faults that acted, what was done to
// the tenant since the login, and the renewal that failed.
package retell

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"testing/fstest"

	"go.yaml.in/yaml/v3"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/scenario"
)

// Observed is what a tenant knows.
type Observed struct {
	Events    []event.Event         // that it keeps, oldest first
	Diagnoses []diagnosis.Diagnosis // of what failed, oldest first
	Faults    []fault.Fault         // that are armed, or were and are used up
	Scenarios []string              // ids of those that are armed
}

// story is a scenario file as fixtures/scenarios/README.md describes it, as far as one is told here.
type story struct {
	notes     []string       // for the head of the file
	Title     string         `yaml:"title"`
	Symptom   string         `yaml:"symptom,omitempty"`
	Cause     string         `yaml:"cause,omitempty"`
	Remedy    string         `yaml:"remedy,omitempty"`
	Diagnosis diagnosis.Code `yaml:"diagnosis,omitempty"`
	Faults    []*yaml.Node   `yaml:"faults,omitempty"`
	Steps     []any          `yaml:"steps"`
}

// Scenario writes the newest failure as a scenario file, or, when nothing has failed, the faults and scenarios that are armed. nil:
// there is neither. source has the catalogue, of which scenarios are taken that arrange a cause better than what was seen.
//
// The file names nobody and no client of the tenant: it is played with the tutorial tenant. It needs no name of its own.
func Scenario(o Observed, source scenario.Source) ([]byte, error) {
	var failed *diagnosis.Diagnosis
	if n := len(o.Diagnoses); n > 0 {
		failed = &o.Diagnoses[n-1]
	}
	if id := o.known(failed, source.Files); id != "" {
		return ofCatalogue(id, failed, source)
	}
	s := o.told(failed)
	if failed == nil && len(s.Faults) == 0 {
		return nil, nil
	}
	text, err := encode(s.notes, s)
	if err != nil {
		return nil, err
	}
	return text, playable(text, source)
}

// known is the scenario of the catalogue that tells it better: one that is armed, or, where nobody did anything to the tenant, the one
// of the cause.
func (o Observed) known(failed *diagnosis.Diagnosis, catalogue fs.FS) string {
	if failed == nil {
		if len(o.Scenarios) > 0 {
			return o.Scenarios[len(o.Scenarios)-1]
		}
		return ""
	}
	cause := failed.Causes[0]
	for _, id := range slices.Backward(o.Scenarios) {
		if text, err := fs.ReadFile(catalogue, id+".yaml"); err == nil && bytes.Contains(text, []byte("\ndiagnosis: "+cause.Code+"\n")) {
			return id
		}
	}
	if cause.Scenario == "" || o.told(failed).arranged() {
		return ""
	}
	return cause.Scenario
}

// arranged tells whether anything was done that can be the reason of the failure.
func (s story) arranged() bool {
	return len(s.Faults) > 0 || slices.ContainsFunc(s.Steps, func(step any) bool { return step != scenario.Renew })
}

// ofCatalogue is the file of a scenario of the catalogue, as a person's own.
func ofCatalogue(id string, failed *diagnosis.Diagnosis, source scenario.Source) ([]byte, error) {
	content, err := fs.ReadFile(source.Files, id+".yaml")
	if err != nil {
		return nil, fmt.Errorf("the catalogue has no scenario %q: %w", id, err)
	}
	var file yaml.Node
	if err := yaml.Unmarshal(content, &file); err != nil {
		return nil, err
	}
	root := file.Content[0]
	for i := 0; i < len(root.Content); {
		if slices.Contains([]string{"id", "references", "read", "also", "expect"}, root.Content[i].Value) {
			root.Content = slices.Delete(root.Content, i, i+2)
			continue
		}
		i += 2
	}
	note := "It is the scenario " + id + " of the catalogue"
	if failed != nil {
		note += ", which has the cause that the tenant found: " + string(failed.Causes[0].Code)
	}
	text, err := encode([]string{note + "."}, &file)
	if err != nil {
		return nil, err
	}
	return text, playable(text, source)
}

// encode writes the file. Each note is a line of its head.
func encode(notes []string, v any) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("# What a tenant observed, as a scenario. Play it: `mockauth0 reproduce FILE`, or `mockauth0 serve --scenario FILE`.\n")
	for _, note := range notes {
		fmt.Fprintf(&out, "# %s\n", note)
	}
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return out.Bytes(), enc.Close()
}

// playable is an error unless the file can be read again.
func playable(text []byte, source scenario.Source) error {
	source.Files, source.Brief = fstest.MapFS{"observed.yaml": {Data: text}}, true
	if _, err := source.Read("observed"); err != nil {
		return fmt.Errorf("what was observed makes no scenario that can be played: %w", err)
	}
	return nil
}

// written is a fault as a file has it, without what names the tenant's own people and clients.
func written(f fault.Fault) (*yaml.Node, error) {
	f.ID, f.Fired = "", 0
	f.When.Client, f.When.User, f.When.Connection = "", "", ""
	raw, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	var n yaml.Node
	if err := yaml.Unmarshal(raw, &n); err != nil {
		return nil, err
	}
	plain(&n)
	return n.Content[0], nil
}

// plain takes the style of JSON away.
func plain(n *yaml.Node) {
	n.Style = 0
	for _, child := range n.Content {
		plain(child)
	}
}
