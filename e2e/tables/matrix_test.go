package tables

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var (
	nine   = SDK{Name: "auth0.js", Version: "9.32.0", Runs: Browser}
	ten    = SDK{Name: "auth0.js", Version: "10.2.1", Runs: Browser}
	worker = SDK{Name: "auth0-spa-js", Version: "2.27.0", Way: "refresh tokens in a worker", Runs: Browser}
	oidc   = SDK{Name: "go-oidc", Version: "3.21.0", Runs: Server}
)

func TestMatrix(t *testing.T) {
	got, err := Matrix([]Result{
		{Claim{ten, LogsOut}, true},
		{Claim{oidc, LogsIn}, true},
		{Claim{ten, LogsIn}, true},
		{Claim{nine, LogsIn}, true},
		{Claim{worker, Rotates}, false},
		{Claim{worker, Rotates}, true},
		{Claim{nine, LogsIn}, true},
	})
	want := `
| in the browser | login | rotation | logout |
|---|:-:|:-:|:-:|
| auth0-spa-js 2.27.0 with refresh tokens in a worker |  | ✗ |  |
| auth0.js 9.32.0 | ✓ |  |  |
| auth0.js 10.2.1 | ✓ |  | ✓ |

| on servers | login |
|---|:-:|
| go-oidc 3.21.0 | ✓ |

`
	if err != nil || got != want {
		t.Errorf("error %v, tables\n%s\nwant\n%s", err, got, want)
	}
	if _, err := Matrix(nil); err == nil {
		t.Error("tables of nothing are no error")
	}
}

func TestRead(t *testing.T) {
	report := `[{"SuiteConfig": {"LabelFilter": "!again && !slow"}, "SpecReports": [
		{"State": "passed", "ReportEntries": [
			{"Name": "evidence", "Value": {"AsJSON": "\"x\""}},
			{"Name": "` + EntryName + `",
				"Value": {"AsJSON": "{\"sdk\":{\"name\":\"auth0.js\",\"version\":\"9.32.0\",\"runs\":\"in the browser\"},\"behaviour\":\"login\"}"}}]},
		{"State": "failed", "ReportEntries": [
			{"Name": "` + EntryName + `",
				"Value": {"AsJSON": "{\"sdk\":{\"name\":\"auth0.js\",\"version\":\"10.2.1\",\"runs\":\"in the browser\"},\"behaviour\":\"logout\"}"}}]},
		{"State": "skipped", "LeafNodeText": "no claim", "LeafNodeLabels": ["again"]},
		{"State": "passed"}]}]`
	got, err := ReadReport(strings.NewReader(report))
	if err != nil || len(got) != 2 || got[0] != (Result{Claim{nine, LogsIn}, true}) || got[1] != (Result{Claim{ten, LogsOut}, false}) {
		t.Errorf("error %v, results %v", err, got)
	}
	for name, tc := range map[string]struct{ report, err string }{
		"no JSON": {"<junit/>", "JSON report"},
		"a run of some": {`[{"SuiteConfig": {"LabelFilter": "renewal"}, "SpecReports": [
			{"State": "skipped", "LeafNodeText": "logs out", "LeafNodeLabels": ["sdk"]}]}]`, `labels "renewal"), without "logs out"`},
		"a run of some containers": {`[{"SuiteConfig": {"FocusStrings": ["a"]}, "SpecReports": [
			{"State": "skipped", "LeafNodeText": "b", "ContainerHierarchyLabels": [["sdk"]]}]}]`, `focus ["a"]`},
	} {
		if _, err := ReadReport(strings.NewReader(tc.report)); err == nil || !strings.Contains(err.Error(), tc.err) {
			t.Errorf("%s: error %v, want one about %q", name, err, tc.err)
		}
	}
}

func TestVersions(t *testing.T) {
	dir := t.TempDir()
	goMod := "module a\n\nrequire b/c v1.2.3\n\nrequire (\n\td/e/v4 v4.5.6-rc.1 // indirect\n)\n"
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(goMod), 0o600); err != nil {
		t.Fatal(err)
	}
	module := func(path string) func() (string, error) {
		return func() (string, error) { return Module(filepath.Join(dir, "go.mod"), path) }
	}
	for _, tc := range []struct {
		name string
		read func() (string, error)
		want string
	}{
		{"module in a line", module("b/c"), "1.2.3"},
		{"module in a block", module("d/e/v4"), "4.5.6-rc.1"},
		{"no such module", module("b"), ""},
	} {
		if got, err := tc.read(); got != tc.want || (err != nil) != (tc.want == "") {
			t.Errorf("%s: %q, error %v; want %q", tc.name, got, err, tc.want)
		}
	}
}
