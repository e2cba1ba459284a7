package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/tenant"
)

// control asks the tenant's control API and decodes the answer into out (nil: not wanted).
func (s *Scene) control(method, endpoint, body string, out any) {
	GinkgoHelper()
	req, err := http.NewRequest(method, s.Tenant.URL()+"/__mock/v1/"+endpoint, bytes.NewBufferString(body))
	Expect(err).NotTo(HaveOccurred())
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := s.Tenant.Client().Do(req)
	Expect(err).NotTo(HaveOccurred())
	defer res.Body.Close()
	Expect(res.StatusCode).To(And(BeNumerically(">=", 200), BeNumerically("<", 300)), "%s %s", method, endpoint)
	if out != nil {
		Expect(json.NewDecoder(res.Body).Decode(out)).To(Succeed())
	}
}

// pressRenew presses the button and waits until the tenant has answered n silent requests in all.
func (s *Scene) pressRenew(n int) {
	GinkgoHelper()
	Expect(s.App.RenewNow()).To(Succeed())
	Expect(s.Settle()).To(Succeed())
	s.Pass(2 * time.Second) // the hardened app leaves a second between two renewals
	Expect(s.Silent()).To(HaveLen(n))
}

// expectLoginRequired is what each app makes of login_required: the tutorial keeps it as if it were a session, the
// hardened app signs out.
func (s *Scene) expectLoginRequired() {
	GinkgoHelper()
	Expect(s.App.WaitLog("Renewal failed: login_required (Login required)")).To(Succeed())
	if s.Of == tutorial {
		Expect(s.state()).To(Equal("broken"))
		Expect(s.token("access_token")).To(Equal("undefined"))
	} else {
		Expect(s.App.WaitSignedOut()).To(Succeed())
		s.expectNoTokens()
	}
	Expect(s.AppTimers()).To(BeEmpty())
}

