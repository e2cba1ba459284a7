package e2e

import (
	"crypto/tls"
	"encoding/pem"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"go.yaml.in/yaml/v3"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/check"
	"renewal.example/web"
)

// A mutant is the hardened app with changes after which it gets one finding.
type mutant struct {
	Finding string     `yaml:"finding"`
	About   string     `yaml:"about"`
	Edits   []web.Edit `yaml:"edits"`
}

// readYAML reads a file of this suite.
func readYAML[T any](name string) (out []T, err error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	strict := yaml.NewDecoder(file)
	strict.KnownFields(true)
	return out, strict.Decode(&out)
}

const mutantsFile = "testdata/mutants.yaml"

// TestEachFindingHasAMutant says so: a check that no app fails may find nothing at all.
func TestEachFindingHasAMutant(t *testing.T) {
	all, err := readYAML[mutant](mutantsFile)
	if err != nil {
		t.Fatal(err)
	}
	var have, want []string
	for _, m := range all {
		have = append(have, m.Finding)
		if m.About == "" || len(m.Edits) == 0 {
			t.Errorf("%s: the mutant needs a sentence about it, and edits", m.Finding)
		}
	}
	for _, c := range check.All() {
		if c.ID != check.LoginFails {
			want = append(want, c.ID)
		}
	}
	if !slices.Equal(have, want) {
		t.Errorf("mutants are of\n%v, want one of each finding, in the order of the checks:\n%v", have, want)
	}
}

// slow are the findings whose mutants take more than five seconds.
var slow = []string{
	"expired-token-used", "failure-ends-renewal", "failure-loses-session", "failure-storm", "forged-login-accepted", "garbage-stored",
	"no-way-back", "redirect-loop", "refusal-storm",
}

var _ = Describe("check of mutants", Label("check", "mutants"), func() {
	all, err := readYAML[mutant](mutantsFile)
	It("has its table", func() { Expect(err).NotTo(HaveOccurred()) })
	for _, m := range all {
		labels := Label()
		if slices.Contains(slow, m.Finding) {
			labels = Label("slow")
		}
		It("finds "+m.Finding+". "+m.About, labels, func() {
			s := serveSamples(m.Edits...)
			app := check.App{URL: s.url + "/hardened/", Domain: s.domain}
			if os.Getenv("APPS") == "" { // only what finds it; `make apps` tries whether anything else is found
				Expect(checked(app, m.Finding).IDs()).To(Equal([]string{m.Finding}))
				return
			}
			Expect(checked(app).IDs()).To(Equal([]string{m.Finding}))
		})
	}
})

// expectedFindings are what the check says of one of web/apps.
type expectedFindings struct {
	App      string `yaml:"app"`
	Findings []struct {
		ID     string `yaml:"id"`
		Why    string `yaml:"why"`
		Source string `yaml:"source"`
	} `yaml:"findings"`
}

// TestEachFindingHasAReason says so of what the check finds in web/apps.
func TestEachFindingHasAReason(t *testing.T) {
	all, err := readYAML[expectedFindings](filepath.Join(appsDir, "findings.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		for _, f := range e.Findings {
			if _, known := check.ByID(f.ID); !known {
				t.Errorf("%s: there is no finding %q", e.App, f.ID)
			}
			if !strings.HasSuffix(f.Why, ".") || !strings.HasPrefix(f.Source, "https://") {
				t.Errorf("%s: %s needs sentences that say why, and the address of a page or a file that says so", e.App, f.ID)
			}
		}
	}
}

var _ = Describe("check of web/apps", Label("check", "apps"), func() {
	all, err := readYAML[expectedFindings](filepath.Join(appsDir, "findings.yaml"))
	It("has its table", func() { Expect(err).NotTo(HaveOccurred()) })
	expected := map[string][]string{}
	for _, e := range all {
		expected[e.App] = []string{}
		for _, f := range e.Findings {
			expected[e.App] = append(expected[e.App], f.ID)
		}
	}
	for _, a := range ordersApps() {
		if a.id == "react-frame" && os.Getenv("APPS") == "" {
			continue // `make test` has the first app alone
		}
		It("finds in "+a.name+" what findings.yaml lists", func() {
			Expect(expected).To(HaveKey(a.id))
			Expect(checkedWith(a.served()).IDs()).To(Equal(expected[a.id]))
		})
	}
})

// served serves an app on ports of its own, with its API, for the tenant of a check. The clocks of its servers follow that.
func (a ordersApp) served() check.Options {
	GinkgoHelper()
	domain := "localhost:" + freePort()
	ca := caFile(domain)
	clock, follow := serverClock()
	api := startAPI("https://"+domain+"/", ca, follow...)
	options := check.Options{App: check.App{Domain: domain, Trigger: "Load orders"}, Clock: clock}
	if a.build == "" {
		at := freePort()
		a.runServer(at, "https://"+domain, ca, api, follow...)
		options.App.URL = "http://localhost:" + at
		return options
	}
	build, err := web.NewBuild(os.DirFS(filepath.Join(appsDir, a.build)), map[string]string{builtDomain: domain, builtAPI: api.String()})
	Expect(err).NotTo(HaveOccurred())
	at := listener()
	serveAt(at, build)
	options.App.URL = "http://localhost:" + port(at.Addr())
	return options
}

// serverClock is a tenant whose clock Node programs with this environment follow, as those do that `check -- COMMAND` starts.
func serverClock() (clock *mockauth0.Server, env []string) {
	GinkgoHelper()
	clock, err := mockauth0.Start(mockauth0.Options{Scheme: "http", Domain: "auto", Listen: "127.0.0.1:0", Keys: keys})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(clock.Close)
	return clock, following(clock)
}

// caFile is a file with the authority of the shared browser, which signs for a domain in a check.
func caFile(domain string) string {
	GinkgoHelper()
	host, _, err := net.SplitHostPort(domain)
	Expect(err).NotTo(HaveOccurred())
	leaf, err := shared(shell).CA.GetCertificate(&tls.ClientHelloInfo{ServerName: host})
	Expect(err).NotTo(HaveOccurred())
	file := filepath.Join(GinkgoT().TempDir(), "ca.pem")
	last := leaf.Certificate[len(leaf.Certificate)-1]
	Expect(os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: last}), 0o600)).To(Succeed())
	return file
}
