package authorize

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/mint"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/session"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/internal/token"
	"renewal.example/mockauth0/tenant"
)

// Direct is a login without a browser. The person answers every page that the tenant has for them: they log in, prove a second
// factor, let the client in.
type Direct struct {
	Client       *tenant.Client
	User         *tenant.User
	Audience     string // identifier of the API; "": the tenant's default audience
	Scope        string
	Organization string // id; "": none
}

// Entered is a Direct login that the tenant did not refuse.
type Entered struct {
	Session state.Session  // the zero session when its connection leaves none
	Cookies []*http.Cookie // that carry it
	request *Request
	user    *tenant.User
	login   state.Transaction
}

// Enter judges a direct login as /authorize and the login pages do, and begins its session. An error is the tenant's refusal.
func (s *Service) Enter(x *httpx.Exchange, d Direct) (*Entered, error) {
	tn := s.Tenant()
	q, err := trusted(tn, d.request())
	if err != nil {
		return nil, err
	}
	q.facts(x)
	if oe := s.validate(x, tn, q); oe != nil {
		return nil, oe
	}
	x.Facts.UserID, x.Facts.UserName, x.Facts.Connection = d.User.ID, d.User.Email, d.User.Connection
	if oe := s.barred(q, d.User); oe != nil {
		return nil, oe
	}
	e := &Entered{request: q, user: d.User, login: state.Transaction{UserID: d.User.ID, Connection: d.User.Connection, AuthTime: x.Now(),
		SessionID: session.NewID(), NoSession: tn.Connection(d.User.Connection).DevKeys, Chosen: true, Shown: true,
		Factor: state.Factor{Proved: true}}}
	browser := &http.Request{Header: http.Header{}} // a new one: it has no cookies yet
	if oe := s.settle(x, browser, tn, e); oe != nil {
		return nil, oe
	}
	q.warn(x)
	q.secondFactor = s.policy(x, tn, q, e.user, e.login).Factor != nil
	if !e.login.NoSession {
		s.begin(x, browser, e)
	}
	return e, nil
}

// request is the authorization request that the client would send.
func (d Direct) request() url.Values {
	v := url.Values{"client_id": {d.Client.ClientID}, "connection": {d.User.Connection}, "scope": {d.Scope}}
	for name, value := range map[string]string{"audience": d.Audience, "organization": d.Organization} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if i := slices.IndexFunc(d.Client.Callbacks, func(c string) bool { return !strings.ContainsAny(c, "*{") }); i >= 0 {
		v.Set("redirect_uri", d.Client.Callbacks[i])
	}
	if !d.Client.AllowsGrant(names.GrantAuthorizationCode) && d.Client.AllowsGrant(names.GrantImplicit) {
		v.Set("response_type", "token id_token")
		v.Set("nonce", mint.UUID())
		return v
	}
	v.Set("response_type", "code")
	v.Set("code_challenge", mint.UUID()+mint.UUID())
	v.Set("code_challenge_method", "plain") // the verifier never leaves this process
	return v
}

// settle answers what the tenant asks on the way. What nobody can answer without a page of somebody else's is refused, as a silent
// request would be.
func (s *Service) settle(x *httpx.Exchange, r *http.Request, tn *tenant.Config, e *Entered) *oauth.Error {
	for {
		d := s.pending(x, r, tn, e.request, e.user, e.login)
		d.tell(x)
		switch {
		case d.denied != nil:
			return d.denied
		case d.page == "":
			return nil
		case d.page == names.ConsentPath && !e.login.Consented:
			s.consent(x, e.request, e.user)
			e.login.Consented = true
		default:
			return d.refusal
		}
	}
}

func (s *Service) begin(x *httpx.Exchange, browser *http.Request, e *Entered) {
	_, device := s.Sessions.Device(browser)
	begun := s.Sessions.Begin(x, browser, e.login.SessionID, e.user.ID, e.user.Connection)
	if e.request.secondFactor {
		s.Store.UpdateSession(begun.ID, func(s *state.Session) { s.SecondFactor = x.Now() })
	}
	e.Session, _ = s.Sessions.Touch(x, begun.ID, e.request.Client.ClientID)
	e.Cookies = append(s.Sessions.Cookies(x, e.Session), device...)
	x.Facts.SessionID = begun.ID
}

// consent remembers that the person let the client in.
func (s *Service) consent(x *httpx.Exchange, q *Request, user *tenant.User) {
	g := s.Store.AddGrant(state.Grant{
		ID: objectID(), ClientID: q.Client.ClientID, UserID: user.ID, Audience: consentAudience(x, q), UserInfo: q.Audience == nil,
		Scopes: s.consentScopes(q, user), Created: x.Now(),
	})
	x.Emit(event.Event{Kind: event.KindGrant, Description: "consent given",
		Data: &event.Grant{Change: event.ConsentGiven, ID: g.ID, Audience: g.Audience, Scopes: g.Scopes}})
}

// Issued is what the authorization endpoint hands out for a direct login: a code with what its exchange has to send, or, for a client
// that is limited to the implicit flow, the tokens themselves.
type Issued struct {
	Exchange url.Values // nil: Tokens
	Tokens   token.Set
}

// Issue hands it out.
func (s *Service) Issue(x *httpx.Exchange, e *Entered) (Issued, error) {
	q := e.request
	issue := token.Request{Client: q.Client, User: e.user, Audience: q.Audience, Scopes: q.Scopes, Nonce: q.Nonce,
		SessionID: e.login.SessionID, Organization: q.Organization, SecondFactor: q.secondFactor, Front: true}
	x.Emit(event.Event{Kind: event.KindLog, Type: event.SuccessLogin, Description: "Successful login"}.Later(bySession(e.login.SessionID)))
	if !q.ResponseType.Code {
		set, err := s.Tokens.Issue(x, issue, true, slices.Contains(q.Scopes, "openid"))
		return Issued{Tokens: set}, err
	}
	warnOffline(x, q)
	return Issued{Exchange: url.Values{"grant_type": {names.GrantAuthorizationCode},
		"code":         {s.code(x, q, e.user, e.login.SessionID, issue.AuthTime)},
		"redirect_uri": {q.Raw.Get("redirect_uri")}, "code_verifier": {q.Raw.Get("code_challenge")}}}, nil
}
