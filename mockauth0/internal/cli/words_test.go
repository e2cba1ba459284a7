package cli

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/tenant"
)

func TestPlatformDataDirectory(t *testing.T) {
	for _, tc := range []struct {
		name, goos string
		vars       map[string]string
		want       string // "": an error
	}{
		{"linux", "linux", map[string]string{"HOME": "/home/ada"}, "/home/ada/.local/share/mockauth0"},
		{"XDG", "linux", map[string]string{"HOME": "/home/ada", "XDG_DATA_HOME": "/xdg"}, "/xdg/mockauth0"},
		{"relative XDG is ignored", "linux", map[string]string{"HOME": "/home/ada", "XDG_DATA_HOME": "xdg"}, "/home/ada/.local/share/mockauth0"},
		{"macOS", "darwin", map[string]string{"HOME": "/Users/ada"}, "/Users/ada/Library/Application Support/mockauth0"},
		{"Windows", "windows", map[string]string{"LOCALAPPDATA": "/local"}, "/local/mockauth0"},
		{"nobody", "linux", nil, ""},
		{"nobody on Windows", "windows", map[string]string{"HOME": "/home/ada"}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			env := Environment{GOOS: tc.goos, Lookup: func(name string) (string, bool) { v, ok := tc.vars[name]; return v, ok }}
			got, err := platformDataDirectory(env)
			if got != tc.want || (err == nil) != (tc.want != "") {
				t.Errorf("got %q, %v; want %q", got, err, tc.want)
			}
		})
	}
}

func TestClaimValue(t *testing.T) {
	for text, want := range map[string]any{
		"true": true, "null": nil, "5": json.Number("5"), "12345678901234567890": json.Number("12345678901234567890"),
		`"5"`: "5", "ada": "ada", "": "", "[1": "[1", "1 2": "1 2", `["a"]`: []any{"a"},
		`{"a":{"b":1}}`: map[string]any{"a": map[string]any{"b": json.Number("1")}},
	} {
		if got := claimValue(text); !reflect.DeepEqual(got, want) {
			t.Errorf("claimValue(%q) is %#v, want %#v", text, got, want)
		}
	}
}

func TestQuoting(t *testing.T) {
	for text, want := range map[string]string{
		"plain": "plain", "two words": "'two words'", "it's": `"it's"`, "a#b": "'a#b'", "a$b": "'a$b'", "it's $5": `"it's \$5"`,
		"a\nb": `"a\nb"`, "": "",
	} {
		if got := dotenvValue(text); got != want {
			t.Errorf("dotenvValue(%q) is %s, want %s", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"/a/b.pem": "/a/b.pem", "": "''", "two words": "'two words'", "it's": `'it'\''s'`, "a&b": "'a&b'", "$HOME": "'$HOME'", "é": "'é'",
	} {
		if got := shellWord(text); got != want {
			t.Errorf("shellWord(%q) is %s, want %s", text, got, want)
		}
	}
}

func TestShort(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", time.Second: "1s", time.Minute: "1m", 90 * time.Second: "1m30s", 2 * time.Hour: "2h", 100 * time.Minute: "1h40m",
		10*time.Hour + 5*time.Second: "10h0m5s",
	} {
		if got := short(d); got != want {
			t.Errorf("short(%d) is %s, want %s", d, got, want)
		}
	}
}

func TestDomainOf(t *testing.T) {
	for _, tc := range []struct{ flag, configured, listen, want string }{
		{"", "", "127.0.0.1:4443", "localhost:4443"},
		{"", "auto", "127.0.0.1:443", "localhost"},
		{"", "login.acme.test", "127.0.0.1:4443", "login.acme.test"},
		{"auto", "login.acme.test", "127.0.0.1:4443", "localhost:4443"},
		{"other.test", "login.acme.test", "127.0.0.1:4443", "other.test"},
		{"Other.Test:443", "", "127.0.0.1:443", "other.test"},
		{"https://other.test", "", "127.0.0.1:443", "other.test"},
		{"http://localhost:4480", "login.acme.test", "127.0.0.1:4443", "http://localhost:4480"},
		{"http://auto", "", "127.0.0.1:4443", "http://localhost:4443"},
		{"http://auto", "", "127.0.0.1:80", "http://localhost"},
		{"http://auto", "", "127.0.0.1:443", "http://localhost:443"},
	} {
		if got := domainOf(tc.flag, tc.listen, &tenant.Config{Mock: tenant.Mock{Domain: tc.configured}}); got != tc.want {
			t.Errorf("domainOf(%q, %q, %q) is %s, want %s", tc.flag, tc.configured, tc.listen, got, tc.want)
		}
	}
}

func TestTheTableSaysWhatTheConsentPolicyMeans(t *testing.T) {
	for policy, want := range map[string]string{
		"skip": "skip: users are never asked", "classic": "silent requests answer consent_required",
		"new": "silent requests there answer interaction_required",
	} {
		tn := tenant.Minimal()
		tn.Mock.ConsentPolicy = policy
		if got := describeConsent(tn); !strings.HasPrefix(got, policy+": ") || !strings.Contains(got, want) {
			t.Errorf("%s is described as %q, want %q in it", policy, got, want)
		}
	}
}
