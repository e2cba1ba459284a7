package e2e

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/e2e/tables"
	"renewal.example/mockauth0/tenant"
)

// stacks are the server-side SDKs that log people in.
func stacks() []stack {
	return []stack{
		{app: "openid-client", foreign: `unexpected JWT "aud"`, forged: "signature verification failed", revokes: true},
		{app: "openid-client-5", name: "openid-client", foreign: "aud mismatch", forged: "failed to validate JWT signature", revokes: true},
		{app: "express-openid-connect", way: "code flow", order: order{Type: "code"}, foreign: "unexpected JWT claim value", quiet: true},
		{app: "auth0", name: "node-auth0", foreign: "Audience (aud) claim mismatch", forged: "signature verification failed", revokes: true},
		{app: "auth0-4", name: "node-auth0", foreign: "Audience (aud) claim mismatch", forged: "signature verification failed", revokes: true},
		{app: "auth0-server-js", pkg: "@auth0/auth0-server-js", foreign: "unexpected JWT claim value", revokes: true},
		{app: "nextjs-auth0", pkg: "@auth0/nextjs-auth0", foreign: "trying to exchange the authorization code"},
		{app: "nextjs-auth0-3", name: "nextjs-auth0", foreign: "aud mismatch", forged: "failed to validate JWT signature"},
		{app: "passport-auth0", foreign: "Audience (aud) claim mismatch", noRefresh: true},
		{serve: newGoOIDC, name: "go-oidc with x/oauth2", pkg: "github.com/coreos/go-oidc/v3", foreign: "expected audience", forged: "failed to verify signature"},
		{serve: newZitadel, name: "zitadel/oidc", pkg: "github.com/zitadel/oidc/v3", foreign: "audience is not valid", forged: "invalid signature"},
	}
}

var _ = Describe("A server-side app with", Label("sdk", "sdk-server"), func() {
	for _, s := range stacks() {
		Describe(s.row().String(), s.journey)
	}
})

