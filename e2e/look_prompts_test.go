package e2e

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/browser/pages"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/tenant"
)

const (
	readsTables = "Read the tables of logarithms that the engine has computed so far"
	society     = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" // one word, and a famous one
)

// The pages on which a person answers a question on the way from the login to the application.
var _ = Describe("The look of a question", Label("look"), func() {
	for _, q := range []struct {
		about  string
		tenant func(*tenant.Config)
		answer func(s *Scene, p *browser.Page, look func(*browser.Page))
	}{
		{"who logs in, and then the password", identifierFirst, (*Scene).answerIdentifierFirst},
		{"which account", wordy, (*Scene).answerAccount},
		{"whether the app may have access", consenting, (*Scene).answerConsent},
		{"whether it was this person who began the login", confirming, (*Scene).answerConfirmation},
		{"which code was mailed, as a second factor", factored, (*Scene).answerFactor},
		{"which organization, before the login", organized("pre_login_prompt"), (*Scene).answerOrganizationName},
		{"which organization, after the login", organized("post_login_prompt"), (*Scene).answerOrganization},
	} {
		for _, width := range []int{360, 1280} {
			It(fmt.Sprintf("is accessible and fits %d px: %s", width, q.about), func() {
				s := stage(Setting{World: browser.WorldOptions{Width: width, Height: 800}, Tenant: q.tenant})
				q.answer(s, s.blank(), func(p *browser.Page) { expectGoodLooks(p, width) })
			})
		}

		It("needs no JavaScript: "+q.about, func() {
			s := stage(Setting{Tenant: q.tenant})
			page := s.blank()
			Expect(page.DisableScripts(true)).To(Succeed())
			q.answer(s, page, func(*browser.Page) {})
		})
	}
})

// factored has everybody asked for a second factor.
func factored(tn *tenant.Config) {
	wordy(tn)
	tn.Settings.MFAForAll = true
}

// wordy gives names that take room.
func wordy(tn *tenant.Config) {
	tn.Settings.FriendlyName = "The Analytical Engine’s Difference Department"
	c := tn.ClientByID(clientID)
	before := c.Name
	c.Name = "Bookkeeping-and-tabulation-of-logarithms application"
	for _, connection := range tn.Connections {
		for i, name := range connection.EnabledClients {
			if name == before {
				connection.EnabledClients[i] = c.Name
			}
		}
	}
}

func identifierFirst(tn *tenant.Config) {
	wordy(tn)
	tn.Settings.IdentifierFirst = true
}

// consenting makes the app ask for access to an API, and be of somebody else.
func consenting(tn *tenant.Config) {
	wordy(tn)
	tn.Mock.ConsentPolicy, tn.Settings.ScopeDescriptions = "classic", true
	for _, api := range tn.ResourceServers {
		api.SkipConsent = false
		api.Scopes = []tenant.Scope{
			{Value: "read:tables", Description: readsTables}, {Value: "write:tables-of-logarithms-and-of-their-differences"},
		}
	}
}

func confirming(tn *tenant.Config) {
	wordy(tn)
	tn.Mock.ConsentPolicy, tn.Settings.SkipConfirmation = "new", false
	tn.ClientByID(clientID).SkipConfirmation = nil
}

// organized makes the app ask for an organization, of which Ada is in two.
func organized(behavior string) func(*tenant.Config) {
	return func(tn *tenant.Config) {
		wordy(tn)
		c := tn.ClientByID(clientID)
		c.OrganizationUsage, c.OrganizationPrompt = "require", behavior
		tn.Organizations = []*tenant.Organization{
			{Name: "acme", ID: "org_acme", Members: []string{ada.Email}},
			{Name: "society", ID: "org_society", DisplayName: society, Members: []string{ada.Email}},
		}
	}
}

// arrived waits until the answers led the browser to the app with tokens.
func (s *Scene) arrived(p *browser.Page) {
	GinkgoHelper()
	Expect(p.WaitForDocument(s.AppOrigin + "/callback#access_token=")).To(Succeed())
}

// logInAt opens an address and logs Ada in.
func (s *Scene) logInAt(p *browser.Page, address string) {
	GinkgoHelper()
	Expect(p.Open(address)).To(Succeed())
	Expect((&pages.Login{Page: p}).As(ada)).To(Succeed())
}

func (s *Scene) answerIdentifierFirst(p *browser.Page, look func(*browser.Page)) {
	GinkgoHelper()
	next := func(label, text string) {
		GinkgoHelper()
		look(p)
		Expect(p.ByLabel(label).Fill(text)).To(Succeed())
		Expect(p.ByRole("button", "Continue").Click()).To(Succeed())
	}
	Expect(p.Open(s.authorizeAddress())).To(Succeed())
	next("Email address", ada.Email)
	Expect(p.ByRole("heading", "Enter your password").WaitVisible()).To(Succeed())
	next("Password", "Difference-Engine-2")
	Expect(p.ByRole("alert", "").WaitVisible()).To(Succeed())
	next("Password", ada.Password)
	s.arrived(p)
}

