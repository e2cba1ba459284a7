package e2e

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	playing "renewal.example/mockauth0/stage"
	"renewal.example/web"
)

// verdictTable says what becomes of each scenario with each kind of app. A row is reviewed against what the scenario does and what the
// SDK documents, and not copied from a run.
const verdictTable = "testdata/verdicts.tsv"

// verdictApps are the columns of the table: builds below web/apps.
func verdictApps() map[string]string {
	return map[string]string{
		"react, refresh tokens in memory": "react/dist", "react, hidden frame": "react/dist-frame",
		"spa-js, refresh tokens in localStorage": "spa-js/dist",
	}
}

// needing stands in the table for a scenario that says what it needs.
const needing = "needs"

// The verdicts of `reproduce --app`. `make test` plays the scenarios of refresh tokens with the app that most people have, and `make apps`,
// which sets APPS, the whole table.
var _ = Describe("The verdict of reproduce", Label("apps", "verdict"), func() {
	columns, rows := verdicts()
	for _, row := range rows {
		for i, want := range row[1:] {
			if os.Getenv("APPS") == "" && !(i == 0 && ofRefreshTokens(row[0])) {
				continue
			}
			It("on "+row[0]+" with "+columns[i+1]+" is: "+want, func() {
				Expect(verdictOf(row[0], columns[i+1], false)).To(HavePrefix(want + "\n"))
			})
		}
	}
	It("is written down for each scenario", func() {
		source, err := playing.Source()
		Expect(err).NotTo(HaveOccurred())
		ids, err := source.IDs()
		Expect(err).NotTo(HaveOccurred())
		var written []string
		for _, row := range rows {
			Expect(row).To(HaveLen(len(columns)), row[0])
			written = append(written, row[0])
		}
		Expect(written).To(ConsistOf(ids))
	})
	for _, id := range []string{"family-revoked", "offline", "refresh-token-missing", "token-endpoint-500"} {
		It("on "+id+" with nothing armed is: not reproduced", func() {
			Expect(verdictOf(id, "react, refresh tokens in memory", true)).To(HavePrefix("not reproduced\n"))
		})
	}
	if os.Getenv("APPS") == "" {
		return
	}
	for _, row := range rows {
		for i, column := range columns[1:] {
			if row[i+1] != needing {
				It("on "+row[0]+" with "+column+" and nothing armed is: not reproduced", func() {
					Expect(verdictOf(row[0], column, true)).To(HavePrefix("not reproduced\n"))
				})
			}
		}
	}
})

// ofRefreshTokens are the scenarios that apps with refresh tokens in memory meet most.
func ofRefreshTokens(id string) bool {
	switch id {
	case "family-revoked", "grant-type-disabled", "refresh-token-idle-expired", "refresh-token-missing", "blocked-user-at-refresh",
		"mfa-at-refresh", "offline", "token-endpoint-500":
		return true
	}
	return false
}

// verdicts reads the table: its first line has the names of the columns, and the first column has the scenarios.
func verdicts() (columns []string, rows [][]string) {
	file, err := os.Open(verdictTable)
	if err != nil {
		panic(err) // before the suite has begun
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		row := strings.Split(lines.Text(), "\t")
		if columns == nil {
			columns = row
			continue
		}
		rows = append(rows, row)
	}
	return columns, rows
}

// verdictOf plays a scenario with one of the apps on ports of its own, and gives the verdict and what shows it.
func verdictOf(id, column string, unarmed bool) string {
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
	built := os.DirFS(filepath.Join(appsDir, verdictApps()[column]))
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
