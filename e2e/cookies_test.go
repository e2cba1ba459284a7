package e2e

import (
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/browser/pages"
	"renewal.example/mockauth0/event"
)

const blockedCookie = "Your browser blocks the tenant's cookie"

var _ = Describe("The tenant's cookie", Label("cookies"), func() {
	It("reaches the hidden frame where third-party cookies are allowed, and the token is renewed", func() {
		s := enter(Setting{})
		s.LogIn(ada)
		s.renewNow()
		Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
		request := s.lastSilentRequest()
		Expect(request.Cookies).To(ContainElement("auth0"))
		Expect(request.FetchSite).To(Equal("cross-site"))
		Expect(request.StorageAccess).To(Equal("active"))
	})

	DescribeTable("does not reach the hidden frame where they are blocked: login_required right after a good login",
		func(app flavour, where kind) {
			s := enter(Setting{App: app, Browser: where, World: browser.WorldOptions{Cookies: browser.ThirdPartyBlocked}})
			s.LogIn(ada)
			Expect(s.Tenant.Sessions()).To(HaveLen(1), "the tenant knows who it is")
			Expect(s.App.RenewNow()).To(Succeed())
			Expect(s.App.WaitLog("Renewal failed: login_required (Login required)")).To(Succeed())

			Expect(s.Silent()).To(Equal(codes(event.FailedSilentAuth)))
			request := s.lastSilentRequest()
			Expect(request.Cookies).NotTo(ContainElement(HavePrefix("auth0")))
			Expect(request.StorageAccess).To(Equal("none"))
			Expect(s.App.Problem()).To(Equal(blockedCookie))
			Expect(s.App.Page.ByTestID("problem-text").Text()).To(And(
				ContainSubstring("http://localhost:5000"), ContainSubstring(s.TenantURL()), ContainSubstring("different sites")))
			Expect(s.App.Page.ByTestID("problem-todo").Text()).To(ContainSubstring("under the same registrable domain as the tenant"))
			if app == tutorial {
				Expect(s.App.State()).To(Equal("broken"), "the tutorial stores the error as a session")
			} else {
				Expect(s.App.State()).To(Equal("signed-out"))
			}
		},
		Entry("by the harness, in the tutorial's app", tutorial, shell),
		Entry("by the harness, in the hardened app", hardened, shell),
		Entry("by the whole of Chromium as it ships, with no preference set", tutorial, fullDefault),
	)

	// Where app and tenant share a site, the cookie is not a third party's.
	custom := browser.WorldOptions{
		Cookies: browser.ThirdPartyBlocked, TenantDomain: "login.acme.localhost", AppOrigin: "https://app.acme.localhost",
	}
	DescribeTable("reaches the frame in spite of the block where app and tenant are one site",
		func(app flavour, where kind, world browser.WorldOptions, silentOrigin string) {
			world.SilentOrigin = silentOrigin
			s := enter(Setting{App: app, Browser: where, World: world})
			s.LogIn(ada)
			s.Pass(tokenLife + time.Second)
			Expect(s.App.WaitRenewals(1)).To(Succeed())
			Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
			Expect(s.lastSilentRequest().FetchSite).To(Equal("same-site"))
			Expect(s.lastSilentRequest().Cookies).To(ContainElement("auth0"))
			Expect(s.App.Problem()).To(BeEmpty())
			Expect(s.App.CallAPI()).To(HavePrefix("200"))
		},
		Entry("by a custom domain: the tutorial's app", tutorial, shell, custom, "https://silent.acme.localhost"),
		Entry("by a custom domain: the hardened app", hardened, shell, custom, "https://silent.acme.localhost"),
		Entry("by a custom domain, in the whole of Chromium as it ships", tutorial, fullDefault, custom, "https://silent.acme.localhost"),
		Entry("by a port of the same host, as `make run` has it", tutorial, shell, runTopology(), "https://localhost:3443"),
		Entry("by a port of the same host, in the whole of Chromium as it ships", hardened, fullDefault, runTopology(), "https://localhost:3443"),
	)

	It("is not helped by https alone: another host of another site stays blocked", func() {
		world := browser.WorldOptions{Cookies: browser.ThirdPartyBlocked, TenantDomain: "localhost:4443",
			AppOrigin: "https://app.acme.localhost", SilentOrigin: "https://silent.acme.localhost"}
		s := enter(Setting{World: world})
		s.LogIn(ada)
		Expect(s.App.RenewNow()).To(Succeed())
		Expect(s.App.WaitLog("Renewal failed: login_required (Login required)")).To(Succeed())
		Expect(s.lastSilentRequest().Cookies).NotTo(ContainElement(HavePrefix("auth0")))
	})
})

