package har

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/harfile"
	"renewal.example/mockauth0/internal/recording"
)

// Write writes what a tenant saw as a HAR: one entry for each request among the events, in their order. Events hold neither
// tokens nor cookies' values; those are marked as left out. origin is the tenant's, "https://localhost:4443".
func Write(w io.Writer, origin string, events []event.Event, missed uint64) error {
	file := harfile.New("mockauth0")
	if missed > 0 {
		file.Log.Comment = fmt.Sprintf("%d earlier events were no longer kept", missed)
	}
	entries := map[string]int{} // id of a request → its entry
	for _, e := range events {
		e = e.Made()
		if e.Kind == event.KindRequest {
			entries[e.Request] = len(file.Log.Entries)
			file.Log.Entries = append(file.Log.Entries, asked(origin, e))
			continue
		}
		if i, ok := entries[e.Request]; ok && e.Request != "" {
			take(&file.Log.Entries[i], e)
		}
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	return encoder.Encode(file)
}

// at is the origin that a request was sent to: a tenant has two where it has a custom domain.
func at(origin, host string) string {
	scheme, _, ok := strings.Cut(origin, "://")
	if !ok || host == "" {
		return origin
	}
	return scheme + "://" + host
}

// asked is an entry that has no answer yet.
func asked(origin string, e event.Event) harfile.Entry {
	r, ok := e.Data.(*event.Request)
	if !ok {
		r = &event.Request{}
	}
	query := pairsOf(r.Query)
	address := at(origin, r.Host) + r.Path
	if len(query) > 0 {
		parts := make([]string, len(query))
		for i, p := range query {
			parts[i] = url.QueryEscape(p.Name) + "=" + url.QueryEscape(p.Value)
		}
		address += "?" + strings.Join(parts, "&")
	}
	x := harfile.Entry{
		Started: e.Wall, Time: -1, TenantTime: e.Date, Endpoint: e.Endpoint, ClientID: e.ClientID, Type: resource(r.FetchDest),
		Error: "no answer",
		Request: harfile.Request{
			Method: r.Method, URL: address, Cookies: redactedCookies(r.Cookies), QueryString: query, HeadersSize: -1, BodySize: -1,
			Headers: headers("Origin", r.Origin, "Referer", r.Referer, "User-Agent", r.UserAgent, "Auth0-Client", r.Auth0Client,
				"Sec-Fetch-Dest", r.FetchDest, "Sec-Fetch-Mode", r.FetchMode, "Sec-Fetch-Site", r.FetchSite,
				"Sec-Fetch-Storage-Access", r.StorageAccess),
		},
		Response: harfile.Response{Cookies: []harfile.Pair{}, Headers: []harfile.Pair{}, HeadersSize: -1, BodySize: -1},
		Timings:  harfile.Timings{Send: -1, Wait: -1, Receive: -1},
	}
	if cookies := x.Request.Cookies; len(cookies) > 0 {
		parts := make([]string, len(cookies))
		for i, c := range cookies {
			parts[i] = c.Name + "=" + c.Value
		}
		x.Request.Headers = append(x.Request.Headers, harfile.Pair{Name: "Cookie", Value: strings.Join(parts, "; ")})
	}
	return x
}

// headers are those of a list of names and values that have a value.
func headers(list ...string) []harfile.Pair {
	out := []harfile.Pair{}
	for i := 0; i+1 < len(list); i += 2 {
		if list[i+1] != "" {
			out = append(out, harfile.Pair{Name: list[i], Value: list[i+1]})
		}
	}
	return out
}

// take adds what an event says of the exchange.
func take(x *harfile.Entry, e event.Event) {
	x.ClientID = cmp.Or(x.ClientID, e.ClientID)
	switch d := e.Data.(type) {
	case *event.LogEntry:
		x.TenantLog = append(x.TenantLog, string(e.Type)+": "+e.Description)
	case *event.NoAnswer:
		x.Error = e.Description
	case *event.Response:
		x.Error = ""
		x.Request.PostData = posted(x.Request.Method, x.ClientID, d.Grant)
		x.Time = max(0, float64(e.Wall.Sub(x.Started))/float64(time.Millisecond))
		x.Timings = harfile.Timings{Wait: x.Time}
		r := &x.Response
		r.Status, r.StatusText, r.RedirectURL = d.Status, http.StatusText(d.Status), d.Location
		r.Cookies = redactedCookies(d.SetCookies)
		r.Content.MimeType = d.ContentType
		r.Headers = append(r.Headers, harfile.Pair{Name: "X-Auth0-RequestId", Value: e.Request})
		r.Headers = append(r.Headers, headers("Content-Type", d.ContentType, "Location", d.Location,
			"Access-Control-Allow-Origin", d.AllowOrigin, "X-Frame-Options", d.FrameOptions,
			"Content-Security-Policy", d.CSP, "Retry-After", d.RetryAfter)...)
		for _, c := range r.Cookies {
			r.Headers = append(r.Headers, harfile.Pair{Name: "Set-Cookie", Value: c.Name + "=" + c.Value})
		}
		r.Content.Text = body(d)
		r.Content.Size = len(r.Content.Text)
	}
}

// posted is the body of a token request as far as the events tell of it, so that a reader of HARs finds the renewals by
// refresh token; nil: they tell of none.
func posted(method, clientID, grant string) *harfile.Post {
	if method != http.MethodPost || grant == "" {
		return nil
	}
	params := []harfile.Pair{{Name: "grant_type", Value: grant}}
	if clientID != "" {
		params = append(params, harfile.Pair{Name: "client_id", Value: clientID})
	}
	switch grant {
	case "refresh_token":
		params = append(params, harfile.Pair{Name: "refresh_token", Value: recording.Redacted})
	case "authorization_code":
		params = append(params, harfile.Pair{Name: "code", Value: recording.Redacted})
	}
	values := url.Values{}
	for _, p := range params {
		values.Set(p.Name, p.Value)
	}
	return &harfile.Post{MimeType: "application/x-www-form-urlencoded", Params: params, Text: values.Encode()}
}

// body is the part of a body that the event holds, in the form in which a tenant sends it, so that a reader of HARs finds it.
func body(r *event.Response) string {
	code, description := r.Error, r.ErrorText
	switch {
	case r.Response != nil && r.Target != nil:
		to, _ := json.Marshal(*r.Target)
		members, _ := json.Marshal(r.Response) // it came from JSON or is text: it always encodes
		return `<script>targetOrigin=` + string(to) + `;authorizationResponse={type:"authorization_response",response:` +
			string(members) + `};</script>`
	case r.Status >= 400 && code != "" && strings.Contains(r.ContentType, "json"):
		members, _ := json.Marshal(map[string]string{"error": code, "error_description": description})
		return string(members)
	case r.Status >= 400 && code != "":
		return `<p class="error-status"><strong>` + escape(code) + `</strong>: ` + escape(description) + `</p>`
	}
	return ""
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

func resource(dest string) string {
	switch dest {
	case "document", "iframe", "frame":
		return "document"
	case "empty":
		return "fetch"
	}
	return "other"
}

// redactedCookies are cookies without their values.
func redactedCookies(names []string) []harfile.Pair {
	out := []harfile.Pair{}
	for _, name := range names {
		out = append(out, harfile.Pair{Name: name, Value: recording.Redacted})
	}
	return out
}

// pairsOf are the members of a query, sorted.
func pairsOf(q event.Query) []harfile.Pair {
	out := []harfile.Pair{}
	for name, values := range q {
		for _, one := range values {
			out = append(out, harfile.Pair{Name: name, Value: one})
		}
	}
	slices.SortStableFunc(out, func(a, b harfile.Pair) int { return strings.Compare(a.Name, b.Name) })
	return out
}
