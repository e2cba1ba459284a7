package mockauth0_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "renewal.example"

// layers holds the packages of the library from the ground up. A package may import only packages of lower
// layers, so there are no cycles of meaning and a reader knows where to look next.
func layers() [][]string {
	return [][]string{
		{"internal/pattern"},
		{"event", "internal/strict", "internal/valid", "internal/secret", "internal/safefile", "internal/scrub", "internal/terminal",
			"internal/look",
			"internal/domain"},
		{"diagnosis"},
		{"internal/statejson"},
		{"internal/auth0text", "internal/clock", "internal/eventlog", "internal/explain", "internal/oauth", "internal/ratelimit",
			"internal/jsonpull",
			"internal/names", "internal/harfile"},
		{"internal/httpx", "internal/datadir", "internal/recording", "internal/diagnose", "internal/child", "internal/follow", "tenant", "fault"},
		{"internal/conns", "internal/keys", "internal/localca", "internal/appproxy", "admin", "internal/directory", "internal/postlogin",
			"internal/har",
			"internal/tenantlog",
			"internal/recording/recordingtest"},
		{"internal/state", "internal/mint", "internal/respond"},
		{"internal/bruteforce", "internal/session", "internal/token", "internal/lock", "internal/state/statetest"},
		{"internal/magicuser", "internal/faults"},
		{"internal/login", "internal/mail", "internal/backchannel"},
		{"internal/database", "internal/logout", "internal/userinfo", "internal/authorize", "internal/classic", "internal/grant", "scenario",
			"internal/control", "internal/console"},
		{"internal/reconstruct", "internal/retell", "internal/ownapp"},
		{"internal/adopt", "internal/manage", "internal/routes", "internal/snapshot", "internal/tenants"},
		{""},
		{"mockauth0test", "browser", "internal/tenanttest", "internal/hostile"},
		{"browser/pages"},
		{"internal/appdrive/testapp"},
		{"internal/appdrive"},
		{"stage"},
		{"check"},
		{"internal/cli"},
		{"cmd/mockauth0"},
	}
}

// outside says which modules a package and everything below it may bring along. Whoever imports the library
// pays for these only; the command line may use more.
func outside(pkg string) []string {
	if modules, named := allowed()[pkg]; named {
		return modules
	}
	return []string{"github.com/go-jose/go-jose/v4", "go.yaml.in/yaml/v3", "golang.org/x/crypto", "golang.org/x/sys"}
}

// allowed are the packages that may use fewer modules than the library does, or more.
func allowed() map[string][]string {
	driver := []string{
		"github.com/go-rod/rod", "github.com/ysmood",
		"github.com/coder/websocket", // to a browser that runs elsewhere
		"github.com/go-jose/go-jose/v4", "go.yaml.in/yaml/v3", "golang.org/x/crypto", "golang.org/x/sys",
	}
	command := append([]string{ // rod and what it needs: `reproduce` drives a browser, so that a failure can be seen with the binary alone
		"github.com/spf13/cobra", "github.com/spf13/pflag", "github.com/inconshreveable/mousetrap",
		"github.com/fsnotify/fsnotify",
		"golang.org/x/net/publicsuffix", // which domains a CA may be for
		"github.com/prometheus", "github.com/beorn7/perks", "github.com/cespare/xxhash", "github.com/munnerz/goautoneg",
		"google.golang.org/protobuf", // metrics
		"golang.org/x/term",          // whether there is a terminal, and how wide it is
	}, driver...)
	modules := map[string][]string{
		"tenant":  {"go.yaml.in/yaml/v3", "golang.org/x/crypto"},
		"browser": driver, "browser/pages": driver, "internal/appdrive": driver, "stage": driver, "check": driver,
		"internal/cli": command, "cmd/mockauth0": command,
	}
	for _, standard := range []string{
		"event", "internal/auth0text", "internal/clock", "internal/eventlog", "internal/oauth", "internal/ratelimit", "internal/localca",
		"internal/datadir", "internal/jsonpull", "internal/names", "internal/recording", "internal/recording/recordingtest", "internal/har",
		"internal/harfile", "internal/tenantlog", "internal/diagnose", "internal/explain", "internal/safefile", "internal/scrub",
		"internal/terminal", "internal/domain", "internal/appproxy",
	} {
		modules[standard] = nil
	}
	return modules
}

type listed struct {
	ImportPath   string
	Standard     bool
	Module       *struct{ Path string }
	Imports      []string
	TestImports  []string
	XTestImports []string
	Deps         []string
}

// list runs go list over the whole module, dependencies included.
func list(t *testing.T) map[string]listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps",
		"-json=ImportPath,Standard,Module,Imports,TestImports,XTestImports,Deps", "./...")
	cmd.Dir = ".."
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	packages := map[string]listed{}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatalf("reading go list: %v", err)
		}
		packages[p.ImportPath] = p
	}
}

