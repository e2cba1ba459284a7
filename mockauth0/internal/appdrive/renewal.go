package appdrive

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/browser"
)

// Renewal is how an app gets new tokens.
type Renewal string

// Ways to renew.
const (
	RenewalUnknown Renewal = ""               // it was not seen, and its login does not tell
	FrameTokens    Renewal = "frame-tokens"   // a hidden frame, whose answer has the tokens
	FrameCode      Renewal = "frame-code"     // a hidden frame, whose answer has a code
	RefreshTokens  Renewal = "refresh-tokens" // in the browser
	ServerSession  Renewal = "server-session" // the app's server has the tokens, and the browser a session with it
)

// Text says it for people: "it renews …".
func (r Renewal) Text() string {
	switch r {
	case FrameTokens:
		return "by a hidden frame that brings the tokens"
	case FrameCode:
		return "by a hidden frame that brings a code"
	case RefreshTokens:
		return "with refresh tokens"
	case ServerSession:
		return "on its server"
	}
	return "in a way that was not seen"
}

// ByFrame tells whether a hidden frame is how it renews.
func (r Renewal) ByFrame() bool { return r == FrameTokens || r == FrameCode }

// Renewal is how the app renews: as it was seen to since the newest login or, before that, by what its login asked for and got.
func (a *App) Renewal() Renewal {
	return renewalOf(a.asksSince(a.login.from), a.login.Renewal)
}

// renewalOf is how an app was seen to renew, or else what is known otherwise.
func renewalOf(asks []Ask, otherwise Renewal) Renewal {
	for _, k := range asks {
		switch {
		case k.Kind == AskRefresh && k.ByServer:
			return ServerSession
		case k.Kind == AskRefresh:
			return RefreshTokens
		}
	}
	if otherwise != RenewalUnknown {
		return otherwise
	}
	for _, k := range asks {
		if k.Kind == AskSilent {
			return frameOf(k.Query.Get("response_type"))
		}
	}
	return RenewalUnknown
}

func frameOf(responseType string) Renewal {
	if slices.Contains(strings.Fields(responseType), "code") {
		return FrameCode
	}
	return FrameTokens
}

// HasRefreshToken tells whether the newest tokens of the app came with a refresh token.
func (a *App) HasRefreshToken() bool {
	for _, k := range slices.Backward(a.asksSince(a.login.from)) {
		if (k.Kind == AskCode || k.Kind == AskRefresh) && k.Answer == Given {
			return k.Refresh
		}
	}
	return a.login.Refresh
}

// loginSince is the login that began since a mark.
func (a *App) loginSince(from Mark) Login {
	l := Login{from: from}
	byServer := false
	for _, k := range a.asksSince(from) {
		switch k.Kind {
		case AskLogin:
			l.For = AskedFor{
				ClientID: k.Query.Get("client_id"), Callback: k.Query.Get("redirect_uri"), Audience: k.Query.Get("audience"),
				Organization: k.Query.Get("organization"),
				Scope:        k.Query.Get("scope"), ResponseType: k.Query.Get("response_type"), ResponseMode: k.Query.Get("response_mode"),
			}
		case AskCode:
			l.Refresh, byServer = l.Refresh || k.Refresh, k.ByServer
		}
		if k.ExpiresIn > 0 {
			l.Expires = k.At.Add(k.ExpiresIn)
		}
		if k.UserID != "" {
			l.UserID = k.UserID
		}
	}
	switch {
	case byServer, l.For.ResponseMode == "form_post":
		l.Renewal = ServerSession
	case !l.For.has("code") && l.For.ResponseType != "":
		l.Renewal = FrameTokens
	case l.Refresh || l.For.Offline():
		l.Renewal = RefreshTokens
	case l.For.has("code"):
		l.Renewal = FrameCode
	}
	return l
}

// Mark is a moment in what tenant and browser observed.
type Mark struct {
	seq      uint64 // of the tenant's newest event
	requests int    // of the browser
}

// Mark is the present one.
func (a *App) Mark() Mark {
	m := Mark{requests: a.World.RequestCount()}
	if all := a.World.Tenant.Events(0); len(all) > 0 {
		m.seq = all[len(all)-1].Seq
	}
	return m
}

// asksSince is what the app asked the tenant for tokens with since a mark: what reached the tenant, and what the browser could not send.
func (a *App) asksSince(m Mark) []Ask {
	all := Asks(a.World.Tenant.Events(m.seq))
	if id := a.login.For.ClientID; id != "" {
		all = slices.DeleteFunc(all, func(k Ask) bool { return k.ClientID != "" && k.ClientID != id })
	}
	for _, r := range a.World.RequestsFrom(m.requests) {
		kind := a.asksBy(r.Method, r.URL, r.Body)
		if kind == "" {
			continue
		}
		if at := slices.IndexFunc(all, Ask{At: r.Tenant, Kind: kind}.unread); at >= 0 {
			all[at].Kind = kind
		}
		if r.Error == "" && !a.answeredElsewhere(r, kind, all) {
			continue
		}
		if r.Error == "" {
			r.Error = "something in the browser answered in the tenant's place"
		}
		lost := Ask{At: r.Tenant, Kind: kind, ClientID: a.login.For.ClientID, Answer: Lost, Error: r.Error}
		if at := slices.IndexFunc(all, lost.reached); at >= 0 {
			all[at].Answer, all[at].Error = Lost, r.Error // the tenant answered, and the browser withheld it from the page
			continue
		}
		all = append(all, lost)
	}
	slices.SortStableFunc(all, func(x, y Ask) int { return x.At.Compare(y.At) })
	return all
}

// answeredElsewhere tells whether the answer to an exchange did not come from the tenant: a service worker made it.
func (a *App) answeredElsewhere(r browser.Request, kind AskKind, all []Ask) bool {
	if r.Status == 0 || kind == AskSilent {
		return false
	}
	return !slices.ContainsFunc(all, func(seen Ask) bool { return (Ask{Kind: kind}).sameKind(seen) && seen.At.Sub(r.Tenant).Abs() < apart })
}

// unread tells whether an Ask of the browser is one of which the tenant did not read the kind.
func (a Ask) unread(seen Ask) bool {
	return seen.Kind == AskToken && a.sameKind(seen) && seen.At.Sub(a.At).Abs() < apart
}

// apart is how far the times may be at which browser and tenant noted one request.
const apart = 2 * time.Second

// reached tells whether an Ask that the browser says is lost is one that the tenant saw.
func (a Ask) reached(seen Ask) bool {
	return a.sameKind(seen) && seen.At.Sub(a.At).Abs() < apart && seen.Answer != Refused && !strings.HasPrefix(seen.Error, "net::")
}

// asksBy tells what a request of the browser asks the tenant; "": nothing, or it is one of the login.
func (a *App) asksBy(method, address, body string) AskKind {
	rest, ours := strings.CutPrefix(address, a.World.TenantURL())
	switch {
	case !ours:
		return ""
	case strings.HasPrefix(rest, "/authorize?") && strings.Contains(rest, "prompt=none"):
		return AskSilent
	case !strings.HasPrefix(rest, "/oauth/token") || method != "POST":
		return ""
	case strings.Contains(body, "authorization_code"):
		return AskCode
	}
	return AskRefresh
}

func quoted(text string) string {
	b, _ := json.Marshal(text) // a string always can be
	return string(b)
}
