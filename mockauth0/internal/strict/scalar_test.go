package strict

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestAScalarIsReadBack as the text that it was, from one line of a mapping or a list that goes on with a comment.
func TestAScalarIsReadBack(t *testing.T) {
	for _, text := range []string{
		"", " ", "Log in", "http://localhost:5173/in?x=1&y", "urn:my: api", "ends:", "it's: here", `/log ?out|"bye"/`, `/\bin\b/`,
		"- yes", "#1", "a #b",
		"123", "1e3", "0x1F", "12:30:45", "true", "No", "y", "~", "null", "2001-01-01",
		"---", "<<", "=", "*all", "&a", "!x", "@b", "`c`", "%d", "[a]", "{b}",
		"two\nlines", "tab\there", "\r", " padded ", "ümlaut", strings.Repeat("long and ", 40) + "longer",
	} {
		written := Scalar(text)
		var got struct {
			Key  any
			List []any
		}
		err := yaml.Unmarshal([]byte("key: "+written+" # a comment\nlist:\n  - "+written+"\n"), &got)
		if err != nil || got.Key != text || len(got.List) != 1 || got.List[0] != text || strings.Contains(written, "\n") {
			t.Errorf("%q is written %s and read back as %+v (%v)", text, written, got, err)
		}
	}
	for text, want := range map[string]string{"Log in": "Log in", "http://localhost:5173": "http://localhost:5173", "on": `"on"`} {
		if got := Scalar(text); got != want {
			t.Errorf("%q is written %s, want %s", text, got, want)
		}
	}
}
