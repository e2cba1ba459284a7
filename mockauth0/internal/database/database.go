// Package database serves the accounts of database connections: sign-up, passwords and the end of a block.
package database

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/directory"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/login"
	"renewal.example/mockauth0/internal/session"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/internal/valid"
	"renewal.example/mockauth0/tenant"
)

// Service answers the endpoints of one tenant by which people sign up, choose a new password and unblock their account.
type Service struct {
	Tenant    func() *tenant.Config
	Directory *directory.Directory // where people sign up and change their passwords
	Sessions  *session.Registry
	Store     state.Store // of the tickets in links
	Pages     *login.Pages
	Login     *login.Service
	Mail      Mailer
}

// Mailer writes to a user who asked for a new password.
type Mailer interface {
	Reset(x *httpx.Exchange, u *tenant.User, clientID string)
}

// refusal is an error body of /dbconnections/* (fact 5-errors-dbconnections).
type refusal struct {
	Name        string `json:"name"`
	Message     string `json:"message,omitempty"`
	Code        string `json:"code"`
	Description any    `json:"description"`
	Policy      string `json:"policy,omitempty"`
	StatusCode  int    `json:"statusCode"`
}

func (r *refusal) Error() string { return r.Code + ": " + r.words() }

// words is the refusal for people.
func (r *refusal) words() string {
	if text, ok := r.Description.(string); ok {
		return text
	}
	return r.Message
}

// entry is the refusal as an entry of the tenant's log.
func (r *refusal) entry(code event.LogCode, reason event.Reason) event.Event {
	return event.Event{Kind: event.KindLog, Type: code, Description: r.words(), Data: &event.LogEntry{Error: r.Code, Reason: reason}}
}

func refuse(code, format string, args ...any) *refusal {
	return &refusal{Name: "BadRequestError", Code: code, Description: fmt.Sprintf(format, args...), StatusCode: http.StatusBadRequest}
}

// weak is the refusal of a password.
func weak(w *directory.Weakness) *refusal {
	r := &refusal{
		Name: w.Name, Message: w.Message, Code: "invalid_password", Description: w.Message, Policy: w.Policy, StatusCode: http.StatusBadRequest,
	}
	if w.Report != nil {
		r.Description = w.Report
	}
	return r
}

// errSignupDisabled is answered by a body of its own, as recorded: {"error":"public signup is disabled"}.
var errSignupDisabled = errors.New("public signup is disabled")

// databaseOf finds the client and the database that a request to /dbconnections/* names.
func (s *Service) databaseOf(x *httpx.Exchange, v url.Values) (*tenant.Client, *tenant.Connection, error) {
	tn := s.Tenant()
	for _, name := range []string{"client_id", "connection"} {
		if v.Get(name) == "" {
			return nil, nil, refuse("invalid_request", "Missing required property: %s", name)
		}
	}
	client := tn.ClientByID(v.Get("client_id"))
	if client == nil {
		return nil, nil, refuse("invalid_request", "Unknown client: %s", v.Get("client_id"))
	}
	x.Facts.ClientID, x.Facts.ClientName = client.ClientID, client.Name
	c := tn.Connection(v.Get("connection"))
	if c == nil || !c.Database() || !c.EnabledFor(client) {
		return nil, nil, refuse("invalid_request", "Connection does not exist")
	}
	x.Facts.Connection = c.Name
	return client, c, nil
}

// newcomer is who signs up, as sent.
type newcomer struct {
	email, username, password string
	profile                   func(name string) string // given_name, family_name, name, nickname, picture
	metadata                  map[string]any
}

// enroll adds a person to a database, by its rules; x has its facts afterwards. Errors are *refusal or errSignupDisabled.
func (s *Service) enroll(x *httpx.Exchange, c *tenant.Connection, n newcomer) (*tenant.User, error) {
	if c.DisableSignup {
		return nil, errSignupDisabled
	}
	n.email, n.username = strings.ToLower(strings.TrimSpace(n.email)), strings.ToLower(strings.TrimSpace(n.username))
	if !valid.EmailAddress(n.email) {
		return nil, refuse("invalid_signup", "Invalid sign up: email is not an e-mail address")
	}
	x.Facts.UserName = n.email
	if !c.RequiresUsername {
		n.username = ""
	} else if fault := usernameFault(c, n.username); fault != "" {
		return nil, refuse("invalid_signup", "Invalid sign up: %s", fault)
	}
	u := tenant.User{ID: "auth0|" + newID(), Connection: c.Name, Email: n.email, Username: n.username, Password: n.password,
		CreatedAt: x.Now(), GivenName: n.profile("given_name"), FamilyName: n.profile("family_name"), Name: n.profile("name"),
		Nickname: n.profile("nickname"), Picture: n.profile("picture"), UserMetadata: n.metadata}
	if w := directory.CheckPassword(c, &u, n.password); w != nil {
		return nil, weak(w)
	}
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	added, err := s.Directory.SignUp(u)
	switch {
	case errors.Is(err, directory.ErrEmailTaken):
		return nil, s.taken("The user already exists.")
	case errors.Is(err, directory.ErrUsernameTaken):
		return nil, s.taken(fmt.Sprintf("The user already exists (username: %s).", n.username))
	case err != nil:
		return nil, err
	}
	x.Facts.UserID, x.Facts.UserName = added.ID, added.Email
	x.Emit(event.Event{Kind: event.KindLog, Type: event.SuccessSignup, Description: "Successful signup"})
	return added, nil
}

