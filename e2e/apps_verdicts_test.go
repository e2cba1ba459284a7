package e2e

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	playing "renewal.example/mockauth0/stage"
	"renewal.example/web"
)

// verdictTable says what becomes of each scenario with each kind of app, and why.
const verdictTable = "verdicts.yaml"

// needing stands in the table for a scenario that says what it needs.
const needing = "needs"

// expectedVerdicts are those of some scenarios that come about for the same reason.
type expectedVerdicts struct {
	Why       string   `yaml:"why"`
	Source    string   `yaml:"source"`
	Memory    string   `yaml:"memory"`
	Frame     string   `yaml:"frame"`
	Stored    string   `yaml:"stored"`
	Scenarios []string `yaml:"scenarios"`
}

// A verdictApp is a column of the table.
type verdictApp struct {
	name  string
	build string // below web/apps
	want  func(expectedVerdicts) string
}

func verdictApps() []verdictApp {
	return []verdictApp{
		{"react, refresh tokens in memory", "react/dist", func(v expectedVerdicts) string { return v.Memory }},
		{"react, hidden frame", "react/dist-frame", func(v expectedVerdicts) string { return v.Frame }},
		{"spa-js, refresh tokens in localStorage", "spa-js/dist", func(v expectedVerdicts) string { return v.Stored }},
	}
}

// TestEachVerdictHasAReason says so, and that each scenario of the catalogue has one place in the table.
func TestEachVerdictHasAReason(t *testing.T) {
	all, err := readYAML[expectedVerdicts](filepath.Join(appsDir, verdictTable))
	if err != nil {
		t.Fatal(err)
	}
	known := []string{needing, string(playing.Reproduced), string(playing.NotReproduced), string(playing.CannotFail)}
	var written []string
	for _, v := range all {
		name := strings.Join(v.Scenarios, ", ")
		if !strings.HasSuffix(v.Why, ".") || !strings.HasPrefix(v.Source, "https://") {
			t.Errorf("%s: the verdicts need sentences that say why, and the address of a page or a file that says so", name)
		}
		for _, app := range verdictApps() {
			if !slices.Contains(known, app.want(v)) {
				t.Errorf("%s: the verdict on %s is %q, want one of %q", name, app.name, app.want(v), known)
			}
		}
		written = append(written, v.Scenarios...)
	}
	source, err := playing.Source()
	if err != nil {
		t.Fatal(err)
	}
	ids, err := source.IDs()
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(written)
	slices.Sort(ids)
	if !slices.Equal(written, ids) {
		t.Errorf("%s has the scenarios\n%v, want each of the catalogue once:\n%v", verdictTable, written, ids)
	}
}

// The verdicts of `reproduce --app`. `make test` plays the scenarios of refresh tokens with the app that most people have, and `make apps`,
// which sets APPS, the whole table.
var _ = Describe("The verdict of reproduce", Label("apps", "verdict"), func() {
	all, err := readYAML[expectedVerdicts](filepath.Join(appsDir, verdictTable))
	It("has its table", func() { Expect(err).NotTo(HaveOccurred()) })
	apps := verdictApps()
	if os.Getenv("APPS") == "" {
		apps = apps[:1]
	}
	for _, v := range all {
		for _, id := range v.Scenarios {
			for _, app := range apps {
				want := app.want(v)
				if os.Getenv("APPS") != "" || ofRefreshTokens(id) {
					It("on "+id+" with "+app.name+" is: "+want, func() {
						Expect(verdictOf(id, app, false)).To(HavePrefix(want+"\n"), v.Why)
					})
				}
				if os.Getenv("APPS") != "" && want != needing || playedUnarmed(id) {
					It("on "+id+" with "+app.name+" and nothing armed is: not reproduced", func() {
						Expect(verdictOf(id, app, true)).To(HavePrefix(string(playing.NotReproduced) + "\n"))
					})
				}
			}
		}
	}
})

// playedUnarmed are the scenarios that `make test` plays with nothing armed, one of each way to fail.
func playedUnarmed(id string) bool {
	return slices.Contains([]string{"family-revoked", "offline", "refresh-token-missing", "token-endpoint-500"}, id)
}

// ofRefreshTokens are the scenarios that apps with refresh tokens in memory meet most.
func ofRefreshTokens(id string) bool {
	switch id {
	case "family-revoked", "grant-type-disabled", "refresh-token-idle-expired", "refresh-token-missing", "blocked-user-at-refresh",
		"mfa-at-refresh", "offline", "token-endpoint-500":
		return true
	}
	return false
}

// verdictOf plays a scenario with one of the apps on ports of its own, and gives the verdict and what shows it.
func verdictOf(id string, with verdictApp, unarmed bool) string {
	GinkgoHelper()
	source, err := playing.Source()
	Expect(err).NotTo(HaveOccurred())
	s, err := source.Read(id)
	Expect(err).NotTo(HaveOccurred())
	const domain = "orders.eu.auth0.com"
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for name, value := range map[string]string{
			"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "authorization", "Content-Type": "application/json",
		} {
			w.Header().Set(name, value)
		}
		_, _ = w.Write([]byte(`{"orders":[]}`))
	}))
	DeferCleanup(api.Close)
	built := os.DirFS(filepath.Join(appsDir, with.build))
	build, err := web.NewBuild(built, map[string]string{builtDomain: domain, builtAPI: api.URL})
	Expect(err).NotTo(HaveOccurred())
	server := httptest.NewServer(build)
	DeferCleanup(server.Close)
	app := playing.App{URL: server.URL + "/", Domain: domain, Trigger: "Load orders", Unarmed: unarmed}
	switch needs, cannot := app.Needs(s); {
	case needs != nil:
		return needing + "\n" + needs.What
	case cannot != "":
		return string(playing.CannotFail) + "\n" + cannot
	}
	in := shell
	if playing.Browser(s).DefaultCookies && !unarmed {
		in = fullDefault
	}
	st, err := playing.Open(context.Background(), shared(in), s, "", playing.Options{App: &app})
	Expect(err).NotTo(HaveOccurred())
	scenes = append(scenes, &Scene{World: st.World})
	DeferCleanup(func() { Expect(st.Close()).To(Succeed()) })
	outcome, err := st.Play()
	if needs := (*playing.Needs)(nil); errors.As(err, &needs) {
		return needing + "\n" + needs.What
	}
	Expect(err).NotTo(HaveOccurred())
	return string(outcome.Verdict.Is) + "\n" + outcome.Verdict.Why + "\n" + strings.Join(outcome.Verdict.Story, "\n")
}
