package event

import (
	"maps"
	"slices"
	"time"
)

// Redacted stands for a code, a token or another secret that an event leaves out.
const Redacted = "(redacted)"

// Request is a request as it arrived: nothing in it could be used in the request's place.
type Request struct {
	Method  string   `json:"method,omitempty"`
	Path    string   `json:"path,omitempty"`
	Host    string   `json:"host,omitempty"`    // of the address that was asked, with its port
	Scheme  string   `json:"scheme,omitempty"`  // of that address: "http" for plain http; "": https
	Remote  string   `json:"remote,omitempty"`  // address and port of the client
	Query   Query    `json:"query,omitempty"`   // of the URL; secrets are Redacted
	Cookies []string `json:"cookies,omitzero"`  // names; nil: not known, as in a recording that leaves cookies out
	Origin  string   `json:"origin,omitempty"`  // Origin
	Referer string   `json:"referer,omitempty"` // Referer, without secrets
	// UserAgent is the User-Agent header; of a recording "Chrome/131".
	UserAgent     string  `json:"user_agent,omitempty"`
	FetchSite     string  `json:"fetch_site,omitempty"`     // Sec-Fetch-Site (https://www.w3.org/TR/fetch-metadata/)
	FetchDest     string  `json:"fetch_dest,omitempty"`     // Sec-Fetch-Dest
	FetchMode     string  `json:"fetch_mode,omitempty"`     // Sec-Fetch-Mode
	StorageAccess string  `json:"storage_access,omitempty"` // Sec-Fetch-Storage-Access: "none", "inactive", "active"
	Auth0Client   string  `json:"auth0_client,omitempty"`   // Auth0-Client, base64 of JSON, by which Auth0's SDKs name themselves
	QueryBytes    int     `json:"query_bytes,omitempty"`    // length of a query that is too long to be read
	Unknown       Unknown `json:"unknown,omitempty"`        // parameters and headers whose values a recording does not have
	QueryLeftOut  int     `json:"query_left_out,omitempty"` // how many parameters Query has no room for; those that mean something come first
	// ValuesLeftOut is how many values of the parameters in Query it has no room for: it has the first four of each.
	ValuesLeftOut  int    `json:"values_left_out,omitempty"`
	CookiesLeftOut int    `json:"cookies_left_out,omitempty"` // how many cookies Cookies has no room for; it has the first 64
	Device         string `json:"device,omitempty"`           // id in the device cookie that was sent, where it is this tenant's
	// Browser names the browser where it is known without the tenant's cookie: a recording is of one browser.
	Browser string `json:"browser,omitempty"`
}

// Response is the answer as it left the tenant, after everything that may have changed it.
type Response struct {
	Status       int      `json:"status,omitempty"`        // HTTP status; 0: not known
	Location     string   `json:"location,omitempty"`      // without codes and tokens
	SetCookies   []string `json:"set_cookies,omitempty"`   // names
	Transient    []string `json:"transient,omitempty"`     // those of SetCookies without an expiry: a browser drops them when it is closed
	ContentType  string   `json:"content_type,omitempty"`  //
	AllowOrigin  string   `json:"allow_origin,omitempty"`  // Access-Control-Allow-Origin
	FrameOptions string   `json:"frame_options,omitempty"` // X-Frame-Options
	CSP          string   `json:"csp,omitempty"`           // Content-Security-Policy
	RetryAfter   string   `json:"retry_after,omitempty"`   // Retry-After
	Error        string   `json:"error,omitempty"`         // error code that the body or the page says, "invalid_request"; "": none
	ErrorText    string   `json:"error_text,omitempty"`    // description that goes with it
	Note         string   `json:"note,omitempty"`          // what an error page says, and what to do next, for people
	Device       string   `json:"device,omitempty"`        // id in the device cookie, known or issued with this answer
	Grant        string   `json:"grant,omitempty"`         // grant_type of a token request
	Body         Body     `json:"body,omitempty"`          // how the body differs from what the endpoint made; "": it does not
	TookMS       int64    `json:"took_ms,omitempty"`       // tenant time in milliseconds; 0: less than a second
	Unknown      Unknown  `json:"unknown,omitempty"`       // headers and members that a recording does not have, or UnknownBody

	// Of an authorization response that a page carries (response_mode web_message or form_post).
	Mode       string  `json:"mode,omitempty"`        // response_mode
	Target     *string `json:"to,omitempty"`          // origin to which a web message is posted
	Posts      int     `json:"posts,omitzero"`        // how many times the page posts it
	OtherPosts int     `json:"other_posts,omitempty"` // messages of others that the page posts
	Response   Members `json:"response,omitempty"`    // its members; codes and tokens are Redacted; nil: no page carries one

	// Of a JWKS or a discovery document.
	Unreadable     bool     `json:"-"`                         // it is not JSON; in JSON "readable": false
	KeyIDs         []string `json:"kids,omitzero"`             // kid of each key of the JWKS; nil: none was sent
	ExpectedIssuer string   `json:"expected_issuer,omitempty"` // issuer of the address that was asked
	Issuer         string   `json:"issuer,omitempty"`
	JWKSURI        string   `json:"jwks_uri,omitempty"`
	AuthorizeURL   string   `json:"authorization_endpoint,omitempty"`
	TokenURL       string   `json:"token_endpoint,omitempty"`
}