// taken tells that a user exists, or hides it: that is the tenant's choice.
func (s *Service) taken(words string) *refusal {
	if s.Tenant().Settings.TellUserExists {
		return refuse("user_exists", "%s", words)
	}
	return refuse("invalid_signup", "Invalid sign up")
}

// usernameFault holds a user name to Auth0's rules (https://auth0.com/docs/authenticate/database-connections/require-username).
func usernameFault(c *tenant.Connection, name string) string {
	strange := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("@^$.!`-#+'~_", r)
	}
	switch {
	case name == "":
		return "username is missing"
	case len(name) < c.UsernameMin || len(name) > c.UsernameMax:
		return fmt.Sprintf("username must have %d to %d characters", c.UsernameMin, c.UsernameMax)
	case strings.ContainsFunc(name, strange):
		return "username holds a character that is not allowed"
	case valid.EmailAddress(name):
		return "username is an e-mail address"
	}
	return ""
}

// SignUp is POST /dbconnections/signup (https://auth0.com/docs/api/authentication/signup/create-a-new-user). It makes a user
// and no session.
func (s *Service) SignUp(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	v, nested, err := httpx.Body(r, "client_id", "connection", "email", "username", "password", "given_name", "family_name", "name",
		"nickname", "picture")
	if err != nil {
		return nil, err
	}
	_, c, err := s.databaseOf(x, v)
	if err != nil {
		return s.notSignedUp(x, err)
	}
	if err := x.Reach(httpx.Parsed); err != nil {
		return nil, err
	}
	metadata, fault := userMetadata(nested)
	if fault != nil {
		return s.notSignedUp(x, fault)
	}
	u, err := s.enroll(x, c, newcomer{
		email: v.Get("email"), username: v.Get("username"), password: v.Get("password"), profile: v.Get, metadata: metadata,
	})
	if err != nil {
		return s.notSignedUp(x, err)
	}
	return httpx.JSON(http.StatusOK, signedUp(u)).Set("Cache-Control", "no-store"), nil
}

// signedUp is the answer: the user without the provider's prefix, and what was sent along.
func signedUp(u *tenant.User) any {
	_, id, _ := strings.Cut(u.ID, "|")
	return struct {
		ID            string         `json:"_id"`
		Email         string         `json:"email"`
		EmailVerified bool           `json:"email_verified"`
		Username      string         `json:"username,omitempty"`
		UserMetadata  map[string]any `json:"user_metadata,omitempty"`
	}{id, u.Email, u.EmailVerified, u.Username, u.UserMetadata}
}

// userMetadata holds what a sign-up may store to Auth0's limits: ten texts of 500 characters at most.
func userMetadata(nested map[string]any) (map[string]any, error) {
	sent, there := nested["user_metadata"]
	if !there {
		return nil, nil
	}
	metadata, ok := sent.(map[string]any)
	if !ok || len(metadata) > 10 {
		return nil, refuse("invalid_signup", "Invalid sign up: user_metadata must be an object with at most 10 members")
	}
	for key, value := range metadata {
		if text, ok := value.(string); !ok || len(text) > 500 || len(key) > 100 {
			return nil, refuse("invalid_signup", "Invalid sign up: user_metadata.%.100s must be text of at most 500 characters", key)
		}
	}
	return metadata, nil
}

// notSignedUp logs and writes a refusal; other errors go the usual way.
func (s *Service) notSignedUp(x *httpx.Exchange, err error) (*httpx.Result, error) {
	return answerRefusal(x, event.FailedSignup, event.SignupRefused, err)
}

// answerRefusal logs a refusal under a type and writes its body; what is none is left to the adapter.
func answerRefusal(x *httpx.Exchange, code event.LogCode, reason event.Reason, err error) (*httpx.Result, error) {
	var no *refusal
	switch {
	case errors.As(err, &no):
		x.Emit(no.entry(code, reason))
		return httpx.JSON(no.StatusCode, no).Set("Cache-Control", "no-store"), nil
	case errors.Is(err, errSignupDisabled):
		x.Emit(event.Event{Kind: event.KindLog, Type: code, Description: err.Error(), Data: &event.LogEntry{Reason: event.SettingOff}})
		return httpx.JSON(http.StatusBadRequest, map[string]string{"error": err.Error()}).Set("Cache-Control", "no-store"), nil
	}
	return nil, err
}
