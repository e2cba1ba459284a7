package e2e

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/event"
)

var _ = Describe("Renewal in several tabs", Label("renewal"), func() {
	It("happens in each tab of the tutorial: twice as many requests", Label("core"), func() {
		s := enter(Setting{})
		s.LogIn(ada)
		second := s.secondTab()
		Expect(timersOf(second)).To(HaveLen(1))
		s.Pass(tokenLife + time.Minute)
		Expect(s.Silent()).To(Equal(times(2, event.SuccessSilentAuth)))
		Expect(s.App.WaitRenewals(1)).To(Succeed())
		Expect(second.WaitRenewals(1)).To(Succeed())
		s.Pass(tokenLife)
		Expect(s.Silent()).To(Equal(times(4, event.SuccessSilentAuth)))
	})

	It("happens in one tab of the hardened app, and the other follows", Label("core"), func() {
		s := enter(Setting{App: hardened})
		s.LogIn(ada)
		second := s.secondTab()
		Expect(timersOf(second)).To(HaveLen(1))
		for n := 1; n <= 3; n++ {
			s.Pass(tokenLife)
			Expect(s.Silent()).To(Equal(times(n, event.SuccessSilentAuth)))
			Expect(s.AppTimers()).To(HaveLen(1))
			Expect(timersOf(second)).To(HaveLen(1))
			Expect(timersOf(second)[0].In).To(BeNumerically(">", tokenLife-2*time.Minute))
		}
	})

	It("goes on in the tab that stays when the other is closed", func() {
		for _, of := range flavours {
			s := enter(Setting{App: of})
			s.LogIn(ada)
			second := s.secondTab()
			Expect(s.App.Page.Close()).To(Succeed())
			s.App = second
			s.Pass(2*tokenLife + time.Minute)
			Expect(s.Silent()).To(Equal(times(2, event.SuccessSilentAuth)), string(of))
		}
	})

	It("is one request for two tabs of the hardened app that wake at the same moment", func() {
		s := enter(Setting{App: hardened})
		s.LogIn(ada)
		second := s.secondTab()
		Expect(s.App.Page.Freeze()).To(Succeed())
		Expect(second.Page.Freeze()).To(Succeed())
		s.Pass(3 * time.Hour)
		Expect(s.SilentRequests()).To(BeZero())
		// The tenant takes its time, so that both have asked for the lock before the answer comes.
		s.Arm(silentLatency(5*time.Second, 1))
		Expect(s.App.Page.Thaw()).To(Succeed())
		Expect(second.Page.Thaw()).To(Succeed())
		s.Pass(time.Minute)
		Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
		Expect(s.App.WaitSignedIn()).To(Succeed())
		Expect(second.WaitSignedIn()).To(Succeed())
	})
})
