package respond

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/oauth"
)

// A wrong hash would leave the form standing there, waiting for a click.
func TestTheFormsScriptIsTheOneThatItsPolicyAllows(t *testing.T) {
	sum := sha256.Sum256([]byte(formPostScript))
	if got := base64.StdEncoding.EncodeToString(sum[:]); got != formPostScriptHash {
		t.Errorf("formPostScriptHash is %q, want %q", formPostScriptHash, got)
	}
}

func TestMembersOfAnErrorInOrder(t *testing.T) {
	r := Response{State: "s", HasState: true, Err: &oauth.Error{Code: "access_denied", Description: "No.", URI: "https://help.example.test/"}}
	var names []string
	for _, m := range r.members() {
		names = append(names, m.Name)
	}
	if got := strings.Join(names, " "); got != "error error_description error_uri state" {
		t.Error(got)
	}
}
