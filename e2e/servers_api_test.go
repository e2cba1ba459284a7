package e2e

import (
	"encoding/json"
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/e2e/tables"
	"renewal.example/mockauth0"
)

var _ = Describe("An API with", Label("sdk", "sdk-server"), func() {
	s := stack{app: "express-oauth2-jwt-bearer"}

	Describe(s.row().String(), func() {
		It("takes the access tokens that the tenant issued for it, and no others", func() {
			proves(s.row(), tables.Verifies)
			b := s.enter(backendSetting{})
			good := b.mint(mockauth0.TokenRequest{Audience: audience, Scope: "openid read:profile"})
			in := b.call(good.AccessToken)
			Expect(in.Status).To(Equal(http.StatusOK), "%+v", in)
			Expect(in.User).To(And(HaveKeyWithValue("scope", "openid read:profile"), HaveKeyWithValue("azp", webClient)))

			for what, token := range map[string]string{
				`Unexpected 'aud' value`: b.mint(mockauth0.TokenRequest{
					Audience: audience, Claims: map[string]any{"aud": "https://other.example.test/"},
				}).AccessToken,
				`Unexpected 'iss' value`: b.mint(mockauth0.TokenRequest{
					Audience: audience, Claims: map[string]any{"iss": "https://other.example.test/"},
				}).AccessToken,
				`"exp" claim timestamp check failed`: b.mint(mockauth0.TokenRequest{
					Audience: audience, Claims: map[string]any{"exp": b.Tenant.Now().Add(-time.Minute).Unix()},
				}).AccessToken,
				"signature verification failed": changed(good.AccessToken),
				`Unsupported algorithm "dir"`:   b.mint(mockauth0.TokenRequest{Scope: "openid"}).AccessToken,
			} {
				out := b.call(token)
				Expect(out.Status).To(Equal(http.StatusUnauthorized), what)
				Expect(out.Message).To(ContainSubstring(what))
			}
		})

		It("in its strict mode takes those of the RFC 9068 dialect only", func() {
			proves(s.row(), tables.Verifies)
			strict := s
			strict.order.Strict = true
			b := strict.enter(backendSetting{})
			old := b.call(b.mint(mockauth0.TokenRequest{Audience: audience}).AccessToken)
			Expect(old.Message).To(ContainSubstring(`Unexpected 'typ' value`), "%+v", old)
			tn := b.Tenant.Snapshot().Clone()
			tn.ResourceServer(audience).TokenDialect = "rfc9068_profile"
			Expect(b.Tenant.Reload(tn)).To(Succeed())
			in := b.call(b.mint(mockauth0.TokenRequest{Audience: audience}).AccessToken)
			Expect(in.User).To(HaveKeyWithValue("client_id", webClient), "%+v", in)
		})
	})
})

// mint makes tokens of Ada's for the web app.
func (b *backend) mint(q mockauth0.TokenRequest) mockauth0.Token {
	GinkgoHelper()
	q.Client, q.User = webClient, ada.Email
	token, err := b.Tenant.MintToken(q)
	Expect(err).NotTo(HaveOccurred())
	return token
}

// call asks the API with an access token.
func (b *backend) call(accessToken string) appAnswer {
	GinkgoHelper()
	request, err := http.NewRequest(http.MethodGet, b.app, nil)
	Expect(err).NotTo(HaveOccurred())
	request.Header.Set("Authorization", "Bearer "+accessToken)
	res, err := b.http.Do(request)
	out := appAnswer{}
	res, body := received(res, err)
	Expect(json.Unmarshal([]byte(body), &out)).To(Succeed(), body)
	out.Status = res.StatusCode
	return out
}