// journey is what an app goes through with every SDK.
func (s stack) journey() {
	isAda := And(HaveKeyWithValue("email", "ada@example.test"), HaveKeyWithValue("sub", HavePrefix("auth0|")))

	It("logs a person in and learns who it is", func() {
		proves(s.row(), tables.LogsIn)
		b := s.enter(backendSetting{})
		in := b.at("/login")
		Expect(in.User).To(isAda, "%+v", in)
		Expect(in.Tokens.AccessToken).NotTo(BeEmpty())
		Expect(b.at("/").User).To(isAda)
		Expect(b.prompts).To(Equal(1))
	})

	It("refuses an ID token that the tenant issued to another app", func() {
		proves(s.row(), tables.Verifies)
		b := s.enter(backendSetting{Front: ofAnotherApp})
		in := b.at("/login")
		Expect(in.Status).To(BeNumerically(">=", 400))
		Expect(in.Message).To(ContainSubstring(s.foreign))
		Expect(b.at("/").User).To(BeNil())
	})

	if s.forged != "" {
		It("refuses an ID token that was changed on the way", func() {
			proves(s.row(), tables.Verifies)
			b := s.enter(backendSetting{Front: changedOnTheWay})
			in := b.at("/login")
			Expect(in.Status).To(BeNumerically(">=", 400))
			Expect(in.Message).To(ContainSubstring(s.forged))
			Expect(b.at("/").User).To(BeNil())
		})
	}

	if s.forged != "" {
		It("knows the tenant's next signing key before it is in use", func() {
			b := s.enter(backendSetting{})
			b.at("/login")
			before := b.at("/login?prompt=none").Tokens.IDToken
			_, err := b.Tenant.RotateKey()
			Expect(err).NotTo(HaveOccurred())
			after := b.at("/login?prompt=none")
			Expect(after.User).To(isAda, "%+v", after)
			Expect(keyID(after.Tokens.IDToken)).NotTo(Equal(keyID(before)))
		})
	}

	It("asks /userinfo with the access token", func() {
		proves(s.row(), tables.UserInfo)
		b := s.enter(backendSetting{})
		b.at("/login")
		info := b.at("/userinfo")
		Expect(info.User).To(And(isAda, HaveKeyWithValue("email_verified", true)), "%+v", info)
	})

	It("renews by prompt=none, and nobody is asked anything", func() {
		proves(s.row(), tables.Renews)
		b := s.enter(backendSetting{})
		in := b.aMinuteAgo("/login")
		again := b.at("/login?prompt=none")
		Expect(again.User).To(isAda, "%+v", again)
		Expect(again.Tokens.AccessToken).NotTo(Or(BeEmpty(), Equal(in.Tokens.AccessToken)))
		Expect(b.prompts).To(Equal(1))
	})

	It("logs out, and is told login_required from then on", func() {
		proves(s.row(), tables.LogsOut, tables.LoginRequired)
		b := s.enter(backendSetting{})
		b.at("/login")
		out := b.at("/logout")
		Expect(out.Status).To(Equal(http.StatusOK), "%+v", out)
		Expect(out.User).To(BeNil())
		Expect(b.Tenant.Sessions()).To(BeEmpty())
		s.expectSilentError(b.at("/login?prompt=none"), "login_required", "Login required")
		Expect(b.prompts).To(Equal(1))
	})

	It("is told login_required when the tenant's session has ended by itself", func() {
		proves(s.row(), tables.LoginRequired)
		b := s.enter(backendSetting{})
		b.at("/login")
		s.onlyTheTenantRemembers(b)
		b.Tenant.Advance(73 * time.Hour)
		s.expectSilentError(b.at("/login?prompt=none"), "login_required", "Login required")
	})

	It("is told consent_required until the person agrees", func() {
		proves(s.row(), tables.Consent)
		b := s.enter(backendSetting{Tenant: func(tn *tenant.Config) { tn.Mock.ConsentPolicy = "classic" }}) // the app is on localhost
		b.at("/login")
		b.Tenant.WithdrawGrants("", "")
		s.onlyTheTenantRemembers(b)
		s.expectSilentError(b.at("/login?prompt=none"), "consent_required", "Consent required")
		Expect(b.at("/login").User).To(isAda)
		Expect(b.at("/login?prompt=none").User).To(isAda)
		Expect(b.prompts).To(Equal(1))
	})

	if s.noRefresh {
		return
	}

	It("exchanges a refresh token for new tokens and the next refresh token", func() {
		proves(s.row(), tables.Rotates)
		b := s.enter(backendSetting{})
		in := b.aMinuteAgo("/login")
		next := b.at("/refresh")
		Expect(next.User).To(And(isAda, HaveKeyWithValue("sub", in.User["sub"])), "%+v", next)
		Expect(next.Tokens.AccessToken).NotTo(Or(BeEmpty(), Equal(in.Tokens.AccessToken)))
		Expect(next.Tokens.RefreshToken).NotTo(Or(BeEmpty(), Equal(in.Tokens.RefreshToken)))
		after := b.at("/refresh")
		Expect(after.Tokens.RefreshToken).NotTo(Or(BeEmpty(), Equal(next.Tokens.RefreshToken)), "%+v", after)
		Expect(b.at("/userinfo").User).To(isAda)
	})

	It("keeps its refresh token where rotation is off", func() {
		b := s.enter(backendSetting{Client: func(c *tenant.Client) { c.RefreshToken.Rotating = false }})
		in := b.at("/login")
		next := b.at("/refresh?token=" + in.Tokens.RefreshToken)
		Expect(next.User).To(isAda, "%+v", next)
		Expect(next.Tokens.RefreshToken).To(Or(BeEmpty(), Equal(in.Tokens.RefreshToken)))
		Expect(b.at("/refresh?token=" + in.Tokens.RefreshToken).User).To(isAda)
	})

	It("loses every refresh token of the login when an old one comes again", func() {
		proves(s.row(), tables.Reuse)
		b := s.enter(backendSetting{})
		old := b.at("/login").Tokens.RefreshToken
		live := b.at("/refresh").Tokens.RefreshToken
		reuse := b.at("/refresh?token=" + old)
		Expect(reuse.Error).To(Equal("invalid_grant"), "%+v", reuse)
		Expect(reuse.says()).To(ContainSubstring("Unsuccessful Refresh Token exchange, reused refresh token detected"))
		expectInvalid(b.at("/refresh?token=" + live))
	})

	It("is refused when the refresh token was idle for too long", func() {
		b := s.enter(backendSetting{})
		b.at("/login")
		b.Tenant.Advance(15*24*time.Hour + time.Second)
		expectInvalid(b.at("/refresh"))
	})

	if s.revokes {
		It("revokes its refresh token", func() {
			b := s.enter(backendSetting{})
			in := b.at("/login")
			revoked := b.at("/revoke")
			Expect(revoked.Status).To(Equal(http.StatusOK), "%+v", revoked)
			expectInvalid(b.at("/refresh?token=" + in.Tokens.RefreshToken))
		})
	}
}

// expectInvalid holds an answer to what every SDK passes on of a refresh token that is not good any more.
func expectInvalid(answer appAnswer) {
	GinkgoHelper()
	Expect(answer.Status).To(BeNumerically(">=", 400))
	Expect(answer.Error).To(Equal("invalid_grant"), "%+v", answer)
	Expect(answer.says()).To(ContainSubstring("Unknown or invalid refresh token."))
}

// expectSilentError holds an answer to what the SDK tells of a silent request that failed: the error, or nobody.
func (s stack) expectSilentError(answer appAnswer, code, description string) {
	GinkgoHelper()
	if s.quiet {
		Expect(answer.Status).To(Equal(http.StatusOK))
		Expect(answer.User).To(BeNil())
		return
	}
	Expect(answer.Status).To(BeNumerically(">=", 400))
	Expect(answer.Error).To(Equal(code), "%+v", answer)
	if s.app != "passport-auth0" { // which passes on the code alone
		Expect(answer.says()).To(ContainSubstring(description))
	}
}

// keyID is the kid of a token's header.
func keyID(token string) string {
	GinkgoHelper()
	text, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[0])
	Expect(err).NotTo(HaveOccurred())
	var header struct{ Kid string }
	Expect(json.Unmarshal(text, &header)).To(Succeed())
	return header.Kid
}
