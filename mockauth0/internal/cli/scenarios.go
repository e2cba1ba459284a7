package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/strict"
	"renewal.example/mockauth0/internal/terminal"
	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/stage"
)

type scenariosFlags struct {
	asJSON bool
	err    string
}

func (a *app) scenariosCommand() *cobra.Command {
	var flags scenariosFlags
	cmd := &cobra.Command{
		Use:   "scenarios [WORD…]",
		Short: "List the failures that can be reproduced",
		Long: "scenarios lists the catalogue by cause: every failure that `mockauth0 reproduce` can play with the real SDKs in a browser.\n" +
			"With words it lists those that have all of them in their id, title, cause, or in what an SDK reports. Exit code 3: none has.",
		Example: lines("mockauth0 scenarios", "mockauth0 scenarios cookies", "mockauth0 scenarios refresh token rotation",
			"mockauth0 scenarios --error login_required", "mockauth0 scenarios --json | jq -r '.[].id'"),
		RunE: func(_ *cobra.Command, args []string) error { return a.scenarios(args, flags) },

		ValidArgsFunction: completeExplained,
	}
	cmd.Flags().BoolVar(&flags.asJSON, "json", false, "print the whole files, as JSON")
	cmd.Flags().StringVar(&flags.err, "error", "", "only those in which an SDK reports this error code, such as login_required")
	complete(cmd, "error", completeErrors)
	return cmd
}

func (a *app) scenarios(words []string, flags scenariosFlags) error {
	all, err := catalogue()
	if err != nil {
		return err
	}
	if known := reportedErrors(all); flags.err != "" && !slices.Contains(known, flags.err) {
		return refuse("--error is %q, which no SDK reports in any scenario%s", flags.err, expected(flags.err, known))
	}
	found := slices.DeleteFunc(slices.Clone(all), func(s *scenario.Scenario) bool {
		return flags.err != "" && len(reporters(s, flags.err)) == 0 || !hasWords(s, words)
	})
	if flags.asJSON {
		err = a.scenariosAsJSON(found)
	} else {
		err = a.printScenarios(found, words, flags.err)
	}
	if err == nil && len(found) == 0 {
		return errNo
	}
	return err
}

// printScenarios prints ids and titles under the subject of their cause.
func (a *app) printScenarios(found []*scenario.Scenario, words []string, code string) error {
	if len(found) == 0 {
		_, err := fmt.Fprintf(
			a.stdio.Out,
			"No scenario fits %s. `%s scenarios` lists all.\n",
			strings.Join(quotedWords(words, code), " "),
			a.env.program(),
		)
		return err
	}
	widest := 0
	for _, s := range found {
		widest = max(widest, len(s.ID))
	}
	var list strings.Builder
	for i, g := range groupedByCause(found) {
		if i > 0 {
			list.WriteByte('\n')
		}
		fmt.Fprintln(&list, terminal.Bold(g.title))
		for _, s := range g.scenarios {
			line := fmt.Sprintf("  %-*s  %s", widest, s.ID, s.Title)
			if code != "" {
				line += terminal.Faint(" (" + strings.Join(reporters(s, code), ", ") + ")")
			}
			fmt.Fprintln(&list, line)
		}
	}
	if _, err := io.WriteString(a.stdio.Out, list.String()); err != nil {
		return err
	}
	_, err := fmt.Fprintf(
		a.stdio.Err,
		"\n%s. %s plays one in a browser.\n",
		countOf(len(found), "scenario", "scenarios"),
		a.again("reproduce ID"),
	)
	return err
}

func quotedWords(words []string, code string) (out []string) {
	for _, w := range words {
		out = append(out, strict.Quoted(w))
	}
	if code != "" {
		out = append(out, "--error "+code)
	}
	return out
}

// subject is a group of causes with its scenarios.
type subject struct {
	title     string
	scenarios []*scenario.Scenario
}

// groupedByCause puts scenarios under the subjects of their causes.
func groupedByCause(all []*scenario.Scenario) (out []subject) {
	left := slices.Clone(all)
	for _, g := range diagnosis.Groups() {
		s := subject{title: g.Title}
		left = slices.DeleteFunc(left, func(one *scenario.Scenario) bool {
			in := slices.Contains(g.Codes, one.Diagnosis)
			if in {
				s.scenarios = append(s.scenarios, one)
			}
			return in
		})
		if len(s.scenarios) > 0 {
			out = append(out, s)
		}
	}
	if len(left) > 0 {
		out = append(out, subject{"Others", left})
	}
	return out
}

// hasWords tells whether a scenario has all words in its id, title, cause, or in what SDKs report. A word's plural s does not count.
func hasWords(s *scenario.Scenario, words []string) bool {
	text := []string{s.ID, s.Title, s.Cause, string(s.Diagnosis)}
	for _, e := range s.Expect {
		text = append(text, e.Error, e.Description)
	}
	all := strings.ToLower(strings.Join(text, " "))
	for _, given := range words {
		for word := range strings.FieldsSeq(strings.ToLower(given)) {
			if short := strings.TrimSuffix(word, "s"); len(short) > 2 {
				word = short
			}
			if !strings.Contains(all, word) {
				return false
			}
		}
	}
	return true
}

// reporters are the SDKs that report an error's code in a scenario.
func reporters(s *scenario.Scenario, code string) (sdks []string) {
	for _, e := range s.Expect {
		if strings.EqualFold(e.Error, code) {
			sdks = append(sdks, e.SDKs...)
		}
	}
	return sdks
}

// reportedErrors are all codes that SDKs report.
func reportedErrors(all []*scenario.Scenario) (codes []string) {
	for _, s := range all {
		for _, e := range s.Expect {
			if e.Error != "" {
				codes = append(codes, e.Error)
			}
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// catalogue are all scenarios that come with the program.
func catalogue() ([]*scenario.Scenario, error) {
	source, err := stage.Source()
	if err != nil {
		return nil, err
	}
	return source.All()
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

// likeScenario ends the sentence about an unknown id: with the one that was likely meant, or else with those that have a word of it.
func (a *app) likeScenario(id string, ids []string) string {
	if near := strict.Nearest(id, ids); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
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
	return "; `" + a.env.program() + " scenarios` lists them"
}
