package browser

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-rod/rod/lib/proto"
)

// The types below are the part of HAR 1.2 that viewers read. Nothing is left out or masked: it is a local test.
type harFile struct {
	Log harLog `json:"log"`
}

type harLog struct {
	Version string     `json:"version"`
	Creator harCreator `json:"creator"`
	Entries []harEntry `json:"entries"`
}

type harCreator struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type harEntry struct {
	Started    time.Time   `json:"startedDateTime"`
	Time       float64     `json:"time"`
	Request    harRequest  `json:"request"`
	Response   harResponse `json:"response"`
	Cache      struct{}    `json:"cache"`
	Timings    harTimings  `json:"timings"`
	TenantTime time.Time   `json:"_tenantTime"`
	PageTime   time.Time   `json:"_browserTime"`
	Type       string      `json:"_resourceType"`
	Error      string      `json:"_error,omitempty"`
}

type harPair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type harRequest struct {
	Method      string    `json:"method"`
	URL         string    `json:"url"`
	HTTPVersion string    `json:"httpVersion"`
	Cookies     []harPair `json:"cookies"`
	Headers     []harPair `json:"headers"`
	QueryString []harPair `json:"queryString"`
	PostData    *harPost  `json:"postData,omitempty"`
	HeadersSize int       `json:"headersSize"`
	BodySize    int       `json:"bodySize"`
}

type harPost struct {
	MimeType string    `json:"mimeType"`
	Params   []harPair `json:"params"`
	Text     string    `json:"text"`
}

type harResponse struct {
	Status      int        `json:"status"`
	StatusText  string     `json:"statusText"`
	HTTPVersion string     `json:"httpVersion"`
	Cookies     []harPair  `json:"cookies"`
	Headers     []harPair  `json:"headers"`
	Content     harContent `json:"content"`
	RedirectURL string     `json:"redirectURL"`
	HeadersSize int        `json:"headersSize"`
	BodySize    int        `json:"bodySize"`
}

type harContent struct {
	Size     int    `json:"size"`
	MimeType string `json:"mimeType"`
	Text     string `json:"text,omitempty"`
	Encoding string `json:"encoding,omitempty"`
}

type harTimings struct {
	Send    float64 `json:"send"`
	Wait    float64 `json:"wait"`
	Receive float64 `json:"receive"`
}

// HAR is the World's traffic as an HTTP archive (version 1.2), with the tenant's and the browser's time of each request
// as custom fields. Bodies are those that the browser still has.
func (w *World) HAR() ([]byte, error) {
	file := harFile{Log: harLog{Version: "1.2", Creator: harCreator{"mockauth0 harness", "1"}, Entries: []harEntry{}}}
	for _, r := range w.Requests() {
		e := harEntry{
			Started: r.Real, Time: r.Milliseconds, TenantTime: r.Tenant, PageTime: r.Browser, Type: r.Type, Error: r.Error,
			Timings: harTimings{Wait: r.Milliseconds},
			Request: harRequest{
				Method: r.Method, URL: r.URL, HTTPVersion: r.Protocol, Cookies: cookiePairs(r.Headers), Headers: headerPairs(r.Headers),
				QueryString: queryPairs(r.URL), HeadersSize: -1, BodySize: len(r.Body),
			},
			Response: harResponse{
				Status: r.Status, StatusText: r.StatusText, HTTPVersion: r.Protocol, Cookies: setCookiePairs(r.ResponseHeaders),
				Headers: headerPairs(r.ResponseHeaders), RedirectURL: header(r.ResponseHeaders, "location"),
				Content: w.content(r), HeadersSize: -1, BodySize: int(r.Bytes),
			},
		}
		if r.Body != "" {
			e.Request.PostData = &harPost{MimeType: header(r.Headers, "content-type"), Params: []harPair{}, Text: r.Body}
		}
		file.Log.Entries = append(file.Log.Entries, e)
	}
	return json.MarshalIndent(file, "", " ")
}

// content asks the browser for a body; it forgets those of frames that are gone. Scripts and images are left out: they
// are large, and not what a failed renewal is about.
func (w *World) content(r Request) harContent {
	c := harContent{MimeType: r.MimeType, Size: int(r.Bytes)}
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

func headerPairs(h headers) []harPair {
	out := []harPair{}
	for k, v := range h {
		for line := range strings.SplitSeq(v, "\n") { // DevTools joins repeated fields by line feeds
			out = append(out, harPair{k, line})
		}
	}
	slices.SortStableFunc(out, func(a, b harPair) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func queryPairs(address string) []harPair {
	out := []harPair{}
	u, err := url.Parse(address)
	if err != nil {
		return out
	}
	for part := range strings.SplitSeq(u.RawQuery, "&") {
		name, value, _ := strings.Cut(part, "=")
		if name == "" {
			continue
		}
		out = append(out, harPair{unescape(name), unescape(value)})
	}
	return out
}

func unescape(s string) string {
	if u, err := url.QueryUnescape(s); err == nil {
		return u
	}
	return s
}

func cookiePairs(h headers) []harPair {
	out := []harPair{}
	for part := range strings.SplitSeq(header(h, "cookie"), ";") {
		if name, value, ok := strings.Cut(strings.TrimSpace(part), "="); ok {
			out = append(out, harPair{name, value})
		}
	}
	return out
}

func setCookiePairs(h headers) []harPair {
	out := []harPair{}
	for line := range strings.SplitSeq(header(h, "set-cookie"), "\n") {
		first, _, _ := strings.Cut(line, ";")
		if name, value, ok := strings.Cut(strings.TrimSpace(first), "="); ok {
			out = append(out, harPair{name, value})
		}
	}
	return out
}
