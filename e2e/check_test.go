package e2e

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/check"
	"renewal.example/web"
)

// served is a sample app that listens on ports of this machine, as a person's own app does.
type served struct{ url, domain string }

// serveSamples serves the sample apps, with the edits, for a tenant at a domain of their own.
func serveSamples(edits ...web.Edit) served {
	GinkgoHelper()
	app, silent := listener(), listener()
	s := served{url: "http://localhost:" + port(app.Addr()), domain: "acme.eu.auth0.com"}
	apps, err := web.New(web.Options{
		Domain: s.domain, ClientID: clientID, Audience: audience, AppOrigin: s.url, SilentOrigin: "http://localhost:" + port(silent.Addr()),
		SDKDir: sdkDir, LocalSDK: true, Edits: edits,
	})
	Expect(err).NotTo(HaveOccurred())
	serveAt(app, apps.App())
	serveAt(silent, apps.Silent())
	return s
}

// listener is on a free port of this machine.
func listener() net.Listener {
	GinkgoHelper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	Expect(err).NotTo(HaveOccurred())
	return l
}

// serveAt serves until the spec is over.
func serveAt(at net.Listener, h http.Handler) {
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(at) }()
	DeferCleanup(server.Close)
}

// checked is what the check says of an app; only: ids of the checks that are made, none for all.
func checked(app check.App, only ...string) *check.Report {
	GinkgoHelper()
	return checkedWith(check.Options{App: app, Only: only})
}

// checkedWith is what the check says with these options.
func checkedWith(options check.Options) *check.Report {
	GinkgoHelper()
	report, err := check.Run(context.Background(), shared(shell), options)
	Expect(err).NotTo(HaveOccurred())
	text := ""
	for _, p := range report.Probes {
		text += fmt.Sprintf("%6.2fs %s\n", p.Took.Seconds(), p.Name)
	}
	for _, r := range report.Results {
		text += fmt.Sprintf("%-28s %-15s %s\n", r.ID, r.Outcome, r.Reason)
		for _, s := range r.Seen {
			text += "      " + s.Text + "\n"
		}
	}
	AddReportEntry(fmt.Sprintf("check of %s, %.1f s", options.App.URL, report.Took.Seconds()), text)
	return report
}

var _ = Describe("check", Label("check"), func() {
	It("finds nothing in the hardened app", func() {
		s := serveSamples()
		report := checked(check.App{URL: s.url + "/hardened/", Domain: s.domain})
		Expect(report.IDs()).To(BeEmpty())
	})

	It("finds the weaknesses of the tutorial's app, and no others", func() {
		s := serveSamples()
		report := checked(check.App{URL: s.url + "/", Domain: s.domain, Trigger: "Renew now"})
		// Those of weaknesses_test.go that can be seen without knowing the app, and that its timers stand still while a laptop sleeps.
		Expect(report.IDs()).To(Equal([]string{
			"foreign-login-accepted", "forged-renewal-accepted", "renewal-changes-user", "stale-at-start", "storage-grows", "tabs-renew-twice",
			"renews-after-logout", "renewal-undoes-logout", "other-tab-renews", "garbage-stored", "failure-ends-renewal", "late-after-sleep",
			"long-life-storm", "foreign-message-accepted",
		}))
	})
})
