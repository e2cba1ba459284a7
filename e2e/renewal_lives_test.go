package e2e

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/tenant"
)

// longestDelay is what setTimeout can wait, 24.8 days; a longer delay fires at once.
const longestDelay = (1<<31 - 1) * time.Millisecond

// aMonth is the longest life that Auth0 gives an access token.
const aMonth = 30 * 24 * time.Hour

// monthlong is a tenant whose tokens live for a month and whose sessions outlast them.
func monthlong(t *tenant.Config) {
	webLife(aMonth)(t)
	t.Settings.SessionLifetime, t.Settings.IdleSessionLifetime = 100*24*time.Hour, 100*24*time.Hour
}

var _ = Describe("Renewal and the lives of tokens", Label("renewal"), func() {
	for _, of := range flavours {
		It(fmt.Sprintf("follows the access token when the ID token lives shorter (%s)", of), func() {
			s := enter(Setting{App: of, Tenant: func(t *tenant.Config) { t.ClientByID(clientID).IDTokenLifetime = 5 * time.Minute }})
			s.LogIn(ada)
			s.Pass(time.Hour)
			Expect(s.SilentRequests()).To(BeZero(), "the ID token expired 55 minutes ago, which is nobody's business")
			Expect(s.App.State()).To(Equal("signed-in"))
			s.Pass(time.Hour + time.Minute)
			Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
		})

		It(fmt.Sprintf("follows the access token when the ID token lives longer (%s)", of), func() {
			s := enter(Setting{App: of, Tenant: webLife(time.Minute)}) // the ID token's is 10 hours
			s.LogIn(ada)
			s.Pass(50 * time.Second)
			Expect(s.SilentRequests()).To(BeZero())
			s.Pass(20 * time.Second)
			Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
		})

		It(fmt.Sprintf("renews an access token of one second every second, and not more often (%s)", of), func() {
			s := enter(Setting{App: of, Tenant: webLife(time.Second)})
			s.LogIn(ada)
			begun, before := s.Tenant.Now(), s.SilentRequests()
			s.Pass(10 * time.Second)
			passed := s.Tenant.Now().Sub(begun).Seconds()
			Expect(s.SilentRequests() - before).To(BeNumerically("<=", passed+1))
			Expect(s.SilentRequests() - before).To(BeNumerically(">=", 6))
			for _, e := range s.answers() {
				Expect(e.Type).To(Equal(event.SuccessSilentAuth))
			}
		})
	}

	It("storms the tenant in the tutorial when the delay is longer than setTimeout can wait", func() {
		// From the fifth silent page on the tenant refuses: that ends the tutorial's renewals, and so the storm.
		var s *Scene
		var served atomic.Int32
		s = enter(Setting{
			Tenant: monthlong,
			Silent: func(inner http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/silent" && served.Add(1) == 5 {
						if _, err := s.Tenant.Arm(silentError("login_required", "", 0)); err != nil {
							http.Error(w, err.Error(), http.StatusInternalServerError)
							return
						}
					}
					inner.ServeHTTP(w, r)
				})
			},
		})
		Expect(s.App.LogIn(ada)).To(Succeed())
		Expect(s.App.WaitLog("login_required")).To(Succeed())
		Expect(s.Settle()).To(Succeed())
		Expect(s.Silent()).To(Equal(append(times(5, event.SuccessSilentAuth), event.FailedSilentAuth)))
		answers := s.answers()
		Expect(answers[5].Date.Sub(answers[0].Date)).To(BeNumerically("<", time.Minute), "though each token lives for a month")
	})

	It("chains its waits in the hardened app when the delay is longer than setTimeout can wait", func() {
		s := enter(Setting{App: hardened, Tenant: monthlong})
		s.LogIn(ada)
		due := s.expiry()
		Expect(s.oneAppTimer().In).To(BeNumerically("~", longestDelay, 10*time.Second))
		s.Pass(aMonth - time.Minute)
		Expect(s.SilentRequests()).To(BeZero())
		Expect(s.oneAppTimer().Due).To(BeTemporally("~", due, 31*time.Second))
		s.Pass(time.Minute + time.Second)
		Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
	})
})
