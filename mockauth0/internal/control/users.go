package control

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"renewal.example/mockauth0/internal/directory"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/tenant"
)

// Users are created, changed and deleted; they go by user_id, e-mail address or user name.
type Users interface {
	CreateUser(u tenant.User) (tenant.User, error)
	ChangeUser(user string, change func(*tenant.User)) (tenant.User, error)
	DeleteUser(user string) error
}

type userView struct {
	ID            string `json:"user_id"`
	Connection    string `json:"connection"`
	Email         string `json:"email,omitempty"`
	EmailVerified bool   `json:"email_verified"`
	Username      string `json:"username,omitempty"`
	Name          string `json:"name,omitempty"`
	Nickname      string `json:"nickname,omitempty"`
	Blocked       bool   `json:"blocked"`
}

func viewOf(u *tenant.User) userView {
	return userView{u.ID, u.Connection, u.Email, u.EmailVerified, u.Username, u.Name, u.Nickname, u.Blocked}
}

// userInput are the members of a user that can be set, by the names of Auth0's Management API. What is left out stays.
type userInput struct {
	ID            *string        `json:"user_id,omitempty"`
	Connection    *string        `json:"connection,omitempty"`
	Email         *string        `json:"email,omitempty"`
	EmailVerified *bool          `json:"email_verified,omitempty"`
	Username      *string        `json:"username,omitempty"`
	Password      *string        `json:"password,omitempty"`
	Blocked       *bool          `json:"blocked,omitempty"`
	Name          *string        `json:"name,omitempty"`
	Nickname      *string        `json:"nickname,omitempty"`
	GivenName     *string        `json:"given_name,omitempty"`
	FamilyName    *string        `json:"family_name,omitempty"`
	Picture       *string        `json:"picture,omitempty"`
	PhoneNumber   *string        `json:"phone_number,omitempty"`
	UserMetadata  map[string]any `json:"user_metadata,omitempty"`
	AppMetadata   map[string]any `json:"app_metadata,omitempty"`
}

// over lays what was given over a user.
func (in *userInput) over(u *tenant.User) {
	for _, one := range []struct{ given, to *string }{
		{in.ID, &u.ID}, {in.Connection, &u.Connection}, {in.Email, &u.Email}, {in.Username, &u.Username}, {in.Password, &u.Password},
		{in.Name, &u.Name}, {in.Nickname, &u.Nickname}, {in.GivenName, &u.GivenName}, {in.FamilyName, &u.FamilyName},
		{in.Picture, &u.Picture}, {in.PhoneNumber, &u.PhoneNumber},
	} {
		if one.given != nil {
			*one.to = *one.given
		}
	}
	for _, one := range []struct{ given, to *bool }{{in.EmailVerified, &u.EmailVerified}, {in.Blocked, &u.Blocked}} {
		if one.given != nil {
			*one.to = *one.given
		}
	}
	if in.UserMetadata != nil {
		u.UserMetadata = in.UserMetadata
	}
	if in.AppMetadata != nil {
		u.AppMetadata = in.AppMetadata
	}
}

// ListUsers is GET /users.
func (s *Service) ListUsers(*httpx.Exchange, *http.Request) (*httpx.Result, error) {
	list := []userView{}
	for _, u := range s.Tenant.Snapshot().Users {
		list = append(list, viewOf(u))
	}
	return httpx.JSON(http.StatusOK, map[string]any{"users": list}), nil
}

// AddUser is POST /users.
func (s *Service) AddUser(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	var in userInput
	if err := body(r, &in); err != nil {
		return nil, err
	}
	var u tenant.User
	in.over(&u)
	return s.added(u)
}

func (s *Service) added(u tenant.User) (*httpx.Result, error) {
	added, err := s.Users.CreateUser(u)
	if err != nil {
		return nil, bad(err)
	}
	return httpx.JSON(http.StatusCreated, viewOf(&added)), nil
}

// SetUser is PUT /users/{user}: a user who goes by this is there from now on, as the body says. One who is there already keeps what
// the body leaves out.
func (s *Service) SetUser(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	var in userInput
	if err := body(r, &in); err != nil {
		return nil, err
	}
	name := r.PathValue("user")
	if s.userNamed(name, false) == nil {
		return s.changed(name, &in)
	}
	var u tenant.User
	switch {
	case strings.Contains(name, "|"):
		u.ID = name
	case strings.Contains(name, "@"):
		u.Email = name
	default:
		u.Username = name
	}
	in.over(&u)
	if !u.GoesBy(name) {
		return nil, bad(fmt.Errorf("the body makes the user of the path %q another: leave user_id, email and username out, or give the same",
			httpx.Echo(name)))
	}
	return s.added(u)
}

// ChangeUser is PATCH /users/{user} with some members of a user, such as {"blocked": true}, as Auth0's Management API takes them. The
// user goes by user_id, e-mail address or user name.
func (s *Service) ChangeUser(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	var in userInput
	if err := body(r, &in); err != nil {
		return nil, err
	}
	if in.empty() {
		return nil, bad(errors.New(`there is nothing to change: give some members of a user, such as {"blocked": true}`))
	}
	return s.changed(r.PathValue("user"), &in)
}

func (in *userInput) empty() bool {
	var none, u tenant.User
	in.over(&u)
	return in.Blocked == nil && in.EmailVerified == nil && in.UserMetadata == nil && in.AppMetadata == nil &&
		u.ID+u.Connection+u.Email+u.Username+u.Password+u.Name+u.Nickname+u.GivenName+u.FamilyName+u.Picture+u.PhoneNumber == none.ID
}

func (s *Service) changed(name string, in *userInput) (*httpx.Result, error) {
	if err := s.userNamed(name, false); err != nil {
		return nil, err
	}
	if in.Password != nil && *in.Password == "" {
		return nil, bad(errors.New("the password is empty"))
	}
	conflict := ""
	changed, err := s.Users.ChangeUser(name, func(u *tenant.User) {
		before := *u
		in.over(u)
		if u.ID != before.ID || u.Connection != before.Connection {
			conflict = "user_id and connection of a user cannot be changed"
			*u = before
		}
	})
	switch {
	case err != nil:
		return nil, bad(err)
	case conflict != "":
		return nil, bad(errors.New(conflict))
	}
	return httpx.JSON(http.StatusOK, viewOf(&changed)), nil
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

// narrowed holds the names in a query to those that there are: a misspelt one must not look like one with nothing.
func (s *Service) narrowed(q url.Values) error {
	if err := s.userNamed(q.Get("user"), true); err != nil {
		return err
	}
	return s.clientNamed(q.Get("client"))
}

// userNamed is an error when nobody goes by a name. The id of a user who is gone may still have sessions and tokens.
func (s *Service) userNamed(name string, gone bool) error {
	if name == "" || gone && strings.Contains(name, "|") ||
		slices.ContainsFunc(s.Tenant.Snapshot().Users, func(u *tenant.User) bool { return u.GoesBy(name) }) {
		return nil
	}
	return noUser(directory.NoUser(s.Tenant.Snapshot(), httpx.Echo(name)))
}

func (s *Service) clientNamed(name string) error {
	tn := s.Tenant.Snapshot()
	if name == "" || tn.ClientByID(name) != nil || tn.ClientByName(name) != nil {
		return nil
	}
	return &oauth.Error{
		Code: "not_found", Status: http.StatusNotFound,
		Description: directory.NoClient(tn, httpx.Echo(name)).Error(),
	}
}
