package ownapp

import "testing"

func TestAddSettings(t *testing.T) {
	t.Parallel()
	settings := []Setting{{"DOMAIN", "localhost:4443", "DOMAIN=localhost:4443"}, {"SECRET", "a b", "SECRET='a b'"}}
	for _, c := range []struct{ name, text, want string }{
		{"a new file", "", "# by me\nDOMAIN=localhost:4443\nSECRET='a b'\n"},
		{"beside others", "OTHER=1\n", "OTHER=1\n\n# by me\nDOMAIN=localhost:4443\nSECRET='a b'\n"},
		{"no line end at the end", "OTHER=1", "OTHER=1\n\n# by me\nDOMAIN=localhost:4443\nSECRET='a b'\n"},
		{"line ends of Windows", "OTHER=1\r\n", "OTHER=1\r\n\r\n# by me\r\nDOMAIN=localhost:4443\r\nSECRET='a b'\r\n"},
		{"one is there", "DOMAIN = localhost:4443 # mine\n", "DOMAIN = localhost:4443 # mine\n\n# by me\nSECRET='a b'\n"},
		{"both are there", "export DOMAIN=\"localhost:4443\"\nSECRET=`a b`\n", "export DOMAIN=\"localhost:4443\"\nSECRET=`a b`\n"},
		{"one is in a comment", "# DOMAIN=other\nSECRET=a b", "# DOMAIN=other\nSECRET=a b\n\n# by me\nDOMAIN=localhost:4443\n"},
		{"inside of a value with lines", "KEY=\"one\nDOMAIN=other\n\"\nSECRET=a b\n",
			"KEY=\"one\nDOMAIN=other\n\"\nSECRET=a b\n\n# by me\nDOMAIN=localhost:4443\n"},
		{"the last of two counts", "DOMAIN=other\nDOMAIN=localhost:4443\nSECRET=a b\n", "DOMAIN=other\nDOMAIN=localhost:4443\nSECRET=a b\n"},
	} {
		if out, _, conflicts := AddSettings([]byte(c.text), "by me", settings); string(out) != c.want || conflicts != nil {
			t.Errorf("%s: %q, %v; want %q", c.name, out, conflicts, c.want)
		}
	}
	for _, c := range []struct {
		name, text string
		want       Conflict
	}{
		{"another value", "A=1\nDOMAIN=acme.auth0.com\n", Conflict{2, "DOMAIN"}},
		{"none", "DOMAIN=\n", Conflict{1, "DOMAIN"}},
		{"a quote that does not end", "DOMAIN='localhost:4443\n", Conflict{1, "DOMAIN"}},
		{"the last of two", "DOMAIN=localhost:4443\nDOMAIN=acme.auth0.com\n", Conflict{2, "DOMAIN"}},
	} {
		out, added, conflicts := AddSettings([]byte(c.text), "by me", settings)
		if string(out) != c.text || added != 0 || len(conflicts) != 1 || conflicts[0] != c.want {
			t.Errorf("%s: %q, %d added, %+v; want %+v", c.name, out, added, conflicts, c.want)
		}
	}
}
