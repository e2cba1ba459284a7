package e2e

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/e2e/tables"
	"renewal.example/mockauth0/browser/pages"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/tenant"
)

// Ways of using the SDKs that the tenant must know as well.
var _ = Describe("On servers", Label("sdk", "sdk-server"), func() {
	isAda := HaveKeyWithValue("email", "ada@example.test")

	DescribeTable("an authorization request is pushed first", func(s stack) {
		s.order.PAR = true
		b := s.enter(backendSetting{})
		in := b.at("/login")
		Expect(in.User).To(isAda, "%+v", in)
		Expect(b.seen("authorize")).To(HaveEach(HaveKey("request_uri")), "the request went by the back channel")
		Expect(b.at("/login?prompt=none").User).To(isAda)
		Expect(b.prompts).To(Equal(1))
	},
		Entry("openid-client 6", stack{app: "openid-client"}),
		Entry("express-openid-connect", stack{app: "express-openid-connect", order: order{Type: "code"}}),
		Entry("node-auth0 5", stack{app: "auth0"}),
		Entry("node-auth0 4", stack{app: "auth0-4"}),
		Entry("auth0-server-js", stack{app: "auth0-server-js"}),
		Entry("nextjs-auth0 4", stack{app: "nextjs-auth0"}),
	)

	DescribeTable("a client proves who it is by a key instead of a secret", func(s stack) {
		private, public := keyPair()
		s.order.Key = private
		b := s.enter(backendSetting{Client: func(c *tenant.Client) {
			c.TokenEndpointAuthMethod, c.PublicKeys = "private_key_jwt", []string{public}
		}})
		in := b.at("/login")
		Expect(in.User).To(isAda, "%+v", in)
		Expect(b.at("/refresh").User).To(isAda)
		s.order.Key, _ = keyPair() // a stranger's
		refused := s.enter(backendSetting{Client: func(c *tenant.Client) {
			c.TokenEndpointAuthMethod, c.PublicKeys = "private_key_jwt", []string{public}
		}}).at("/login")
		Expect(refused.says()+refused.Error).To(And(ContainSubstring("Unauthorized"), ContainSubstring("access_denied")), "%+v", refused)
	},
		Entry("openid-client 6", stack{app: "openid-client"}),
		Entry("express-openid-connect", stack{app: "express-openid-connect", order: order{Type: "code"}}),
		Entry("node-auth0 5", stack{app: "auth0"}),
		Entry("node-auth0 4", stack{app: "auth0-4"}),
	)

	DescribeTable("ID tokens are signed as the client is set", func(s stack, alg string) {
		s.order.Alg = alg
		b := s.enter(backendSetting{Client: func(c *tenant.Client) { c.IDTokenAlg = alg }, Tenant: func(tn *tenant.Config) {
			// A key that is published as one for RS256 verifies nothing else (RFC 7517 §4.4).
			tn.Settings.RemoveAlgFromJWKS = alg != "HS256"
		}})
		in := b.at("/login")
		Expect(in.User).To(isAda, "%+v", in)
		again := b.at("/refresh")
		Expect(again.User).To(isAda, "%+v", again)
	},
		Entry("PS256, openid-client 6", stack{app: "openid-client"}, "PS256"),
		Entry("PS256, openid-client 5", stack{app: "openid-client-5"}, "PS256"),
		Entry("HS256, openid-client 5", stack{app: "openid-client-5"}, "HS256"),
		Entry("HS256, node-auth0 5", stack{app: "auth0"}, "HS256"),
		Entry("HS256, node-auth0 4", stack{app: "auth0-4"}, "HS256"),
		Entry("HS256, express-openid-connect", stack{app: "express-openid-connect", order: order{Type: "code"}}, "HS256"),
	)

	DescribeTable("an app hears of a logout elsewhere by the back channel", func(s stack) {
		s.order.Backchannel = true
		b := s.enter(backendSetting{})
		tn := b.Tenant.Snapshot().Clone()
		tn.ClientByID(webClient).BackchannelLogout = tenant.BackchannelLogout{URLs: []string{b.app + "/backchannel-logout"}}
		Expect(b.Tenant.Reload(tn)).To(Succeed())
		b.at("/login")
		Expect(b.at("/").User).To(isAda)
		b.get(b.Tenant.URL() + "/v2/logout")
		Eventually(func() []event.LogCode {
			return b.logged(event.BackchannelLogoutSucceeded, event.BackchannelLogoutFailed)
		}).Should(Equal(codes(event.BackchannelLogoutSucceeded)))
		Expect(b.at("/").User).To(BeNil())
	},
		Entry("express-openid-connect", stack{app: "express-openid-connect", order: order{Type: "code"}}),
		Entry("nextjs-auth0 4", stack{app: "nextjs-auth0"}),
		Entry("auth0-server-js", stack{app: "auth0-server-js"}),
	)

	DescribeTable("the domain may be an address", func(s stack) {
		b := s.enter(backendSetting{Host: "127.0.0.1"})
		in := b.at("/login")
		Expect(in.User).To(isAda, "%+v", in)
		Expect(claimsOf(in.Tokens.IDToken)).To(HaveKeyWithValue("iss", "https://"+b.Tenant.Domain()+"/"))
		Expect(b.at("/refresh").User).To(isAda)
	},
		Entry("openid-client 6", stack{app: "openid-client"}),
		Entry("express-openid-connect", stack{app: "express-openid-connect", order: order{Type: "code"}}),
		Entry("node-auth0 5", stack{app: "auth0"}),
		Entry("go-oidc with x/oauth2", stack{serve: newGoOIDC}),
		Entry("zitadel/oidc", stack{serve: newZitadel}),
	)

	Describe("express-openid-connect", func() {
		s := stack{app: "express-openid-connect", order: order{Type: "code id_token"}, way: "code and ID token by form_post"}

		It("takes a code and an ID token that belong together, posted by the tenant's page", func() {
			proves(s.row(), tables.LogsIn, tables.Renews)
			b := s.enter(backendSetting{})
			page := b.inBrowser()
			Expect(page.Open(b.app + "/login")).To(Succeed())
			Expect((&pages.Login{Page: page}).As(ada)).To(Succeed())
			in := appAnswerIn(page)
			Expect(in.User).To(isAda, "%+v", in)
			Expect(in.Tokens.RefreshToken).NotTo(BeEmpty())
			Expect(page.Open(b.app + "/login?prompt=none")).To(Succeed())
			Expect(appAnswerIn(page).User).To(isAda)
		})
	})
})

// seen are the query parameters of the requests to an endpoint of the tenant.
func (b *backend) seen(endpoint string) []event.Query {
	out := []event.Query{}
	for _, e := range b.Tenant.Events(0) {
		if r, ok := e.Data.(*event.Request); ok && e.Endpoint == endpoint {
			out = append(out, r.Query)
		}
	}
	return out
}

// logged are the Auth0 log types of what the tenant did, of those asked for.
func (b *backend) logged(which ...event.LogCode) []event.LogCode {
	out := []event.LogCode{}
	for _, e := range b.Tenant.Events(0) {
		if slices.Contains(which, e.Type) {
			out = append(out, e.Type)
		}
	}
	return out
}

// keyPair makes a client's key: the private one as PKCS #8, both as PEM.
func keyPair() (private, public string) {
	GinkgoHelper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	Expect(err).NotTo(HaveOccurred())
	der, err := x509.MarshalPKCS8PrivateKey(key)
	Expect(err).NotTo(HaveOccurred())
	spki, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	Expect(err).NotTo(HaveOccurred())
	encode := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	return encode("PRIVATE KEY", der), encode("PUBLIC KEY", spki)
}