func (s *Scene) answerAccount(p *browser.Page, look func(*browser.Page)) {
	GinkgoHelper()
	s.logInAt(p, s.authorizeAddress())
	s.arrived(p)
	Expect(p.Open(s.authorizeAddress("prompt", "select_account"))).To(Succeed())
	Expect(p.ByRole("heading", "Choose an account").WaitVisible()).To(Succeed())
	look(p)
	Expect(p.ByRole("button", ada.Email+" Ada Lovelace").Click()).To(Succeed())
	s.arrived(p)
}

func (s *Scene) answerConsent(p *browser.Page, look func(*browser.Page)) {
	GinkgoHelper()
	s.logInAt(p,
		s.authorizeAddress("scope", "openid profile email offline_access read:tables write:tables-of-logarithms-and-of-their-differences"))
	Expect(p.ByRole("heading", "Authorize App").WaitVisible()).To(Succeed())
	Expect(p.ByText(readsTables).WaitVisible()).To(Succeed())
	look(p)
	Expect((&pages.Consent{Page: p}).Accept()).To(Succeed())
	s.arrived(p)
}

func (s *Scene) answerConfirmation(p *browser.Page, look func(*browser.Page)) {
	GinkgoHelper()
	s.logInAt(p, s.authorizeAddress())
	s.arrived(p) // with its password the person confirmed enough
	Expect(p.Open(s.authorizeAddress())).To(Succeed())
	Expect(p.ByRole("heading", "Confirm your login").WaitVisible()).To(Succeed())
	look(p)
	Expect(p.ByRole("button", "Continue").Click()).To(Succeed())
	s.arrived(p)
}

func (s *Scene) answerOrganizationName(p *browser.Page, look func(*browser.Page)) {
	GinkgoHelper()
	Expect(p.Open(s.authorizeAddress())).To(Succeed())
	for _, name := range []string{"nobody", "society"} {
		Expect(p.ByRole("heading", "Your organization").WaitVisible()).To(Succeed())
		look(p)
		Expect(p.ByLabel("Organization name").Fill(name)).To(Succeed())
		Expect(p.ByRole("button", "Continue").Click()).To(Succeed())
		if name == "nobody" {
			Expect(p.ByRole("alert", "").WaitVisible()).To(Succeed())
		}
	}
	Expect(p.ByLabel("Password").WaitVisible()).To(Succeed())
	look(p)
	Expect((&pages.Login{Page: p}).As(ada)).To(Succeed())
	s.arrived(p)
}

func (s *Scene) answerOrganization(p *browser.Page, look func(*browser.Page)) {
	GinkgoHelper()
	s.logInAt(p, s.authorizeAddress())
	Expect(p.ByRole("heading", "Choose an organization").WaitVisible()).To(Succeed())
	look(p)
	Expect(p.ByRole("button", society).Click()).To(Succeed())
	s.arrived(p)
}

func (s *Scene) answerFactor(p *browser.Page, look func(*browser.Page)) {
	GinkgoHelper()
	s.logInAt(p, s.authorizeAddress())
	Expect(p.ByRole("heading", "Verify your identity").WaitVisible()).To(Succeed())
	look(p)
	Expect(p.ByLabel("Code of six digits").Fill("00000")).To(Succeed())
	Expect(p.ByRole("button", "Send another code").Click()).To(Succeed())
	Expect(p.ByRole("status", "").WaitVisible()).To(Succeed())
	look(p)
	code := s.mailedCode()
	wrong := "000000"
	if code == wrong {
		wrong = "000001"
	}
	Expect(p.ByLabel("Code of six digits").Fill(wrong)).To(Succeed())
	Expect(p.ByRole("button", "Continue").Click()).To(Succeed())
	Expect(p.ByRole("alert", "").WaitVisible()).To(Succeed())
	look(p)
	Expect(p.ByLabel("Code of six digits").Fill(code)).To(Succeed())
	Expect(p.ByLabel("Remember this device for 30 days").Click()).To(Succeed())
	Expect(p.ByRole("button", "Continue").Click()).To(Succeed())
	s.arrived(p)
}

// mailedCode is the code of the newest mail.
func (s *Scene) mailedCode() (code string) {
	GinkgoHelper()
	for _, e := range s.Tenant.Events(0) {
		if mail, ok := e.Data.(*event.Mail); ok && mail.Code != "" {
			code = mail.Code
		}
	}
	Expect(code).NotTo(BeEmpty())
	return code
}