// Unknown names what a recording does not tell: values that somebody took out, or that the recorder leaves out. Nothing follows
// from them, neither that they were there nor that they were not. Of a tenant that runs everything is known.
type Unknown []string

// Names in Unknown that are no parameters and no members.
const (
	HostHeader         = "Host"
	CookieHeader       = "Cookie"
	SetCookieHeader    = "Set-Cookie"
	AllowOriginHeader  = "Access-Control-Allow-Origin"
	LocationHeader     = "Location"
	FrameOptionsHeader = "X-Frame-Options"
	CSPHeader          = "Content-Security-Policy"
	UnknownBody        = "body"
)

// Has tells whether something is not known.
func (u Unknown) Has(name string) bool { return slices.Contains(u, name) }

// With is the same with one more name.
func (u Unknown) With(name string) Unknown {
	if u.Has(name) {
		return u
	}
	return append(slices.Clip(u), name)
}

// Took is how much of the tenant's time the answer needed; 0: less than a second.
func (r *Response) Took() time.Duration { return time.Duration(r.TookMS) * time.Millisecond }

// Body says how a body that was sent differs from the one that the endpoint made.
type Body string

// How a body differs.
const (
	BodyEmpty   Body = "empty"   // there was one, and none is sent
	BodyCut     Body = "cut"     // it ends early
	BodyGarbage Body = "garbage" // it is something else
)

// NoAnswer is a request whose client got no complete answer.
type NoAnswer struct {
	Why     NoAnswerReason `json:"why,omitempty"`
	Failure string         `json:"failure,omitempty"` // of a recording: what the browser says of it, "net::ERR_FAILED"
	TookMS  int64          `json:"took_ms"`           // tenant time in milliseconds until it ended
}

// NoAnswerReason says who ended an exchange before it was over.
type NoAnswerReason string

// Why there was no complete answer.
const (
	ClientGone    NoAnswerReason = "client_gone"    // the client went away
	ConnectionCut NoAnswerReason = "connection_cut" // the connection was cut
)

// Text says it for people: it is the description of the event.
func (r NoAnswerReason) Text() string {
	switch r {
	case ClientGone:
		return "the client went away"
	case ConnectionCut:
		return "the connection was cut"
	}
	return string(r)
}

// Handshake is a TLS handshake that failed.
type Handshake struct {
	Failure string `json:"failure,omitempty"` // what the TLS library says of it
}

// Token is a JWT as it was sent: its header and claims, never the token itself.
type Token struct {
	Token       TokenKind `json:"token"`                   // which token of the answer it is
	Issuer      string    `json:"issuer,omitempty"`        // the issuer that the client expects: it asked at this address
	Alg         string    `json:"alg"`                     // of the header
	KeyID       string    `json:"kid"`                     // of the header; "": none
	Verifies    Verifies  `json:"verifies,omitempty"`      // by what its signature verifies
	Bytes       int       `json:"bytes,omitempty"`         // length of the token
	Unreadable  bool      `json:"unreadable,omitempty"`    // it is not three parts of base64url that hold JSON
	Claims      Members   `json:"claims,omitempty"`        // those by which a client accepts the token or not; none about the person
	AtHashWrong bool      `json:"at_hash_wrong,omitempty"` // at_hash is not that of the access token beside it
}

