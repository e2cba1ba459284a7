package mockauth0

import (
	"net/http"
	"time"

	"renewal.example/mockauth0/internal/control"
	"renewal.example/mockauth0/internal/manage"
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
	s, cookies, err := t.manager.LogIn(t.manager.Exchange(), user, client)
	return Login{SessionID: s.ID, UserID: s.UserID, Cookies: cookies}, err
}

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
	set, err := t.manager.Tokens(t.manager.Exchange(), control.TokenRequest(q))
	return Tokens(set), err
}

// TokenRequest says which tokens MintToken makes.
type TokenRequest struct {
	Client   string         // id or name; required
	User     string         // user id, e-mail address or user name; required
	Audience string         // API identifier; "": the tenant's default audience, else an opaque token
	Scope    string         // default: openid profile email
	Nonce    string         // nonce of the ID token, where a test wants one
	TTL      time.Duration  // life of both tokens; 0: the settings decide, as for the implicit flow
	Claims   map[string]any // set last, in both tokens: they may replace any claim
}

// Token is what MintToken makes.
type Token struct {
	AccessToken string `json:"access_token"`
	IDToken     string `json:"id_token"`
	Scope       string `json:"scope"`
	ExpiresIn   int64  `json:"expires_in"` // seconds
	TokenType   string `json:"token_type"`
}

// MintToken makes tokens as a login would, without one.
func (t *Tenant) MintToken(q TokenRequest) (Token, error) {
	set, err := t.manager.Mint(manage.MintRequest(q))
	if err != nil {
		return Token{}, err
	}
	made := set.Response("")
	return Token{made.AccessToken, made.IDToken, made.Scope, made.ExpiresIn, made.TokenType}, nil
}
