package e2e

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/browser"
	playing "renewal.example/mockauth0/stage"
)

var _ = Describe("The page of evidence", Label("evidence"), func() {
	// viewed is the page of a renewal that failed, in a browser of somebody who reads it.
	viewed := func(width int) *browser.Page {
		GinkgoHelper()
		source, err := playing.Source()
		Expect(err).NotTo(HaveOccurred())
		s, err := source.Read("refresh-token-reused")
		Expect(err).NotTo(HaveOccurred())
		st := open(s, "spa-js-2-refresh")
		_, err = st.Play()
		Expect(err).NotTo(HaveOccurred())
		dir := GinkgoT().TempDir()
		Expect(st.Evidence(dir, browser.EvidenceOptions{
			Title: "Somebody reads it", Verdict: "Reproduced: an old refresh token was used", About: "What was done.",
			Since: st.Began(), Failure: "no token",
			Sections: []browser.EvidenceSection{{Title: "Findings", Items: []browser.EvidenceItem{
				{Title: "renews-at-expiry", Text: "It did not.", Bad: true, Link: "https://auth0.com/docs", At: st.Began()},
			}}},
		})).To(Succeed())
		w, err := browser.NewWorld(GinkgoT().Context(), shared(shell), browser.WorldOptions{
			Width: width, Height: 900, Sites: map[string]http.Handler{"http://localhost:9000": http.FileServer(http.Dir(dir))},
		})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(func() { Expect(w.Close()).To(Succeed()) })
		p, err := w.Open("http://localhost:9000/")
		Expect(err).NotTo(HaveOccurred())
		return p
	}
	count := func(p *browser.Page, selector string) (n int) {
		GinkgoHelper()
		Expect(p.Eval(`[...document.querySelectorAll('`+selector+`')].filter(e => e.checkVisibility()).length`, &n)).To(Succeed())
		return n
	}

	It("is for everybody, on a phone, too", func() {
		p := viewed(360)
		// All that is folded would take axe-core half a minute; one of each kind is judged.
		Expect(p.Eval(`document.querySelector('.fold').open = true`, nil)).To(Succeed())
		expectGoodLooks(p, 360)
	})

	It("shows what failed, and folds, filters and links the rest", func() {
		p := viewed(1600)
		var wide int
		Expect(p.Eval(`document.documentElement.scrollWidth`, &wide)).To(Succeed())
		Expect(wide).To(BeNumerically("<=", 1600))
		Expect(count(p, ".row.mark details[open]")).To(Equal(1), "the exchange that failed is open")
		all, rows := count(p, "#timeline .row"), 0
		Expect(p.Eval(`document.querySelectorAll('#timeline .row').length`, &rows)).To(Succeed())
		Expect(all).To(BeNumerically("<", rows), "much of it is folded")

		Expect(p.Press("/", "f", "e", "r", "r", "t")).To(Succeed())
		Expect(focusedTag(p)).To(Equal("INPUT"))
		found := count(p, "#timeline .row")
		Expect(found).To(BeNumerically(">", 0))
		Expect(found).To(BeNumerically("<", all))
		Expect(p.Press("Escape")).To(Succeed())
		Expect(count(p, "#timeline .row")).To(Equal(all), "the filter folds again what it opened")

		Expect(p.Eval(`document.querySelector('input[value=exchange]').click()`, nil)).To(Succeed())
		Expect(count(p, "#timeline .row[data-kind=exchange]")).To(BeZero())
		// A link leads to what it names, though that is filtered away, and folded.
		Expect(p.Eval(`document.querySelector('nav a').click()`, nil)).To(Succeed())
		Expect(p.WaitFor("the exchange that failed is shown", `document.querySelector('.row.mark').checkVisibility()`)).To(Succeed())
		Expect(p.Eval(`document.querySelector('main a[href^="#t"]').click()`, nil)).To(Succeed())
		Expect(p.WaitFor("what a finding speaks of is shown", `document.querySelector(location.hash).checkVisibility()`)).To(Succeed())
		var broken []string
		Expect(p.Eval(`[...document.querySelectorAll('a[href^="#"]')].map(a => a.hash).filter(h => !document.querySelector(h))`,
			&broken)).To(Succeed())
		Expect(broken).To(BeEmpty(), "links that lead nowhere")
		var complaints int
		Expect(p.Eval(`performance.getEntriesByType('resource').length`, &complaints)).To(Succeed())
		Expect(complaints).To(BeZero(), "the page loads nothing")
	})
})

func focusedTag(p *browser.Page) (tag string) {
	GinkgoHelper()
	Expect(p.Eval(`document.activeElement.tagName`, &tag)).To(Succeed())
	return tag
}
