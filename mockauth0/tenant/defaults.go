package tenant

import (
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"net/url"
	"strings"
	"time"
	"unicode"

	"renewal.example/mockauth0/internal/domain"
)

// Auth0's limits and defaults (facts 2.2-absolute, 2.2-idle, 3.1-api-defaults, 3.2-life).
const (
	maxTokenSeconds        = 2592000 // 30 days
	maxSession             = 365 * 24 * time.Hour
	maxWebOrigins          = 100
	defaultSession         = 168 * time.Hour
	defaultIdleSession     = 72 * time.Hour
	defaultEphemeral       = 72 * time.Hour
	defaultIdleEphemeral   = 24 * time.Hour
	defaultCodeLife        = 10 * time.Minute
	defaultIDTokenLife     = 36000 * time.Second
	defaultTokenLife       = 86400 * time.Second
	defaultTokenLifeForWeb = 7200 * time.Second
	defaultRefreshLife     = 2592000 * time.Second
	defaultRefreshIdle     = 1296000 * time.Second
	maxPushedLife          = 600 * time.Second
	defaultPushedLife      = 30 * time.Second
)

// NewClient gives a client with the defaults that a zero Client cannot express: first-party and OIDC-conformant.
// Set the rest and let Validate fill in what is still empty.
func NewClient(name string) *Client {
	return &Client{Name: name, FirstParty: true, OIDCConformant: true}
}

// complete fills in what was left empty.
func (t *Config) complete() {
	orText(&t.Settings.FriendlyName, t.Name)
	orSpan(&t.Settings.SessionLifetime, defaultSession)
	orSpan(&t.Settings.IdleSessionLifetime, defaultIdleSession)
	orSpan(&t.Settings.EphemeralLifetime, defaultEphemeral)
	orSpan(&t.Settings.IdleEphemeralLifetime, defaultIdleEphemeral)
	orText(&t.Mock.Domain, "auto")
	orText(&t.Mock.Scheme, domain.HTTPS)
	orText(&t.Mock.Listen, "127.0.0.1:4443")
	orText(&t.Mock.ConsentPolicy, "skip")
	orText(&t.Mock.ListedLocalhost, "counts")
	orText(&t.Mock.ConfirmationCode, "interaction_required")
	orSpan(&t.Mock.CodeLifetime, defaultCodeLife)
	orText(&t.Mock.ErrorPageFraming, "deny")
	orText(&t.Mock.CORSWebOrigins, "allow")
	if t.Mock.UnsupportedGrant == 0 {
		t.Mock.UnsupportedGrant = 403
	}
	orText(&t.Mock.OpaqueTokens, "jwe")
	orText(&t.Mock.BackchannelLogout, "loopback")
	orText(&t.Mock.MFAError, "login_required")
	orText(&t.Mock.LogoutWithoutTarget, "page")
	for i, a := range t.Mock.Actions {
		a.complete(i)
	}
	for _, c := range t.Clients {
		c.complete()
	}
	for _, c := range t.Connections {
		c.complete()
	}
	for _, s := range t.ResourceServers {
		s.complete()
	}
	for _, g := range t.ClientGrants {
		orText(&g.SubjectType, "client")
	}
	for _, u := range t.Users {
		u.complete(t)
	}
	for _, o := range t.Organizations {
		o.complete()
	}
	t.expandDomainMetadata()
}

func orText(into *string, standard string) {
	if *into == "" {
		*into = standard
	}
}

func orSpan(into *time.Duration, standard time.Duration) {
	if *into == 0 {
		*into = standard
	}
}

func (c *Connection) complete() {
	orText(&c.DisplayName, c.Name)
	if c.Database() {
		orText(&c.Passwords.Strength, "none")
		if c.UsernameMin == 0 {
			c.UsernameMin = 1
		}
		if c.UsernameMax == 0 {
			c.UsernameMax = max(15, c.UsernameMin)
		}
	}
}

func (c *Client) complete() {
	if c.Name != "" {
		orText(&c.ClientID, derivedClientID(c.Name))
		orText(&c.ClientSecret, derivedSecret(c.Name))
	}
	if c.GrantTypes == nil {
		c.GrantTypes = []string{"authorization_code", "implicit", "refresh_token", "client_credentials"}
	}
	method := "client_secret_post"
	if c.AppType == "spa" || c.AppType == "native" {
		method = "none"
	}
	orText(&c.TokenEndpointAuthMethod, method)
	if !c.OIDCConformant { // Auth0's legacy, where the client names no algorithm
		orText(&c.IDTokenAlg, "HS256")
	}
	orText(&c.IDTokenAlg, "RS256")
	orText(&c.OrganizationUsage, "deny")
	orText(&c.OrganizationPrompt, "no_prompt")
	orSpan(&c.PushedLifetime, defaultPushedLife)
	orSpan(&c.IDTokenLifetime, defaultIDTokenLife)
}

