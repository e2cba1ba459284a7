package cli

import (
	"strings"
	"testing"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/ownapp"
)

// TestAFailureIsReproducedWithTheAppThatServeKnows: the SDKs of the catalogue are in a checkout alone, and who serves a tenant for an
// app has that app.
func TestAFailureIsReproducedWithTheAppThatServeKnows(t *testing.T) {
	t.Parallel()
	mine, err := ownapp.New(ownapp.Options{URLs: []string{"http://localhost:5173"}})
	if err != nil {
		t.Fatal(err)
	}
	teller := &app{}
	for _, c := range []struct {
		what served
		at   string
		want string
	}{
		{served{}, "localhost:4443", " mockauth0 reproduce family-revoked\n"},
		{served{app: mine}, "localhost:4443", " mockauth0 reproduce family-revoked --app http://localhost:5173\n"},
		{served{app: mine}, "http://localhost:4443", " mockauth0 reproduce family-revoked --app http://localhost:5173\n"},
		{served{app: mine}, "http://localhost:4480",
			" mockauth0 reproduce family-revoked --app http://localhost:5173 --domain http://localhost:4480\n"},
		{served{app: mine, proxy: &appProxy{}}, "localhost:4443", " mockauth0 reproduce family-revoked\n"},
	} {
		var out strings.Builder
		teller.tellReproduce(&out, "", c.what.reproduceFlags(c.at), []diagnosis.Cause{{Scenario: "family-revoked"}})
		if !strings.HasSuffix(out.String(), c.want) {
			t.Errorf("at %s it says %q, want %q", c.at, out.String(), c.want)
		}
	}
}
