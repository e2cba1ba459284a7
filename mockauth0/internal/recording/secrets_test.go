package recording

import (
	"strconv"
	"testing"
)

func TestSecretsAreFoundWhereverTheyStand(t *testing.T) {
	for _, tc := range []struct {
		name    string
		secrets []string
		text    string
		want    string
	}{
		{"none", nil, "some text", "some text"},
		{"alone", []string{"tulips"}, "tulips", Redacted},
		{"twice", []string{"tulips"}, "a tulips b tulips c", "a " + Redacted + " b " + Redacted + " c"},
		{"side by side", []string{"tulips", "roses!"}, "tulipsroses!", Redacted + Redacted},
		{"one in the other", []string{"tulips", "red tulips grow"}, "the red tulips grow", "the " + Redacted},
		{"two that end alike", []string{"tulips", "red tulips"}, "tulips, red tulips", Redacted + ", " + Redacted},
		{"overlapping", []string{"red tulips", "tulips grow"}, "the red tulips grow here", "the " + Redacted + " here"},
		{"part of one", []string{"red tulips"}, "tulips are red", "tulips are red"},
		{"encoded", []string{"red&tulip"}, "x=red%26tulip", "x=" + Redacted},
		{"too short", []string{"tulip"}, "a tulip", "a tulip"},
		{"shorter than any", []string{"tulips"}, "a", "a"},
	} {
		s := newSecrets()
		for _, value := range tc.secrets {
			s.add(value)
		}
		if got := s.replace(tc.text, nil); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
	s := newSecrets()
	s.add("tulips")
	if got := s.replace("tulips", map[string]bool{"tulips": true}); got != "tulips" {
		t.Errorf("what may be shown becomes %q", got)
	}
}

// A long recording has a secret or two in each exchange, and text in between. Work for each that grew with their number would
// not end before the test is stopped.
func TestThousandsOfSecretsCostNoMoreThanTheirNumber(t *testing.T) {
	r := NewRedactor()
	for i := range 30_000 {
		r.Secret(opaque + strconv.Itoa(i))                       // one begins as the other, as tokens do
		r.Secret(strconv.Itoa(i) + "-maria.sample@acme.example") // or ends so, as addresses do
		r.Text("the refresh token of somebody at acme.example is unknown")
	}
	if got := r.Text("it was " + opaque + "21999."); got != "it was "+Redacted+"." {
		t.Errorf("%q", got)
	}
}