// inLibrary gives the path of a package below mockauth0/ ("" is the root package).
func inLibrary(importPath string) (string, bool) {
	if importPath == module+"/mockauth0" {
		return "", true
	}
	return strings.CutPrefix(importPath, module+"/mockauth0/")
}

func within(importPath string, roots ...string) bool {
	return slices.ContainsFunc(roots, func(r string) bool { return importPath == r || strings.HasPrefix(importPath, r+"/") })
}

func TestImportsPointDownwardOnly(t *testing.T) {
	layer := map[string]int{}
	for i, names := range layers() {
		for _, name := range names {
			layer[name] = i
		}
	}
	for _, p := range list(t) {
		name, ok := inLibrary(p.ImportPath)
		if !ok {
			continue
		}
		own, known := layer[name]
		if !known {
			t.Errorf("package mockauth0/%s is in no layer: give it a place in layers() of this test", name)
			continue
		}
		for _, imported := range p.Imports {
			below, ok := inLibrary(imported)
			if !ok {
				if within(imported, module) && name != "internal/cli" && name != "stage" {
					t.Errorf("mockauth0/%s imports %s: only stage and internal/cli may use the fixtures and sample apps", name, imported)
				}
				continue
			}
			if at, known := layer[below]; known && at >= own {
				t.Errorf("mockauth0/%s imports mockauth0/%s, which is not below it", name, below)
			}
		}
	}
}

func TestNothingOfTheProductImportsItsSuites(t *testing.T) {
	for _, p := range list(t) {
		name, ok := inLibrary(p.ImportPath)
		if !ok {
			continue
		}
		for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if within(imported, module+"/e2e") {
				t.Errorf("mockauth0/%s imports %s: e2e/ holds suites, and only they use it", name, imported)
			}
		}
	}
}

func TestTheLibraryBringsAlongOnlyWhatItMust(t *testing.T) {
	packages := list(t)
	for _, p := range packages {
		name, ok := inLibrary(p.ImportPath)
		if !ok {
			continue
		}
		for _, dep := range p.Deps {
			d := packages[dep]
			if d.Standard || d.Module == nil || d.Module.Path == module {
				continue
			}
			if !within(dep, outside(name)...) {
				t.Errorf("mockauth0/%s has %s in its import graph; allowed are %v", name, dep, outside(name))
			}
		}
		for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
			if within(imported, "github.com/onsi/ginkgo/v2", "github.com/onsi/gomega", "github.com/go-rod/rod") {
				t.Errorf("the tests of mockauth0/%s import %s: library tests use plain testing, and browsers are driven by package browser", name,
					imported)
			}
		}
	}
}

func TestTheDiagnosisNeverSeesWhatATestArmed(t *testing.T) {
	p, ok := list(t)[module+"/mockauth0/internal/diagnose"]
	if !ok {
		t.Fatal("there is no diagnosis")
	}
	for _, dep := range p.Deps {
		if within(dep, module+"/mockauth0/fault", module+"/mockauth0/scenario") {
			t.Errorf("internal/diagnose depends on %s: it must find the cause from what the tenant observed", dep)
		}
	}
}

func TestOnlyPackageBrowserKnowsTheBrowserDriver(t *testing.T) {
	for _, p := range list(t) {
		if !within(p.ImportPath, module) || p.ImportPath == module+"/mockauth0/browser" {
			continue
		}
		for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if within(imported, "github.com/go-rod/rod") {
				t.Errorf("%s imports %s: only mockauth0/browser may", p.ImportPath, imported)
			}
		}
	}
}

// TestEveryNamedPackageExists: a package that was renamed or joined to another leaves these lists as well.
func TestEveryNamedPackageExists(t *testing.T) {
	packages := list(t)
	exists := func(name string) bool {
		_, ok := packages[path.Join(module, "mockauth0", name)]
		return ok
	}
	for _, names := range layers() {
		for _, name := range names {
			if !exists(name) {
				t.Errorf("layers() names %q, which does not exist", path.Join("mockauth0", name))
			}
		}
	}
	for name := range allowed() {
		if !exists(name) {
			t.Errorf("allowed() names %q, which does not exist", path.Join("mockauth0", name))
		}
	}
}

func TestLayersNameEachPackageOnce(t *testing.T) {
	seen := map[string]int{}
	for i, names := range layers() {
		for _, name := range names {
			if at, twice := seen[name]; twice {
				t.Errorf("%s is in layers %d and %d", fmt.Sprintf("%q", path.Join("mockauth0", name)), at, i)
			}
			seen[name] = i
		}
	}
}

func TestTheMapNamesEveryPackage(t *testing.T) {
	text, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, names := range layers() {
		for _, name := range names {
			name, _, _ = strings.Cut(strings.TrimPrefix(name, "internal/"), "/") // what is below a package belongs to it
			if name != "" && name != "cmd" && !bytes.Contains(text, []byte("`"+name+"`")) {
				t.Errorf("ARCHITECTURE.md does not name the package %s: give it a row of its tables", name)
			}
		}
	}
}
