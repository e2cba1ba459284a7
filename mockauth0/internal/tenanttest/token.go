package tenanttest

import (
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"
)

// RealmGrant is the grant type of password-realm, and the credential type of a cross-origin login.
const RealmGrant = "http://auth0.com/oauth/grant-type/password-realm"

// PasswordGrant is the password grant of the client Web.
func (p *Person) PasswordGrant() Answer {
	p.Helper()
	return p.Token("grant_type", "password", "client_id", "web", "client_secret", "web+secret%21",
		"username", "ada@example.test", "password", "Analytical-Engine-1")
}

// Push posts to /oauth/par as the client Web; pairs replace or, when empty, remove what fits.
func (p *Person) Push(pairs ...string) Answer {
	p.Helper()
	v := Form(append([]string{"client_id", "web", "client_secret", "web+secret%21",
		"response_type", "code", "redirect_uri", "https://web.example.test/cb", "scope", "openid profile", "state", "pushed-state", "nonce", "n"},
		pairs...)...)
	return p.Ask("POST", "/oauth/par", v.Encode(),
		"Content-Type", "application/x-www-form-urlencoded", "Origin", "http://localhost:3000")
}

// PushedRequest is the address at which a pushed request goes on.
func (p *Person) PushedRequest(pairs ...string) string {
	p.Helper()
	a := p.Push(pairs...)
	uri := a.Member(p, "request_uri")
	if a.StatusCode != 201 || uri == "" {
		p.Fatalf("%s %s", a.Status, a.Text)
	}
	return "/authorize?" + Form("client_id", "web", "request_uri", uri).Encode()
}

// Renew exchanges a refresh token of the first client.
func (p *Person) Renew(refreshToken string, pairs ...string) Answer {
	p.Helper()
	return p.Token(append([]string{"grant_type", "refresh_token", "client_id", p.Server.Snapshot().Clients[0].ClientID,
		"refresh_token", refreshToken}, pairs...)...)
}

// Offline logs in with offline_access and returns the refresh token.
func (p *Person) Offline(pairs ...string) string {
	p.Helper()
	a := p.Exchange(p.Code(append([]string{"scope", "openid profile read:all offline_access"}, pairs...)...))
	rt := a.Member(p, "refresh_token")
	if rt == "" {
		p.Fatalf("no refresh token: %s %s", a.Status, a.Text)
	}
	return rt
}

// Verifier is the PKCE verifier of every code that a Person asks for; the others are whole answers of the token endpoint.
const (
	Verifier  = "a-verifier-of-forty-three-characters-or-more"
	WrongCode = `{"error":"invalid_grant","error_description":"Invalid authorization code"}`
	WrongPKCE = `{"error":"invalid_grant","error_description":"Failed to verify code verifier"}`
	UnknownRT = `{"error":"invalid_grant","error_description":"Unknown or invalid refresh token."}`
	ReusedRT  = `{"error":"invalid_grant","error_description":"Unsuccessful Refresh Token exchange, reused refresh token detected"}`
	NoAuth    = `{"error":"access_denied","error_description":"Unauthorized"}`
)

// S256 is the PKCE challenge of a verifier.
func S256(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Token posts to the token endpoint.
func (p *Person) Token(pairs ...string) Answer {
	p.Helper()
	return p.Ask("POST", "/oauth/token", Form(pairs...).Encode(),
		"Content-Type", "application/x-www-form-urlencoded", "Origin", "http://localhost:3000")
}

// Code gets an authorization code, by the login page the first time and silently after that.
func (p *Person) Code(pairs ...string) string {
	p.Helper()
	all := append([]string{"response_type", "code", "code_challenge", S256(Verifier), "code_challenge_method", "S256"}, pairs...)
	a := p.Get(Request(p.Server, append([]string{"prompt", "none"}, all...)...))
	if strings.Contains(a.Header.Get("Location"), "login_required") {
		a = p.Login(Request(p.Server, all...))
	}
	u, err := url.Parse(a.Header.Get("Location"))
	if err != nil || u.Query().Get("code") == "" || u.Fragment != "" {
		p.Fatalf("no code but %s %q\n%s", a.Status, a.Header.Get("Location"), a.Text)
	}
	return u.Query().Get("code")
}

// Exchange changes a code of the first client into tokens.
func (p *Person) Exchange(code string, pairs ...string) Answer {
	p.Helper()
	c := p.Server.Snapshot().Clients[0]
	return p.Token(append([]string{"grant_type", "authorization_code", "client_id", c.ClientID, "redirect_uri", c.Callbacks[0],
		"code", code, "code_verifier", Verifier}, pairs...)...)
}
