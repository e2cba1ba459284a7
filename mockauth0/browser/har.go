package browser

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/go-rod/rod/lib/proto"

	"renewal.example/mockauth0/internal/harfile"
)

// HAR is the World's traffic as an HTTP archive (version 1.2), with the tenant's and the browser's time of each request
// as custom fields. Bodies are those that the browser still has. It holds passwords, cookies and tokens as they were sent.
func (w *World) HAR() ([]byte, error) { return json.MarshalIndent(w.har(), "", " ") }

func (w *World) har() harfile.File {
	file := harfile.New("mockauth0 browser")
	for _, r := range w.Requests() {
		e := entryOf(r)
		e.Response.Content = w.content(r)
		file.Log.Entries = append(file.Log.Entries, e)
	}
	return file
}

// entryOf is a request as an entry, without the body of the answer.
func entryOf(r Request) harfile.Entry {
	e := harfile.Entry{
		Started: r.Real, Time: r.Milliseconds, TenantTime: r.Tenant, BrowserTime: r.Browser, Type: r.Type, Error: r.Error,
		Timings: harfile.Timings{Wait: r.Milliseconds},
		Request: harfile.Request{
			Method: r.Method, URL: r.URL, HTTPVersion: r.Protocol, Cookies: cookiePairs(r.Headers), Headers: headerPairs(r.Headers),
			QueryString: queryPairs(r.URL), HeadersSize: -1, BodySize: len(r.Body),
		},
		Response: harfile.Response{
			Status: r.Status, StatusText: r.StatusText, HTTPVersion: r.Protocol, Cookies: setCookiePairs(r.ResponseHeaders),
			Headers: headerPairs(r.ResponseHeaders), RedirectURL: header(r.ResponseHeaders, "location"),
			HeadersSize: -1, BodySize: int(r.Bytes),
		},
	}
	if r.Body != "" {
		e.Request.PostData = &harfile.Post{MimeType: header(r.Headers, "content-type"), Params: []harfile.Pair{}, Text: r.Body}
	}
	return e
}

// content asks the browser for a body; it forgets those of frames that are gone. Scripts and images are left out: they
// are large, and not what a failed renewal is about.
func (w *World) content(r Request) harfile.Content {
	c := harfile.Content{MimeType: r.MimeType, Size: int(r.Bytes)}
	if r.Status == 0 || !slices.Contains([]string{"Document", "XHR", "Fetch"}, r.Type) || header(r.ResponseHeaders, "location") != "" {
		return c
	}
	select {
	case <-r.target.gone:
		return c
	default:
	}
	ctx, cancel := w.patience()
	defer cancel()
	body, err := proto.NetworkGetResponseBody{RequestID: proto.NetworkRequestID(r.id)}.Call(r.target.on(ctx))
	if err != nil {
		return c
	}
	c.Text, c.Size = body.Body, len(body.Body)
	if body.Base64Encoded {
		c.Encoding = "base64"
	}
	return c
}

// header looks a field up whatever its case.
func header(h headers, name string) string {
	for k, v := range h {
		if strings.EqualFold(k, name) {
			return v
		}
	}
	return ""
}

func headerPairs(h headers) []harfile.Pair {
	out := []harfile.Pair{}
	for k, v := range h {
		for line := range strings.SplitSeq(v, "\n") { // DevTools joins repeated fields by line feeds
			out = append(out, harfile.Pair{Name: k, Value: line})
		}
	}
	slices.SortStableFunc(out, func(a, b harfile.Pair) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func queryPairs(address string) []harfile.Pair {
	out := []harfile.Pair{}
	u, err := url.Parse(address)
	if err != nil {
		return out
	}
	for part := range strings.SplitSeq(u.RawQuery, "&") {
		name, value, _ := strings.Cut(part, "=")
		if name == "" {
			continue
		}
		out = append(out, harfile.Pair{Name: unescape(name), Value: unescape(value)})
	}
	return out
}

func unescape(s string) string {
	if u, err := url.QueryUnescape(s); err == nil {
		return u
	}
	return s
}

func cookiePairs(h headers) []harfile.Pair {
	out := []harfile.Pair{}
	for part := range strings.SplitSeq(header(h, "cookie"), ";") {
		if name, value, ok := strings.Cut(strings.TrimSpace(part), "="); ok {
			out = append(out, harfile.Pair{Name: name, Value: value})
		}
	}
	return out
}

func setCookiePairs(h headers) []harfile.Pair {
	out := []harfile.Pair{}
	for line := range strings.SplitSeq(header(h, "set-cookie"), "\n") {
		first, _, _ := strings.Cut(line, ";")
		if name, value, ok := strings.Cut(strings.TrimSpace(first), "="); ok {
			out = append(out, harfile.Pair{Name: name, Value: value})
		}
	}
	return out
}