var _ = Describe("A renewal that fails", Label("renewal"), func() {
	for _, of := range flavours {
		It(fmt.Sprintf("brings login_required, armed from Go, to the app (%s)", of), func() {
			s := enter(Setting{App: of})
			s.LogIn(ada)
			s.Arm(silentError("login_required", "", 1))
			s.Pass(tokenLife + time.Minute)
			Expect(s.Silent()).To(Equal(codes(event.FailedSilentAuth)))
			s.expectLoginRequired()
			s.Pass(10 * tokenLife)
			Expect(s.SilentRequests()).To(Equal(1), "nobody asks again")
		})

		It(fmt.Sprintf("brings any other OAuth error with its description (%s)", of), func() {
			s := enter(Setting{App: of})
			s.LogIn(ada)
			s.Arm(silentError("access_denied", "Please verify your e-mail first.", 1))
			s.Pass(tokenLife + time.Minute)
			Expect(s.App.WaitLog("Renewal failed: access_denied (Please verify your e-mail first.)")).To(Succeed())
			Expect(s.Silent()).To(Equal(codes(event.FailedSilentAuth)))
			Expect(s.answers()[0].Description).To(Equal("Please verify your e-mail first."))
		})

		It(fmt.Sprintf("sees that the tenant's session was idle for too long (%s)", of), func() {
			s := enter(Setting{App: of, Tenant: func(t *tenant.Config) { t.Settings.IdleSessionLifetime = time.Hour }})
			s.LogIn(ada)
			s.Pass(tokenLife + time.Minute)
			Expect(s.Silent()).To(Equal(codes(event.FailedSilentAuth)))
			s.expectLoginRequired()
			Expect(s.Tenant.Sessions()).To(BeEmpty())
		})

		It(fmt.Sprintf("sees that the tenant's session reached its absolute life, however often it was used (%s)", of), func() {
			s := enter(Setting{App: of, Tenant: func(t *tenant.Config) {
				t.Settings.SessionLifetime, t.Settings.IdleSessionLifetime = 5*time.Hour, 3*time.Hour
			}})
			s.LogIn(ada)
			s.Pass(7 * time.Hour)
			Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth, event.SuccessSilentAuth, event.FailedSilentAuth)))
			s.expectLoginRequired()
			Expect(s.Tenant.Sessions()).To(BeEmpty())
		})

		It(fmt.Sprintf("sees that the user was blocked since the last renewal (%s)", of), func() {
			s := enter(Setting{App: of})
			s.LogIn(ada)
			s.Pass(tokenLife + time.Minute)
			s.Change(func(t *tenant.Config) {
				for _, u := range t.Users {
					u.Blocked = u.Email == ada.Email
				}
			})
			s.Pass(tokenLife)
			Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth, event.FailedSilentAuth)))
			Expect(s.App.WaitLog("Renewal failed: unauthorized (user is blocked)")).To(Succeed())
		})

		It(fmt.Sprintf("times out after 60 seconds when the user was deleted: the tenant answers with an error page (%s)", of), func() {
			s := enter(Setting{App: of})
			s.LogIn(ada)
			s.Change(func(t *tenant.Config) {
				kept := t.Users[:0]
				for _, u := range t.Users {
					if u.Email != ada.Email {
						kept = append(kept, u)
					}
				}
				t.Users = kept
			})
			s.Pass(s.oneAppTimer().In + 55*time.Second)
			Expect(s.Silent()).To(Equal(codes(event.FailedSilentAuth)))
			Expect(s.answers()[0].Description).To(Equal("Unable to construct sso user."))
			var statuses []int
			for _, r := range s.Requests() {
				if r.Type == "Document" && r.Status >= 500 {
					statuses = append(statuses, r.Status)
				}
			}
			Expect(statuses).To(Equal([]int{500}))
			Expect(s.shown("event-log")).NotTo(ContainSubstring("failed"))
			s.Pass(6 * time.Second)
			Expect(s.App.WaitLog("Renewal failed: timeout (")).To(Succeed())
		})
	}

	It("takes login_required for as many silent requests as the control API was told, and then works again", func() {
		s := enter(Setting{})
		s.LogIn(ada)
		var armed fault.Fault
		s.control(http.MethodPost, "faults",
			`{"when": {"client": "Tutorial SPA", "prompt": "none"}, "times": 3, "do": {"error": "login_required"}}`, &armed)
		Expect(armed.ID).NotTo(BeEmpty())
		for n := 1; n <= 4; n++ {
			s.pressRenew(n)
		}
		Expect(s.Silent()).To(Equal(codes(event.FailedSilentAuth, event.FailedSilentAuth, event.FailedSilentAuth, event.SuccessSilentAuth)))
		Expect(s.state()).To(Equal("signed-in"))
		Expect(s.Tenant.Faults()).To(HaveLen(1))
		Expect(s.Tenant.Faults()[0].Fired).To(Equal(3))
		s.control(http.MethodDelete, "faults/"+armed.ID, "", nil)
		Expect(s.Tenant.Faults()).To(BeEmpty())
	})

	It("is tried again by the hardened app when the tenant is temporarily unavailable, and the session stays", func() {
		s := enter(Setting{App: hardened})
		s.LogIn(ada)
		first := s.token("access_token")
		s.Arm(silentError("temporarily_unavailable", "Try later.", 2))
		s.Pass(s.oneAppTimer().In + time.Second) // the next tries come 5 to 6 s and 15 to 18 s later
		Expect(s.App.WaitLog("Renewal failed: temporarily_unavailable (Try later.)")).To(Succeed())
		Expect(s.token("access_token")).To(Equal(first))
		Expect(s.state()).To(Equal("signed-in"))
		s.Pass(time.Minute)
		Expect(s.Silent()).To(Equal(codes(event.FailedSilentAuth, event.FailedSilentAuth, event.SuccessSilentAuth)))
		answers := s.answers()
		Expect(answers[1].Date.Sub(answers[0].Date)).To(BeNumerically("~", 5500*time.Millisecond, 2*time.Second))
		Expect(answers[2].Date.Sub(answers[1].Date)).To(BeNumerically("~", 16500*time.Millisecond, 3*time.Second))
		Expect(s.token("access_token")).NotTo(Equal(first))
	})

	It("gives up in the hardened app after six tries: no storm, and the token at hand stays until it expires", func() {
		s := enter(Setting{App: hardened})
		s.LogIn(ada)
		s.Arm(silentError("server_error", "", 0))
		s.pressRenew(1)
		s.Pass(time.Hour)
		Expect(s.Silent()).To(Equal(times(6, event.FailedSilentAuth)))
		Expect(s.state()).To(Equal("signed-in"))
		status, _ := s.callAPI()
		Expect(status).To(Equal("200"))
		Expect(s.AppTimers()).To(BeEmpty())
	})

	It("ends the tutorial's renewals when the network is away at expiry, also when it is back", func() {
		s := enter(Setting{})
		s.LogIn(ada)
		s.Pass(tokenLife - time.Minute)
		Expect(s.Offline(true)).To(Succeed())
		s.Pass(3 * time.Minute)
		Expect(s.App.WaitLog("Renewal failed: timeout (Timeout during authentication renew.)")).To(Succeed())
		Expect(s.Offline(false)).To(Succeed())
		Expect(s.AppTimers()).To(BeEmpty())
		s.Pass(24 * time.Hour)
		Expect(s.SilentRequests()).To(BeZero())
		Expect(s.state()).To(Equal("expired"))
	})

	It("is made good by the hardened app as soon as the network is back", Label("core"), func() {
		s := enter(Setting{App: hardened})
		s.LogIn(ada)
		s.Pass(tokenLife - time.Minute)
		Expect(s.Offline(true)).To(Succeed())
		s.Pass(20 * time.Minute)
		Expect(s.SilentRequests()).To(BeZero(), "nothing reaches the tenant")
		Expect(s.state()).To(Equal("expired"))
		Expect(s.Offline(false)).To(Succeed())
		Expect(s.App.WaitSignedIn()).To(Succeed())
		Expect(s.Settle()).To(Succeed())
		Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
		status, _ := s.callAPI()
		Expect(status).To(Equal("200"))
		s.Pass(tokenLife + time.Minute)
		Expect(s.Silent()).To(Equal(times(2, event.SuccessSilentAuth)))
	})
})
