package e2e

import (
	"net/http"
	"net/http/httptest"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/e2e/tables"
	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/tenant"
)

// Cross-origin authentication: webAuth.login of auth0.js sends what a form of the app asked for to /co/authenticate and
// takes the ticket to /authorize (https://auth0.com/docs/authenticate/login/cross-origin-authentication). Lock's form does
// the same, in the specs of every SDK.
var _ = Describe("Across origins,", Label("sdk", "sdk-browser"), func() {
	for _, sdk := range auth0JS() {
		Describe(sdk.row().String(), func() {
			it := proving(sdk)
			withVerifier := func(_ *tenant.Config, c *tenant.Client) { c.CrossOriginPage = c.WebOrigins[0] + verifierPath }
			oneSite := browser.WorldOptions{
				Cookies: browser.ThirdPartyBlocked, TenantDomain: "login.acme.localhost", AppOrigin: "https://app.acme.localhost",
			}

			it("logs in with the password from a form of the app", tables.CrossOrigin, func() {
				s := host(sdk, browser.WorldOptions{})
				reported := s.logInAcrossOrigins()
				Expect(reported.Claims).To(And(HaveKeyWithValue("name", "Ada Lovelace"), HaveKeyWithValue("aud", clientID)))
				Expect(s.types(event.SuccessCrossOriginAuth, event.SuccessLogin)).To(Equal(codes(event.SuccessCrossOriginAuth, event.SuccessLogin)))
				Expect(s.requests("co.verify")).To(BeEmpty(), "the cookie shows that it is the same browser")
				s.renewsAfter(reported)
			})

			it("tells that the password from a form of the app is wrong", tables.CrossOrigin, func() {
				s := host(sdk, browser.WorldOptions{})
				s.begin("logInAcrossOrigins", ada.Email, "Difference-Engine-2")
				Expect(s.failed()).To(sdk.WrongAcross)
				Expect(s.types(event.FailedCrossOriginAuth)).To(HaveLen(1))
			})

			it("logs in where app and tenant are one site, though the browser blocks third-party cookies", tables.CrossOrigin, func() {
				s := host(sdk, oneSite)
				s.logInAcrossOrigins()
				Expect(s.requests("co.verify")).To(BeEmpty())
			})

			it("tells the verifier in a frame of the tenant's, to a browser that kept no cookie", tables.CrossOrigin, func() {
				s := host(sdk, oneSite, withVerifier)
				s.withholdCookies("/co/authenticate")
				s.logInAcrossOrigins()
				Expect(s.requests("co.verify")).To(HaveLen(1))
			})

			// The storage of a frame belongs to the site of the page that it is in, so the verifier is not there either.
			it("tells that there is no verifier where the browser blocks third-party cookies", tables.CrossOrigin, func() {
				s := host(sdk, browser.WorldOptions{Cookies: browser.ThirdPartyBlocked}, withVerifier)
				s.begin("logInAcrossOrigins", ada.Email, ada.Password)
				Expect(s.Page.WaitForDocument(s.AppOrigin + "/callback")).To(Succeed())
				Expect(s.failed()).To(oauthError("errorDescription", "invalid_request", "No verifier returned from client."))
				Expect(s.Tenant.Sessions()).To(BeEmpty())
			})

			it("tells that the app has no page for the verifier", tables.CrossOrigin, func() {
				s := host(sdk, browser.WorldOptions{Cookies: browser.ThirdPartyBlocked})
				s.begin("logInAcrossOrigins", ada.Email, ada.Password)
				Expect(s.Page.WaitForDocument(s.AppOrigin + "/callback")).To(Succeed())
				Expect(s.failed()).To(oauthError("errorDescription", "server_error", "Unable to configure verification page."))
			})
		})
	}
})

// logInAcrossOrigins logs Ada in by a form of the app's own and gives what the SDK then tells.
func (s *SDKScene) logInAcrossOrigins() session {
	GinkgoHelper()
	s.begin("logInAcrossOrigins", ada.Email, ada.Password)
	Expect(s.Page.WaitForDocument(s.AppOrigin + "/callback")).To(Succeed())
	return s.session()
}

// withholdCookies stands before the tenant and takes the cookies off the answers of one path, as a browser does that keeps
// none of them.
func (s *SDKScene) withholdCookies(path string) {
	GinkgoHelper()
	genuine := s.Tenant.Handler()
	Expect(s.Serve(s.TenantURL(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != path {
			genuine.ServeHTTP(w, r)
			return
		}
		answer := httptest.NewRecorder()
		genuine.ServeHTTP(answer, r)
		answer.Header().Del("Set-Cookie")
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		w.Write(answer.Body.Bytes())
	}))).To(Succeed())
}
