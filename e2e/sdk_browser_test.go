package e2e

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/e2e/harness"
	"renewal.example/e2e/support"
)

var browserSDKs = []browserSDK{
	{Name: "auth0.js", Package: "auth0-js", Scripts: []string{"auth0-js/build/auth0.min.js"}, Driver: "auth0-js.js"},
	{Name: "auth0.js", Package: "auth0-js-9", Scripts: []string{"auth0-js-9/dist/auth0.min.js"}, Driver: "auth0-js.js"},
	{Name: "auth0.js", Package: "auth0-js-10", Scripts: []string{"auth0-js-10/dist/auth0.min.js"}, Driver: "auth0-js.js"},
	{Name: "auth0-spa-js", Package: "@auth0/auth0-spa-js", Scripts: []string{"@auth0/auth0-spa-js/dist/auth0-spa-js.production.js"}, Driver: "auth0-spa-js.js", Way: "hidden frame"},
	{Name: "auth0-spa-js", Package: "auth0-spa-js-1", Scripts: []string{"auth0-spa-js-1/dist/auth0-spa-js.production.js"}, Driver: "auth0-spa-js.js", Way: "hidden frame"},
	{Name: "auth0-spa-js", Package: "auth0-spa-js-1", Scripts: []string{"auth0-spa-js-1/dist/auth0-spa-js.production.js"}, Driver: "auth0-spa-js.js", Way: "refresh tokens in a worker", Options: map[string]any{"useRefreshTokens": true}, RefreshTokens: true},
	{Name: "auth0-spa-js", Package: "@auth0/auth0-spa-js", Scripts: []string{"@auth0/auth0-spa-js/dist/auth0-spa-js.production.js"}, Driver: "auth0-spa-js.js", Way: "refresh tokens in a worker", Options: map[string]any{"useRefreshTokens": true}, RefreshTokens: true},
}

var _ = Describe("In the browser", Label("sdk", "sdk-browser"), func() {
	for _, sdk := range browserSDKs {
		Describe(sdk.row().String(), func() {
			It("logs in and tells who it is", func() {
				s := host(sdk, harness.WorldOptions{})
				told := s.logIn()
				Expect(told.User).To(HaveKeyWithValue("name", "Ada Lovelace"))
				Expect(told.Claims).To(And(HaveKeyWithValue("iss", s.TenantURL()+"/"), HaveKeyWithValue("aud", clientID)))
				proves(sdk.row(), support.LogsIn)
			})
			It("renews", func() {
				s := host(sdk, harness.WorldOptions{})
				old := s.logIn()
				Expect(s.Advance(time.Duration(old.Tokens.ExpiresIn) * time.Second)).To(Succeed())
				told := s.renew()
				Expect(told.Tokens.Access).NotTo(Equal(old.Tokens.Access))
				proves(sdk.row(), support.Renews)
			})
			It("logs out", func() {
				s := host(sdk, harness.WorldOptions{})
				s.logIn()
				s.logOut()
				Expect(s.Tenant.Sessions()).To(BeEmpty())
				Expect(s.Page.URL()).To(Equal(s.AppOrigin + "/"))
				proves(sdk.row(), support.LogsOut)
			})
		})
	}
})
