// Package e2e proves, with the real auth0.js in a real Chromium over TLS, that silent.html, renewal scheduling and
// logout cancellation work. `make e2e` runs it; its specs read as sentences.
package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/format"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/browser"
	"renewal.example/web"
)

// sdkDir is where `npm ci` in web/ puts auth0.js.
const sdkDir = "../web/node_modules"

// evidenceDir is where a failed spec leaves its page, seen from the repository's root, as people see it; go test runs in
// this folder, below the root.
const evidenceDir = ".e2e"

func TestE2E(t *testing.T) {
	if why := missing(); why != nil {
		// `go test ./...` on a machine without a browser must not fail; `make e2e` insists.
		if os.Getenv("MOCKAUTH0_REQUIRE_BROWSER") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	RegisterFailHandler(Fail)
	// What a spec saw is told in full: the difference may be at either end of a sentence.
	format.TruncatedDiff = false
	format.MaxLength = 0
	// What is awaited comes by an event; only a loaded machine needs as long as this.
	SetDefaultEventuallyTimeout(browser.DefaultPatience)
	config, _ := GinkgoConfiguration()
	config, _, err := sharded(config, os.Getenv("SHARD"))
	if err != nil {
		t.Fatal(err)
	}
	RunSpecs(t, title, config)
}

func missing() error {
	if os.Getenv("BROWSER_URL") == "" {
		if _, _, err := browser.Find(browser.Options{Path: os.Getenv("MOCKAUTH0_BROWSER")}); err != nil {
			return err
		}
	}
	return errors.Join(notInstalled("../web", "web"), notInstalled(serverDir, "e2e/servers"))
}

// notInstalled tells which package of a folder's package.json is missing in its node_modules or has another version
// there, as after a pull; nil: all are there. name is the folder as people see it, from the repository's root.
func notInstalled(folder, name string) error {
	packageJSON, modules := filepath.Join(folder, "package.json"), filepath.Join(folder, "node_modules")
	text, err := os.ReadFile(packageJSON)
	if err != nil {
		return err
	}
	var wanted struct{ Dependencies, DevDependencies map[string]string }
	if err := json.Unmarshal(text, &wanted); err != nil {
		return fmt.Errorf("%s: %w", packageJSON, err)
	}
	maps.Copy(wanted.Dependencies, wanted.DevDependencies)
	for _, pkg := range slices.Sorted(maps.Keys(wanted.Dependencies)) {
		version := wanted.Dependencies[pkg]
		if at := strings.LastIndexByte(version, '@'); at >= 0 { // an alias: npm:auth0-js@9.32.0
			version = version[at+1:]
		}
		if found, err := web.PackageVersion(modules, pkg); err != nil || found != version {
			return fmt.Errorf("%s %s is not installed: run `npm ci` in %s/, or `make e2e`, which does it", pkg, version, name)
		}
	}
	return nil
}

func TestNotInstalled(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700),
			os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	write("package.json", `{"dependencies": {"sdk": "1.2.3"}, "devDependencies": {"sdk-old": "npm:@scope/sdk@0.9.0"}}`)
	for _, step := range []struct{ name, file, text, want string }{
		{name: "nothing", want: "sdk 1.2.3 is not installed: run `npm ci`"},
		{"one of two", "node_modules/sdk/package.json", `{"version": "1.2.3"}`, "sdk-old 0.9.0 is not installed: run `npm ci`"},
		{"all", "node_modules/sdk-old/package.json", `{"version": "0.9.0"}`, ""},
		{"another version", "node_modules/sdk/package.json", `{"version": "1.2.2"}`, "sdk 1.2.3 is not installed: run `npm ci`"},
	} {
		if step.file != "" {
			write(step.file, step.text)
		}
		err := notInstalled(dir, "web")
		if (err == nil) != (step.want == "") || err != nil && !strings.Contains(err.Error(), step.want) {
			t.Errorf("%s: %v, want %q", step.name, err, step.want)
		}
	}
}

// A kind of browser that specs ask for.
type kind int

const (
	shell       kind = iota // the headless shell: fast, for nearly every spec
	full                    // the whole of Chromium: hidden tabs, back-forward cache, popup blocker
	fullDefault             // the same with no preference set: third-party cookies as the browser ships them
	isolated                // with site isolation, as people have it
)

// browsers are those of this process; each starts when a spec first asks for it, and ends with the suite.
var browsers = map[kind]*browser.Browser{}

// keys holds the signing key that all tenants of this process share: making one takes 0.1 s.
var keys = mockauth0.NewKeyPool("")

func shared(k kind) *browser.Browser {
	GinkgoHelper()
	if b := browsers[k]; b != nil {
		if b.Err() == nil {
			return b
		}
		_ = b.Close() // it died, and its profile is still there; how it died is told by the spec that saw it
	}
	o := browser.Options{Keys: keys, Headed: os.Getenv("HEADED") != "", DefaultCookies: k == fullDefault, SiteIsolation: k == isolated}
	if k != shell {
		o.Kind = browser.Full
	}
	// A browser named by the person serves every kind, as far as it can.
	o.Path = os.Getenv("MOCKAUTH0_BROWSER")
	o.Remote, o.Host = os.Getenv("BROWSER_URL"), os.Getenv("HARNESS_HOST")
	b, err := browser.Launch(context.Background(), o)
	Expect(err).NotTo(HaveOccurred())
	browsers[k] = b
	return b
}

var _ = AfterSuite(func() {
	var errs []error
	for _, b := range browsers {
		errs = append(errs, b.Close())
	}
	if commandDir != "" {
		errs = append(errs, os.RemoveAll(commandDir))
	}
	Expect(errors.Join(append(errs, closeServers())...)).To(Succeed())
})

// scenes are the worlds of the running spec, for its evidence.
var scenes []*Scene

var _ = BeforeEach(func() { scenes, well = nil, false })

// A failed spec leaves one static page for each of its worlds, while its pages are still open.
var _ = JustAfterEach(func() {
	spec := CurrentSpecReport()
	if !spec.Failed() {
		return
	}
	for i, s := range scenes {
		dir := filepath.Join(evidenceDir, evidenceName(spec.FullText()))
		if i > 0 {
			dir = fmt.Sprintf("%s-%d", dir, i+1)
		}
		about := browser.EvidenceOptions{
			Title: spec.FullText(), Failure: spec.Failure.Message + "\n" + spec.Failure.Location.String(),
			Failed: spec.Failure.TimelineLocation.Time, Secrets: keepSecrets(),
		}
		AddReportEntry(secretsEntry, s.Secrets(), ReportEntryVisibilityNever)
		about.MaxBytes = min(browser.DefaultEvidence, roomForEvidence(filepath.Join("..", evidenceDir)))
		if about.MaxBytes < browser.DefaultEvidence/16 {
			AddReportEntry("no evidence", "that of the specs before has all the room there is", ReportEntryVisibilityFailureOrVerbose)
			continue
		}
		if err := s.Evidence(filepath.Join("..", dir), about); err != nil {
			AddReportEntry("evidence is incomplete", err.Error(), ReportEntryVisibilityFailureOrVerbose)
		}
		AddReportEntry("evidence", dir+"/index.html", ReportEntryVisibilityFailureOrVerbose)
	}
})
