// Package recording is what an imported recording says of a tenant: the exchanges with it, without any secret and without
// any person, and what follows from them about the tenant's settings. Readers of HAR files and of tenant logs fill it in.
package recording

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/auth0text"
	"renewal.example/mockauth0/internal/names"
)

// MaxExchanges is how many exchanges a recording keeps; what comes later is counted only.
const MaxExchanges = 20000

// Exchange is one request to a tenant and its answer. What was not recorded is empty.
type Exchange struct {
	// which entry of the HAR, or which line of the log (or what Recording.Unit says), from 1; no two have the same
	Place    int           `json:",omitzero"`
	Start    time.Time     `json:",omitzero"`
	Took     time.Duration `json:",omitzero"` // 0: not known
	Host     string        `json:",omitzero"` // as asked for, with a port that is not 443
	Scheme   string        `json:",omitzero"` // "http" for plain http
	Endpoint string        `json:",omitzero"` // name in the route table; "" is none that matters
	Method   string        `json:",omitzero"`
	Path     string        `json:",omitzero"`
	Request  Request       `json:",omitzero"`
	Response Response      `json:",omitzero"`
	For      string        `json:",omitzero"` // client id, where only the exchanges together tell it
	Person   string        `json:",omitzero"` // stand-in of whom it is about, as far as the recording tells
	Log      *Log          `json:",omitzero"` // the tenant's own record of it, where that is the source
}

// Request is what the client sent.
type Request struct {
	Params  map[string]string `json:",omitzero"` // of query and body; values that matter to nobody else are stand-ins
	Cookies []string          `json:",omitzero"` // names
	// false: the recorder leaves cookies out, so none in the file does not mean that none was sent
	CookiesKnown bool   `json:",omitzero"`
	Origin       string `json:",omitzero"`
	Referer      string `json:",omitzero"` // its origin
	Browser      string `json:",omitzero"` // "Chrome/131"
	Site         string `json:",omitzero"` // Sec-Fetch-Site, and so on
	Dest         string `json:",omitzero"`
	Mode         string `json:",omitzero"`
	Storage      string `json:",omitzero"`
	SDK, Version string `json:",omitzero"` // Auth0-Client
	// Unknown names parameters and headers that were taken out
	Unknown event.Unknown `json:",omitzero"`
}

// Response is what the tenant answered.
type Response struct {
	Known       bool              `json:",omitzero"` // an answer was recorded
	Status      int               `json:",omitzero"`
	Failure     string            `json:",omitzero"` // why no answer came, as the browser says it
	Location    string            `json:",omitzero"` // without secrets
	Shown       string            `json:",omitzero"` // path of the hosted page that a redirect leads to
	Cookies     []string          `json:",omitzero"`
	Headers     map[string]string `json:",omitzero"` // those that matter here, by lower-case name
	BodyKnown   bool              `json:",omitzero"`
	BodyBroken  bool              `json:",omitzero"` // a body was recorded and is not what its type says
	Inferred    string            `json:",omitzero"` // why the outcome is known, when no body was recorded
	Error       string            `json:",omitzero"`
	Description string            `json:",omitzero"`
	State       string            `json:",omitzero"` // stand-in; "" is none
	HasState    bool              `json:",omitzero"`
	Granted     []string          `json:",omitzero"` // code, access_token, id_token, refresh_token: what was handed out
	Code        string            `json:",omitzero"` // stand-in
	Refresh     string            `json:",omitzero"` // stand-in
	Scope       string            `json:",omitzero"`
	Expires     time.Duration     `json:",omitzero"`
	Tokens      []Token           `json:",omitzero"`
	Target      string            `json:",omitzero"` // origin to which a web message is posted
	Keys        []string          `json:",omitzero"` // kids of a JWKS
	Issuer      string            `json:",omitzero"` // of discovery
	Published   [3]string         `json:",omitzero"` // of discovery: jwks_uri, authorization_endpoint, token_endpoint
	Unknown     event.Unknown     `json:",omitzero"` // headers and members that were taken out
}

// Token is what the head and the claims of a token tell, without who it is about.
type Token struct {
	Kind          event.TokenKind `json:",omitzero"` // event.IDToken or event.AccessToken
	Alg, Kid      string          `json:",omitzero"`
	Issuer        string          `json:",omitzero"`
	Audience      []string        `json:",omitzero"`
	Issued, Until time.Time       `json:",omitzero"`
	Nonce         string          `json:",omitzero"` // stand-in
	Subject       string          `json:",omitzero"` // stand-in
}

