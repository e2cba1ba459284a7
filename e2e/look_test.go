package e2e

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/browser/pages"
)

var _ = Describe("The look", Label("look"), func() {
	for _, width := range []int{360, 1280} {
		size := browser.WorldOptions{Width: width, Height: 800}
		for _, app := range []flavour{tutorial, hardened} {
			It(fmt.Sprintf("of the %s app is accessible and fits %d px: signed out, signed in, and with a problem", app, width), func() {
				s := enter(Setting{App: app, World: size})
				expectGoodLooks(s.App.Page, width)
				s.LogIn(ada)
				Expect(s.App.CallAPI()).To(HavePrefix("200"))
				expectGoodLooks(s.App.Page, width)
				s.Arm(silentError("login_required", "Login required", 1))
				Expect(s.App.RenewNow()).To(Succeed())
				Expect(s.App.WaitLog("Renewal failed: login_required")).To(Succeed())
				Expect(s.App.Problem()).To(Equal(blockedCookie))
				expectGoodLooks(s.App.Page, width)
			})
		}

		It(fmt.Sprintf("of the tenant's pages is accessible and fits %d px: login, wrong password, identity provider, error", width), func() {
			s := stage(Setting{World: size})
			page, err := s.Open(s.authorizeAddress())
			Expect(err).NotTo(HaveOccurred())
			expectGoodLooks(page, width)
			Expect((&pages.Login{Page: page}).As(pages.Person{Email: ada.Email, Password: "wrong"})).To(Succeed())
			Expect(page.ByRole("alert", "").WaitVisible()).To(Succeed())
			expectGoodLooks(page, width)
			Expect(page.ByRole("button", "Continue with GitHub").Click()).To(Succeed())
			Expect(page.ByText("GitHub").WaitVisible()).To(Succeed())
			expectGoodLooks(page, width)
			Expect(page.Open(s.TenantURL() + "/authorize?client_id=nobody&response_type=token&redirect_uri=http://localhost:5000/callback")).
				To(Succeed())
			Expect(page.ByText("TECHNICAL DETAILS").WaitVisible()).To(Succeed())
			expectGoodLooks(page, width)
		})
	}

	DescribeTable("lets a person log in, renew and log out by keyboard alone, seeing where the focus is", func(app flavour) {
		s := enter(Setting{App: app})
		p := s.App.Page
		tabTo(p, "Log in")
		Expect(p.Press("Enter")).To(Succeed())
		Expect(p.ByLabel("Password").WaitVisible()).To(Succeed())
		Expect(focused(p)).To(Equal("username"), "the first field has the focus")
		Expect(p.Press(strings.Split(ada.Email, "")...)).To(Succeed())
		Expect(p.Press("Tab")).To(Succeed())
		Expect(p.Press(strings.Split(ada.Password, "")...)).To(Succeed())
		Expect(p.Press("Enter")).To(Succeed())
		Expect(s.App.WaitSignedIn()).To(Succeed())
		Expect(s.Settle()).To(Succeed())
		tabTo(p, "Renew now")
		Expect(p.Press("Enter")).To(Succeed())
		Expect(s.App.WaitRenewals(1)).To(Succeed())
		tabTo(p, "Log out")
		Expect(p.Press("Space")).To(Succeed())
		Expect(s.App.WaitSignedOut()).To(Succeed())
		Expect(focused(p)).To(Equal("Log in"), "the focus is not thrown away with the button that went")
	},
		Entry("in the tutorial's app", tutorial),
		Entry("in the hardened app", hardened),
	)

	It("of the tenant's pages needs no JavaScript: wrong password, login, and back at the app", func() {
		s := stage(Setting{})
		page, err := s.NewPage()
		Expect(err).NotTo(HaveOccurred())
		Expect(page.DisableScripts(true)).To(Succeed())
		Expect(page.Open(s.authorizeAddress())).To(Succeed())
		login := &pages.Login{Page: page}
		Expect(login.As(pages.Person{Email: ada.Email, Password: "wrong"})).To(Succeed())
		Expect(page.ByText("Wrong email or password.").WaitVisible()).To(Succeed())
		Expect(login.As(ada)).To(Succeed())
		Expect(page.WaitForDocument("http://localhost:5000/callback#access_token=")).To(Succeed())
		Expect(page.ByText("This page needs JavaScript.").WaitVisible()).To(Succeed(), "scripts were off indeed")
	})
})

