package login

import (
	"maps"
	"net/url"
	"strings"

	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/state"
)

// ProviderAt is the address of the built-in identity provider for a connection in a transaction.
func ProviderAt(connection, state string) string {
	return names.ProviderPath + url.PathEscape(connection) + "?state=" + url.QueryEscape(state)
}

// At is a page's address in a transaction, or that of a site to which an Action sends.
func At(page string, t state.Transaction) string {
	if strings.Contains(page, "://") {
		return elsewhere(page, t)
	}
	id := t.ID
	if page == names.ResumePath {
		id = t.ResumeID
	}
	address := page + "?state=" + url.QueryEscape(id)
	if page == names.ClassicLoginPath { // scripts of a Classic page read the request from its address
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

// Entry is where the login of a transaction begins. /u/login stands for it until there is a transaction.
func (s *Service) Entry(t state.Transaction) string {
	switch {
	case s.asksOrganization(t):
		return names.OrganizationPath
	case t.Request.Get("screen_hint") == "signup":
		return names.SignUpFormPath
	case s.Sessions.Tenant().Settings.ClassicLogin:
		return names.ClassicLoginPath
	case s.Sessions.Tenant().Settings.IdentifierFirst:
		return names.IdentifierPath
	}
	return names.LoginPath
}
