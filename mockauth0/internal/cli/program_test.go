package cli

import "testing"

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
