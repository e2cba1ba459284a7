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

	"renewal.example/mockauth0/internal/event"
	"renewal.example/mockauth0/internal/harfile"
	"renewal.example/mockauth0/internal/traffic"
)

// Write writes what a tenant saw as a HAR: one entry for each request among the events, in their order. Events hold neither
// tokens nor cookies' values; those are marked as left out. origin is the tenant's, "https://localhost:4443".
func Write(w io.Writer, origin string, events []event.Event, missed uint64) error {
	file := harfile.New("mockauth0")
	if missed > 0 {
		file.Log.Comment = fmt.Sprintf("%d earlier events were no longer kept", missed)
	}
	at := map[string]int{} // id of a request → its entry
	for _, e := range events {
		if e.Kind == event.KindRequest {
			at[e.Request] = len(file.Log.Entries)
			file.Log.Entries = append(file.Log.Entries, asked(origin, e))
			continue
		}
		if i, ok := at[e.Request]; ok && e.Request != "" {
			take(&file.Log.Entries[i], e)
		}
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	return encoder.Encode(file)
}

// asked is an entry that has no answer yet.
func asked(origin string, e event.Event) harfile.Entry {
	query := pairsOf(e.Details["query"])
	address := origin + text(e.Details, "path")
	if len(query) > 0 {
		parts := make([]string, len(query))
		for i, p := range query {
			parts[i] = url.QueryEscape(p.Name) + "=" + url.QueryEscape(p.Value)
		}
		address += "?" + strings.Join(parts, "&")
	}
	x := harfile.Entry{Started: e.Wall, Time: -1, TenantTime: e.Date, Endpoint: e.Endpoint, ClientID: e.ClientID, Type: resource(text(e.Details, "fetch_dest")), Error: "no answer",
		Request:  harfile.Request{Method: text(e.Details, "method"), URL: address, Cookies: redactedCookies(e.Details["cookies"]), Headers: []harfile.Pair{}, QueryString: query, HeadersSize: -1, BodySize: -1},
		Response: harfile.Response{Cookies: []harfile.Pair{}, Headers: []harfile.Pair{}, HeadersSize: -1, BodySize: -1}, Timings: harfile.Timings{Send: -1, Wait: -1, Receive: -1}}
	for _, h := range [...]struct{ name, detail string }{
		{"Origin", "origin"}, {"Referer", "referer"}, {"User-Agent", "user_agent"}, {"Auth0-Client", "auth0_client"}, {"Sec-Fetch-Dest", "fetch_dest"},
		{"Sec-Fetch-Mode", "fetch_mode"}, {"Sec-Fetch-Site", "fetch_site"}, {"Sec-Fetch-Storage-Access", "storage_access"},
	} {
		if v := text(e.Details, h.detail); v != "" {
			x.Request.Headers = append(x.Request.Headers, harfile.Pair{Name: h.name, Value: v})
		}
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

// take adds what an event tells of the exchange.
func take(x *harfile.Entry, e event.Event) {
	x.ClientID = cmp.Or(x.ClientID, e.ClientID)
	d := e.Details
	switch e.Kind {
	case event.KindLog:
		x.TenantLog = append(x.TenantLog, e.Type+": "+e.Description)
	case event.KindNoAnswer:
		x.Error = e.Description
	case event.KindResponse:
		x.Error = ""
		x.Time = max(0, float64(e.Wall.Sub(x.Started))/float64(time.Millisecond))
		x.Timings = harfile.Timings{Wait: x.Time}
		status, _ := number(d["status"])
		r := &x.Response
		r.Status, r.StatusText, r.RedirectURL = status, http.StatusText(status), text(d, "location")
		r.Cookies = redactedCookies(d["set_cookies"])
		r.Content.MimeType = text(d, "content_type")
		r.Headers = append(r.Headers, harfile.Pair{Name: "X-Auth0-RequestId", Value: e.Request})
		for _, h := range [...]struct{ name, detail string }{
			{"Content-Type", "content_type"}, {"Location", "location"}, {"Access-Control-Allow-Origin", "allow_origin"}, {"X-Frame-Options", "frame_options"},
			{"Content-Security-Policy", "csp"}, {"Retry-After", "retry_after"},
		} {
			if v := text(d, h.detail); v != "" {
				r.Headers = append(r.Headers, harfile.Pair{Name: h.name, Value: v})
			}
		}
		for _, c := range r.Cookies {
			r.Headers = append(r.Headers, harfile.Pair{Name: "Set-Cookie", Value: c.Name + "=" + c.Value})
		}
		r.Content.Text = said(d)
		r.Content.Size = len(r.Content.Text)
	}
}

// said is the part of a body that the log tells, in the form in which a tenant sends it, so that a reader of HARs finds it.
func said(d map[string]any) string {
	response, ok := d["response"].(map[string]any)
	status, _ := number(d["status"])
	code, description, _ := strings.Cut(text(d, "note"), ": ")
	switch {
	case ok && text(d, "mode") == "web_message":
		to, _ := json.Marshal(text(d, "to"))
		members, _ := json.Marshal(response) // it came from JSON or is text: it always encodes
		return `<script>targetOrigin=` + string(to) + `;authorizationResponse={type:"authorization_response",response:` + string(members) + `};</script>`
	case status >= 400 && code != "" && strings.Contains(text(d, "content_type"), "json"):
		members, _ := json.Marshal(map[string]string{"error": code, "error_description": description})
		return string(members)
	case status >= 400 && code != "":
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

func text(d map[string]any, name string) string {
	s, _ := d[name].(string)
	return s
}

func number(v any) (int, bool) {
	switch n := v.(type) {
	case int:
		return n, true
	case float64:
		return int(n), true
	}
	return 0, false
}

// redactedCookies are cookies without their values.
func redactedCookies(names any) []harfile.Pair {
	out := []harfile.Pair{}
	for _, name := range list(names) {
		out = append(out, harfile.Pair{Name: name, Value: traffic.Redacted})
	}
	return out
}

func list(v any) []string {
	switch l := v.(type) {
	case string:
		return []string{l}
	case []string:
		return l
	case []any:
		var out []string
		for _, one := range l {
			if s, ok := one.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// pairsOf are the members of a query, sorted.
func pairsOf(v any) []harfile.Pair {
	out := []harfile.Pair{}
	m, _ := v.(map[string]any)
	for name, value := range m {
		for _, one := range list(value) {
			out = append(out, harfile.Pair{Name: name, Value: one})
		}
	}
	slices.SortStableFunc(out, func(a, b harfile.Pair) int { return strings.Compare(a.Name, b.Name) })
	return out
}
