// Package fault describes misbehaviour as data: a Fault says for which requests something goes wrong, how often, and what. It is the
// same thing in YAML, over HTTP (POST /__mock/v1/faults) and in Go. README.md in this folder lists the effects with examples.
//
// The package reads and validates faults. A running tenant arms them: Tenant.Arm of package mockauth0.
package fault

// Fault is one thing that goes wrong. Its zero value is not valid: Do needs an effect.
type Fault struct {
	ID    string `json:"id,omitempty"`    // names the fault when it is listed or removed; "": arming it chooses one
	Name  string `json:"name,omitempty"`  // for people: it stands in the events of the fault
	When  Match  `json:"when"`            // the requests that it is for; the zero value is all
	Times int    `json:"times,omitempty"` // how many requests it is applied to; 0: all, until it is removed
	Do    Effect `json:"do"`              // what happens
	Fired int    `json:"fired,omitempty"` // how many requests it was applied to so far; ignored when it is armed
}

// Match says which requests a fault is for. An empty field matches everything; words are compared without regard to case.
type Match struct {
	Endpoint     string `json:"endpoint,omitempty"`      // one of Endpoints, such as "authorize" or "token"
	Client       string `json:"client,omitempty"`        // client id, or the client's name
	Grant        string `json:"grant,omitempty"`         // grant_type of a token request (RFC 6749 §4, §6), such as "refresh_token"
	Prompt       string `json:"prompt,omitempty"`        // as sent (OpenID Connect Core §3.1.2.1); "none" is a silent request
	ResponseMode string `json:"response_mode,omitempty"` // in which the response is sent, also where it is the default: ModeQuery, …
	User         string `json:"user,omitempty"`          // user id or e-mail address
	Connection   string `json:"connection,omitempty"`    // name of the connection of the session, or of the login

	// These count and time the requests that match all of the above and come to where the effect acts, since the fault was armed.

	Nth         int      `json:"nth,omitempty"`         // only that one; the first is 1, and 0 means all
	After       Duration `json:"after,omitempty"`       // only when so much of the tenant's time has passed
	Before      Duration `json:"before,omitempty"`      // only until so much of the tenant's time has passed; 0: without an end
	Probability float64  `json:"probability,omitempty"` // each with this chance, above 0 and at most 1; 0 means always
	Seed        int64    `json:"seed,omitempty"`        // of the chance; 0: arming the fault chooses one and reports it
}

// Values of Effect.At.
const (
	AtBefore = "before" // the endpoint has not changed anything yet
	AtAfter  = "after"  // everything has changed and only the answer is missing: a rotation whose response is lost, for instance
)

// Effect is what goes wrong: one thing, with what belongs to it. Faults are combined by arming several. Where a field takes one of
// some words, there are constants for them.
type Effect struct {
	// At is when Latency, Hang, Status and Connection "reset" act. Default: AtBefore.
	At string `json:"at,omitempty"`

	Latency Duration `json:"latency,omitempty"` // the answer waits this long, on the tenant's time
	Jitter  Duration `json:"jitter,omitempty"`  // with Latency: it varies by at most this much; at most Latency itself
	Seed    int64    `json:"seed,omitempty"`    // with Jitter; 0: arming the fault chooses one and reports it

	Hang bool `json:"hang,omitempty"` // no answer until the client goes away or the tenant is reset

	Status     int      `json:"status,omitempty"`      // an error answer, 400 to 599, in the form that the endpoint's errors have at Auth0
	RetryAfter Duration `json:"retry_after,omitempty"` // with Status 429 or 503: its Retry-After header; default: none

	Body    string   `json:"body,omitempty"`    // the answer's body arrives damaged: BodyTruncated, BodyGarbage or BodyEmpty
	Headers *Headers `json:"headers,omitempty"` // the answer's headers are changed

	// Error is an error code (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6), sent in the way that the request asked for.
	Error            string `json:"error,omitempty"`
	ErrorDescription string `json:"error_description,omitempty"` // with Error; default: Auth0's text for the code, if one is known

	State        string `json:"state,omitempty"`         // the authorization response has another state: StateMissing or StateWrong
	TargetOrigin string `json:"target_origin,omitempty"` // web_message posts to this origin and not to the callback's
	ResponseMode string `json:"response_mode,omitempty"` // the response is sent in this mode, whatever was asked for: ModeQuery, …
	Post         string `json:"post,omitempty"`          // how web_message posts its response: PostTwice, PostNever or PostForeign

	Claims   *Claims  `json:"claims,omitempty"`   // a token's claims are changed before it is signed
	Lifetime Duration `json:"lifetime,omitempty"` // of the access token, in whole seconds; expires_in agrees with it
	Token    *Token   `json:"token,omitempty"`    // a token is changed after it was signed

	JWKS      string     `json:"jwks,omitempty"`      // the key set (RFC 7517 §5) is out of date: JWKSStale or JWKSEmpty
	Discovery *Discovery `json:"discovery,omitempty"` // members of the discovery document are changed

	Session      string `json:"session,omitempty"`       // SessionLost, or a user whose session the request finds instead of its own
	RefreshToken string `json:"refresh_token,omitempty"` // RefreshTokenGone: the tenant does not know the refresh token

	Connection string `json:"connection,omitempty"` // the network fails: ConnectionReset or ConnectionTLS
}

// Headers changes the headers of an answer.
type Headers struct {
	Remove []string          `json:"remove,omitempty"` // names; "Set-Cookie: auth0" is the cookie auth0 alone
	Set    map[string]string `json:"set,omitempty"`    // replaces what was there
}

// Claims changes the claims of a token before it is signed.
type Claims struct {
	Token  string         `json:"token,omitempty"`  // IDToken (default), AccessToken or Both
	Set    map[string]any `json:"set,omitempty"`    // any value of JSON
	Remove []string       `json:"remove,omitempty"` // names of claims
	// Shift moves iat, exp, nbf and auth_time by so much; one that is not in the token counts from iat.
	Shift map[string]Duration `json:"shift,omitempty"`
}

// Token changes a signed token. One of Signature, KID, Alg and Form is set. Opaque access tokens are left alone.
type Token struct {
	Kind      string `json:"kind,omitempty"`      // IDToken (default), AccessToken or Both
	Signature string `json:"signature,omitempty"` // SignatureBroken
	KID       string `json:"kid,omitempty"`       // KIDUnknown, KIDMissing or any other key id; the key that signs stays the same
	Alg       string `json:"alg,omitempty"`       // AlgNone or AlgHS256
	Form      string `json:"form,omitempty"`      // FormMalformed or FormOversized
}

// Discovery changes members of the discovery document (OpenID Connect Discovery §3).
type Discovery struct {
	Set    map[string]any `json:"set,omitempty"`    // any value of JSON
	Remove []string       `json:"remove,omitempty"` // names of members
}
