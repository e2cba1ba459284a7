package authorize

import (
	"net/http"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/tenant"
)

// ShowProvider is GET /__mock/idp/{connection}: the page of the built-in identity provider, which answers for every social
// connection. It asks who you are, in place of Google or GitHub.
func (s *Service) ShowProvider(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	t, err := s.Login.Find(x, r, r.URL.Query().Get("state"))
	if err != nil {
		return nil, err
	}
	c, err := s.providerOf(x, r)
	if err != nil {
		return nil, err
	}
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	return s.Login.ProviderPage(c, r.URL.Path, t.ID)
}

// SubmitProvider is POST /__mock/idp/{connection}: the person chose, or declined.
func (s *Service) SubmitProvider(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	form, err := httpx.Params(r)
	if err != nil {
		return nil, err
	}
	t, err := s.Login.Find(x, r, form.Get("state"))
	if err != nil {
		return nil, err
	}
	c, err := s.providerOf(x, r)
	if err != nil {
		return nil, err
	}
	if form.Get("deny") != "" {
		if err := x.Reach(httpx.Resolved); err != nil {
			return nil, err
		}
		return s.cancel(x, t)
	}
	u := s.Tenant().UserByID(form.Get("user"))
	if u == nil || u.Connection != c.Name {
		return nil, &oauth.Error{Code: "invalid_request", Reason: event.UserUnknown,
			Description: "The user is not one of connection " + c.Name + ".",
			Hint:        "Choose one of the buttons of the identity provider's page."}
	}
	x.Facts.UserID, x.Facts.UserName = u.ID, u.Email
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	return s.Login.LoggedIn(x, r, t, u, c)
}

// providerOf is the social connection of the path, if the transaction's client may use it.
func (s *Service) providerOf(x *httpx.Exchange, r *http.Request) (*tenant.Connection, error) {
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
	return nil, &oauth.Error{Code: "invalid_request", Reason: event.ConnectionUnusable, Description: "the connection was not found",
		Hint: "Enable the connection for the client in tenant.yaml."}
}