// TokenKind names a token of an answer.
type TokenKind string

// Kinds of tokens that are JWTs.
const (
	IDToken     TokenKind = "id_token"
	AccessToken TokenKind = "access_token"
	LogoutToken TokenKind = "logout_token"
)

// Verifies says by what a token's signature verifies.
type Verifies string

// What a token verifies with.
const (
	VerifiesByKey    Verifies = "key"     // a key of the tenant, which its kid names
	VerifiesBySecret Verifies = "secret"  // the client's or the API's secret (HS256)
	VerifiesByNone   Verifies = "nothing" // it does not verify
)

// LogEntry is an entry of Auth0's tenant log beside what Event itself holds: Type, client, user, description.
type LogEntry struct {
	Error   string `json:"error,omitempty"`    // OAuth error code that the client got
	Reason  Reason `json:"reason,omitempty"`   // why the tenant refused; "": it did not, or nobody knows
	Cause   string `json:"why,omitempty"`      // the same for people, and more precisely; never sent to a client
	Session string `json:"session,omitempty"`  // id of the session that answered, began or ended
	Grant   string `json:"grant,omitempty"`    // grant_type of a token request
	AskedBy string `json:"asked_by,omitempty"` // Event.Request of the authorization request whose code was exchanged
	Family  string `json:"family,omitempty"`   // id of the refresh token family
	// RefreshToken says that a refresh token was handed out.
	RefreshToken bool   `json:"refresh_token,omitempty"`
	ExpiresIn    int64  `json:"expires_in,omitempty"` // seconds
	Scope        string `json:"scope,omitempty"`      // that was granted

	Origin      string `json:"origin,omitempty"`       // of a request that CORS refused
	Limit       int    `json:"limit,omitempty"`        // rate limit: requests
	WaitSeconds int    `json:"wait_seconds,omitempty"` // rate limit: until the next request is taken
	Deleted     int    `json:"deleted,omitempty"`      // refresh tokens that made room for new ones
	Most        int    `json:"most,omitempty"`         // how many a user and client may have
	Federated   bool   `json:"federated,omitempty"`    // the logout asks the identity provider to end its session too

	// Of a back-channel logout.
	Initiator string `json:"initiator,omitempty"` // what ended the session
	URL       string `json:"url,omitempty"`       // to which the logout token was posted
	Status    int    `json:"status,omitempty"`    // HTTP status of the answer
	Answer    string `json:"response,omitempty"`  // the beginning of the answer
}

// Session is what happened to an SSO session.
type Session struct {
	Change SessionChange `json:"change"`
	ID     string        `json:"session,omitempty"`
	// Why says why the session ended or could not be used; "": it began.
	Why         Reason    `json:"why,omitempty"`
	IdleExpires time.Time `json:"idle_expires,omitzero"` // tenant time
	Expires     time.Time `json:"expires,omitzero"`      // tenant time of the absolute end
}

// SessionChange says what happened to a session.
type SessionChange string

// What can happen to a session.
const (
	SessionBegun     SessionChange = "begun"
	SessionEnded     SessionChange = "ended"
	SessionExpired   SessionChange = "expired"    // found to be over when its browser came back, or made to be over
	SessionNotUsable SessionChange = "not_usable" // a request found no session that may answer it
	LogoutDeclined   SessionChange = "logout_declined"
)

// Grant is a user's consent to a client.
type Grant struct {
	Change   GrantChange `json:"change"`
	ID       string      `json:"grant"`
	Audience string      `json:"audience,omitempty"` // "": only OpenID Connect's own scopes
	Scopes   []string    `json:"scope,omitempty"`
}

// GrantChange says what happened to a user's consent.
type GrantChange string

// What can happen to a user's consent.
const (
	ConsentGiven     GrantChange = "given"
	ConsentWithdrawn GrantChange = "withdrawn"
)

// RefreshToken is what happened to a refresh token without a request, other than that it was revoked.
type RefreshToken struct {
	Change RefreshTokenChange `json:"change"`
	ID     string             `json:"family"` // of the refresh token family, as in LogEntry
	Why    Reason             `json:"why"`    // which of its lives is over: IdleExpired or AbsoluteExpired
}

