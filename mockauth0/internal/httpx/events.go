package httpx

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"renewal.example/mockauth0/internal/event"
)

func (x *Exchange) emitRequest(r *http.Request) {
	d := map[string]any{"method": clip(r.Method), "path": clip(r.URL.Path), "remote": r.RemoteAddr}
	if n := len(r.URL.RawQuery); n > MaxQuery {
		d["query"] = fmt.Sprintf("(%d bytes)", n)
	} else if q := r.URL.Query(); len(q) > 0 {
		d["query"] = redact(q)
	}
	names := []string{}
	for _, c := range r.Cookies() {
		names = append(names, clip(c.Name))
	}
	d["cookies"] = names
	for key, header := range map[string]string{
		"origin": "Origin", "user_agent": "User-Agent", "fetch_site": "Sec-Fetch-Site",
		"fetch_dest": "Sec-Fetch-Dest", "fetch_mode": "Sec-Fetch-Mode", "storage_access": "Sec-Fetch-Storage-Access",
	} {
		if v := r.Header.Get(header); v != "" {
			d[key] = clip(v)
		}
	}
	if v := r.Referer(); v != "" {
		d["referer"] = redactURL(v)
	}
	x.Emit(event.Event{Kind: event.KindRequest, Description: r.Method + " " + r.URL.Path, Details: d})
}

func (x *Exchange) emitResponse(status int, res *Result) {
	d := map[string]any{"status": status}
	if res.Redirect != "" {
		d["location"] = redactURL(res.Redirect)
	}
	if len(res.Cookies) > 0 {
		names := make([]string, len(res.Cookies))
		for i, c := range res.Cookies {
			names[i] = c.Name
		}
		d["set_cookies"] = names
	}
	if res.Note != "" {
		d["note"] = clip(res.Note)
	}
	x.Emit(event.Event{Kind: event.KindResponse, Description: http.StatusText(status), Details: d})
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
