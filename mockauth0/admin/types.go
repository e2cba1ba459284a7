package admin

import (
	"net/http"
	"time"
)

// Clock is where a tenant's clock stands.
type Clock struct {
	Now      time.Time `json:"now"`       // the tenant's time
	OffsetMS int64     `json:"offset_ms"` // how far it is ahead of real time, in milliseconds
	Frozen   bool      `json:"frozen"`
	Holds    []Hold    `json:"holds"`            // requests that wait on the tenant's time
	Late     []string  `json:"late,omitempty"`   // programs that did not follow the move in time
	Expiry   *Expiry   `json:"expiry,omitempty"` // of AdvanceToExpiry: what expires at this moment
}

// Offset is how far the tenant's clock is ahead of real time.
func (c Clock) Offset() time.Duration { return time.Duration(c.OffsetMS) * time.Millisecond }

// Hold is a request that waits on tenant time.
type Hold struct {
	ID     uint64    `json:"id"`
	Reason string    `json:"reason"`
	Until  time.Time `json:"until,omitzero"` // zero: when it is released or its client goes away
}

// Expiry is the end of the life of something.
type Expiry struct {
	What     string    `json:"what"`                // "access_token", "id_token", "session", "refresh_token"
	ID       string    `json:"id,omitempty"`        // of the session or the refresh token
	ClientID string    `json:"client_id,omitempty"` // of the client that holds the token
	UserID   string    `json:"user_id,omitempty"`
	At       time.Time `json:"at"` // tenant time
}

// Session is an SSO session of a browser. Times are the tenant's.
type Session struct {
	ID           string    `json:"id"` // the claim sid of ID tokens
	UserID       string    `json:"user_id"`
	Connection   string    `json:"connection"`
	AuthTime     time.Time `json:"authenticated_at"`
	CreatedAt    time.Time `json:"created_at"`
	LastActivity time.Time `json:"last_interacted_at"`
	IdleExpires  time.Time `json:"idle_expires_at"`
	Expires      time.Time `json:"expires_at"`
	Clients      []string  `json:"clients"` // ids of the clients that took part, in order
	SecondFactor time.Time `json:"second_factor_at,omitzero"`
}

// Lives of sessions and refresh tokens.
const (
	IdleLife     = "idle"     // which use prolongs
	AbsoluteLife = "absolute" // which nothing prolongs
)

// LoginRequest says who logs in.
type LoginRequest struct {
	User   string `json:"user"`             // user_id, e-mail address or user name; required
	Client string `json:"client,omitempty"` // id or name, whose rules count; "": at no client
}

// Login is a session that began without a page.
type Login struct {
	Session Session  `json:"session"`
	Cookies []Cookie `json:"cookies"` // whoever sends them is logged in
}

// Cookie is a cookie as addCookies of Playwright takes it.
type Cookie struct {
	Name     string `json:"name"`
	Value    string `json:"value"`
	Domain   string `json:"domain"` // host name of the tenant
	Path     string `json:"path"`
	Secure   bool   `json:"secure"`
	HTTPOnly bool   `json:"httpOnly"`
	SameSite string `json:"sameSite,omitempty"` // "None" or "Lax"; "": the cookie names none
	Expires  int64  `json:"expires,omitempty"`  // seconds since 1970, in real time; 0: with the browser
}

// HTTP is the cookie for a cookie jar of net/http.
func (c Cookie) HTTP() *http.Cookie {
	out := &http.Cookie{Name: c.Name, Value: c.Value, Path: c.Path, Secure: c.Secure, HttpOnly: c.HTTPOnly}
	if c.Expires != 0 {
		out.Expires = time.Unix(c.Expires, 0)
	}
	return out
}

// TokenRequest says whose tokens are wanted, and for what.
type TokenRequest struct {
	User         string `json:"user"`                   // user_id, e-mail address or user name; required
	Client       string `json:"client"`                 // id or name; required
	Audience     string `json:"audience,omitempty"`     // "": the tenant's default audience, else an opaque access token
	Scope        string `json:"scope,omitempty"`        // "": openid profile email; offline_access asks for a refresh token
	Organization string `json:"organization,omitempty"` // id; "": none
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

// RefreshToken is what stands behind a refresh token and all that came of it by rotation. Times are the tenant's.
type RefreshToken struct {
	ID           string    `json:"id"`
	ClientID     string    `json:"client_id"`
	UserID       string    `json:"user_id"`
	Connection   string    `json:"connection"`
	Audience     string    `json:"audience"`
	Scopes       []string  `json:"scope"`
	SessionID    string    `json:"session_id"`
	Organization string    `json:"organization,omitempty"`
	Issued       time.Time `json:"created_at"`
	Expires      time.Time `json:"expires_at,omitzero"`      // zero: never
	IdleExpires  time.Time `json:"idle_expires_at,omitzero"` // zero: never
	Rotating     bool      `json:"rotating"`
	Rotated      time.Time `json:"last_exchanged_at,omitzero"`
}

// Grant is what a user let a client do with an API.
type Grant struct {
	ID       string    `json:"id"`
	ClientID string    `json:"clientID"`
	UserID   string    `json:"user_id"`
	Audience string    `json:"audience"`
	Scopes   []string  `json:"scope"`
	Created  time.Time `json:"created_at"`
}

// User is a user as the control API shows one.
type User struct {
	ID            string `json:"user_id"`
	Connection    string `json:"connection"`
	Email         string `json:"email,omitempty"`
	EmailVerified bool   `json:"email_verified"`
	Username      string `json:"username,omitempty"`
	Name          string `json:"name,omitempty"`
	Nickname      string `json:"nickname,omitempty"`
	Blocked       bool   `json:"blocked"`
}

// UserInput are the members of a user that can be set; nil leaves one as it is, or to its default.
type UserInput struct {
	ID            *string        `json:"user_id,omitempty"`    // of a new user only
	Connection    *string        `json:"connection,omitempty"` // of a new user only; default: the first database
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

// SigningKey is a key that signs tokens.
type SigningKey struct {
	KID         string `json:"kid"`
	Cert        string `json:"cert"` // PEM
	PKCS7       string `json:"pkcs7"`
	Current     bool   `json:"current"`
	Next        bool   `json:"next"`
	Previous    bool   `json:"previous"`
	Fingerprint string `json:"fingerprint"`
	Thumbprint  string `json:"thumbprint"`
	Revoked     bool   `json:"revoked"`
}

// Mail is a mail that the tenant would have sent. Links and codes in it work.
type Mail struct {
	Seq      uint64    `json:"seq"`  // of its event
	Time     time.Time `json:"date"` // tenant time
	To       string    `json:"to"`
	UserID   string    `json:"user_id,omitempty"`
	Subject  string    `json:"subject"`
	Template string    `json:"template"` // Auth0's name, "reset_email"
	Link     string    `json:"link,omitempty"`
	Code     string    `json:"code,omitempty"`
}

// Expectation is what was said of a client's renewals, and what has become of it. Times are the tenant's.
type Expectation struct {
	ID       string    `json:"id,omitempty"`
	ClientID string    `json:"client_id"`
	Since    time.Time `json:"since"`
	By       time.Time `json:"by,omitzero"`
	Renewals *int      `json:"renewals,omitempty"`
	Until    time.Time `json:"until,omitzero"`
	Seen     int       `json:"seen"`
	State    string    `json:"state"` // "open", "met" or "failed"
}
