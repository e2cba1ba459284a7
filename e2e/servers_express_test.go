package e2e

import (
	"context"
	"encoding/json"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/e2e/tables"
	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/browser/pages"
	"renewal.example/mockauth0/tenant"
)

// express-openid-connect as it comes: the tenant's page posts an ID token to the app, which has no secret. The cookie that
// ties the answer to the request is SameSite=None and Secure, so only a browser can tell whether it arrives.
var _ = Describe("A server-side app with", Label("sdk", "sdk-server"), func() {
	s := stack{app: "express-openid-connect", way: "ID token by form_post", quiet: true}

	Describe(s.row().String(), func() {
		It("logs in, renews silently, logs out, and takes login_required for nobody", func() {
			proves(s.row(), tables.LogsIn, tables.Renews, tables.LogsOut, tables.LoginRequired)
			b := s.enter(backendSetting{Client: public})
			page := b.inBrowser()
			Expect(page.Open(b.app + "/login")).To(Succeed())
			Expect((&pages.Login{Page: page}).As(ada)).To(Succeed())
			in := appAnswerIn(page)
			Expect(in.User).To(HaveKeyWithValue("email", "ada@example.test"), "%+v", in)
			Expect(in.Tokens.AccessToken).To(BeEmpty(), "the default flow asks for none")

			Expect(page.Open(b.app + "/login?prompt=none")).To(Succeed())
			again := appAnswerIn(page)
			Expect(again.User).To(HaveKeyWithValue("email", "ada@example.test"))
			Expect(again.User["nonce"]).NotTo(Equal(in.User["nonce"]), "a new ID token")

			Expect(page.Open(b.app + "/logout")).To(Succeed())
			Expect(appAnswerIn(page).User).To(BeNil())
			Expect(b.Tenant.Sessions()).To(BeEmpty())
			Expect(page.Open(b.app + "/login?prompt=none")).To(Succeed())
			Expect(appAnswerIn(page)).To(Equal(appAnswer{}))
		})

		It("refuses an ID token that was changed on the way", func() {
			proves(s.row(), tables.Verifies)
			b := s.enter(backendSetting{Client: public, Front: changedOnTheWay})
			page := b.inBrowser()
			Expect(page.Open(b.app + "/login")).To(Succeed())
			Expect((&pages.Login{Page: page}).As(ada)).To(Succeed())
			Expect(appAnswerIn(page).Message).To(ContainSubstring("invalid response encountered"))
		})
	})
})

// public takes the client's secret away: it proves nothing at the token endpoint, which it never asks.
func public(c *tenant.Client) { c.TokenEndpointAuthMethod = "none" }

// inBrowser gives a tab that reaches the app and its tenant.
func (b *backend) inBrowser() *browser.Page {
	GinkgoHelper()
	w, err := browser.NewWorld(context.Background(), shared(shell), browser.WorldOptions{
		Name: "server", Server: browser.AsTenantServer(b.Tenant), AppOrigin: b.app,
	})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(func() { Expect(w.Close()).To(Succeed()) })
	scenes = append(scenes, &Scene{World: w})
	Expect(w.Serve(b.Tenant.URL(), b.site)).To(Succeed()) // with a certificate of the browser's own authority
	Expect(w.MapOrigin(b.app, strings.TrimPrefix(b.app, "http://"))).To(Succeed())
	page, err := w.NewPage()
	Expect(err).NotTo(HaveOccurred())
	return page
}

// appAnswerIn waits for the app's answer in a tab and reads it.
func appAnswerIn(page *browser.Page) appAnswer {
	GinkgoHelper()
	Expect(page.WaitFor("the app answers with JSON", `document.contentType === 'application/json' && document.readyState === 'complete'`)).
		To(Succeed())
	var text string
	Expect(page.Eval(`document.body.innerText`, &text)).To(Succeed())
	var out appAnswer
	Expect(json.Unmarshal([]byte(text), &out)).To(Succeed(), text)
	return out
}
