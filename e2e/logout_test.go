package e2e

import (
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/browser/pages"
	"renewal.example/mockauth0/event"
)

// expectQuiet lets ten token lifetimes pass and fails when the tenant is asked anything meanwhile.
func (s *Scene) expectQuiet() {
	GinkgoHelper()
	before := s.tenantRequests()
	s.Pass(10 * tokenLife)
	Expect(s.tenantRequests()).To(Equal(before), "requests to the tenant")
	s.expectNoTokens()
}

var _ = Describe("Logout", Label("logout"), func() {
	for _, of := range flavours {
		It(fmt.Sprintf("cancels the renewal: no timer of the app is left, and ten token lifetimes later the tenant saw no request (%s)", of),
			func() {
				s := enter(Setting{App: of})
				s.LogIn(ada)
				Expect(s.AppTimers()).To(HaveLen(1))
				Expect(s.App.LogOut()).To(Succeed())
				Expect(s.AppTimers()).To(BeEmpty())
				s.expectNoTokens()
				s.expectQuiet()
				Expect(s.state()).To(Equal("signed-out"))
			})

		It(fmt.Sprintf("cancels the next renewal after one has happened (%s)", of), func() {
			s := enter(Setting{App: of})
			s.LogIn(ada)
			s.Pass(tokenLife + time.Minute)
			Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
			Expect(s.App.LogOut()).To(Succeed())
			Expect(s.AppTimers()).To(BeEmpty())
			s.expectQuiet()
		})

		It(fmt.Sprintf("cancels the renewal that a reload scheduled, and a reload afterwards schedules none (%s)", of), func() {
			s := enter(Setting{App: of})
			s.LogIn(ada)
			s.reload()
			Expect(s.AppTimers()).To(HaveLen(1))
			Expect(s.App.LogOut()).To(Succeed())
			Expect(s.AppTimers()).To(BeEmpty())
			s.reload()
			Expect(s.state()).To(Equal("signed-out"))
			Expect(s.AppTimers()).To(BeEmpty())
			s.expectQuiet()
		})

		It(fmt.Sprintf("leaves the tenant's session alone: the next login asks for nothing (%s)", of), func() {
			s := enter(Setting{App: of})
			s.LogIn(ada)
			Expect(s.App.LogOut()).To(Succeed())
			Expect(s.Tenant.Sessions()).To(HaveLen(1))
			Expect(s.App.Page.ByRole("button", "Log in").Click()).To(Succeed())
			Expect(s.App.WaitSignedIn()).To(Succeed())
			Expect(s.App.User()).To(Equal("Ada Lovelace"))
		})

		It(fmt.Sprintf("takes what the API said off the page (%s)", of), func() {
			s := enter(Setting{App: of})
			Expect(s.App.Page.ByTestID("api-status").Text()).To(Equal("not called"))
			s.LogIn(ada)
			Expect(s.App.CallAPI()).To(HavePrefix("200"))
			Expect(s.App.LogOut()).To(Succeed())
			Expect(s.App.Page.ByTestID("api-status").Text()).To(Equal("not called"))
			Expect(s.App.Page.ByTestID("api-body").Text()).NotTo(ContainSubstring("auth0|"))
			Expect(s.App.CallAPI()).To(HavePrefix("401"), "it can be asked again")
		})

		It(fmt.Sprintf("at the tenant too ends both sessions (%s)", of), func() {
			s := enter(Setting{App: of})
			s.LogIn(ada)
			Expect(s.App.LogOutAtTenant()).To(Succeed())
			Expect(s.Tenant.Sessions()).To(BeEmpty())
			s.expectNoTokens()
			Expect(s.AppTimers()).To(BeEmpty())
			s.expectQuiet()
			Expect(s.App.Page.ByRole("button", "Log in").Click()).To(Succeed())
			Expect(s.App.Page.ByLabel("Password").WaitVisible()).To(Succeed())
		})

		It(fmt.Sprintf("and login as someone else bring no token of the first person back (%s)", of), func() {
			s := enter(Setting{App: of})
			s.LogIn(ada)
			s.Pass(tokenLife / 2)
			first := s.token("access_token")
			Expect(s.App.LogOutAtTenant()).To(Succeed())
			s.LogIn(grace)
			Expect(s.App.User()).To(Equal("Grace Hopper"))
			timer := s.oneAppTimer()
			Expect(timer.In).To(BeNumerically("~", tokenLife, 35*time.Second), "the first person's timer would be due in an hour")
			s.Pass(2*tokenLife + time.Minute)
			Expect(s.Silent()).To(Equal(times(2, event.SuccessSilentAuth)))
			for _, e := range s.answers() {
				Expect(e.UserName).To(Equal(grace.Email))
			}
			Expect(s.App.User()).To(Equal("Grace Hopper"))
			Expect(s.token("access_token")).NotTo(Equal(first))
			Expect(s.AppTimers()).To(HaveLen(1))
		})
	}

	It("while a renewal is in flight brings the session back in the tutorial", func() {
		s := enter(Setting{})
		s.LogIn(ada)
		s.Arm(silentLatency(30*time.Second, 1))
		s.Pass(tokenLife + 5*time.Second)
		Expect(s.SilentRequests()).To(Equal(1))
		Expect(s.Tenant.Holds()).To(HaveLen(1))
		Expect(s.App.LogOut()).To(Succeed())
		s.expectNoTokens()
		s.Pass(time.Minute)
		Expect(s.App.WaitSignedIn()).To(Succeed())
		Expect(s.token("access_token")).To(HavePrefix("ey"))
		Expect(s.AppTimers()).To(HaveLen(1), "and it will renew again")
	})

	It("while a renewal is in flight stays a logout in the hardened app", func() {
		s := enter(Setting{App: hardened})
		s.LogIn(ada)
		s.Arm(silentLatency(50*time.Second, 1))
		s.Pass(tokenLife - 5*time.Second)
		Expect(s.SilentRequests()).To(Equal(1))
		Expect(s.Tenant.Holds()).To(HaveLen(1))
		Expect(s.App.LogOut()).To(Succeed())
		Expect(s.AppTimers()).To(BeEmpty())
		s.Pass(time.Minute)
		Expect(s.state()).To(Equal("signed-out"))
		s.expectNoTokens()
		s.expectQuiet()
	})

	It("in another tab does not reach the tutorial's first tab, whose renewal brings the session back to both", func() {
		s := enter(Setting{})
		s.LogIn(ada)
		second := s.secondTab()
		Expect(second.LogOut()).To(Succeed())
		s.expectNoTokens()
		Expect(timersOf(second)).To(BeEmpty())
		Expect(s.AppTimers()).To(HaveLen(1), "the first tab was not told")
		s.Pass(tokenLife + time.Minute)
		Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
		Expect(s.token("access_token")).To(HavePrefix("ey"))
		Expect(second.WaitSignedIn()).To(Succeed())
	})

	It("in another tab signs every tab of the hardened app out", func() {
		s := enter(Setting{App: hardened})
		s.LogIn(ada)
		second := s.secondTab()
		Expect(second.LogOut()).To(Succeed())
		Expect(s.App.WaitSignedOut()).To(Succeed())
		Expect(s.App.WaitLog("Signed out in another tab.")).To(Succeed())
		Expect(s.AppTimers()).To(BeEmpty())
		Expect(timersOf(second)).To(BeEmpty())
		s.expectQuiet()
	})

	It("in another tab while this one renews stays a logout in the hardened app", func() {
		s := enter(Setting{App: hardened})
		s.LogIn(ada)
		second := s.secondTab()
		s.Arm(silentLatency(50*time.Second, 1))
		s.Pass(tokenLife - 5*time.Second)
		Expect(s.Tenant.Holds()).To(HaveLen(1))
		Expect(second.LogOut()).To(Succeed())
		Expect(s.App.WaitSignedOut()).To(Succeed())
		s.Pass(time.Minute)
		for _, tab := range []*pages.App{s.App, second} {
			Expect(tab.State()).To(Equal("signed-out"))
			Expect(timersOf(tab)).To(BeEmpty())
		}
		s.expectQuiet()
	})

	It("at the tenant too, in another tab, makes the tutorial's next renewal fail with login_required", func() {
		s := enter(Setting{})
		s.LogIn(ada)
		second := s.secondTab()
		Expect(second.LogOutAtTenant()).To(Succeed())
		s.Pass(tokenLife + time.Minute)
		Expect(s.Silent()).To(Equal(codes(event.FailedSilentAuth)))
		Expect(s.answers()[0].Description).To(Equal("Login required"))
		Expect(s.App.WaitLog("Renewal failed: login_required (Login required)")).To(Succeed())
	})

	It("then login as someone else in another tab: the hardened app's first tab follows the new person", func() {
		s := enter(Setting{App: hardened})
		s.LogIn(ada)
		second := s.secondTab()
		Expect(second.LogOutAtTenant()).To(Succeed())
		Expect(s.App.WaitSignedOut()).To(Succeed())
		Expect(second.LogIn(grace)).To(Succeed())
		Expect(s.App.WaitSignedIn()).To(Succeed())
		Expect(s.App.User()).To(Equal("Grace Hopper"))
		s.Pass(tokenLife + time.Minute)
		Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
		Expect(s.answers()[0].UserName).To(Equal(grace.Email))
	})
})
