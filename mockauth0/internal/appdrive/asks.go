package appdrive

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/names"
)

// Ask is something that an app asked a tenant for tokens with.
type Ask struct {
	Request   string    // X-Auth0-RequestId of the exchange; "": it did not reach the tenant
	Seq       uint64    // of the event of the request; 0: it did not reach the tenant
	At        time.Time // tenant time
	Kind      AskKind   // what it was
	ClientID  string    // of the application; "": not known
	UserID    string    // whose tokens it brought; "": not known
	UserName  string    // e-mail address or user name of the same person
	ByServer  bool      // no browser sent it
	Answer    Answer    // what came of it
	Error     string    // code of the refusal, "login_required", or what the browser says, "net::ERR_INTERNET_DISCONNECTED"
	Text      string    // of the refusal
	Refresh   bool      // a refresh token was handed out
	ExpiresIn time.Duration
	Query     event.Query // of an authorization request
}

// AskKind says in which way an app asks for tokens.
type AskKind string

// Ways to ask for tokens.
const (
	AskLogin   AskKind = "login"         // an authorization request that may show pages
	AskSilent  AskKind = "silent"        // one with prompt=none, in a hidden frame as a rule
	AskCode    AskKind = "code"          // an exchange of a code
	AskRefresh AskKind = "refresh_token" // an exchange of a refresh token
	AskToken   AskKind = "token"         // an exchange of which the tenant did not read what it is of: it failed before that
)

// Answer is what came of an Ask.
type Answer string

// Answers.
const (
	Pending Answer = "pending" // nothing yet
	Given   Answer = "given"   // tokens, or a code
	Refused Answer = "refused" // an error
	Lost    Answer = "lost"    // the request, or its answer, did not arrive
)

// Failed tells whether the app got something else than what it asked for.
func (a Ask) Failed() bool { return a.Answer == Refused || a.Answer == Lost }

// Renews tells whether it can be a renewal.
func (a Ask) Renews() bool { return a.Kind == AskSilent || a.Kind == AskRefresh }

// sameKind tells whether two may be of one kind.
func (a Ask) sameKind(o Ask) bool {
	return a.Kind == o.Kind || o.Kind == AskToken && (a.Kind == AskCode || a.Kind == AskRefresh)
}

// Asks reads out of a tenant's events what apps asked it for tokens with, oldest first.
func Asks(events []event.Event) (all []Ask) {
	at := map[string]int{} // by request
	for _, e := range events {
		i, known := at[e.Request]
		if r, ok := e.Made().Data.(*event.Request); ok && e.Request != "" && asksForTokens(e.Endpoint, r) {
			at[e.Request] = len(all)
			all = append(all, began(e, r))
			continue
		}
		if known && e.Request != "" {
			all[i].take(e)
		}
	}
	return all
}

func asksForTokens(endpoint string, r *event.Request) bool {
	return (endpoint == names.Authorize || endpoint == names.Token) && r.Method != http.MethodOptions
}

func began(e event.Event, r *event.Request) Ask {
	a := Ask{Request: e.Request, Seq: e.Seq, At: e.Date, Kind: AskToken, ClientID: e.ClientID, Answer: Pending, Query: r.Query}
	// Browsers say where a request comes from (https://www.w3.org/TR/fetch-metadata/).
	a.ByServer = r.FetchSite == "" && r.Origin == ""
	if e.Endpoint == names.Authorize {
		a.Kind = AskLogin
		if r.Query.Get("prompt") == "none" {
			a.Kind = AskSilent
		}
		a.ClientID = r.Query.Get("client_id")
	}
	return a
}

// take adds what an event of the exchange tells.
func (a *Ask) take(e event.Event) {
	if e.ClientID != "" {
		a.ClientID = e.ClientID
	}
	if e.UserID != "" {
		a.UserID, a.UserName = e.UserID, e.UserName
	}
	switch d := e.Made().Data.(type) {
	case *event.LogEntry:
		a.grant(d.Grant)
		a.Refresh = a.Refresh || d.RefreshToken
		if d.ExpiresIn > 0 {
			a.ExpiresIn = time.Duration(d.ExpiresIn) * time.Second
		}
		if d.Error != "" {
			a.Answer, a.Error, a.Text = Refused, d.Error, e.Description
		}
	case *event.Response:
		a.grant(d.Grant)
		a.answered(d)
	case *event.NoAnswer:
		a.Answer, a.Error = Lost, d.Why.Text()
	}
}

func (a *Ask) grant(grant string) {
	switch grant {
	case "authorization_code":
		a.Kind = AskCode
	case "refresh_token":
		a.Kind = AskRefresh
	}
}

func (a *Ask) answered(r *event.Response) {
	switch {
	case r.Response.Text("error") != "":
		a.Answer, a.Error, a.Text = Refused, r.Response.Text("error"), r.Response.Text("error_description")
	case r.Error != "" || r.Status >= 400:
		a.Answer, a.Error, a.Text = Refused, cmp.Or(r.Error, a.Error), cmp.Or(r.ErrorText, a.Text)
	case a.Answer != Refused:
		a.Answer = Given
	}
}

// way is how a refused or lost exchange goes on in a sentence: "invalid_grant: Unknown or invalid refresh token."
func (a Ask) way() string {
	return strings.TrimSuffix(strings.Join([]string{a.Error, a.Text}, ": "), ": ")
}