var _ = Describe("A social login", Label("cookies"), func() {
	It("with keys of one's own leaves a session, so that the token is renewed", func() {
		s := enter(Setting{})
		s.logInWith("Google", "Ada Lovelace (Google) ada.google@example.test")
		Expect(s.App.User()).To(Equal("Ada Lovelace (Google)"))
		s.renewNow()
		Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
	})

	It("with Auth0's dev keys works, and every renewal after it fails with login_required", func() {
		s := enter(Setting{App: hardened})
		s.logInWith("GitHub", "Grace Hopper (GitHub) grace.github@example.test")
		Expect(s.App.User()).To(Equal("Grace Hopper (GitHub)"))
		Expect(s.Tenant.Sessions()).To(BeEmpty())
		Expect(s.App.RenewNow()).To(Succeed())
		Expect(s.App.WaitLog("Renewal failed: login_required (Login required)")).To(Succeed())
		Expect(s.Silent()).To(Equal(codes(event.FailedSilentAuth)))
		Expect(s.App.Page.ByTestID("problem-text").Text()).To(ContainSubstring("developer keys"))
	})

	It("that is cancelled at the provider brings the person back, not logged in", func() {
		s := enter(Setting{})
		Expect(s.App.Page.ByRole("button", "Log in").Click()).To(Succeed())
		Expect(s.App.Page.ByRole("button", "Continue with Google").Click()).To(Succeed())
		Expect(s.App.Page.ByRole("button", "Cancel").Click()).To(Succeed())
		Expect(s.App.WaitLog("Login failed: access_denied")).To(Succeed())
		Expect(s.App.State()).To(Equal("signed-out"))
		Expect(s.App.Problem()).To(Equal("The tenant answered access_denied"))
		Expect(s.Tenant.Sessions()).To(BeEmpty())
	})
})

var _ = Describe("A renewal", Label("cookies"), func() {
	It("works with site isolation on, where each origin has a process of its own", func() {
		s := enter(Setting{Browser: isolated})
		s.LogIn(ada)
		first := s.stored("access_token")
		s.Pass(tokenLife + time.Second)
		Expect(s.App.WaitRenewals(1)).To(Succeed())
		Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
		Expect(s.stored("access_token")).NotTo(Equal(first))
		Expect(s.Messages()).To(HaveLen(1))
		Expect(s.Messages()[0]).To(And(HaveField("Origin", "http://localhost:3001"), HaveField("Target", "http://localhost:5000")))
	})
})

// runTopology is the https one of `make run`: three ports of one host.
func runTopology() browser.WorldOptions {
	return browser.WorldOptions{Cookies: browser.ThirdPartyBlocked, TenantDomain: "localhost:4443", AppOrigin: "https://localhost:5443"}
}

// lastSilentRequest is the newest request with prompt=none, as the tenant saw it.
func (s *Scene) lastSilentRequest() *event.Request {
	GinkgoHelper()
	for _, e := range slices.Backward(s.Tenant.Events(0)) {
		if r, ok := e.Data.(*event.Request); ok && e.Endpoint == "authorize" && r.Query.Get("prompt") == "none" {
			return r
		}
	}
	Fail("the tenant saw no silent request")
	return nil
}

// logInWith logs in by a social connection and comes back to the app.
func (s *Scene) logInWith(connection, person string) {
	GinkgoHelper()
	Expect(s.App.Page.ByRole("button", "Log in").Click()).To(Succeed())
	Expect((&pages.Login{Page: s.App.Page}).With(connection, person)).To(Succeed())
	Expect(s.App.WaitSignedIn()).To(Succeed())
	Expect(s.Settle()).To(Succeed())
}
