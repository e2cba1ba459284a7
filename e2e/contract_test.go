package e2e

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/event"
)

// The contract is what any app with silent renewal has to keep, whatever it looks like. Without APP_URL it is held
// against the sample apps and against testdata/ownapp; with it, against the app that is served there.
var _ = Describe("Contract", Label("contract"), func() {
	for _, app := range contractApps() {
		Describe(app.name, app.how, func() {
			if app.reachable != nil {
				loginFailed := false
				BeforeAll(func() {
					if why := app.reachable(); why != nil {
						Fail(why.Error())
					}
				})
				BeforeEach(func() {
					if loginFailed {
						Skip("the app did not log in, see there")
					}
				})
				AfterEach(func() {
					spec := CurrentSpecReport()
					loginFailed = loginFailed || spec.Failed() && spec.LeafNodeText == logsIn
				})
			}

			It(logsIn, func() {
				c := app.enter()
				c.logIn()
				Expect(c.logged(event.SuccessLogin)).To(Equal(1), "successful logins at the tenant%s", c.trouble())
			})

			It("renews when the token expires or a little before, and again when that one does", func() {
				c := app.enter()
				c.logIn()
				c.expectRenewal("the first token")
				c.expectRenewal("the renewed token")
				Expect(c.SilentRequests()).To(BeNumerically("<=", 10), "silent requests in two lives of a token: more is a storm")
				Expect(c.own.WaitSignedIn(c.AppOrigin)).To(Succeed(), c.trouble)
			})

			It("takes login_required for an answer: no storm, and a new login works", func() {
				c := app.enter()
				c.logIn()
				Expect(c.Tenant.EndSessions("")).To(Equal(1))
				before := c.SilentRequests()
				c.Pass(tokenLife + minute)
				Expect(c.logged(event.FailedSilentAuth)).
					To(BeNumerically(">=", 1), "silent requests that the tenant answered with login_required%s", c.trouble())
				c.Pass(10 * minute)
				Expect(c.SilentRequests()-before).To(BeNumerically("<=", 10), "silent requests in ten minutes after login_required: more is a storm")
				c.Pass(10 * tokenLife)
				Expect(c.SilentRequests()-before).To(BeNumerically("<=", 30),
					"silent requests in ten lives of a token after login_required: more is a storm")
				c.logIn()
				c.expectRenewal("the token of the new login")
			})

			It("asks the tenant for nothing in ten lives of a token after logout", func() {
				c := app.enter()
				c.logIn()
				c.Pass(tokenLife / 2)
				Expect(c.own.LogOut()).To(Succeed(), c.trouble)
				Expect(c.Settle()).To(Succeed())
				before := c.SilentRequests()
				c.Pass(10 * tokenLife)
				Expect(c.SilentRequests()-before).To(BeZero(),
					"silent requests after logout: is the timer cleared, and is an answer that comes too late ignored?")
			})
		})
	}
})

const logsIn = "logs in"

// expectRenewal lets one token's life pass and wants a silent renewal to succeed at the end of it.
func (c *contractScene) expectRenewal(of string) {
	GinkgoHelper()
	c.Pass(tokenLife * 9 / 10)
	early := c.logged(event.SuccessSilentAuth)
	c.Pass(tokenLife/10 + minute)
	Expect(c.logged(event.SuccessSilentAuth)-early).To(BeNumerically(">=", 1),
		"silent requests that the tenant answered with tokens, from a tenth of the life of %s before its expiry to a minute after it%s", of,
		c.trouble())
}
