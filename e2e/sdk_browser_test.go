package e2e

import (
	"cmp"
	"net/url"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"renewal.example/e2e/tables"
	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/browser/pages"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/tenant"
)

// soon is how long before its end an SDK takes a token for expired: 60 s.
const soon = time.Minute

var _ = Describe("In the browser,", Label("sdk", "sdk-browser"), func() {
	for _, sdk := range browserSDKs() {
		Describe(sdk.row().String(), func() {
			it := proving(sdk)

			it("logs in and tells who it is", tables.LogsIn, func() {
				if sdk.Form != nil {
					proves(sdk.row(), tables.CrossOrigin) // its form can do nothing else
				}
				s := host(sdk, browser.WorldOptions{})
				reported := s.logIn()
				Expect(reported.User).To(And(HaveKeyWithValue("name", "Ada Lovelace"), HaveKeyWithValue("email", ada.Email), HaveKey("sub")))
				Expect(reported.Claims).To(And(HaveKeyWithValue("iss", s.TenantURL()+"/"), HaveKeyWithValue("aud", clientID)))
				Expect(reported.Tokens.Scope).To(ContainSubstring("openid profile email"))
				Expect(s.types(event.SuccessLogin)).To(HaveLen(1))
				if sdk.Replayed != nil {
					Expect(reported.Claims).To(HaveKey("nonce"))
				}
				if sdk.Forged != nil {
					Expect(s.requests("jwks")).NotTo(BeEmpty(), "it looked at the tenant's keys")
				}
			})

			if sdk.Form == nil {
				it("tells that the person cancelled", tables.LoginErrors, func() {
					s := host(sdk, browser.WorldOptions{})
					s.begin("logIn")
					Expect(s.Page.ByRole("button", "Continue with Google").Click()).To(Succeed())
					Expect(s.Page.ByRole("button", "Cancel").Click()).To(Succeed())
					Expect(s.Page.WaitForURL(s.AppOrigin)).To(Succeed())
					Expect(s.failed()).To(sdk.Cancelled)
				})
			} else {
				it("tells that the password is wrong", tables.LoginErrors, func() {
					s := host(sdk, browser.WorldOptions{})
					s.fillIn(pages.Person{Email: ada.Email, Password: "Difference-Engine-2"})
					Expect(s.failed()).To(sdk.WrongPassword)
				})
			}

			refuses := func(what string, report types.GomegaMatcher, forge func(*SDKScene) func(string) string) {
				if report == nil {
					return
				}
				it("refuses an ID token "+what, tables.Verifies, func() {
					s := host(sdk, browser.WorldOptions{})
					s.forgeIDTokens(forge(s))
					s.arrive(ada)
					Expect(s.failed()).To(report)
				})
			}
			refuses("for another client", sdk.ForeignAudience, func(s *SDKScene) func(string) string { return s.withClaim("aud", "SomebodyElse") })
			refuses("of another login", sdk.Replayed, func(s *SDKScene) func(string) string { return s.withClaim("nonce", "replayed") })
			refuses("with a broken signature", sdk.Forged, func(*SDKScene) func(string) string { return breakSignature })

			it("gets the profile from /userinfo", tables.UserInfo, func() {
				s := host(sdk, browser.WorldOptions{})
				s.logIn()
				s.begin("userInfo")
				Expect(s.value()).To(And(HaveKeyWithValue("name", "Ada Lovelace"), HaveKeyWithValue("email", ada.Email)))
				Expect(s.requests("userinfo")).NotTo(BeEmpty())
			})

			it("renews when the token expires", tables.Renews, func() {
				s := host(sdk, browser.WorldOptions{})
				old := s.logIn()
				Expect(s.Settle()).To(Succeed())
				// Lock looks for a session on its own, when it is made
				before := len(s.types(event.SuccessSilentAuth, event.SuccessExchangeRefreshToken))
				life := time.Duration(old.Tokens.ExpiresIn) * time.Second
				if sdk.Caches {
					Expect(s.Advance(life - soon - 10*time.Second)).To(Succeed())
					Expect(s.again().Tokens.Access).To(Equal(old.Tokens.Access), "the token is good")
					Expect(s.types(event.SuccessSilentAuth, event.SuccessExchangeRefreshToken)[before:]).To(BeEmpty(), "and nobody asked the tenant")
					Expect(s.Advance(20 * time.Second)).To(Succeed())
				} else {
					Expect(s.Advance(life)).To(Succeed())
				}
				reported := s.again()
				Expect(reported.Tokens.Access).NotTo(Equal(old.Tokens.Access))
				Expect(reported.Tokens.ID).NotTo(Equal(old.Tokens.ID))
				Expect(reported.Claims["sub"]).To(Equal(old.Claims["sub"]))
				if sdk.RefreshTokens {
					Expect(s.types(event.SuccessSilentAuth, event.SuccessExchangeRefreshToken)[before:]).
						To(Equal(codes(event.SuccessExchangeRefreshToken)))
				} else {
					Expect(s.types(event.SuccessSilentAuth, event.SuccessExchangeRefreshToken)[before:]).To(Equal(codes(event.SuccessSilentAuth)))
				}
			})

			if sdk.AfterReload != nil {
				it("is loaded anew", tables.Reloads, func() {
					s := host(sdk, browser.WorldOptions{})
					s.logIn()
					Expect(s.Page.Reload()).To(Succeed())
					Expect(s.value()).To(sdk.AfterReload)
				})
			}

			blocked := browser.WorldOptions{Cookies: browser.ThirdPartyBlocked}
			if sdk.Unverifiable != nil {
				it("cannot log in where the browser blocks third-party cookies", tables.Blocked, func() {
					s := host(sdk, blocked)
					s.fillIn(ada)
					Expect(s.failed()).To(sdk.Unverifiable)
				})
			} else if sdk.RefreshTokens {
				it("renews though the browser blocks third-party cookies", tables.Blocked, func() {
					s := host(sdk, blocked)
					old := s.logIn()
					s.renewsAfter(old)
				})
			} else {
				it("tells login_required where the browser blocks third-party cookies", tables.Blocked, func() {
					s := host(sdk, blocked)
					s.logIn()
					s.begin("renew")
					Expect(s.failed()).To(sdk.LoginRequired)
				})
			}

			if !sdk.RefreshTokens {
				it("renews in spite of the block where app and tenant are one site", tables.Blocked, func() {
					oneSite := blocked
					oneSite.TenantDomain, oneSite.AppOrigin = "login.acme.localhost", "https://app.acme.localhost"
					s := host(sdk, oneSite)
					old := s.logIn()
					s.renewsAfter(old)
				})
			}

			if sdk.RefreshTokens {
				it("goes on renewing after the session ended at the tenant", tables.LoginRequired, func() {
					s := host(sdk, browser.WorldOptions{})
					old := s.logIn()
					Expect(s.Tenant.EndSessions("")).To(Equal(1))
					s.renewsAfter(old)
				})
			} else {
				it("tells login_required when the session ended at the tenant", tables.LoginRequired, func() {
					s := host(sdk, browser.WorldOptions{})
					s.logIn()
					Expect(s.Tenant.EndSessions("")).To(Equal(1))
					s.begin("renew")
					Expect(s.failed()).To(sdk.LoginRequired)
					if sdk.Caches {
						s.begin("authenticated")
						Expect(s.value()).To(BeFalse(), "it forgot the session too")
					}
				})

				it("tells consent_required, on localhost, until the person consents", tables.Consent, func() {
					s := host(sdk, browser.WorldOptions{}, func(t *tenant.Config, _ *tenant.Client) { t.Mock.ConsentPolicy = "classic" })
					s.fillIn(ada)
					Expect((&pages.Consent{Page: s.Page}).Accept()).To(Succeed())
					Expect(s.Page.WaitForURL(s.AppOrigin)).To(Succeed())
					old := s.session()
					s.renewsAfter(old)
					Expect(s.Tenant.WithdrawGrants("", "")).To(Equal(1))
					s.begin("renew")
					Expect(s.failed()).To(sdk.Consent)
				})

				it("gives up when no answer reaches it, as its origin is not registered", tables.Unanswered, func() {
					s := host(sdk, browser.WorldOptions{}, func(_ *tenant.Config, c *tenant.Client) {
						c.WebOrigins, c.Callbacks = nil, c.Callbacks[:1]
					})
					s.logIn()
					s.begin("renew")
					Expect(s.Settle()).To(Succeed())
					patience := cmp.Or(sdk.GivesUp, time.Minute)
					Expect(s.Advance(patience * 9 / 10)).To(Succeed())
					var early bool
					Expect(s.Page.Eval("settled !== null", &early)).To(Succeed())
					Expect(early).To(BeFalse(), "no answer came")
					Expect(s.Advance(patience / 5)).To(Succeed())
					Expect(s.failed()).To(sdk.Unanswered)
				})
			}

			if sdk.RefreshTokens {
				it("rotates its refresh token at each renewal", tables.Rotates, func() {
					s := host(sdk, browser.WorldOptions{})
					s.logIn()
					seen := map[string]bool{}
					for range 3 {
						s.renew()
						seen[s.lastRefreshToken()] = true
					}
					Expect(seen).To(HaveLen(3))
					Expect(s.types(event.SuccessExchangeRefreshToken, event.FailedExchangeRefreshToken)).
						To(Equal(codes(event.SuccessExchangeRefreshToken, event.SuccessExchangeRefreshToken, event.SuccessExchangeRefreshToken)))
				})

				it("tells that its refresh tokens were revoked when somebody used an old one", tables.Reuse, func() {
					s := host(sdk, blocked) // so that no hidden frame steps in
					s.logIn()
					s.renew()
					stolen := s.lastRefreshToken()
					answer, err := s.Tenant.Client().PostForm(s.TenantURL()+"/oauth/token", url.Values{
						"grant_type": {"refresh_token"}, "client_id": {clientID}, "refresh_token": {stolen}})
					Expect(err).NotTo(HaveOccurred())
					answer.Body.Close()
					Expect(answer.StatusCode).To(Equal(403))
					s.begin("renew")
					Expect(s.failed()).To(sdk.Reused)
				})
			}

			if sdk.Revoked != nil {
				it("revokes its refresh token", tables.Revokes, func() {
					s := host(sdk, blocked)
					s.logIn()
					s.begin("revoke")
					Expect(s.value()).To(BeNil())
					Expect(s.requests("revoke")).NotTo(BeEmpty())
					s.begin("renew")
					Expect(s.failed()).To(sdk.Revoked)
				})
			}

			it("logs out, and its next renewal fails", tables.LogsOut, func() {
				s := host(sdk, browser.WorldOptions{})
				s.logIn()
				s.logOut()
				Expect(s.Page.URL()).To(Equal(s.AppOrigin + "/"))
				Expect(s.Tenant.Sessions()).To(BeEmpty())
				Expect(s.types(event.SuccessLogout)).To(HaveLen(1))
				s.begin("renew")
				Expect(s.failed()).To(sdk.AfterLogout)
			})

			if sdk.Form == nil && sdk.WrongPassword != nil {
				allowed := func(_ *tenant.Config, c *tenant.Client) {
					c.GrantTypes = append(c.GrantTypes, "http://auth0.com/oauth/grant-type/password-realm")
				}
				it("logs in with the password from a form of the app", tables.Password, func() {
					s := host(sdk, browser.WorldOptions{}, allowed)
					s.begin("logInWithPassword", ada.Email, ada.Password)
					reported := s.session()
					Expect(claimsOf(reported.Tokens.ID)).To(HaveKeyWithValue("name", "Ada Lovelace"))
					Expect(s.Tenant.Sessions()).To(BeEmpty(), "the grant leaves no session")
				})

				it("tells that the password from a form of the app is wrong", tables.Password, func() {
					s := host(sdk, browser.WorldOptions{}, allowed)
					s.begin("logInWithPassword", ada.Email, "Difference-Engine-2")
					Expect(s.failed()).To(sdk.WrongPassword)
				})
			}

			if sdk.KnownPerson != nil && sdk.Form == nil {
				it("signs a person up, who can then log in", tables.SignsUp, func() {
					s := host(sdk, browser.WorldOptions{})
					charles := pages.Person{Email: "charles@example.test", Password: "Difference-Engine-2"}
					s.begin("signUp", charles.Email, charles.Password)
					Expect(s.value()).To(And(HaveKeyWithValue("email", charles.Email), HaveKeyWithValue("emailVerified", false)))
					s.arrive(charles)
					Expect(s.session().User).To(HaveKeyWithValue("email", charles.Email))
				})

				it("tells that somebody cannot sign up twice", tables.SignsUp, func() {
					s := host(sdk, browser.WorldOptions{})
					s.begin("signUp", ada.Email, ada.Password)
					Expect(s.failed()).To(sdk.KnownPerson)
				})

				it("asks for the mail that leads to a new password", tables.SignsUp, func() {
					s := host(sdk, browser.WorldOptions{})
					s.begin("changePassword", ada.Email)
					Expect(s.value()).To(Equal("We've just sent you an email to reset your password."))
				})
			}

			if sdk.Form == nil {
				it("logs in by a popup", tables.Popup, func() {
					s := host(sdk, browser.WorldOptions{})
					s.begin("logInByPopup")
					popup, err := s.Page.Popup()
					Expect(err).NotTo(HaveOccurred())
					Expect((&pages.Login{Page: popup}).As(ada)).To(Succeed())
					Expect(s.session().User).To(HaveKeyWithValue("name", "Ada Lovelace"))
					Eventually(s.Pages).Should(HaveLen(1), "the popup closes")
				})
			}
		})
	}
})

// The specs above run in the headless shell, with what it says of cookies set for it.
var _ = Describe("In the whole of Chromium,", Label("sdk", "sdk-browser"), func() {
	for _, sdk := range spaJS() {
		if sdk.Package != "@auth0/auth0-spa-js" || sdk.Way == "refresh tokens in localStorage" {
			continue
		}
		asItShips := browser.WorldOptions{Cookies: browser.ThirdPartyBlocked}
		if sdk.RefreshTokens {
			It(sdk.row().String()+" renews as the browser ships", func() {
				s := hostIn(fullDefault, sdk, asItShips)
				s.renewsAfter(s.logIn())
			})
			continue
		}
		It(sdk.row().String()+" tells login_required as the browser ships", func() {
			s := hostIn(fullDefault, sdk, asItShips)
			s.logIn()
			s.begin("renew")
			Expect(s.failed()).To(sdk.LoginRequired)
		})

		It(sdk.row().String()+" renews where each site has a process of its own", func() {
			s := hostIn(isolated, sdk, browser.WorldOptions{})
			s.renewsAfter(s.logIn())
		})
	}
})
