package login

import (
	"maps"
	"net/url"
	"strings"

	"renewal.example/mockauth0/internal/state"
)

// The pages of a login, as the route table has them.
const (
	LoginPage        = "/u/login"
	OrganizationPage = "/u/organization"
	ClassicPage      = "/login"              // of the Classic experience
	IdentifierPage   = "/u/login/identifier" // identifier-first: who are you,
	PasswordPage     = "/u/login/password"   // and then the password
	AccountPage      = "/u/select-account"   // prompt=select_account; Auth0 publishes no path for it
	SignUpPage       = "/u/signup"
	ResetRequestPage = "/u/reset-password/request" // asks who forgot their password for the e-mail address
	ConsentPage      = "/u/consent"
	ConfirmationPage = "/u/confirmation" // Auth0 publishes no path for its login confirmation prompt
	FactorPage       = "/u/mfa-email-challenge"
	ResumePage       = "/authorize/resume"
	ProviderPage     = "/__mock/idp/" // and the connection's name: the built-in identity provider
)

// ProviderAt is the address of the built-in identity provider for a connection in a transaction.
func ProviderAt(connection, state string) string {
	return ProviderPage + url.PathEscape(connection) + "?state=" + url.QueryEscape(state)
}

// At is a page's address in a transaction, or that of a site to which an Action sends.
func At(page string, t state.Transaction) string {
	if strings.Contains(page, "://") {
		return elsewhere(page, t)
	}
	id := t.ID
	if page == ResumePage {
		id = t.ResumeID
	}
	address := page + "?state=" + url.QueryEscape(id)
	if page == ClassicPage { // scripts of a Classic page read the request from its address
		q := maps.Clone(t.Request)
		q.Del("state")
		q.Del("client_id")
		address += "&client=" + url.QueryEscape(t.ClientID) + "&protocol=oauth2&" + q.Encode()
	}
	return address
}

// elsewhere adds the state with which the person comes back, see authorize.Service.Continue.
func elsewhere(site string, t state.Transaction) string {
	u, err := url.Parse(site)
	if err != nil { // checked when the tenant was loaded
		return site
	}
	q := u.Query()
	q.Set("state", t.ID)
	u.RawQuery = q.Encode()
	return u.String()
}

// Entry is where the login of a transaction begins. LoginPage stands for it until there is a transaction.
func (s *Service) Entry(t state.Transaction) string {
	switch {
	case s.asksOrganization(t):
		return OrganizationPage
	case t.Request.Get("screen_hint") == "signup":
		return SignUpPage
	case s.Sessions.Tenant().Settings.ClassicLogin:
		return ClassicPage
	case s.Sessions.Tenant().Settings.IdentifierFirst:
		return IdentifierPage
	}
	return LoginPage
}
