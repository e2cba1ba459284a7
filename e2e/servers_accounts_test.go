package e2e

import (
	"net/url"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/tenant"
)

// What servers do without a browser.
var _ = Describe("On servers, without a browser,", Label("sdk", "sdk-server"), func() {
	DescribeTable("people are signed up and log in with a password, and the SDK tells why not", func(s stack) {
		b := s.enter(backendSetting{Client: func(c *tenant.Client) { c.GrantTypes = append(c.GrantTypes, "password") },
			Tenant: func(tn *tenant.Config) { tn.Settings.DefaultDirectory = tn.Connections[0].Name }})
		mary := url.Values{"email": {"mary@example.test"}, "password": {"Difference-Engine-2"}}
		signed := b.at("/signup?" + mary.Encode())
		Expect(signed.User).To(And(HaveKeyWithValue("email", "mary@example.test"), HaveKeyWithValue("email_verified", false)), "%+v", signed)
		again := b.at("/signup?" + mary.Encode())
		Expect(again.Error).To(Equal("invalid_signup"), "%+v", again)
		Expect(again.Description).To(Equal("Invalid sign up"))

		in := b.at("/password?" + url.Values{"username": mary["email"], "password": mary["password"]}.Encode())
		Expect(in.User).To(HaveKeyWithValue("email", "mary@example.test"), "%+v", in)
		refused := b.at("/password?" + url.Values{"username": mary["email"], "password": {"Difference-Engine-1"}}.Encode())
		Expect(refused.Error).To(Equal("invalid_grant"), "%+v", refused)
		Expect(refused.Description).To(Equal("Wrong email or password."))
		Expect(b.at("/forgotten?email=mary@example.test").Message).To(Equal("We've just sent you an email to reset your password."))
	},
		Entry("node-auth0 5", stack{app: "auth0"}),
		Entry("node-auth0 4", stack{app: "auth0-4"}),
	)

	DescribeTable("a machine gets a token for the API that it may use, and no other", func(s stack) {
		b := s.enter(backendSetting{})
		refused := b.at("/machine")
		Expect(refused.Error).To(Equal("access_denied"), "%+v", refused)
		Expect(refused.says()).To(ContainSubstring(`Client is not authorized to access "` + audience + `".`))

		tn := b.Tenant.Snapshot().Clone()
		tn.ClientGrants = append(tn.ClientGrants, &tenant.ClientGrant{Client: webClient, Audience: audience, Scopes: []string{"read:profile"}})
		Expect(b.Tenant.Reload(tn)).To(Succeed())
		got := b.at("/machine")
		Expect(claimsOf(got.Tokens.AccessToken)).
			To(And(HaveKeyWithValue("sub", webClient+"@clients"), HaveKeyWithValue("gty", "client-credentials"),
				HaveKeyWithValue("aud", audience), HaveKeyWithValue("scope", "read:profile")), "%+v", got)
	},
		Entry("node-auth0 5", stack{app: "auth0"}),
		Entry("node-auth0 4", stack{app: "auth0-4"}),
		Entry("openid-client 6", stack{app: "openid-client"}),
	)
})