// Log is a record of the tenant's log.
type Log struct {
	ID          string        `json:",omitzero"` // stand-in
	Type        event.LogCode `json:",omitzero"`
	Description string        `json:",omitzero"`
	ClientName  string        `json:",omitzero"`
	User        string        `json:",omitzero"` // stand-in, "auth0|user-1"
	Email       string        `json:",omitzero"` // stand-in
	Connection  string        `json:",omitzero"`
	Strategy    string        `json:",omitzero"`
	Session     string        `json:",omitzero"` // stand-in
	Family      string        `json:",omitzero"` // stand-in of the line of refresh tokens
	Failed      bool          `json:",omitzero"` // its type says that something failed
	Allowed     []string      `json:",omitzero"`
}

// Silent tells a request for which nobody may be asked anything.
func (e *Exchange) Silent() bool {
	return e.Endpoint == names.Authorize && slices.Contains(strings.Fields(e.Request.Params["prompt"]), "none") ||
		e.Log != nil && (e.Log.Type == event.FailedSilentAuth || e.Log.Type == event.SuccessSilentAuth)
}

// Refresh tells an exchange of a refresh token.
func (e *Exchange) Refresh() bool {
	return e.Endpoint == names.Token && e.Request.Params["grant_type"] == names.GrantRefreshToken
}

// Reused tells that the tenant refused a refresh token because it had been replaced.
func (e *Exchange) Reused() bool { return e.Refresh() && e.Reason() == event.RefreshReused }

// Reason is why the tenant refused, by Auth0's words; "" when they do not say.
func (e *Exchange) Reason() event.Reason {
	return auth0text.Reason(e.Response.Error, e.Response.Description)
}

// Client is the client id; "" is not known.
func (e *Exchange) Client() string { return cmp.Or(e.Request.Params["client_id"], e.For) }

// Failed tells whether an exchange did not give what it was made for, as far as the recording tells.
func (e *Exchange) Failed() bool {
	r := e.Response
	switch {
	case r.Error != "" || r.Failure != "" || r.Status >= 400 || r.BodyBroken, e.Log != nil && e.Log.Failed:
		return true
	case e.Silent():
		return r.Shown != ""
	}
	return false
}

// GivenUp tells that the page gave the request up before its answer: it was left, or it removed the frame. It is what Chromium, Firefox
// and WebKit write then.
func (e *Exchange) GivenUp() bool {
	return slices.Contains([]string{"net::ERR_ABORTED", "NS_BINDING_ABORTED", "Load request cancelled"}, e.Response.Failure)
}

// Recording is everything that was found in a file.
type Recording struct {
	Kind      string      `json:",omitzero"` // "HAR", "tenant log"
	Recorder  string      `json:",omitzero"` // who wrote the file
	Entries   int         `json:",omitzero"` // all of them
	Unit      string      `json:",omitzero"` // what places of a log count: "record" where several are on one line; "": lines
	Left      int         `json:",omitzero"` // exchanges beyond MaxExchanges
	Hosts     []HostCount `json:",omitzero"`
	Exchanges []*Exchange `json:",omitzero"`
	Notes     []string    `json:",omitzero"` // what a person should know about the file
	Skipped   []string    `json:",omitzero"` // lines that could not be read
	Broken    bool        `json:",omitzero"` // the file was cut off or is damaged, and was read as far as that
}

// HostCount is a host of the file and how many requests went there.
type HostCount struct {
	Host     string `json:"host"`
	Requests int    `json:"requests"`
}

// CountHosts lists hosts by their requests, the most asked first.
func (r *Recording) CountHosts(requests map[string]int) {
	for host, n := range requests {
		r.Hosts = append(r.Hosts, HostCount{host, n})
	}
	slices.SortFunc(r.Hosts, func(a, b HostCount) int {
		return cmp.Or(b.Requests-a.Requests, strings.Compare(a.Host, b.Host))
	})
}

// Sort puts the exchanges in the order in which they began: recorders write them when they end, or by host.
// One without a date keeps its place: it goes with the one before it in the file. Logs are mostly written with the newest first, and then
// of those of one moment the last in the file comes first.
func (r *Recording) Sort() {
	at, dated := map[*Exchange]time.Time{}, []time.Time{}
	for _, e := range r.Exchanges {
		if !e.Start.IsZero() {
			dated = append(dated, e.Start)
		}
		if len(dated) > 0 {
			at[e] = dated[len(dated)-1]
		}
	}
	down := len(dated) > 1 && r.Exchanges[0].Log != nil && dated[0].After(dated[len(dated)-1])
	slices.SortStableFunc(r.Exchanges, func(a, b *Exchange) int {
		places := cmp.Compare(a.Place, b.Place)
		if down {
			places = -places
		}
		return cmp.Or(at[a].Compare(at[b]), places)
	})
}

// Counted is a number of things, by their singular or their plural.
func Counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// Note adds a remark once.
func (r *Recording) Note(text string) {
	if !slices.Contains(r.Notes, text) {
		r.Notes = append(r.Notes, text)
	}
}
