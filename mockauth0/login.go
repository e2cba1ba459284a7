package mockauth0

import (
	"fmt"
	"net/http"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/authorize"
	"renewal.example/mockauth0/internal/control"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/session"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

// Login is a session that Tenant.Login began.
type Login struct {
	SessionID string         // as in Sessions, and in the sid of ID tokens
	UserID    string         // "auth0|…"
	Cookies   []*http.Cookie // of the session and of the browser, for the tenant's URL: whoever sends them is logged in
}

// Login logs a user in without a page: it begins an SSO session as a login at the tenant does, and returns the cookies that a
// browser would have then. With them, silent requests succeed:
//
//	jar, _ := cookiejar.New(nil)
//	jar.SetCookies(tenantURL, login.Cookies)
//
// The user goes by user_id, e-mail address or user name. A user who could not keep a session is an error: a blocked one, and
// one of a connection that uses Auth0's development keys.
func (t *Tenant) Login(user string) (Login, error) { return t.loggedIn(user, "") }

// LoginAt is Login at a client (id or name), whose rules count then: the user's connection has to be enabled for it, Actions of the
// login flow run, consent is given, and a second factor proved where one is due. What the tenant refuses is an error.
func (t *Tenant) LoginAt(user, client string) (Login, error) { return t.loggedIn(user, client) }

func (t *Tenant) loggedIn(user, client string) (Login, error) {
	s, cookies, err := t.logIn(t.exchange(), user, client)
	return Login{SessionID: s.ID, UserID: s.UserID, Cookies: cookies}, err
}

func (t *Tenant) logIn(x *httpx.Exchange, user, client string) (state.Session, []*http.Cookie, error) {
	u, err := t.user(user)
	if err != nil {
		return state.Session{}, nil, err
	}
	if c := t.Snapshot().Connection(u.Connection); c != nil && c.DevKeys {
		return state.Session{}, nil, oauth.Errorf("access_denied",
			"the connection %s uses Auth0's development keys, so no login by it leaves a session", u.Connection).Because(event.ConnectionUnusable)
	}
	if client != "" {
		c, err := t.client(client)
		if err != nil {
			return state.Session{}, nil, err
		}
		e, err := t.authorize.Enter(x, authorize.Direct{Client: c, User: u, Scope: defaultScope})
		if err != nil {
			return state.Session{}, nil, err
		}
		return e.Session, e.Cookies, nil
	}
	if u.Blocked {
		return state.Session{}, nil, oauth.Errorf("unauthorized", "the user %q is blocked, and cannot log in", user).
			Because(event.UserIsBlocked)
	}
	browser := &http.Request{Header: http.Header{}} // a new one: it has no cookies yet
	_, cookies := t.sessions.Device(browser)
	s := t.sessions.Begin(x, browser, session.NewID(), u.ID, u.Connection)
	return s, append(t.sessions.Cookies(x, s), cookies...), nil
}

// client finds the client with an id or a name.
func (t *Tenant) client(name string) (*tenant.Client, error) {
	tn := t.Snapshot()
	if c := tn.ClientByID(name); c != nil {
		return c, nil
	}
	if c := tn.ClientByName(name); c != nil {
		return c, nil
	}
	return nil, fmt.Errorf("no client has the id or the name %q: there are %s", name,
		listed(tn.Clients, func(c *tenant.Client) string { return c.Name }))
}

// defaultScope is what is asked for where nobody says.
const defaultScope = "openid profile email"

// GrantRequest says whose tokens IssueTokens makes, and for what.
type GrantRequest struct {
	User         string // user_id, e-mail address or user name; required
	Client       string // id or name; required
	Audience     string // API identifier; "": the tenant's default audience, else an opaque token
	Scope        string // "": openid profile email; with offline_access a refresh token comes of it, where the tenant gives one
	Organization string // id; "": none
}

// Tokens are what the token endpoint answers.
type Tokens struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token,omitempty"`
	IDToken      string `json:"id_token,omitempty"`
	Scope        string `json:"scope,omitempty"`
	ExpiresIn    int64  `json:"expires_in"` // seconds
	TokenType    string `json:"token_type"`
}

// IssueTokens logs a user in at a client without a page, as LoginAt does, and gives what the token endpoint would answer then: the
// same tokens by the same rules, with a refresh token where the tenant gives one, which a client can exchange. What the tenant refuses
// is an error. Armed faults do not act; MintToken makes tokens that no rule allows.
func (t *Tenant) IssueTokens(q GrantRequest) (Tokens, error) {
	set, err := controlledLogins{t}.Tokens(t.exchange(), control.TokenRequest(q))
	return Tokens(set), err
}

// controlledLogins are a tenant's logins for its control API.
type controlledLogins struct{ *Tenant }

func (c controlledLogins) LogIn(x *httpx.Exchange, user, client string) (state.Session, []*http.Cookie, error) {
	return c.logIn(x, user, client)
}

func (c controlledLogins) Tokens(x *httpx.Exchange, q control.TokenRequest) (control.TokenSet, error) {
	u, err := c.user(q.User)
	if err != nil {
		return control.TokenSet{}, err
	}
	client, err := c.client(q.Client)
	if err != nil {
		return control.TokenSet{}, err
	}
	if q.Scope == "" {
		q.Scope = defaultScope
	}
	e, err := c.authorize.Enter(x, authorize.Direct{Client: client, User: u, Audience: q.Audience, Scope: q.Scope,
		Organization: q.Organization})
	if err != nil {
		return control.TokenSet{}, err
	}
	issued, err := c.authorize.Issue(x, e)
	if err != nil {
		return control.TokenSet{}, err
	}
	if set := issued.Tokens; issued.Exchange == nil {
		return control.TokenSet{AccessToken: set.AccessToken, IDToken: set.IDToken, Scope: set.Scope,
			ExpiresIn: int64(set.ExpiresIn / time.Second), TokenType: "Bearer"}, nil
	}
	a, err := c.grants.Redeem(x, client, issued.Exchange)
	if err != nil {
		return control.TokenSet{}, err
	}
	return control.TokenSet{AccessToken: a.AccessToken, RefreshToken: a.RefreshToken, IDToken: a.IDToken, Scope: a.Scope,
		ExpiresIn: a.ExpiresIn, TokenType: a.TokenType}, nil
}
