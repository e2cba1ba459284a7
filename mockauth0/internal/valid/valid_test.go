package valid_test

import (
	"testing"

	"renewal.example/mockauth0/internal/valid"
)

func TestEmailAddress(t *testing.T) {
	for text, want := range map[string]bool{
		"ada@example.test": true, "a@b": true, "": false, "ada": false, "@example.test": false, "ada@": false, "a@b@c": false, "a b@c": false,
	} {
		if got := valid.EmailAddress(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestPublicKeysThatCannotBeRead(t *testing.T) {
	for _, text := range []string{"", "no PEM", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"} {
		if key, err := valid.PublicKey(text); err == nil {
			t.Errorf("%q is read as %v", text, key)
		}
	}
}
