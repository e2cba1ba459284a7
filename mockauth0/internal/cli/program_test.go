package cli

import (
	"strings"
	"testing"
)

// TestTheProgramIsNamedAsAPersonStartsIt: by the npm package it is two words, which the shell must not take for one.
func TestTheProgramIsNamedAsAPersonStartsIt(t *testing.T) {
	t.Parallel()
	for started, want := range map[string]string{
		"":                 "mockauth0",
		"npx mockauth0":    "npx mockauth0",
		".build/mockauth0": ".build/mockauth0",
		"/My Tools/mock":   "'/My Tools/mock'",
	} {
		if got := (Environment{Program: started}).program(); got != want {
			t.Errorf("started as %q: %s, want %s", started, got, want)
		}
	}
}

// TestWhatAPersonCopiesStartsTheProgram: help, errors and warnings name the program as the npm package starts it.
func TestWhatAPersonCopiesStartsTheProgram(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		program string
		args    []string
		has     []string
	}{
		{byNpx, []string{"--help"}, []string{"\n  npx mockauth0 serve --tenant ./acme", "npx mockauth0 [command] --help"}},
		{byNpx, []string{"import", "har", "--help"}, []string{"npx mockauth0 import har FILE",
			"Exit codes, beside those of every command (`npx mockauth0 --help`)", "npx mockauth0 import har login.har --json"}},
		{byNpx, []string{"har", "--help"}, []string{"`npx mockauth0 import har`", "or stdout could not be written"}},
		{byNpx, []string{"readyz", "--help"}, []string{"the tenant of npx mockauth0 serve or run"}},
		{byNpx, []string{"token"}, []string{"both needed: npx mockauth0 token --client", "See: npx mockauth0 token --help"}},
		{byNpx, []string{"har", "--url", "https://127.0.0.1:1"}, []string{"start one with npx mockauth0 serve, or"}},
		{byNpx, []string{"reproduce", "nope"}, []string{"`npx mockauth0 scenarios` lists them"}},
		{".build/mockauth0", []string{"validate"}, []string{"needs a directory: .build/mockauth0 validate DIR", "See: mockauth0 validate --help"}},
		{"", []string{"validate"}, []string{"needs a directory: mockauth0 validate DIR"}},
	} {
		stdout, stderr := newTranscript(), newTranscript()
		env := Environment{Lookup: func(string) (string, bool) { return "", false }, Program: tc.program}
		Run(t.Context(), append(tc.args, "--data-dir", t.TempDir()), env, Stdio{strings.NewReader(""), stdout, stderr})
		said := stdout.String() + stderr.String()
		for _, want := range tc.has {
			if !strings.Contains(said, want) {
				t.Errorf("%s %v lacks %q:\n%s", tc.program, tc.args, want, said)
			}
		}
		if strings.Contains(said, "npx npx") {
			t.Errorf("%v names npx twice:\n%s", tc.args, said)
		}
		if tc.program == byNpx && strings.Contains(strings.ReplaceAll(said, "npx mockauth0 ", ""), "mockauth0 "+tc.args[0]) {
			t.Errorf("%v names the program without npx:\n%s", tc.args, said)
		}
	}
}
