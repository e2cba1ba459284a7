// Package state keeps what a tenant remembers between requests: SSO sessions, login transactions, opaque
// access tokens, authorization codes, refresh token families and what users let clients do. Store is the interface;
// Memory is the one implementation so far, held to it by the conformance test in statetest.
package state

import (
	"net/url"
	"time"

	"renewal.example/mockauth0/internal/secret"
)

// Session is one SSO session of a browser (Auth0: /api/v2/sessions).
type Session struct {
	ID           string    `json:"id"` // 32 characters; the sid claim of ID tokens
	UserID       string    `json:"user_id"`
	Connection   string    `json:"connection"`
	AuthTime     time.Time `json:"authenticated_at"` // the last time that the person proved who they are
	CreatedAt    time.Time `json:"created_at"`
	LastActivity time.Time `json:"last_interacted_at"`
	IdleExpires  time.Time `json:"idle_expires_at"`
	Expires      time.Time `json:"expires_at"`                // absolute
	Clients      []string  `json:"clients"`                   // client ids that took part, in order
	ExpiryTold   bool      `json:"-"`                         // applications have been told that it expired
	SecondFactor time.Time `json:"second_factor_at,omitzero"` // the last time that a second factor was proved; zero: never
}

// Transaction is a login in progress: an authorization request that waits for the person.
type Transaction struct {
	ID         string     // the state parameter of the hosted pages
	ResumeID   string     // the state parameter of /authorize/resume
	DeviceID   string     // of the browser that began it; other browsers cannot go on with it
	Request    url.Values // the authorization request as received
	ClientID   string
	Created    time.Time
	Expires    time.Time
	UserID     string // set once the person has logged in
	Connection string
	AuthTime   time.Time
	SessionID  string   // of the session that the login made; also the sid when no session is kept (dev keys)
	NoSession  bool     // no SSO session came of the login: the connection uses Auth0 dev keys, or the user is blocked
	Shown      bool     // the person has seen a page of the tenant's
	Consented  bool     // the person has let the client in, in this transaction
	Chosen     bool     // the person has said as whom to go on, by logging in or by choosing an account
	Passed     []string // Actions whose redirect the person came back from; never changed, only replaced
	Factor     Factor   // the second factor, where one is due
	Identifier string   // user name or e-mail address typed on the first of the two pages of an identifier-first login
}

// Factor is a second factor in a login: a code that was mailed.
type Factor struct {
	Proved bool
	Code   secret.Text // empty: none is good at present
	Sent   time.Time
	Tries  int // wrong ones
}

// AccessToken is an opaque access token (no audience): good for /userinfo alone.
type AccessToken struct {
	Token    secret.Text
	UserID   string
	ClientID string
	Scopes   []string
	Issued   time.Time
	Expires  time.Time
}

// Store keeps a tenant's state. All methods are safe for concurrent use, take no longer than memory does and
// return copies; a transaction's Request and Scopes are shared and never changed. "Found" results do not
// judge expiry: the caller has the clock. Puts may sweep what had expired by the time of the new entry, but for sessions.
type Store interface {
	// PutSession adds or replaces a session. It may sweep sessions too that had expired by the time of the new one; it returns
	// them, in no order: somebody has to hear of their end.
	PutSession(Session) (dropped []Session)
	Session(id string) (Session, bool)
	// UpdateSession changes a session under the store's lock; false when there is none.
	UpdateSession(id string, change func(*Session)) (Session, bool)
	DeleteSession(id string) bool
	// Sessions lists all sessions, oldest first.
	Sessions() []Session

	// PutTransaction adds a transaction. Of more than MaxPending, or of very big ones, the oldest go; it says how many. So do
	// PutCode and PutTicket.
	PutTransaction(Transaction) (dropped []Dropped)
	// Transaction finds by ID or by ResumeID.
	Transaction(id string) (Transaction, bool)
	UpdateTransaction(id string, change func(*Transaction)) (Transaction, bool)
	// TakeTransaction finds by ResumeID and removes it: it can be taken once.
	TakeTransaction(resumeID string) (Transaction, bool)

	PutAccessToken(AccessToken)
	AccessToken(token string) (AccessToken, bool)

	PutCode(Code) (dropped []Dropped)
	Code(code string) (Code, bool)
	// TakeCode finds a code and removes it: it can be taken once.
	TakeCode(code string) (Code, bool)

	// PutFamily adds or replaces a refresh token family. Of more than MaxFamilies of its user and client the oldest are
	// dropped; it returns how many.
	PutFamily(Family) (dropped int)
	Family(id string) (Family, bool)
	// UpdateFamily changes a family under the store's lock. An error of change is returned and changes nothing;
	// ok is false when there is no such family.
	UpdateFamily(id string, change func(*Family) error) (f Family, ok bool, err error)
	DeleteFamily(id string) bool
	// Families lists all families, oldest first.
	Families() []Family
	// DeleteFamilies revokes those families of a user and a client that drop chooses and returns how many.
	DeleteFamilies(userID, clientID string, drop func(Family) bool) int

	PutTicket(Ticket) (dropped []Dropped)
	Ticket(kind TicketKind, id string) (Ticket, bool)
	// TakeTicket finds a ticket and removes it: it can be taken once.
	TakeTicket(kind TicketKind, id string) (Ticket, bool)
	// AddGrant remembers a grant; a second one for the same user, client and audience adds its scopes to the first.
	// Grants do not expire.
	AddGrant(Grant) Grant
	Grant(userID, clientID, audience string) (Grant, bool)
	// Grants lists all grants, oldest first.
	Grants() []Grant
	// DeleteGrants withdraws the grants that drop chooses and returns them, oldest first.
	DeleteGrants(drop func(Grant) bool) []Grant

	// Save gives a copy of everything, and Load puts one in place of what there is.
	Save() Saved
	Load(Saved)
	// Sweep drops what has expired by now.
	Sweep(now time.Time)
	// Reset forgets everything.
	Reset()
}
