package e2e

import (
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/tenant"
)

var _ = Describe("Renewal scheduling", Label("renewal", wellLabel), func() {
	It("renews at the token's expiry: not before and not never", Label("core"), func() {
		s := enter(Setting{})
		s.LogIn(ada)
		first := s.token("access_token")
		due := s.expiry()
		s.Pass(tokenLife - 5*time.Second)
		Expect(s.Silent()).To(BeEmpty(), "nothing is renewed while the token is good")
		Expect(s.token("access_token")).To(Equal(first))
		s.Pass(10 * time.Second)
		Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
		Expect(s.answers()[0].Date).To(BeTemporally("~", due, 2*time.Second))
		Expect(s.answers()[0].Date).To(BeTemporally(">=", due.Add(-time.Millisecond)))
		Expect(s.token("access_token")).NotTo(Equal(first))
	})

	It("renews between 30 and 15 seconds early in the hardened app", Label("core"), func() {
		s := enter(Setting{App: hardened})
		s.LogIn(ada)
		first := s.token("access_token")
		due := s.expiry()
		s.Pass(tokenLife - 35*time.Second)
		Expect(s.Silent()).To(BeEmpty())
		s.Pass(30 * time.Second)
		Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
		Expect(s.answers()[0].Date).To(BeTemporally(">=", due.Add(-30*time.Second-time.Millisecond)))
		Expect(s.answers()[0].Date).To(BeTemporally("<=", due.Add(-14*time.Second)))
		Expect(s.token("access_token")).NotTo(Equal(first))
	})

	for _, of := range flavours {
		It(fmt.Sprintf("chains twelve renewals through 24 hours, each with its own state and nonce (%s)", of), Label("core"), func() {
			s := enter(Setting{App: of})
			s.LogIn(ada)
			s.Pass(24*time.Hour + time.Minute)
			Expect(s.Silent()).To(Equal(times(12, event.SuccessSilentAuth)))
			Expect(s.App.WaitRenewals(12)).To(Succeed())
			states, nonces := map[string]bool{}, map[string]bool{}
			for _, q := range s.silentQueries() {
				states[q.Get("state")], nonces[q.Get("nonce")] = true, true
			}
			Expect(states).To(HaveLen(12))
			Expect(nonces).To(HaveLen(12))
			Expect(states).NotTo(HaveKey(""))
			Expect(nonces).NotTo(HaveKey(""))
			for i, e := range s.answers()[1:] {
				Expect(e.Date.Sub(s.answers()[i].Date)).To(BeNumerically("~", tokenLife, 32*time.Second), "renewal %d", i+2)
			}
			Expect(s.AppTimers()).To(HaveLen(1))
		})

		It(fmt.Sprintf("keeps the tenant's session alive: each renewal begins its idle life anew (%s)", of), func() {
			s := enter(Setting{App: of, Tenant: func(t *tenant.Config) { t.Settings.IdleSessionLifetime = 3 * time.Hour }})
			s.LogIn(ada)
			before := s.Tenant.Sessions()
			Expect(before).To(HaveLen(1))
			s.Pass(8*time.Hour + time.Minute)
			Expect(s.Silent()).To(Equal(times(4, event.SuccessSilentAuth)), "four renewals, though the session would have been idle after 3 hours")
			after := s.Tenant.Sessions()
			Expect(after).To(HaveLen(1))
			Expect(after[0].ID).To(Equal(before[0].ID))
			Expect(after[0].IdleExpires).To(BeTemporally("~", s.answers()[3].Date.Add(3*time.Hour), time.Second))
			Expect(after[0].Expires).To(Equal(before[0].Expires), "its absolute life does not grow")
		})

		It(fmt.Sprintf("keeps the schedule over a reload (%s)", of), Label("core"), func() {
			s := enter(Setting{App: of})
			s.LogIn(ada)
			due := s.expiry()
			s.Pass(tokenLife / 2)
			s.reload()
			Expect(s.App.WaitSignedIn()).To(Succeed())
			Expect(s.expiry()).To(Equal(due))
			timer := s.oneAppTimer()
			Expect(timer.Due).To(BeTemporally("~", due, 31*time.Second))
			Expect(timer.Due).To(BeTemporally("<", due.Add(time.Second)))
			s.Pass(tokenLife/2 - 35*time.Second)
			Expect(s.SilentRequests()).To(BeZero())
			s.Pass(40 * time.Second)
			Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
		})

		It(fmt.Sprintf("replaces the old tokens in localStorage by the new ones (%s)", of), func() {
			s := enter(Setting{App: of})
			s.LogIn(ada)
			access, id, due := s.token("access_token"), s.token("id_token"), s.expiry()
			s.Pass(tokenLife + time.Minute)
			Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
			Expect(s.token("access_token")).NotTo(Equal(access))
			Expect(s.token("id_token")).NotTo(Equal(id))
			Expect(s.expiry().Sub(due)).To(BeNumerically("~", tokenLife, 31*time.Second))
			Expect(s.App.WaitSignedIn()).To(Succeed())
			Expect(s.App.User()).To(Equal("Ada Lovelace"))
		})

		It(fmt.Sprintf("opens the API again: 200 before expiry, 401 after it, 200 after the renewal (%s)", of), Label("core"), func() {
			s := enter(Setting{App: of})
			s.LogIn(ada)
			status, body := s.callAPI()
			Expect(status).To(Equal("200"), body)
			// The tenant takes 50 s to answer, so the token expires before the new one comes.
			s.Arm(silentLatency(50*time.Second, 1))
			s.Pass(s.expiry().Sub(s.Now()) + 3*time.Second)
			status, body = s.callAPI()
			Expect(status).To(Equal("401"))
			Expect(body).To(ContainSubstring(`"error": "invalid_token"`))
			Expect(body).To(ContainSubstring("The token is expired"))
			s.Pass(time.Minute)
			Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
			Expect(s.App.WaitRenewals(1)).To(Succeed())
			status, body = s.callAPI()
			Expect(status).To(Equal("200"), body)
		})
	}
})
