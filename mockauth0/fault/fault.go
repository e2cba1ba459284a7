// Package fault makes misbehaviour data: a Fault says when and how often something goes wrong, and what.
// The same form is written in YAML, sent over HTTP (POST /__mock/v1/faults) and given in Go.
//
// Effects implement the interfaces of the seams at which they act and know nothing of endpoints; endpoints
// know nothing of faults. Each effect has a file of its own, with what it needs to know before it can act.
package fault

// Fault is one armed misbehaviour.
type Fault struct {
	ID    string `json:"id,omitempty"`   // given by Arm when empty
	Name  string `json:"name,omitempty"` // for people, in events
	When  Match  `json:"when"`
	Times int    `json:"times,omitempty"` // how many requests it may spoil; 0: until it is removed
	Do    Effect `json:"do"`
	Fired int    `json:"fired,omitempty"` // how many it has spoilt; read-only
}

// Match says which requests a fault applies to. An empty field matches everything.
type Match struct {
	Endpoint     string `json:"endpoint,omitempty"`      // name in the route table, "authorize"
	Client       string `json:"client,omitempty"`        // client id or name
	Grant        string `json:"grant,omitempty"`         // grant_type of a token request, "refresh_token"
	Prompt       string `json:"prompt,omitempty"`        // as sent; "none" is a silent request
	ResponseMode string `json:"response_mode,omitempty"` // the mode in force, also when it is the default
	User         string `json:"user,omitempty"`          // user id or e-mail address
	Connection   string `json:"connection,omitempty"`    // of the session or of the login

	// Of the requests that match so far and come to where the effect acts:
	Nth         int      `json:"nth,omitempty"`         // only that one since arming; the first is 1
	After       Duration `json:"after,omitempty"`       // only when so much tenant time has passed since arming
	Before      Duration `json:"before,omitempty"`      // only until so much tenant time has passed since arming
	Probability float64  `json:"probability,omitempty"` // each with this chance, 0 to 1; 0 is always
	Seed        int64    `json:"seed,omitempty"`        // of the chance; 0: Arm chooses one and tells it
}

// Effect is what goes wrong. Exactly one of its groups is set; faults combine by arming several.
type Effect struct {
	// Latency, Hang, Status and Connection "reset" act before the endpoint changes anything ("before", also when empty) or
	// when everything has changed and only the answer is missing ("after"): a rotation whose response is lost.
	At string `json:"at,omitempty"`

	Latency Duration `json:"latency,omitempty"` // the answer waits this long, on tenant time
	Jitter  Duration `json:"jitter,omitempty"`  // of latency: as much more or less at most, by chance
	Seed    int64    `json:"seed,omitempty"`    // of jitter; 0: Arm chooses one and tells it

	Hang bool `json:"hang,omitempty"` // no answer until the client goes away or the tenant is reset

	Status     int      `json:"status,omitempty"`      // an error answer with this HTTP status, 400 to 599, in Auth0's form for the endpoint
	RetryAfter Duration `json:"retry_after,omitempty"` // of status 429 and 503

	Body    string   `json:"body,omitempty"`    // of the answer: "truncated", "garbage", "empty"
	Headers *Headers `json:"headers,omitempty"` // of the answer

	Error            string `json:"error,omitempty"`             // an OAuth error code, sent in the channel that the request asked for
	ErrorDescription string `json:"error_description,omitempty"` // its description; default: Auth0's text for the code, where one is known

	State        string `json:"state,omitempty"`         // of the authorization response: "missing", "wrong"
	TargetOrigin string `json:"target_origin,omitempty"` // to which web_message posts, in place of the callback's
	ResponseMode string `json:"response_mode,omitempty"` // in which it answers, whatever was asked for
	Post         string `json:"post,omitempty"`          // of web_message: "twice", "never", "foreign" (another message comes first)

	Claims   *Claims  `json:"claims,omitempty"`   // of a token, before it is signed
	Lifetime Duration `json:"lifetime,omitempty"` // of the access token; expires_in follows
	Token    *Token   `json:"token,omitempty"`    // a token's bytes, after it was signed

	JWKS      string     `json:"jwks,omitempty"`      // "stale" (without the key that signs), "empty"
	Discovery *Discovery `json:"discovery,omitempty"` // members of the discovery document

	Session      string `json:"session,omitempty"`       // "lost", or a user whose session the request finds in place of its own
	RefreshToken string `json:"refresh_token,omitempty"` // "gone": the tenant does not know it

	Connection string `json:"connection,omitempty"` // "reset" in place of an answer, "tls": the handshake of new ones fails
}

// Headers changes the headers of an answer.
type Headers struct {
	Remove []string          `json:"remove,omitempty"` // names; "Set-Cookie: auth0" is that cookie alone
	Set    map[string]string `json:"set,omitempty"`
}

// Claims changes the claims of a token before it is signed.
type Claims struct {
	Token  string              `json:"token,omitempty"` // "id_token" (also when empty), "access_token", "both"
	Set    map[string]any      `json:"set,omitempty"`   // any value of JSON
	Remove []string            `json:"remove,omitempty"`
	Shift  map[string]Duration `json:"shift,omitempty"` // iat, exp, nbf, auth_time by so much; one that is not there counts from iat
}

// Token changes a signed token. One of Signature, KID, Alg and Form is set.
type Token struct {
	Kind      string `json:"kind,omitempty"`      // "id_token" (also when empty), "access_token", "both"; opaque access tokens have no such parts
	Signature string `json:"signature,omitempty"` // "broken"
	KID       string `json:"kid,omitempty"`       // "unknown", "missing", or another one; signed by the same key as ever
	Alg       string `json:"alg,omitempty"`       // "none", "HS256"
	Form      string `json:"form,omitempty"`      // "malformed", "oversized"
}

// Discovery changes members of the discovery document.
type Discovery struct {
	Set    map[string]any `json:"set,omitempty"`
	Remove []string       `json:"remove,omitempty"`
}
