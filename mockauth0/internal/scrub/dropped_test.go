package scrub

import (
	"fmt"
	"strings"
	"testing"
)

func TestSecretsThatAreTooManyAreCounted(t *testing.T) {
	var s Scrubber
	for i := range maxSecrets {
		s.Secret(fmt.Sprintf("secret-%06d", i))
	}
	s.Secret("secret-000000") // known
	s.Secret("short")         // known by its place only, whatever there is room for
	if s.Dropped() != 0 {
		t.Errorf("%d are dropped", s.Dropped())
	}
	s.Secret("one-too-many")
	s.Secret(strings.Repeat("x", maxSecret+1))
	if s.Dropped() != 2 || len(s.Secrets()) != maxSecrets {
		t.Errorf("%d are dropped, and %d known", s.Dropped(), len(s.Secrets()))
	}
}
