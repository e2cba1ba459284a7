package tenant_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"renewal.example/mockauth0/tenant"
)

func update(t *testing.T, file, content string) bool {
	t.Helper()
	if on := flag.Lookup("update"); on == nil || on.Value.String() != "true" {
		return false
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return true
}

func TestMain(m *testing.M) {
	flag.Bool("update", false, "write the expected output anew; read the difference before you commit it")
	os.Exit(m.Run())
}

func bindings(key string) (string, bool) {
	values := map[string]string{
		"NAME": "My App", "LONG_NAME": "a name that is much longer than its marker", "CALLBACKS": `["https://app.example.test/", "//evil"]`,
		"ORIGINS": `["https://app.example.test"]`, "TEXT": `say "hi"`,
	}
	value, ok := values[key]
	return value, ok
}

func problemsOf(t *testing.T, err error) tenant.Problems {
	t.Helper()
	var problems tenant.Problems
	if err != nil && !errors.As(err, &problems) {
		t.Fatalf("the error is a %T, not Problems: %v", err, err)
	}
	return problems
}

// Every directory under testdata/bad holds one kind of bad input, and expected.txt with each line that a person sees.
func TestBadInputIsReportedWithItsPosition(t *testing.T) {
	cases, err := filepath.Glob("testdata/bad/*")
	if err != nil || len(cases) == 0 {
		t.Fatal("no cases", err)
	}
	for _, dir := range cases {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			_, err := tenant.Load(os.DirFS(dir), filepath.Base(dir), tenant.LoadOptions{Env: bindings, Strict: true})
			if err == nil {
				t.Fatal("the directory loads")
			}
			problems := problemsOf(t, err)
			got := problems.Error() + "\n"
			if update(t, dir+"/expected.txt", got) {
				return
			}
			want, err := os.ReadFile(dir + "/expected.txt")
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got:\n%swant:\n%s", got, want)
			}
		})
	}
}

// A lenient load takes unknown keys of tenant.yaml and says so; those of our own files stay errors.
func TestUnknownKeysAreWarningsInTenantYAMLOnly(t *testing.T) {
	_, err := tenant.Load(os.DirFS("testdata/bad/unknown-keys"), "x", tenant.LoadOptions{})
	for _, p := range problemsOf(t, err) {
		if strings.HasSuffix(p.File, "tenant.yaml") {
			t.Error("an error:", p)
		}
	}
	if err == nil {
		t.Error("unknown keys of users.json and mock.yaml are accepted")
	}
	loaded, err := tenant.Load(only(t, "testdata/bad/unknown-keys", "tenant.yaml"), "x", tenant.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, w := range loaded.Warnings {
		lines = append(lines, w.String())
	}
	want := `x/tenant.yaml:6:5: unknown key "calbacks" in client "My App"; did you mean "callbacks"?`
	if len(lines) != 6 || !slices.Contains(lines, want) {
		t.Errorf("warnings:\n%s", strings.Join(lines, "\n"))
	}
}

// The warnings may say what led to the problems, so they come along, in front and marked as warnings.
func TestWarningsComeWithTheProblems(t *testing.T) {
	directory := fstest.MapFS{
		"tenant.yaml": {Data: []byte("clientz:\n  - name: Web\ndatabases:\n  - {name: Users, enabled_clients: [Web]}\n")},
	}
	_, err := tenant.Load(directory, "x", tenant.LoadOptions{})
	var failed *tenant.LoadError
	if !errors.As(err, &failed) || len(failed.Warnings) != 1 || len(problemsOf(t, err)) != 1 {
		t.Fatalf("got %#v, want one warning and one problem", err)
	}
	want := `warning: x/tenant.yaml:1:1: unknown key "clientz" in tenant.yaml; did you mean "clients"?
x/tenant.yaml:4:37: there is no client "Web"; expected an entry of clients, but clients is missing or empty`
	if err.Error() != want {
		t.Errorf("got:\n%s\nwant:\n%s", err, want)
	}
}

// A name that leads nowhere among too many to list still says where the names are.
func TestReferencesSayWhatWasExpected(t *testing.T) {
	many := "clients:\n"
	for c := 'a'; c < 'a'+13; c++ {
		many += "  - name: " + strings.Repeat(string(c), 9) + "\n"
	}
	directory := fstest.MapFS{"tenant.yaml": {Data: []byte(many + "databases:\n  - {name: Users, enabled_clients: [Web]}\n")}}
	_, err := tenant.Load(directory, "x", tenant.LoadOptions{})
	if err == nil || !strings.Contains(err.Error(), `there is no client "Web"; expected one of the 13 entries of clients`) {
		t.Errorf("got %v", err)
	}
}

func TestUsersCutShortSayWhatIsMissing(t *testing.T) {
	for text, want := range map[string]string{
		`[{"email": "a@b.test"`:   "expected the rest, which ends with }]",
		`[{"email": "a]\"}@b.te`:  `expected the rest, which ends with "}]`,
		`[{"email": "a@b.test"},`: "expected the rest, which ends with ]",
	} {
		_, err := tenant.Load(fstest.MapFS{
			"tenant.yaml": {Data: []byte("clients: []")}, "users.json": {Data: []byte(text)},
		}, "x", tenant.LoadOptions{})
		if err == nil || !strings.Contains(err.Error(), "the file ends too early; "+want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestAllOriginsIsNoOrigin(t *testing.T) {
	_, err := tenant.Load(fstest.MapFS{
		"tenant.yaml": {Data: []byte(`clients: [{name: Web, web_origins: ["*"]}]`)}, "mock.yaml": {Data: []byte(`control_origins: ["*"]`)},
	}, "x", tenant.LoadOptions{})
	for _, p := range problemsOf(t, err) {
		if !strings.Contains(p.Message, `"*" means all origins; each origin must be named`) {
			t.Error(p)
		}
	}
	if len(problemsOf(t, err)) != 2 {
		t.Error(err)
	}
}
