package httpx

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"renewal.example/mockauth0/internal/event"
)

// asked is a request as it arrived. Its details are made when somebody reads the event.
type asked struct {
	method, path, remote, query, referer string
	cookies                              []string // Cookie headers: only names are told
	headers                              [len(headersTold)]string
}

// headersTold are the request headers that events tell, by the name they have there.
var headersTold = [...]struct{ name, header string }{
	{"origin", "Origin"}, {"user_agent", "User-Agent"}, {"fetch_site", "Sec-Fetch-Site"}, {"fetch_dest", "Sec-Fetch-Dest"},
	{"fetch_mode", "Sec-Fetch-Mode"}, {"storage_access", "Sec-Fetch-Storage-Access"}, {"auth0_client", "Auth0-Client"},
}

func (x *Exchange) emitRequest(r *http.Request) {
	a := &asked{method: clip(r.Method), path: clip(r.URL.Path), remote: r.RemoteAddr, query: r.URL.RawQuery, referer: r.Referer(), cookies: r.Header["Cookie"]}
	for i, h := range headersTold {
		if v := r.Header.Get(h.header); v != "" {
			a.headers[i] = clip(v)
		}
	}
	holds := len(a.query) + len(a.referer)
	for _, c := range a.cookies {
		holds += len(c)
	}
	x.emitLater(event.Event{Kind: event.KindRequest, Description: a.method + " " + a.path}, a, holds)
}

// emitLater appends an event whose details are made when it is read; at once where that needs much less memory than what
// was sent, for what is told is clipped.
func (x *Exchange) emitLater(e event.Event, l event.Later, holds int) {
	if holds > 4<<10 {
		e.Details = l.Details()
	} else {
		e = e.With(l)
	}
	x.Emit(e)
}

// Details are what the log shows of the request: nothing that could be used in its place.
func (a *asked) Details() map[string]any {
	d := map[string]any{"method": a.method, "path": a.path, "remote": a.remote}
	if n := len(a.query); n > MaxQuery {
		d["query"] = fmt.Sprintf("(%d bytes)", n)
	} else if q, _ := url.ParseQuery(a.query); len(q) > 0 { // what can be read of it
		d["query"] = redact(q)
	}
	names := []string{}
	for _, c := range (&http.Request{Header: http.Header{"Cookie": a.cookies}}).Cookies() {
		names = append(names, clip(c.Name))
	}
	d["cookies"] = names
	for i, h := range headersTold {
		if a.headers[i] != "" {
			d[h.name] = a.headers[i]
		}
	}
	if a.referer != "" {
		d["referer"] = redactURL(a.referer)
	}
	return d
}

// secret names what events never show: credentials and what can be exchanged for them.
func secret(name string) bool {
	switch name {
	case "access_token", "id_token", "refresh_token", "code", "client_secret", "password", "id_token_hint", "login_ticket", "ticket", "client_assertion", "code_verifier",
		"code_challenge", "token": // a plain challenge is the verifier; /oauth/revoke calls what it takes token
		return true
	}
	return false
}

func redact(q url.Values) map[string]any {
	out := make(map[string]any, len(q))
	for k, v := range q {
		switch {
		case secret(k):
			out[clip(k)] = "(redacted)"
		case len(v) == 1:
			out[clip(k)] = clip(v[0])
		default:
			list := make([]string, len(v))
			for i := range v {
				list[i] = clip(v[i])
			}
			out[clip(k)] = list
		}
	}
	return out
}

// clip keeps an event small, whatever the request held, and valid as JSON.
func clip(s string) string {
	const limit = 512
	if len(s) > limit {
		s = s[:limit] + "…"
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// redactURL hides tokens and codes in the query and the fragment of a Location.
func redactURL(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return "(not a URL)"
	}
	u.RawQuery = redactPairs(u.RawQuery)
	if u.Fragment != "" {
		frag := redactPairs(u.EscapedFragment())
		u.Fragment, u.RawFragment = "", ""
		return clip(u.String() + "#" + frag)
	}
	return clip(u.String())
}

func redactPairs(s string) string {
	parts := strings.Split(s, "&")
	for i, p := range parts {
		if name, _, ok := strings.Cut(p, "="); ok && secret(name) {
			parts[i] = name + "=(redacted)"
		}
	}
	return strings.Join(parts, "&")
}
