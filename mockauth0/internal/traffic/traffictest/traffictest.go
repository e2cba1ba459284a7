// Package traffictest holds what is read of a recording to golden files.
package traffictest

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"renewal.example/mockauth0/internal/traffic"
)

// Dump is all that is kept of a recording, so that a person can read it.
func Dump(t testing.TB, rec *traffic.Recording) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(rec); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Golden compares a recording with a file; update writes the file first.
func Golden(t testing.TB, file string, rec *traffic.Recording, update bool) {
	t.Helper()
	got := Dump(t, rec)
	if update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, _ := os.ReadFile(file); got != string(want) {
		t.Errorf("differs from %s (-update writes it anew; read the difference):\n%s", file, got)
	}
}
