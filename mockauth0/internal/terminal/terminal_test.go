package terminal

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
)

func TestText(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"words", "Ångström, 東京 👩‍👩‍👧\n\tعربي", "Ångström, 東京 👩‍👩‍👧\n\tعربي"},
		{"C0", "a\x1b[31mb\x07\r", "a\uFFFD[31mb\uFFFD\uFFFD"},
		{"delete", "a\x7f", "a\uFFFD"},
		{"C1", "a\u009b31mb\u0085", "a\uFFFD31mb\uFFFD"},
		{"C1 as a byte", "a\x9b31m", "a\uFFFD31m"},
		{"embedding", "a\u202edcba\u202c", "a\uFFFDdcba\uFFFD"},
		{"isolate", "\u2066a\u2069", "\uFFFDa\uFFFD"},
		{"marks", "\u200ea\u200f\u061c", "\uFFFDa\uFFFD\uFFFD"},
		{"separators", "a\u2028b\u2029", "a\uFFFDb\uFFFD"},
	} {
		if got := Text(tc.text); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
		var out bytes.Buffer
		if n, err := Writer(&out).Write([]byte(tc.text)); n != len(tc.text) || err != nil || out.String() != tc.want {
			t.Errorf("%s: wrote %q, %d, %v", tc.name, &out, n, err)
		}
	}
}

func TestJSONMeansTheSameAndSteersNothing(t *testing.T) {
	value := map[string]string{"na\u202eme": "a\u009b31m\x1b[31m\u2066b\u2028 東京\r\n\t\x7f"}
	text, err := json.MarshalIndent(value, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if n, err := JSONWriter(&out).Write(text); n != len(text) || err != nil {
		t.Fatal(n, err)
	}
	if bytes.ContainsFunc(out.Bytes(), steers) {
		t.Errorf("%q steers a terminal", &out)
	}
	var got map[string]string
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || got["na\u202eme"] != value["na\u202eme"] {
		t.Errorf("%q means %q (%v)", &out, got, err)
	}
	plain := []byte("{\"a\":\r\n1}")
	if got := JSON(plain); !bytes.Equal(got, plain) {
		t.Errorf("%q became %q", plain, got)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("full") }

func TestWritersPassErrorsOn(t *testing.T) {
	if n, err := Writer(failing{}).Write([]byte("a")); n != 0 || err == nil {
		t.Errorf("%d, %v", n, err)
	}
}
