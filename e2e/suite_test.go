// Package e2e proves, with the real auth0.js in a real Chromium over TLS, that silent.html, renewal scheduling and
// logout cancellation work. `make e2e` runs it; its specs read as sentences.
package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/format"

	"renewal.example/e2e/harness"
	"renewal.example/mockauth0"
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
	RunSpecs(t, "mockauth0 end to end")
}

func missing() error {
	if _, _, err := harness.FindBrowser(harness.BrowserOptions{Path: os.Getenv("MOCKAUTH0_BROWSER")}); err != nil {
		return err
	}
	if _, err := os.Stat(sdkDir); err != nil {
		return errors.New("auth0.js is not installed: run `npm ci` in web/, or `make e2e`, which does it")
	}
	return nil
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
var browsers = map[kind]*harness.Browser{}

// keys holds the signing key that all tenants of this process share: making one takes 0.1 s.
var keys = mockauth0.NewKeyPool("")

func browser(k kind) *harness.Browser {
	GinkgoHelper()
	if b := browsers[k]; b != nil && b.Err() == nil {
		return b
	}
	o := harness.BrowserOptions{Keys: keys, Headed: os.Getenv("HEADED") != "", DefaultCookies: k == fullDefault, SiteIsolation: k == isolated}
	if k != shell {
		o.Kind = harness.Full
	}
	// A browser named by the person serves every kind, as far as it can.
	o.Path = os.Getenv("MOCKAUTH0_BROWSER")
	b, err := harness.LaunchBrowser(context.Background(), o)
	Expect(err).NotTo(HaveOccurred())
	browsers[k] = b
	return b
}

var _ = AfterSuite(func() {
	for _, b := range browsers {
		Expect(b.Close()).To(Succeed())
	}
})

// scenes are the worlds of the running spec, for its evidence.
var scenes []*Scene

var _ = BeforeEach(func() { scenes = nil })

var unsafe = regexp.MustCompile(`[^a-zA-Z0-9]+`)

// A failed spec leaves one static page for each of its worlds, while its pages are still open.
var _ = JustAfterEach(func() {
	spec := CurrentSpecReport()
	if !spec.Failed() {
		return
	}
	name := unsafe.ReplaceAllString(spec.FullText(), "-")
	name = name[:min(len(name), 120)]
	for i, s := range scenes {
		dir := filepath.Join(evidenceDir, name)
		if i > 0 {
			dir = fmt.Sprintf("%s-%d", dir, i+1)
		}
		about := harness.EvidenceOptions{Title: spec.FullText(), Failure: spec.Failure.Message + "\n" + spec.Failure.Location.String(), Failed: spec.Failure.TimelineLocation.Time}
		if err := s.Evidence(filepath.Join("..", dir), about); err != nil {
			AddReportEntry("evidence is incomplete", err.Error(), ReportEntryVisibilityFailureOrVerbose)
		}
		AddReportEntry("evidence", dir+"/index.html", ReportEntryVisibilityFailureOrVerbose)
	}
})
