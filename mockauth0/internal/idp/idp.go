// Package idp is the built-in identity provider that answers for every social connection: a page that asks
// who you are, in place of Google or GitHub.
package idp

import (
	"net/http"
	"net/url"

	"renewal.example/mockauth0/internal/authorize"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/login"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/tenant"
)

// Path is where the provider's page lives; the connection's name is its last element.
const Path = "/__mock/idp/"

// URL is the provider's page for a connection and a login transaction.
func URL(connection, state string) string {
	return Path + url.PathEscape(connection) + "?state=" + url.QueryEscape(state)
}

// Service answers the provider's page.
type Service struct {
	Tenant    func() *tenant.Config
	Login     *login.Service
	Authorize *authorize.Service
}

// Show is GET: the choice of the connection's users.
func (s *Service) Show(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	t, err := s.Login.Find(x, r, r.URL.Query().Get("state"))
	if err != nil {
		return nil, err
	}
	c, err := s.connection(x, r)
	if err != nil {
		return nil, err
	}
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	return s.Login.ProviderPage(c, r.URL.Path, t.ID)
}

// Submit is POST: the person chose, or declined.
func (s *Service) Submit(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	form, err := httpx.Params(r)
	if err != nil {
		return nil, err
	}
	t, err := s.Login.Find(x, r, form.Get("state"))
	if err != nil {
		return nil, err
	}
	c, err := s.connection(x, r)
	if err != nil {
		return nil, err
	}
	if form.Get("deny") != "" {
		if err := x.Reach(httpx.Resolved); err != nil {
			return nil, err
		}
		return s.Authorize.Cancel(x, t)
	}
	u := s.Tenant().UserByID(form.Get("user"))
	if u == nil || u.Connection != c.Name {
		return nil, &oauth.Error{Code: "invalid_request", Description: "The user is not one of connection " + c.Name + ".", Hint: "Choose one of the buttons of the identity provider's page."}
	}
	x.Facts.UserID, x.Facts.UserName = u.ID, u.Email
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	return s.Login.LoggedIn(x, r, t, u, c)
}

// connection is the social connection of the path, if the transaction's client may use it.
func (s *Service) connection(x *httpx.Exchange, r *http.Request) (*tenant.Connection, error) {
	tn := s.Tenant()
	client := tn.ClientByID(x.Facts.ClientID)
	if client != nil {
		for _, c := range tn.EnabledConnections(client) {
			if c.Name == r.PathValue("connection") && !c.Database() {
				x.Facts.Connection = c.Name
				return c, nil
			}
		}
	}
	return nil, &oauth.Error{Code: "invalid_request", Description: "the connection was not found", Hint: "Enable the connection for the client in tenant.yaml."}
}
