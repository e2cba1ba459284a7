package tenant

import "slices"

// MagicPassword is that of all magic users.
const MagicPassword = "Magic-User-1"

// magicDomain is where magic users have their addresses; .test is reserved (RFC 6761).
const magicDomain = "@scenario.test"

// Renewal is what becomes of a user between the login and the renewal of tokens: the same failure at every silent request
// and refresh, and never at a login.
type Renewal struct {
	Name string // as in mock.yaml's users.<name>.renewal; the magic user is <Name>@scenario.test
	What string // for people
}

// Renewals is the one table of them.
func Renewals() []Renewal {
	return []Renewal{
		{RenewalMFA, "an Action asks for a second factor: login_required or mfa_error in silence, mfa_required at a refresh"},
		{RenewalBlocked, "the user is blocked: unauthorized, user is blocked"},
		{RenewalDeleted, "the user is deleted: an error page with 500 in silence, invalid_grant at a refresh"},
		{RenewalConsent, "consent is withdrawn: consent_required in silence, invalid_grant at a refresh"},
		{RenewalDeny, "an Action denies: access_denied with its text"},
		{RenewalRedirect, "an Action redirects: interaction_required in silence; a refresh goes on"},
		{RenewalIdle, "the session has ended for want of activity: login_required in silence; a refresh goes on"},
		{RenewalAbsolute, "the session has reached its longest life: login_required in silence; a refresh goes on"},
		{RenewalEnded, "an administrator has ended the session: login_required in silence; a refresh goes on"},
		{RenewalLimited, "too many requests: 429, as a page in silence and as JSON at a refresh"},
		{RenewalRevoked, "the refresh token is revoked: invalid_grant at a refresh; silent requests go on"},
	}
}

// Names of renewals.
const (
	RenewalMFA      = "mfa"
	RenewalBlocked  = "blocked"
	RenewalDeleted  = "deleted"
	RenewalConsent  = "consent"
	RenewalDeny     = "action-deny"
	RenewalRedirect = "action-redirect"
	RenewalIdle     = "idle"
	RenewalAbsolute = "absolute"
	RenewalEnded    = "ended"
	RenewalLimited  = "rate-limited"
	RenewalRevoked  = "revoked"
)

func renewalNames() (names []string) {
	for _, r := range Renewals() {
		names = append(names, r.Name)
	}
	return names
}

// AddMagicUsers adds <name>@scenario.test for every Renewal to the first database, where an address is not taken: each can
// log in with MagicPassword, and cannot renew. Load does it where mock.yaml says magic_users: true.
func (t *Config) AddMagicUsers() {
	i := slices.IndexFunc(t.Connections, func(c *Connection) bool { return c.Database() })
	if i < 0 {
		return // check tells
	}
	database := t.Connections[i].Name
	for _, r := range Renewals() {
		email := r.Name + magicDomain
		if !slices.ContainsFunc(t.Users, func(u *User) bool { return u.Email == email }) {
			t.Users = append(t.Users, &User{
				Connection: database, Email: email, EmailVerified: true, Name: "Magic user: " + r.Name, Password: MagicPassword, Renewal: r.Name,
			})
		}
	}
	t.Mock.MagicUsers = true
}

// Magic reports whether a user is one of those that AddMagicUsers adds.
func (u *User) Magic() bool { return u.Renewal != "" && u.Email == u.Renewal+magicDomain }

// ActionsOf are the Actions of the login flow that may run for a user: the tenant's, and the one that a magic user meets at
// renewals alone.
func (t *Config) ActionsOf(u *User) []*Action {
	if u.Renewal == "" { // the ordinary case, which costs nothing
		return t.Mock.Actions
	}
	own := u.renewalAction()
	if own == nil {
		return t.Mock.Actions
	}
	return append(slices.Clip(t.Mock.Actions), own)
}

// renewalAction is the Action that a magic user meets, nil for most.
func (u *User) renewalAction() *Action {
	var a Action
	switch u.Renewal {
	case RenewalMFA:
		a.MFA = &SecondFactor{NoRemembering: true}
	case RenewalDeny:
		a.Deny = "You may not go on."
	case RenewalRedirect:
		a.Redirect = &Redirect{URL: "https://app.scenario.test/terms"}
	default:
		return nil
	}
	a.Name, a.At = "of "+u.Email, []string{AtSilent}
	if a.Redirect == nil { // it needs a browser
		a.At = append(a.At, AtRefresh)
	}
	return &a
}
