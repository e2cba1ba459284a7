package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/strict"
	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/stage"
)

func (a *app) scenariosCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "scenarios",
		Short:   "List the failures that can be reproduced",
		Long:    "scenarios lists the catalogue: every failure that `mockauth0 reproduce` can play with the real SDKs in a browser.",
		Example: lines("mockauth0 scenarios", "mockauth0 scenarios --json | jq -r '.[].id'"),
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			source, err := stage.Source()
			if err != nil {
				return err
			}
			all, err := source.All()
			if err != nil {
				return err
			}
			if asJSON {
				return a.scenariosAsJSON(all)
			}
			w := tabwriter.NewWriter(a.stdio.Out, 0, 0, 2, ' ', 0)
			for _, s := range all {
				fmt.Fprintf(w, "%s\t%s\n", s.ID, s.Title)
			}
			return w.Flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the whole files, as JSON")
	return cmd
}

// scenariosAsJSON prints what programs want to know.
func (a *app) scenariosAsJSON(all []*scenario.Scenario) error {
	type entry struct {
		ID         string         `json:"id"`
		Title      string         `json:"title"`
		Symptom    string         `json:"symptom"`
		Cause      string         `json:"cause"`
		Remedy     string         `json:"remedy"`
		Diagnosis  diagnosis.Code `json:"diagnosis"`
		SDKs       []string       `json:"sdks"`
		References []string       `json:"references,omitempty"`
		Read       string         `json:"read,omitempty"`
	}
	entries := make([]entry, len(all))
	for i, s := range all {
		entries[i] = entry{s.ID, s.Title, s.Symptom, s.Cause, s.Remedy, s.Diagnosis, s.SDKs(), s.References, s.Read}
	}
	return a.printJSON(entries)
}

// scenario reads one of the catalogue by its id, or a file of one's own, such as import writes.
func (a *app) scenario(id string) (*scenario.Scenario, error) {
	source, err := stage.Source()
	if err != nil {
		return nil, err
	}
	if name, isFile := strings.CutSuffix(filepath.Base(id), ".yaml"); isFile {
		if _, err := os.Stat(id); err != nil {
			return nil, refuse("the scenario %s cannot be read: %v", id, errors.Unwrap(err))
		}
		source.Files, source.Printed, source.Brief = os.DirFS(filepath.Dir(id)), filepath.Dir(id), true
		return source.Read(name)
	}
	ids, err := source.IDs()
	if err != nil {
		return nil, err
	}
	for _, known := range ids {
		if known == id {
			return source.Read(id)
		}
	}
	return nil, refuse("there is no scenario %q%s", id, a.likeScenario(id, ids))
}

// likeScenario ends the sentence about an unknown id: with those that have a word of it, or else the nearest.
func (a *app) likeScenario(id string, ids []string) string {
	var like []string
	for _, known := range ids {
		for _, word := range strings.FieldsFunc(strings.ToLower(id), func(r rune) bool { return r == '-' || r == '_' || r == ' ' }) {
			if len(word) > 2 && strings.Contains(known, word) {
				like = append(like, known)
				break
			}
		}
	}
	if len(like) > 0 && len(like) <= 6 {
		return "; there is " + strings.Join(like, ", ")
	}
	return strict.DidYouMean(id, ids) + "; `" + a.env.program() + " scenarios` lists them"
}
