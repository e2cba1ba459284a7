package e2e

import (
	"fmt"
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/fault"
)

// flood is how many events a console meets.
const flood = 100_000

var _ = Describe("The console", Label("console"), func() {
	opened := func(s *Scene) *browser.Page {
		GinkgoHelper()
		p, err := s.Open(s.TenantURL() + "/")
		Expect(err).NotTo(HaveOccurred())
		Expect(p.WaitFor("the console is live", `document.querySelector('#state').dataset.state === 'live'`)).To(Succeed())
		return p
	}
	click := func(p *browser.Page, role, name string) {
		GinkgoHelper()
		Expect(p.ByRole(role, name).Click()).To(Succeed())
	}
	shows := func(p *browser.Page, what, selector, text string) {
		GinkgoHelper()
		Expect(p.WaitFor(what, fmt.Sprintf(`[...document.querySelectorAll(%q)].some(e => e.textContent.includes(%q) || (e.ariaLabel ?? '').includes(%q))`,
			selector, text, text))).To(Succeed())
	}

	It("takes the control token from the fragment, and keeps it in the tab", func() {
		server, err := mockauth0.New(mockauth0.Options{ControlToken: "open sesame", Keys: keys})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(func() { Expect(server.Close()).To(Succeed()) })
		elsewhere := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { // a browser on another machine
			r.RemoteAddr = "192.0.2.7:4321"
			server.ServeHTTP(w, r)
		})
		w, err := browser.NewWorld(GinkgoT().Context(), shared(shell),
			browser.WorldOptions{Sites: map[string]http.Handler{server.URL(): elsewhere}})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(func() { Expect(w.Close()).To(Succeed()) })
		p, err := w.Open(server.URL() + "/__mock/")
		Expect(err).NotTo(HaveOccurred())
		shows(p, "it says that it needs the token", "#state", "closed to other machines")
		Expect(p.ByLabel("Control token").WaitVisible()).To(Succeed())

		p, err = w.Open(server.URL() + "/__mock/#token=open%20sesame")
		Expect(err).NotTo(HaveOccurred())
		shows(p, "it is let in", "#state", "Live")
		var left string
		Expect(p.Eval(`location.href + ' ' + Object.values(localStorage)`, &left)).To(Succeed())
		Expect(left).NotTo(ContainSubstring("sesame"), "the token does not stay in the address")
		Expect(p.Reload()).To(Succeed())
		shows(p, "a reload keeps it", "#state", "Live")
		p, err = w.Open(server.URL() + "/__mock/")
		Expect(err).NotTo(HaveOccurred())
		shows(p, "another tab has no token", "#state", "closed to other machines")
	})

	It("is as fast as before after very many events", func() {
		s := stage(Setting{})
		p := opened(s)
		click(p, "tab", "Events")
		Expect(p.Eval(`(() => { window.worst = 0; let last = 0; const frame = (t) => { if (last) window.worst = Math.max(window.worst, t - last); last = t;
			requestAnimationFrame(frame) }; requestAnimationFrame(frame) })()`, nil)).To(Succeed())
		began := time.Now()
		for i := range flood {
			s.Tenant.SetOffset(time.Duration(i%7200) * time.Second)
		}
		took := time.Since(began)
		Expect(s.Tenant.Arm(fault.Fault{Name: "the last one", When: fault.Match{Prompt: "none"},
			Do: fault.Effect{Error: "login_required"}})).NotTo(BeZero())
		shows(p, "the newest event is there", ".event", "fault armed")
		var page struct {
			Worst           float64
			Elements, Bytes int
			Text            string
		}
		Expect(p.Eval(`({ worst: window.worst, elements: document.querySelectorAll('*').length, bytes: performance.memory?.usedJSHeapSize ?? 0,
			text: document.querySelector('#count').textContent })`, &page)).To(Succeed())
		AddReportEntry("console", fmt.Sprintf("%d events in %s: worst frame %.0f ms, %d elements, heap %d MB; %s", flood,
			took.Round(time.Millisecond),
			page.Worst, page.Elements, page.Bytes>>20, page.Text))
		Expect(page.Elements).To(BeNumerically("<", 2500), "only what is in sight has elements")
		Expect(page.Bytes).To(BeNumerically("<", 120<<20))
		Expect(page.Worst).To(BeNumerically("<", 500), "no frame takes half a second")
	})
})
