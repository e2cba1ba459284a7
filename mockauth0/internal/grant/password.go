package grant

import (
	"errors"
	"net/http"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/bruteforce"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/token"
	"renewal.example/mockauth0/tenant"
)

// password is the Resource Owner Password grant (RFC 6749 §4.3) in the tenant's default directory.
func password(s *Service, x *httpx.Exchange, q Request) (*Answer, error) {
	directory := s.Tenant().Settings.DefaultDirectory
	if directory == "" {
		return nil, &oauth.Error{
			Code: "server_error", Status: http.StatusInternalServerError,
			Reason: event.SettingMissing, Description: "Authorization server not configured with default connection.",
		}
	}
	return s.withPassword(x, q, directory)
}

// passwordRealm is Auth0's extension of it that names the connection
// (https://auth0.com/docs/get-started/authentication-and-authorization-flow/resource-owner-password-flow).
func passwordRealm(s *Service, x *httpx.Exchange, q Request) (*Answer, error) {
	realm, err := q.required("realm")
	if err != nil {
		return nil, err
	}
	return s.withPassword(x, q, realm)
}

func (s *Service) withPassword(x *httpx.Exchange, q Request, connection string) (*Answer, error) {
	name, err := q.required("username")
	if err != nil {
		return nil, err
	}
	secret, err := q.required("password")
	if err != nil {
		return nil, err
	}
	tn := s.Tenant()
	c := tn.Connection(connection)
	if c == nil || !c.Database() || !c.EnabledFor(q.Client) {
		return nil, oauth.Errorf("invalid_request", "the connection was not found").Because(event.ConnectionUnusable)
	}
	u := tn.FindUser(c.Name, name)
	if err := s.Guard.Check(x, u, secret); errors.Is(err, bruteforce.ErrWrong) {
		return nil, oauth.Errorf("invalid_grant", badLogin).Because(event.WrongCredentials)
	} else if err != nil {
		return nil, err
	}
	if u, err = s.user(x, u.ID, c.Name, nil); err != nil {
		return nil, err
	}
	api, err := s.api(q.Get("audience"))
	if err != nil { // other words than those of the authorization endpoint (fact 4-password-unknown-audience)
		return nil, oauth.Errorf("invalid_request", "invalid audience specified for password grant exchange").Because(event.AudienceUnknown)
	}
	if err := s.policy(x, q, u, tenant.AtPassword, ""); err != nil {
		return nil, err
	}
	if err := s.resolved(x, q, api); err != nil {
		return nil, err
	}
	return s.issue(x, token.Request{Client: q.Client, User: u, Audience: api, Scopes: passwordScopes(oauth.Scopes(q.Get("scope")), api),
		Grant: names.GrantPassword}, c.Name)
}

// passwordScopes are the asked scopes. Who asks for none but openid gets all standard scopes and all of the API: a client that
// knows the password is trusted with them (facts 4-password-default-scopes, 4-password-api-scopes).
func passwordScopes(asked []string, api *tenant.ResourceServer) []string {
	if len(asked) > 1 || len(asked) == 1 && asked[0] != "openid" {
		return asked
	}
	all := []string{"openid", "profile", "email", "address", "phone"}
	if api != nil {
		for _, s := range api.Scopes {
			all = append(all, s.Value)
		}
	}
	return all
}
