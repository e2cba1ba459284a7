package httpx

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"strings"
)

// Endpoint answers one request with a value or an error. Decoding is its first line, writing is not its
// business: the adapter does it, in one place.
type Endpoint func(x *Exchange, r *http.Request) (*Result, error)

// Result is what an endpoint answers.
type Result struct {
	Status  int // 0: 200
	Header  http.Header
	Cookies []*http.Cookie
	Body    []byte
	// Redirect, when set, is the Location; the body then follows Express' "Found. Redirecting to …",
	// negotiated by Accept as Auth0 does (fact 1.5-found).
	Redirect string
	// Error and ErrorText are the code and the description of an error that the body tells; "": it tells none. They go into the
	// response event.
	Error, ErrorText string
	// Note goes into the response event, for what status and headers do not tell a person.
	Note string
	// Carries, when set, reads what of the body as it is sent goes into the response event.
	Carries func(body []byte) Carried
	// Stream, when set, writes the body itself, after the header (event streams). Body is then ignored.
	Stream func(w http.ResponseWriter, r *http.Request)
	// Edge is an answer of what stands in front of a tenant: it carries no header of the tenant's own, nor CORS.
	Edge bool
}

// Set adds a response header and returns the result, for chaining.
func (r *Result) Set(name, value string) *Result {
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Set(name, value)
	return r
}

// add appends a value to a response header.
func (r *Result) add(name, value string) {
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Add(name, value)
}

// WithCookies adds cookies and returns the result.
func (r *Result) WithCookies(c ...*http.Cookie) *Result {
	r.Cookies = append(r.Cookies, c...)
	return r
}

// RedirectTo is a 302. What may not stand in a header or a URL (control characters, spaces, bytes beyond
// ASCII) is percent-encoded, as Express does.
func RedirectTo(location string) *Result {
	return &Result{Status: http.StatusFound, Redirect: encodeLocation(location)}
}

func encodeLocation(s string) string {
	unsafe := func(c byte) bool { return c <= ' ' || c >= 0x7f || c == '"' || c == '<' || c == '>' || c == '\\' }
	i := 0
	for i < len(s) && !unsafe(s[i]) {
		i++
	}
	if i == len(s) {
		return s
	}
	var b strings.Builder
	for _, c := range []byte(s) {
		if unsafe(c) {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// Text is a text/plain answer.
func Text(status int, body string) *Result {
	return (&Result{Status: status, Body: []byte(body)}).Set("Content-Type", "text/plain; charset=utf-8")
}

// HTML is a text/html answer.
func HTML(status int, body []byte) *Result {
	return (&Result{Status: status, Body: body}).Set("Content-Type", "text/html; charset=utf-8")
}

// JSON is an application/json answer without HTML escaping, as JSON.stringify writes it.
func JSON(status int, v any) *Result {
	return (&Result{Status: status, Body: Encode(v)}).Set("Content-Type", "application/json; charset=utf-8")
}

// Encode is JSON without HTML escaping and without a final newline. It is for values that always encode:
// structs, maps and slices of our own; anything else is a programming error and panics.
func Encode(v any) []byte {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("httpx: a value of ours does not encode: " + err.Error())
	}
	return []byte(strings.TrimSuffix(b.String(), "\n"))
}

// redirectBody is Express' body of a redirect.
func redirectBody(location, accept string) (contentType string, body []byte) {
	if strings.Contains(accept, "text/html") {
		u := html.EscapeString(location)
		return "text/html; charset=utf-8", []byte(`<p>Found. Redirecting to <a href="` + u + `">` + u + `</a></p>`)
	}
	return "text/plain; charset=utf-8", []byte("Found. Redirecting to " + location)
}