// RefreshTokenChange says what happened to a refresh token.
type RefreshTokenChange string

// What can happen to a refresh token without a request.
const (
	RefreshTokenExpired RefreshTokenChange = "expired" // one of its lives was made to be over
)

// Fault is a fault that was armed, that acted, or that was disarmed. The diagnosis never reads one.
type Fault struct {
	Change     FaultChange `json:"change"`
	ID         string      `json:"fault"`
	Name       string      `json:"name"`
	Fired      int         `json:"fired,omitempty"`       // how often it has acted, this time included
	Times      int         `json:"times,omitempty"`       // how often it may act; 0: without end
	Did        string      `json:"did,omitempty"`         // what it did, for people
	Seed       int64       `json:"seed,omitempty"`        // of its chance
	JitterSeed int64       `json:"jitter_seed,omitempty"` // of its jitter
}

// FaultChange says whether a fault was armed, acted, or was disarmed.
type FaultChange string

// What can happen to a fault.
const (
	FaultArmed    FaultChange = "armed"
	FaultFired    FaultChange = "fired"
	FaultDisarmed FaultChange = "disarmed" // before it had acted as often as it may
)

// Policy is a decision of the tenant's login flow.
type Policy struct {
	Decision Decision  `json:"decision"`
	By       string    `json:"by,omitempty"`   // what decided: "the Action Deny contractors"
	Text     string    `json:"text,omitempty"` // what the client is sent
	URL      string    `json:"url,omitempty"`  // to which the person is redirected
	Until    time.Time `json:"until,omitzero"` // of a browser that is remembered
}

// Decision is what the tenant's login flow decided.
type Decision string

// Decisions of the login flow.
const (
	AccessDenied         Decision = "access_denied"
	Redirect             Decision = "redirect"
	RedirectReturned     Decision = "redirect_returned" // the person came back from a redirect
	SecondFactorRequired Decision = "second_factor_required"
	BrowserRemembered    Decision = "browser_remembered" // it need not prove a second factor for a while
)

// Mail is a mail to a person. Event.Description is its subject.
type Mail struct {
	To       string `json:"to"`             // address
	Template string `json:"template"`       // Auth0's name of the template, "reset_email"
	URL      string `json:"url,omitempty"`  // the link in it
	Code     string `json:"code,omitempty"` // the code in it
}

// Clock is where the tenant's clock stands.
type Clock struct {
	OffsetMS int64 `json:"offset_ms"` // ahead of real time, in milliseconds
	Frozen   bool  `json:"frozen"`
	// ByMS is how far it was moved since the event before, in milliseconds; 0: it was frozen, or let run, where it stands.
	ByMS int64 `json:"by_ms,omitempty"`
	// Late are programs that follow the clock and had not followed this move when whoever moved it stopped waiting.
	Late []string `json:"late,omitempty"`
}

// Config is a change of the tenant's configuration.
type Config struct {
	Change   ConfigChange `json:"change"`
	Clients  int          `json:"clients,omitempty"`  // that a loaded directory has
	Users    int          `json:"users,omitempty"`    // that a loaded directory has
	Problems string       `json:"problems,omitempty"` // of a directory that was refused
	KeyID    string       `json:"kid,omitempty"`      // of a key that changed
	// What an app asked for and the tenant has from now on: "client id", "client secret", "audience", "scope", "callback", "logout
	// URL".
	Learned string `json:"learned,omitempty"`
	Value   string `json:"value,omitempty"` // of what was learned; "" for a secret
}

// ConfigChange says what changed in a tenant's configuration.
type ConfigChange string

// What can change.
const (
	ConfigLoaded  ConfigChange = "loaded"
	ConfigRefused ConfigChange = "refused" // the directory has mistakes; the one before stays
	UserBlocked   ConfigChange = "user_blocked"
	UserUnblocked ConfigChange = "user_unblocked"
	UserChanged   ConfigChange = "user_changed"
	UserCreated   ConfigChange = "user_created"
	KeyRotated    ConfigChange = "key_rotated"
	KeyRevoked    ConfigChange = "key_revoked"
	ConfigLearned ConfigChange = "learned"  // from a request of the app that the tenant is for
	StateRestored ConfigChange = "restored" // the state of a snapshot took the place of the tenant's own
)

