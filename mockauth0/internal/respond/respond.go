// Package respond sends an authorization response to the callback, in the mode that the request asked for.
package respond

import (
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
)

// Response is an authorization response that may go to the callback: RedirectURI and Mode are validated.
type Response struct {
	Mode        oauth.Mode
	RedirectURI string
	State       string        // echoed in success and in error
	HasState    bool          // the request carried a state, possibly an empty one
	Issuer      string        // sent as iss (RFC 9207); "": not sent
	Params      []oauth.Param // the members of a success, in order; state is among them by Success
	Err         *oauth.Error  // set: an error response
	Relay       Relay         // web_message only
	Target      string        // of the web_message, in place of the callback's origin; "": that
	Post        Post          // web_message only
}

// Post is how a web_message page delivers the response.
type Post int

// The ways to deliver it. All but the first are what a test asks for.
const (
	PostOnce Post = iota
	PostTwice
	PostNever
	PostForeign // something that is no authorization response comes first
)

// Refusal turns a response into an error. It acts at the last moment before the person is asked anything, a session is
// used or a token is made.
type Refusal interface {
	Refuse(*Response)
}

// Refuse lets the armed refusals act: r.Err is set when one did. Call it before anything is logged about the outcome.
func Refuse(x *httpx.Exchange, r *Response) {
	for _, e := range httpx.Effects[Refusal](x, httpx.SeamRefusal, r) {
		e.Refuse(r)
	}
}

// Effect changes how a response is sent, success or error.
type Effect interface {
	ChangeResponse(*Response)
}

// Apply lets the effects that match now act on a response that will be sent. Call it once, before Success and Result.
func Apply(x *httpx.Exchange, r *Response) {
	for _, e := range httpx.Effects[Effect](x, httpx.SeamResponse, r) {
		e.ChangeResponse(r)
	}
}

// members are what is sent: an error in the order error, error_description, error_uri, state; iss comes last.
func (r *Response) members() []oauth.Param {
	p := r.Params
	if r.Err != nil {
		p = r.failure()
	}
	if r.Issuer != "" {
		p = append(slices.Clone(p), oauth.Param{Name: "iss", Value: r.Issuer})
	}
	return p
}

func (r *Response) failure() []oauth.Param {
	p := []oauth.Param{{Name: "error", Value: r.Err.Code}}
	if r.Err.Description != "" {
		p = append(p, oauth.Param{Name: "error_description", Value: r.Err.Description})
	}
	if r.Err.URI != "" {
		p = append(p, oauth.Param{Name: "error_uri", Value: r.Err.URI})
	}
	if r.HasState {
		p = append(p, oauth.Param{Name: "state", Value: r.State})
	}
	return p
}

// Result is the answer that carries the response.
func (r *Response) Result() (*httpx.Result, error) {
	var res *httpx.Result
	switch r.Mode {
	case oauth.ModeFormPost:
		body, err := formPost(r.RedirectURI, r.members())
		if err != nil {
			return nil, err
		}
		res = httpx.HTML(200, body).Set("Content-Security-Policy",
			"default-src 'none'; script-src 'sha256-"+formPostScriptHash+"'; base-uri 'none'")
		res.Carries = sentAs(r.Mode)
	case oauth.ModeWebMessage:
		body, err := webMessage(r)
		if err != nil {
			return nil, err
		}
		// No framing headers here: this page lives in an iframe (fact 1.6-headers).
		res = httpx.HTML(200, body).Set("Content-Type", "text/html;charset=UTF-8").Set("Cache-Control", "no-cache, no-store").
			Set("Pragma", "no-cache")
		res.Carries = sentAs(r.Mode)
		return res, nil
	default:
		// The callback as registered: parsing and writing it again might change it.
		base, _, _ := strings.Cut(r.RedirectURI, "#")
		separator := "#"
		if r.Mode == oauth.ModeQuery {
			separator = "?"
			if strings.Contains(base, "?") {
				separator = "&"
			}
		}
		res = httpx.RedirectTo(base + separator + encode(r.members()))
	}
	return res.Set("Cache-Control", "no-store, max-age=0, no-transform").Set("Pragma", "no-cache"), nil
}

// encode writes members in order, with %20 for a space as Auth0 does: auth0.js decodes the fragment with
// decodeURIComponent, which leaves a plus sign alone.
func encode(members []oauth.Param) string {
	var b strings.Builder
	for i, m := range members {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(m.Name + "=" + strings.ReplaceAll(url.QueryEscape(m.Value), "+", "%20"))
	}
	return b.String()
}

const (
	formPostScript     = `document.forms[0].submit()`
	formPostScriptHash = "ePniVEkSivX/c7XWBGafqh8tSpiRrKiqYeqbG7N1TOE="
)

var formPostPage = template.Must(template.New("form_post").Parse(
	`<!DOCTYPE html><html><head><title>Submit This Form</title></head><body><form method="post" action="{{.Action}}">` +
		`{{range .Members}}<input type="hidden" name="{{.Name}}" value="{{.Value}}"/>{{end}}` +
		`<noscript><button type="submit">Continue</button></noscript></form><script>` + formPostScript + `</script></body></html>`))

func formPost(action string, members []oauth.Param) ([]byte, error) {
	var b strings.Builder
	err := formPostPage.Execute(&b, map[string]any{"Action": template.URL(action), "Members": members})
	return []byte(b.String()), err
}

// Success fills in the members of a success in Auth0's order (fact 1.5-implicit-members): beside an access token,
// state goes before id_token; alone, id_token comes first.
func (r *Response) Success(code, accessToken, scope string, expiresIn int64, idToken string) {
	add := func(name, value string, number bool) {
		r.Params = append(r.Params, oauth.Param{Name: name, Value: value, Number: number})
	}
	if code != "" {
		add("code", code, false)
	}
	if accessToken == "" && idToken != "" {
		add("id_token", idToken, false)
	}
	if accessToken != "" {
		add("access_token", accessToken, false)
		if scope != "" {
			add("scope", scope, false)
		}
		add("expires_in", strconv.FormatInt(expiresIn, 10), true)
		add("token_type", "Bearer", false)
	}
	if r.HasState {
		add("state", r.State, false)
	}
	if accessToken != "" && idToken != "" {
		add("id_token", idToken, false)
	}
}
