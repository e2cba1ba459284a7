package e2e

import (
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/event"
)

var _ = Describe("Renewal when the page was not there at expiry", Label("renewal"), func() {
	It("is never scheduled by the tutorial when the token is expired at load", func() {
		s := enter(Setting{})
		s.LogIn(ada)
		s.comeBack(3 * time.Hour)
		Expect(s.state()).To(Equal("expired"))
		Expect(s.AppTimers()).To(BeEmpty())
		status, body := s.callAPI()
		Expect(status).To(Equal("401"))
		Expect(body).To(ContainSubstring(`"error": "invalid_token"`))
		s.Pass(24 * time.Hour)
		Expect(s.SilentRequests()).To(BeZero())
		By("pressing Renew now, which works: the tenant's session is alive")
		Expect(s.App.RenewNow()).To(Succeed())
		Expect(s.App.WaitRenewals(1)).To(Succeed())
		Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
		status, _ = s.callAPI()
		Expect(status).To(Equal("200"))
	})

	It("happens at once in the hardened app when the token is expired at load", Label("core"), func() {
		s := enter(Setting{App: hardened})
		s.LogIn(ada)
		s.comeBack(3 * time.Hour)
		Expect(s.App.WaitRenewals(1)).To(Succeed())
		Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
		Expect(s.state()).To(Equal("signed-in"))
		status, _ := s.callAPI()
		Expect(status).To(Equal("200"))
	})

	It("comes late by what the tutorial's laptop slept", Label("core"), func() {
		s := enter(Setting{})
		s.LogIn(ada)
		s.Pass(time.Hour)
		Expect(s.Sleep(3 * time.Hour)).To(Succeed())
		Expect(s.App.Page.WaitFor("the page shows the expired token", `document.body.dataset.state === 'expired'`)).To(Succeed())
		status, _ := s.callAPI()
		Expect(status).To(Equal("401"))
		s.Pass(time.Hour - time.Minute)
		Expect(s.SilentRequests()).To(BeZero(), "the timer stood still while the laptop slept")
		s.Pass(2 * time.Minute)
		Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
		Expect(s.state()).To(Equal("signed-in"))
	})

	It("happens in the hardened app as soon as the laptop wakes", Label("core"), func() {
		s := enter(Setting{App: hardened})
		s.LogIn(ada)
		s.Pass(time.Hour)
		Expect(s.Sleep(3 * time.Hour)).To(Succeed())
		Expect(s.App.WaitRenewals(1)).To(Succeed())
		Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
		Expect(s.answers()[0].Date).To(BeTemporally("~", s.Tenant.Now(), 10*time.Second))
		status, _ := s.callAPI()
		Expect(status).To(Equal("200"))
	})

	for _, of := range flavours {
		It(fmt.Sprintf("happens when a frozen page thaws (%s)", of), func() {
			s := enter(Setting{App: of})
			s.LogIn(ada)
			Expect(s.App.Page.Freeze()).To(Succeed())
			s.Pass(5 * time.Hour)
			Expect(s.SilentRequests()).To(BeZero())
			Expect(s.App.Page.Thaw()).To(Succeed())
			Expect(s.App.WaitRenewals(1)).To(Succeed())
			Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
			s.Pass(tokenLife + time.Minute)
			Expect(s.Silent()).To(Equal(times(2, event.SuccessSilentAuth)))
		})

		It(fmt.Sprintf("comes at most a minute late in a hidden tab whose timers are throttled (%s)", of), Label("full"), func() {
			s := enter(Setting{App: of, Browser: full})
			s.LogIn(ada)
			due := s.expiry()
			front, err := s.NewPage()
			Expect(err).NotTo(HaveOccurred())
			Expect(front.BringToFront()).To(Succeed())
			Expect(s.App.Page.WaitFor("the tab is hidden", `document.hidden`)).To(Succeed())
			Expect(s.App.Page.Throttle(time.Minute)).To(Succeed())
			s.Pass(tokenLife - 90*time.Second)
			Expect(s.SilentRequests()).To(BeZero())
			s.Pass(3 * time.Minute)
			Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
			Expect(s.answers()[0].Date).To(BeTemporally("<=", due.Add(time.Minute+2*time.Second)))
			Expect(s.answers()[0].Date).To(BeTemporally(">=", due.Add(-31*time.Second)))
		})
	}
})
