package e2e

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/fault"
)

// httpTenant is a tenant by plain http, of one site with an app at http://localhost.
func httpTenant() browser.WorldOptions {
	return browser.WorldOptions{Cookies: browser.ThirdPartyBlocked, TenantDomain: "http://localhost:4480"}
}

var _ = Describe("By plain http,", Label("sdk", "plain-http"), func() {
	for _, sdk := range spaJS() {
		if strings.HasSuffix(sdk.Package, "-1") || sdk.Options["cacheLocation"] != nil {
			continue // an old version, or a setting that has nothing to do with the scheme
		}
		It(sdk.row().String()+" logs in and renews though the browser blocks third-party cookies", func() {
			renewsByHTTP(hostIn(shell, sdk, httpTenant()))
		})
	}

	It("a hidden frame renews in the whole of Chromium as it ships, which blocks third-party cookies", func() {
		renewsByHTTP(hostIn(fullDefault, ofVersion2(), httpTenant()))
	})

	It("a page asks for the profile, and is led back to the app after the logout", func() {
		s := host(ofVersion2(), httpTenant())
		s.logIn()
		s.begin("userInfo")
		Expect(s.value()).To(HaveKeyWithValue("email", ada.Email))
		s.logOut()
		Expect(s.Tenant.Sessions()).To(BeEmpty())
	})

	It("a page at a name that was made to lead to this machine gets nothing from the tenant", func() {
		s := host(ofVersion2(), httpTenant())
		s.logIn()
		const rebound = "http://rebound.example:4480"
		Expect(s.Serve(rebound, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, "<!doctype html><title>Lottery</title>")
		}))).To(Succeed())
		page, err := s.Open(rebound + "/")
		Expect(err).NotTo(HaveOccurred())
		Expect(s.MapOrigin(rebound, s.Tenant.Addr())).To(Succeed()) // the name leads elsewhere now: DNS rebinding
		const ask = `(async () => {
			const told = [];
			const say = async (path, options) => {
				const answer = await fetch(path, options);
				told.push(answer.status + ' ' + await answer.text());
			};
			for (const path of ['/', '/.well-known/openid-configuration', '/authorize?prompt=none', '/userinfo', '/u/login']) await say(path);
			await say('/oauth/token', { method: 'POST', body: new URLSearchParams({ grant_type: 'refresh_token' }) });
			const told421 = told.splice(0);
			for (const path of ['clock', 'users', 'sessions', 'events', 'refresh-tokens']) await say('/__mock/v1/' + path);
			await say('/__mock/v1/reset', { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } });
			const control = told.splice(0);
			for (const path of ['/__mock/v1/users', '/userinfo']) {
				try {
					await say('http://localhost:4480' + path, { credentials: 'include', headers: { Authorization: 'Bearer x' } });
				} catch (refused) {
					told.push(refused.name);
				}
			}
			return { tenant: told421, control, across: told };
		})()`
		var told struct{ Tenant, Control, Across []string }
		Expect(page.Eval(ask, &told)).To(Succeed())
		Expect(told.Tenant).To(And(HaveLen(6), HaveEach(HavePrefix("421 "))))
		Expect(told.Control).To(And(HaveLen(6), HaveEach(And(HavePrefix("403 "), ContainSubstring("forbidden_host")))))
		Expect(told.Across).To(Equal([]string{"TypeError", "TypeError"}), "no answer is for a page of another origin")
		Expect(s.Tenant.Sessions()).To(HaveLen(1), "nobody has reset anything")
	})

	It("a connection that breaks off breaks off for the page, too, and the renewal after it works", func() {
		s := host(refreshing(), httpTenant())
		old := s.logIn()
		_, err := s.Tenant.Arm(fault.Fault{
			When: fault.Match{Endpoint: "token"}, Times: 1, Do: fault.Effect{Connection: fault.ConnectionReset},
		})
		Expect(err).NotTo(HaveOccurred())
		s.renewsAfter(old) // it tries again by itself after an error of the network
		Expect(s.requests("token")).To(HaveLen(3), "the login's, the one that broke off, and the one after it")
	})

	servers := []stack{
		{app: "openid-client"},
		{app: "express-openid-connect", way: "code flow", order: order{Type: "code"}},
	}
	for _, server := range servers {
		It(server.row().String()+" logs in, renews and is told who it is", func() {
			b := server.enter(backendSetting{Scheme: "http"})
			Expect(b.Tenant.Domain()).To(HavePrefix("http://localhost:"))
			in := b.aMinuteAgo("/login")
			Expect(in.User).To(HaveKeyWithValue("email", ada.Email), "%+v", in)
			Expect(in.User).To(HaveKeyWithValue("iss", b.Tenant.Issuer()))
			again := b.at("/refresh")
			Expect(again.Tokens.AccessToken).NotTo(Or(BeEmpty(), Equal(in.Tokens.AccessToken)), "%+v", again)
			silent := b.at("/login?prompt=none")
			Expect(silent.User).To(HaveKeyWithValue("email", ada.Email), "%+v", silent)
			Expect(b.prompts).To(Equal(1))
		})
	}

	api := stack{app: "express-oauth2-jwt-bearer"}
	It(api.row().String()+" takes the tenant's access tokens, and not those of the same name by https", func() {
		b := api.enter(backendSetting{Scheme: "http"})
		in := b.call(b.mint(mockauth0.TokenRequest{Audience: audience}).AccessToken)
		Expect(in.Status).To(Equal(http.StatusOK), "%+v", in)
		out := b.call(b.mint(mockauth0.TokenRequest{Audience: audience, Claims: map[string]any{
			"iss": strings.Replace(b.Tenant.Issuer(), "http:", "https:", 1),
		}}).AccessToken)
		Expect(out.Message).To(ContainSubstring(`Unexpected 'iss' value`))
	})
})

// ofVersion2 is auth0-spa-js 2 with a hidden frame.
func ofVersion2() browserSDK {
	return spaJS()[slices.IndexFunc(spaJS(), func(s browserSDK) bool { return s.Package == "@auth0/auth0-spa-js" && !s.RefreshTokens })]
}

// refreshing is auth0-spa-js 2 with refresh tokens.
func refreshing() browserSDK {
	return spaJS()[slices.IndexFunc(spaJS(), func(s browserSDK) bool { return s.Package == "@auth0/auth0-spa-js" && s.RefreshTokens })]
}

// renewsByHTTP logs in by plain http and renews.
func renewsByHTTP(s *SDKScene) {
	GinkgoHelper()
	old := s.logIn()
	Expect(old.Claims).To(HaveKeyWithValue("iss", "http://localhost:4480/"))
	Expect(s.Advance(time.Second)).To(Succeed())
	s.renewsAfter(old)
	if s.SDK.RefreshTokens {
		Expect(s.types(event.SuccessExchangeRefreshToken, event.SuccessSilentAuth)).To(Equal(codes(event.SuccessExchangeRefreshToken)))
		return
	}
	Expect(s.types(event.SuccessExchangeRefreshToken, event.SuccessSilentAuth)).To(Equal(codes(event.SuccessSilentAuth)))
	Expect(s.Tenant.Diagnoses()).To(BeEmpty())
}