// authorizeAddress asks for a login as the app does, with the further parameters.
func (s *Scene) authorizeAddress(more ...string) string {
	asked := url.Values{"client_id": {clientID}, "response_type": {"token id_token"}, "scope": {"openid profile email"},
		"redirect_uri": {s.AppOrigin + "/callback"}, "audience": {audience}, "nonce": {"of-the-spec"}, "state": {"of-the-spec"}}
	for i := 0; i < len(more); i += 2 {
		asked.Set(more[i], more[i+1])
	}
	return s.TenantURL() + "/authorize?" + asked.Encode()
}

// axe is axe-core's script, read once.
var axe = sync.OnceValues(func() ([]byte, error) {
	return os.ReadFile(filepath.Join(sdkDir, "axe-core", "axe.min.js"))
})

// expectGoodLooks lets axe-core judge the page in light colours, its contrasts in dark ones too, and sees that it is not
// wider than the window.
func expectGoodLooks(p *browser.Page, width int) {
	GinkgoHelper()
	script, err := axe()
	Expect(err).NotTo(HaveOccurred(), "axe-core is missing: run `npm ci` in web/")
	Expect(p.Eval(`window.axe ? 0 : (() => {`+string(script)+`; return 0 })()`, nil)).To(Succeed())
	for _, look := range []struct {
		dark    bool
		options string
	}{{false, `{}`}, {true, `runOnly: ['color-contrast']`}} {
		Expect(p.PreferDark(look.dark)).To(Succeed())
		var found []string
		Expect(p.Eval(`axe.run(document, { preload: false, resultTypes: ['violations'], `+strings.Trim(look.options, "{}")+` }).then(r =>
			r.violations.flatMap(v => v.nodes.map(n => v.id + ' at ' + n.target.join(' ') + ': ' + n.failureSummary)))`, &found)).To(Succeed())
		Expect(found).To(BeEmpty(), "axe-core on %s (dark: %t)", p.URL(), look.dark)
	}
	Expect(p.PreferDark(false)).To(Succeed())
	expectFits(p, width)
}

// expectFits sees that the page is not wider than the window.
func expectFits(p *browser.Page, width int) {
	GinkgoHelper()
	var wide int
	Expect(p.Eval(`document.documentElement.scrollWidth`, &wide)).To(Succeed())
	Expect(wide).To(BeNumerically("<=", width), "the page scrolls sideways")
}

// focused names what has the focus: its text, or its id.
func focused(p *browser.Page) (name string) {
	GinkgoHelper()
	Expect(p.Eval(`document.activeElement.id || document.activeElement.textContent.trim()`, &name)).To(Succeed())
	return name
}

// tabTo presses Tab until the control with the name has the focus, and sees that the focus shows at every stop.
func tabTo(p *browser.Page, name string) {
	GinkgoHelper()
	var stops []string
	for range 20 {
		Expect(p.Press("Tab")).To(Succeed())
		var outline string
		Expect(p.Eval(`getComputedStyle(document.activeElement).outlineStyle`, &outline)).To(Succeed())
		Expect(outline).NotTo(Equal("none"), "the focus does not show on %q", focused(p))
		stops = append(stops, focused(p))
		if stops[len(stops)-1] == name {
			return
		}
	}
	Fail(fmt.Sprintf("Tab does not reach %q; it went to %q", name, stops))
}