// Overflow says that the oldest of what waited to be gone on with had to go: somebody began too much and finished none of it. A
// browser that comes back for one of these finds it gone.
type Overflow struct {
	What    string `json:"what"`    // "login", "code", or what a ticket is for: "pushed", "logout", "classic", "login", "reset", "unblock"
	Dropped int    `json:"dropped"` // how many
	Most    int    `json:"most"`    // how many may wait; fewer, where each asks for much
}

// Gap stands for events that a slow reader missed. Its sequence number is that of the last one.
type Gap struct {
	Missed uint64 `json:"missed"`
}

// Kind of the events that hold one.
func (*Request) Kind() Kind { return KindRequest }

// Kind of the events that hold one.
func (*Response) Kind() Kind { return KindResponse }

// Kind of the events that hold one.
func (*NoAnswer) Kind() Kind { return KindNoAnswer }

// Kind of the events that hold one.
func (*Handshake) Kind() Kind { return KindHandshake }

// Kind of the events that hold one.
func (*Token) Kind() Kind { return KindToken }

// Kind of the events that hold one.
func (*LogEntry) Kind() Kind { return KindLog }

// Kind of the events that hold one.
func (*Session) Kind() Kind { return KindSession }

// Kind of the events that hold one.
func (*Grant) Kind() Kind { return KindGrant }

// Kind of the events that hold one.
func (*RefreshToken) Kind() Kind { return KindRefreshToken }

// Kind of the events that hold one.
func (*Fault) Kind() Kind { return KindFault }

// Kind of the events that hold one.
func (*Policy) Kind() Kind { return KindPolicy }

// Kind of the events that hold one.
func (*Mail) Kind() Kind { return KindMail }

// Kind of the events that hold one.
func (*Clock) Kind() Kind { return KindClock }

// Kind of the events that hold one.
func (*Config) Kind() Kind { return KindConfig }

// Kind of the events that hold one.
func (*Overflow) Kind() Kind { return KindOverflow }

// Kind of the events that hold one.
func (*Gap) Kind() Kind { return KindGap }

// empty makes the empty payload of a kind. Nobody changes it.
var empty = map[Kind]func() Data{
	KindRequest:      func() Data { return &Request{} },
	KindResponse:     func() Data { return &Response{} },
	KindNoAnswer:     func() Data { return &NoAnswer{} },
	KindHandshake:    func() Data { return &Handshake{} },
	KindToken:        func() Data { return &Token{} },
	KindLog:          func() Data { return &LogEntry{} },
	KindSession:      func() Data { return &Session{} },
	KindGrant:        func() Data { return &Grant{} },
	KindRefreshToken: func() Data { return &RefreshToken{} },
	KindFault:        func() Data { return &Fault{} },
	KindPolicy:       func() Data { return &Policy{} },
	KindMail:         func() Data { return &Mail{} },
	KindClock:        func() Data { return &Clock{} },
	KindConfig:       func() Data { return &Config{} },
	KindOverflow:     func() Data { return &Overflow{} },
	KindGap:          func() Data { return &Gap{} },
}

// newData is an empty payload of a kind; nil for a kind that this version does not know.
func newData(kind Kind) Data {
	if payload, ok := empty[kind]; ok {
		return payload()
	}
	return nil
}

// Query holds the parameters of a request. In JSON a parameter with one value is a string, with several a list.
type Query map[string][]string

// Get is the first value of a parameter; "" when it has none.
func (q Query) Get(name string) string {
	if v := q[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// Members are those of a JSON object: the claims of a token, an authorization response.
type Members map[string]any

// Has says whether a member is there, whatever its value.
func (m Members) Has(name string) bool {
	_, ok := m[name]
	return ok
}

// Text is a member that is a string; "" otherwise.
func (m Members) Text(name string) string {
	s, _ := m[name].(string)
	return s
}

// Texts are those of a member that is a string or a list of strings.
func (m Members) Texts(name string) []string {
	switch v := m[name].(type) {
	case string:
		return []string{v}
	case []string:
		return v
	case []any:
		out := []string{}
		for _, one := range v {
			if s, ok := one.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// Names are the members' names in order.
func (m Members) Names() []string { return slices.Sorted(maps.Keys(m)) }
