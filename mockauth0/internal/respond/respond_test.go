package respond

import (
	"crypto/sha256"
	"encoding/base64"
	"testing"
)

// A wrong hash would leave the form standing there, waiting for a click.
func TestTheFormsScriptIsTheOneThatItsPolicyAllows(t *testing.T) {
	sum := sha256.Sum256([]byte(formPostScript))
	if got := base64.StdEncoding.EncodeToString(sum[:]); got != formPostScriptHash {
		t.Errorf("formPostScriptHash is %q, want %q", formPostScriptHash, got)
	}
}
