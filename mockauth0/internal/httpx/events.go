package httpx

import (
	"net/http"
	"net/url"
	"strings"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/names"
)

// arrived is a request as it arrived. The event's data are made of it when somebody reads the event.
type arrived struct {
	method, path, host, remote, query, referer string
	cookies                                    []string // Cookie headers: only names are kept
	origin, userAgent                          string
	fetchSite, fetchDest, fetchMode            string
	storageAccess, auth0Client, scheme         string
	deviceOf                                   func(cookie string) string
}

func (x *Exchange) emitRequest(r *http.Request, deviceOf func(string) string) {
	header := func(name string) string { return clip(r.Header.Get(name)) }
	a := &arrived{
		method: clip(r.Method), path: clip(r.URL.Path), host: clip(r.Host), remote: r.RemoteAddr, query: r.URL.RawQuery, referer: r.Referer(),
		cookies: r.Header["Cookie"], origin: header("Origin"), userAgent: header("User-Agent"),
		fetchSite: header("Sec-Fetch-Site"), fetchDest: header("Sec-Fetch-Dest"), fetchMode: header("Sec-Fetch-Mode"),
		storageAccess: header("Sec-Fetch-Storage-Access"), auth0Client: header("Auth0-Client"), deviceOf: deviceOf,
	}
	if scheme, _ := domain.Split(x.Origin); scheme == domain.HTTP {
		a.scheme = scheme
	}
	holds := len(r.RequestURI) + len(a.query) + len(a.referer)
	for _, c := range a.cookies {
		holds += len(c)
	}
	if holds > big {
		a.method, a.path = strings.Clone(a.method), strings.Clone(a.path) // they are parts of the line that was sent
	}
	x.emitLater(event.Event{Kind: event.KindRequest, Description: a.method + " " + a.path}, a, holds)
}

// emitLater appends an event whose data are made when it is read; at once where that needs much less memory than what
// was sent, for what is kept is clipped.
func (x *Exchange) emitLater(e event.Event, d event.Deferred, holds int) {
	if holds > big {
		e.Data = d.Data()
	} else {
		e = e.Later(d)
	}
	x.Emit(e)
}

// Data hold nothing that could be used in the request's place.
func (a *arrived) Data() event.Data {
	d := &event.Request{
		Method: a.method, Path: a.path, Host: a.host, Scheme: a.scheme, Remote: a.remote, Cookies: []string{},
		Origin: a.origin, UserAgent: a.userAgent,
		FetchSite: a.fetchSite, FetchDest: a.fetchDest, FetchMode: a.fetchMode,
		StorageAccess: a.storageAccess, Auth0Client: a.auth0Client,
	}
	if n := len(a.query); n > MaxQuery {
		d.QueryBytes = n
	} else if q, _ := url.ParseQuery(a.query); len(q) > 0 { // what can be read of it
		d.Query, d.QueryLeftOut, d.ValuesLeftOut = redact(own(q, int64(n)))
	}
	for _, c := range (&http.Request{Header: http.Header{"Cookie": a.cookies}}).Cookies() {
		if d.Device == "" && a.deviceOf != nil && (c.Name == names.DeviceCookie || c.Name == names.DeviceCookieCompat) {
			d.Device = a.deviceOf(c.Value)
		}
		if len(d.Cookies) == keepNames {
			d.CookiesLeftOut++
			continue
		}
		d.Cookies = append(d.Cookies, strings.Clone(clip(c.Name)))
	}
	if a.referer != "" {
		d.Referer = redactURL(a.referer)
	}
	return d
}

// clip keeps an event small, whatever the request held, and valid as JSON.
func clip(s string) string {
	const limit = 512
	if len(s) > limit {
		s = s[:limit] + "…"
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
