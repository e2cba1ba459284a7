package e2e

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/browser/pages"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/tenant"
)

// The pages of an account: signing up, a forgotten password, and logging out.
var _ = Describe("The look of an account's pages", Label("look"), func() {
	for _, width := range []int{360, 1280} {
		size := browser.WorldOptions{Width: width, Height: 800}
		It(fmt.Sprintf("is accessible and fits %d px when a person signs up", width), func() {
			s := stage(Setting{World: size, Tenant: strongPasswords})
			s.signUp(s.blank(), func(p *browser.Page) { expectGoodLooks(p, width) })
		})

		It(fmt.Sprintf("is accessible and fits %d px when a password is forgotten", width), func() {
			s := stage(Setting{World: size, Tenant: strongPasswords})
			s.forget(s.blank(), func(p *browser.Page) { expectGoodLooks(p, width) })
		})

		It(fmt.Sprintf("is accessible and fits %d px when an account is unblocked", width), func() {
			s := stage(Setting{World: size, Tenant: blocksAtOnce})
			s.unblock(s.blank(), func(p *browser.Page) { expectGoodLooks(p, width) })
		})

		It(fmt.Sprintf("is accessible and fits %d px when a person logs out", width), func() {
			s := stage(Setting{World: size, Tenant: strongPasswords})
			s.logOut(s.blank(), func(p *browser.Page) { expectGoodLooks(p, width) })
		})
	}

	It("needs no JavaScript", func() {
		s := stage(Setting{Tenant: strongPasswords})
		page := s.blank()
		Expect(page.DisableScripts(true)).To(Succeed())
		nothing := func(*browser.Page) {}
		s.logOut(page, nothing)
		s.forget(page, nothing)
		s.signUp(page, nothing)
	})
})

// strongPasswords makes the pages where a password is chosen list all the rules there are.
func strongPasswords(tn *tenant.Config) {
	tn.Connections[0].Passwords = tenant.PasswordPolicy{Strength: "excellent", NoPersonalInfo: true, MinLength: 12}
}

// blocksAtOnce blocks an account after its first wrong password.
func blocksAtOnce(tn *tenant.Config) {
	tn.Settings.MaxAttempts = 1
}

// blank is a new tab.
func (s *Scene) blank() *browser.Page {
	GinkgoHelper()
	page, err := s.NewPage()
	Expect(err).NotTo(HaveOccurred())
	return page
}

// signUp signs a person up, after a password that the connection refuses, and shows every page to look.
func (s *Scene) signUp(p *browser.Page, look func(*browser.Page)) {
	GinkgoHelper()
	Expect(p.Open(s.authorizeAddress())).To(Succeed())
	Expect(p.ByRole("link", "Sign up").Click()).To(Succeed())
	Expect(p.ByRole("heading", "Sign up").WaitVisible()).To(Succeed())
	look(p)
	mary := &pages.Login{Page: p}
	Expect(mary.As(pages.Person{Email: "mary@example.test", Password: "short"})).To(Succeed())
	Expect(p.ByRole("alert", "").WaitVisible()).To(Succeed())
	look(p)
	Expect(mary.As(pages.Person{Email: "mary@example.test", Password: "Difference-Engine-2"})).To(Succeed())
	Expect(p.WaitForDocument(s.AppOrigin + "/callback#access_token=")).To(Succeed())
}

// forget asks for a link to a new password, follows it, and shows every page to look.
func (s *Scene) forget(p *browser.Page, look func(*browser.Page)) {
	GinkgoHelper()
	Expect(p.Open(s.authorizeAddress())).To(Succeed())
	Expect(p.ByRole("link", "Forgot password?").Click()).To(Succeed())
	Expect(p.ByRole("heading", "Forgot your password?").WaitVisible()).To(Succeed())
	look(p)
	Expect(p.ByLabel("Email address").Fill(ada.Email)).To(Succeed())
	Expect(p.ByRole("button", "Continue").Click()).To(Succeed())
	Expect(p.ByRole("heading", "Check your email").WaitVisible()).To(Succeed())
	look(p)

	Expect(p.Open(s.mailedLink())).To(Succeed())
	choose := func(password, again string) {
		GinkgoHelper()
		Expect(p.ByLabel("New password").Fill(password)).To(Succeed())
		Expect(p.ByLabel("Re-enter new password").Fill(again)).To(Succeed())
		Expect(p.ByRole("button", "Reset password").Click()).To(Succeed())
	}
	look(p)
	choose("Bernoulli-Numbers-2", "Bernoulli-Numbers-3")
	Expect(p.ByRole("alert", "").WaitVisible()).To(Succeed())
	look(p)
	choose("Bernoulli-Numbers-2", "Bernoulli-Numbers-2")
	Expect(p.ByRole("heading", "Password changed").WaitVisible()).To(Succeed())
	look(p)
}

// unblock is blocked after a wrong password, follows the mailed link, and shows every page to look.
func (s *Scene) unblock(p *browser.Page, look func(*browser.Page)) {
	GinkgoHelper()
	Expect(p.Open(s.authorizeAddress())).To(Succeed())
	Expect((&pages.Login{Page: p}).As(pages.Person{Email: ada.Email, Password: "wrong"})).To(Succeed())
	Expect(p.ByRole("alert", "").WaitVisible()).To(Succeed())
	look(p)
	Expect(p.Open(s.mailedLink())).To(Succeed())
	look(p)
	Expect(p.ByRole("button", "Unblock account").Click()).To(Succeed())
	Expect(p.ByRole("heading", "Account unblocked").WaitVisible()).To(Succeed())
	look(p)
}

// mailedLink is the link in the last mail that the tenant would have sent.
func (s *Scene) mailedLink() (link string) {
	GinkgoHelper()
	for _, e := range s.Tenant.Events(0) {
		if mail, ok := e.Data.(*event.Mail); ok {
			link = mail.URL
		}
	}
	Expect(link).NotTo(BeEmpty(), "the tenant mailed no link")
	return link
}

// logOut is asked whether to log out, refuses, then agrees, and shows every page to look.
func (s *Scene) logOut(p *browser.Page, look func(*browser.Page)) {
	GinkgoHelper()
	Expect(p.Open(s.authorizeAddress())).To(Succeed())
	Expect((&pages.Login{Page: p}).As(ada)).To(Succeed())
	Expect(p.WaitForDocument(s.AppOrigin + "/callback#access_token=")).To(Succeed())
	for _, answer := range []struct{ query, button, heading string }{
		{"?client_id=" + clientID, "No, stay logged in", "Still logged in"},
		{"", "Yes, log me out", "Logged out"}, // of nobody in particular, so it leads nowhere
	} {
		Expect(p.Open(s.TenantURL() + "/oidc/logout" + answer.query)).To(Succeed())
		Expect(p.ByRole("heading", "Log out").WaitVisible()).To(Succeed())
		look(p)
		Expect(p.ByRole("button", answer.button).Click()).To(Succeed())
		Expect(p.ByRole("heading", answer.heading).WaitVisible()).To(Succeed())
		look(p)
	}
}
