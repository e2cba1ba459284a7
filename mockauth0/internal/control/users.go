package control

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/tenant"
)

// Users are blocked, unblocked and deleted by user_id, e-mail address or user name.
type Users interface {
	BlockUser(user string) error
	UnblockUser(user string) error
	DeleteUser(user string) error
}

type userView struct {
	ID         string `json:"user_id"`
	Connection string `json:"connection"`
	Email      string `json:"email,omitempty"`
	Username   string `json:"username,omitempty"`
	Blocked    bool   `json:"blocked"`
}

// ListUsers is GET /users.
func (s *Service) ListUsers(*httpx.Exchange, *http.Request) (*httpx.Result, error) {
	list := []userView{}
	for _, u := range s.Tenant.Snapshot().Users {
		list = append(list, userView{u.ID, u.Connection, u.Email, u.Username, u.Blocked})
	}
	return httpx.JSON(http.StatusOK, map[string]any{"users": list}), nil
}

// ChangeUser is PATCH /users/{user} with {"blocked": true} or false, as Auth0's Management API takes it. The user goes by user_id, e-mail
// address or user name.
func (s *Service) ChangeUser(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	var q struct {
		Blocked *bool `json:"blocked"`
	}
	if err := body(r, &q); err != nil {
		return nil, err
	}
	if q.Blocked == nil {
		return nil, bad(errors.New("blocked is missing: give true or false"))
	}
	change := s.Users.UnblockUser
	if *q.Blocked {
		change = s.Users.BlockUser
	}
	if err := change(r.PathValue("user")); err != nil {
		return nil, noUser(err)
	}
	return httpx.JSON(http.StatusOK, map[string]bool{"blocked": *q.Blocked}), nil
}

// RemoveUser is DELETE /users/{user}.
func (s *Service) RemoveUser(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	if err := s.Users.DeleteUser(r.PathValue("user")); err != nil {
		return nil, noUser(err)
	}
	return httpx.JSON(http.StatusOK, map[string]bool{"deleted": true}), nil
}

func noUser(err error) error {
	return &oauth.Error{
		Code: "not_found", Status: http.StatusNotFound,
		Description: err.Error() + "; GET " + names.ControlPath + "/users lists them.", Cause: err,
	}
}

// narrowed holds the names in a query to those that there are: a misspelt one must not look like one with nothing. The id of a
// user who is gone may still have sessions and tokens.
func (s *Service) narrowed(q url.Values) error {
	tn := s.Tenant.Snapshot()
	if name := q.Get("user"); name != "" && !strings.Contains(name, "|") &&
		!slices.ContainsFunc(tn.Users, func(u *tenant.User) bool { return u.GoesBy(name) }) {
		return noUser(fmt.Errorf("this tenant has no user %q", name))
	}
	if name := q.Get("client"); name != "" && tn.ClientByID(name) == nil && tn.ClientByName(name) == nil {
		return &oauth.Error{
			Code: "not_found", Status: http.StatusNotFound, Description: fmt.Sprintf("this tenant has no client with the id or the name %q", name),
		}
	}
	return nil
}