func (s *ResourceServer) complete() {
	orText(&s.Name, s.Identifier)
	orText(&s.SigningAlg, "RS256")
	orText(&s.UserPolicy, "allow_all")
	orText(&s.TokenDialect, "access_token")
	orText(&s.ProofOfPossession.Mechanism, "none")
	if s.SigningAlg == "HS256" && s.Identifier != "" {
		orText(&s.SigningSecret, derivedSecret("api "+s.Identifier))
	}
	orSpan(&s.TokenLifetime, defaultTokenLife)
	orSpan(&s.TokenLifetimeForWeb, min(defaultTokenLifeForWeb, s.TokenLifetime))
}

func (u *User) complete(t *Config) {
	if u.Connection == "" {
		for _, c := range t.Connections {
			if c.Database() {
				u.Connection = c.Name
				break
			}
		}
	}
	u.completeID(t.Connection(u.Connection))
	local, _, _ := strings.Cut(u.Email, "@")
	if u.Name == "" && u.GivenName != "" && u.Email == "" {
		u.Name = strings.TrimSpace(u.GivenName + " " + u.FamilyName)
	}
	orText(&u.Name, u.Email)
	orText(&u.Name, u.Username)
	orText(&u.Nickname, u.Username)
	orText(&u.Nickname, local)
	if u.Picture == "" && u.Email != "" {
		u.Picture = gravatar(u.Email, u.Name)
	}
	if u.CreatedAt.IsZero() {
		u.CreatedAt = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if u.UpdatedAt.IsZero() {
		u.UpdatedAt = u.CreatedAt
	}
}

// completeID gives the id its provider prefix, as Auth0's import does, or derives a whole one.
func (u *User) completeID(c *Connection) {
	login := strings.ToLower(u.Email)
	if login == "" {
		login = strings.ToLower(u.Username)
	}
	if c == nil || strings.Contains(u.ID, "|") || u.ID == "" && login == "" {
		return
	}
	if u.ID != "" {
		u.ID = c.Strategy + "|" + u.ID
		return
	}
	sum := sha256.Sum256([]byte("mockauth0 user\x00" + c.Name + "\x00" + login))
	u.ID = c.Strategy + "|" + providerID(c, sum)
}

// providerID has the form that each provider uses.
func providerID(c *Connection, sum [32]byte) string {
	switch c.Strategy {
	case "google-oauth2":
		return "1" + digits(sum, 20)
	case "github":
		return "4" + digits(sum, 7)
	case "facebook", "linkedin", "twitter", "windowslive":
		return "1" + digits(sum, 16)
	}
	id := hex.EncodeToString(sum[:12])
	if c.Strategy != "auth0" && c.Strategy != "email" && c.Strategy != "sms" {
		return c.Name + "|" + id // enterprise and custom connections carry the connection's name
	}
	return id
}

func digits(sum [32]byte, count int64) string {
	n := new(big.Int).SetBytes(sum[:])
	n.Mod(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(count), nil))
	return fmt.Sprintf("%0*s", int(count), n.String())
}

// derivedClientID is 32 letters and digits, the same for the same name everywhere.
func derivedClientID(name string) string {
	const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	sum := sha256.Sum256([]byte("mockauth0 client id\x00" + name))
	id := make([]byte, len(sum))
	for i, b := range sum {
		id[i] = letters[int(b)%len(letters)]
	}
	return string(id)
}

// derivedID is a prefix and 16 letters and digits, the same for the same name everywhere.
func derivedID(prefix, name string) string {
	return prefix + derivedClientID(prefix + "\x00" + name)[:16]
}

// derivedSecret has the form of Auth0's secrets, 64 characters. It is no secret: anybody can derive it.
func derivedSecret(name string) string {
	sum := sha512.Sum512([]byte("mockauth0 client secret\x00" + name))
	return base64.RawURLEncoding.EncodeToString(sum[:48])
}

// gravatar is the picture that Auth0 gives a user without one.
func gravatar(email, name string) string {
	sum := md5.Sum([]byte(strings.ToLower(strings.TrimSpace(email)))) // Gravatar's own choice; nothing is protected by it
	fallback := "https://cdn.auth0.com/avatars/" + initials(name) + ".png"
	return "https://s.gravatar.com/avatar/" + hex.EncodeToString(sum[:]) + "?s=480&r=pg&d=" + url.QueryEscape(fallback)
}

// initials are of the first and second word, or the first two letters of the only one.
func initials(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) })
	switch {
	case len(words) == 0:
		return "default"
	case len(words) > 1 && !strings.Contains(name, "@"):
		return string([]rune(words[0])[:1]) + string([]rune(words[1])[:1])
	}
	letters := []rune(words[0])
	return string(letters[:min(2, len(letters))])
}
