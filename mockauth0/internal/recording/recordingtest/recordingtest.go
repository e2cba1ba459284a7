// Package recordingtest holds what is read of a recording to golden files.
package recordingtest

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"renewal.example/mockauth0/internal/recording"
)

// Dump is all that is kept of a recording, so that a person can read it.
func Dump(t testing.TB, rec *recording.Recording) string {
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
func Golden(t testing.TB, file string, rec *recording.Recording, update bool) {
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
