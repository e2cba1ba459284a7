package e2e

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0"
)

var _ = Describe("The page", Label("look"), func() {
	for _, of := range flavours {
		It("says that the browser does not trust the tenant's certificate, and what to do ("+string(of)+")", func() {
			s := stage(Setting{App: of})
			// The same name, with a certificate of an authority that this browser does not know.
			other, err := mockauth0.New(mockauth0.Options{Tenant: tutorialTenant(), Domain: s.Domain, Keys: keys})
			Expect(err).NotTo(HaveOccurred())
			DeferCleanup(func() { Expect(other.Close()).To(Succeed()) })
			Expect(s.MapOrigin(s.TenantURL(), other.Addr())).To(Succeed())

			s.openApp()
			Expect(s.App.Page.WaitFor("the page has an advice", `document.body.querySelector('[data-problem]') !== null`)).To(Succeed())
			Expect(s.App.Problem()).To(Equal("Your browser does not trust the tenant's certificate"))
			Expect(s.App.Page.ByTestID("problem-text").Text()).To(ContainSubstring(s.TenantURL()))
			Expect(s.App.Page.ByTestID("problem-todo").Text()).To(And(ContainSubstring("mockauth0 ca"), ContainSubstring("make open")))
		})
	}

	It("says that the tenant is down when the app's server does not reach it either", func() {
		s := stage(Setting{AppSite: at("/api/tenant", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"reachable":false,"reason":"No answer."}`))
		}))})
		Expect(s.MapOrigin(s.TenantURL(), "127.0.0.1:1")).To(Succeed()) // nothing listens there

		s.openApp()
		Expect(s.App.Page.WaitFor("the page has an advice", `document.body.querySelector('[data-problem]') !== null`)).To(Succeed())
		Expect(s.App.Problem()).To(Equal("The tenant does not answer"))
		Expect(s.App.Page.ByTestID("problem-todo").Text()).To(ContainSubstring("make run"))
	})
})
