package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/browser/pages"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/tenant"
)

var _ = Describe("Renewal with a wrong clock", Label("renewal"), func() {
	for _, of := range flavours {
		for _, skew := range []time.Duration{10 * time.Minute, -10 * time.Minute} {
			side := "ahead of"
			if skew < 0 {
				side = "behind"
			}
			It(fmt.Sprintf("stays on time when the browser is 10 minutes %s the tenant, and says so (%s)", side, of), func() {
				s := enter(Setting{App: of, World: browser.WorldOptions{ClockSkew: skew}})
				began := s.Tenant.Now()
				s.LogIn(ada)
				loggedIn := s.Tenant.Now()
				Expect(s.App.WaitLog("This device's clock is ")).To(Succeed())
				// The page compares its clock with the token's iat, in whole seconds, when the token has come to it.
				late := s.Tenant.Now().Sub(began)
				Expect(s.skewShown(side)).To(And(BeNumerically(">=", skew-time.Second), BeNumerically("<=", skew+late+1500*time.Millisecond)))
				Expect(s.expiry()).To(BeTemporally("~", loggedIn.Add(skew+tokenLife), 5*time.Second))
				s.Pass(tokenLife - 40*time.Second)
				Expect(s.SilentRequests()).To(BeZero())
				s.Pass(time.Minute)
				Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
				Expect(s.answers()[0].Date).To(BeTemporally("~", loggedIn.Add(tokenLife), 35*time.Second))
				Expect(s.App.WaitRenewals(1)).To(Succeed())
				status, _ := s.callAPI()
				Expect(status).To(Equal("200"))
			})
		}

		It(fmt.Sprintf("cannot log in when the browser is ahead by more than the ID token lives, and says why (%s)", of), func() {
			s := enter(Setting{
				App: of, World: browser.WorldOptions{ClockSkew: 10 * time.Minute},
				Tenant: func(t *tenant.Config) { t.ClientByID(clientID).IDTokenLifetime = 5 * time.Minute },
			})
			Expect(s.App.Page.ByRole("button", "Log in").Click()).To(Succeed())
			Expect((&pages.Login{Page: s.App.Page}).As(ada)).To(Succeed())
			Expect(s.App.WaitLog("Login failed: invalid_token (Expired token.)")).To(Succeed())
			Expect(s.App.Problem()).To(Equal("A new ID token is already expired here"))
			Expect(s.state()).To(Equal("signed-out"))
			s.expectNoTokens()
			Expect(s.AppTimers()).To(BeEmpty())
		})
	}

	It("is too early by what the clock jumped ahead, once the tutorial is loaded again", func() {
		s := enter(Setting{})
		s.LogIn(ada)
		loggedIn := s.Tenant.Now()
		Expect(s.Skew(10 * time.Minute)).To(Succeed())
		s.reload()
		s.Pass(tokenLife - 10*time.Minute + time.Minute)
		Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
		Expect(s.answers()[0].Date).To(BeTemporally("~", loggedIn.Add(tokenLife-10*time.Minute), 10*time.Second))
	})

	It("is too late by what the clock was set back, once the tutorial is loaded again: the API refuses meanwhile", func() {
		s := enter(Setting{})
		s.LogIn(ada)
		loggedIn := s.Tenant.Now()
		Expect(s.Skew(-10 * time.Minute)).To(Succeed())
		s.reload()
		s.Pass(tokenLife + time.Minute)
		Expect(s.state()).To(Equal("signed-in"), "so the page thinks")
		status, body := s.callAPI()
		Expect(status).To(Equal("401"))
		Expect(body).To(ContainSubstring("The token is expired"))
		Expect(s.SilentRequests()).To(BeZero())
		s.Pass(10 * time.Minute)
		Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
		Expect(s.answers()[0].Date).To(BeTemporally("~", loggedIn.Add(tokenLife+10*time.Minute), 10*time.Second))
	})
})

// skewShown is how far the page says that the browser's clock is ahead of the tenant's; side is "ahead of" or "behind".
func (s *Scene) skewShown(side string) time.Duration {
	GinkgoHelper()
	found := regexp.MustCompile("This device's clock is ([^.]+) " + side + " the tenant's").FindStringSubmatch(s.shown("event-log"))
	Expect(found).To(HaveLen(2), "the page's log says how far the clock is %s the tenant's", side)
	shown, err := time.ParseDuration(strings.NewReplacer(" min", "m", " ", "").Replace(found[1]))
	Expect(err).NotTo(HaveOccurred())
	if side == "behind" {
		return -shown
	}
	return shown
}
