package browser

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"renewal.example/mockauth0/internal/harfile"
	"renewal.example/mockauth0/internal/names"
)

// exchange is a request and its answer as the page shows them.
type exchange struct {
	Label, Text   string
	Endpoint      string // the tenant's name for what was asked; "": it is not the tenant's
	Failed        bool   // no answer, an error status, or an error that goes to the callback
	Request       message
	Response      message
	Status        string
	Milliseconds  string
	Tokens        []shownToken
	public        bool // anybody may ask for it, and everybody gets the same
	clientID, aud string
}

// message is one half of an exchange.
type message struct {
	Line    string
	Params  []harfile.Pair // of the address, and of a form
	Headers []harfile.Pair
	Body    string
}

func newExchange(e *harfile.Entry, tenant string) *exchange {
	x := &exchange{Label: strings.ToLower(e.Type)}
	u, err := url.Parse(e.Request.URL)
	if err != nil {
		u = &url.URL{}
	}
	where := e.Request.URL
	if tenant != "" && strings.HasPrefix(e.Request.URL, tenant+"/") && e.Request.Method != http.MethodOptions {
		x.Endpoint = names.EndpointAt(u.Path)
		x.public = slices.Contains([]string{names.JWKS, names.Discovery, names.Certificate, names.Favicon}, x.Endpoint)
		where = u.Path
	} else if u.Host != "" {
		where = u.Scheme + "://" + u.Host + u.Path
	}
	x.Request = message{Line: e.Request.Method + " " + e.Request.URL, Params: queryPairs(e.Request.URL), Headers: e.Request.Headers}
	if posted := e.Request.PostData; posted != nil {
		if strings.HasPrefix(posted.MimeType, "application/x-www-form-urlencoded") {
			x.Request.Params = append(x.Request.Params, queryPairs("?"+posted.Text)...)
		} else {
			x.Request.Body = indentedText(posted.Text)
		}
	}
	x.Response = message{
		Line: strings.TrimSpace(fmt.Sprintf("%d %s", e.Response.Status, e.Response.StatusText)), Headers: e.Response.Headers,
		Params: locationPairs(e.Response.RedirectURL), Body: indentedText(e.Response.Content.Text),
	}
	x.answer(e)
	x.Text = fmt.Sprintf("%s %s%s → %s", e.Request.Method, where, x.about(), x.Status)
	if x.Endpoint != "" {
		x.Label = x.Endpoint
	}
	if e.Time > 0 {
		x.Milliseconds = fmt.Sprintf("%.0f ms of real time", e.Time)
	}
	x.clientID, x.aud = x.param("client_id"), x.param("audience")
	x.Tokens = tokensIn(e, x, tenant)
	return x
}

// answer says in short what came back, and whether that is a failure.
func (x *exchange) answer(e *harfile.Entry) {
	x.Status, x.Failed = x.Response.Line, e.Response.Status >= 400
	if e.Response.Status == 0 {
		x.Status, x.Failed = "no answer yet", false
		if e.Error != "" {
			x.Status, x.Failed = e.Error, true
		}
		x.Response.Line = x.Status
		return
	}
	code := pair(x.Response.Params, "error")
	if code == "" {
		var body struct{ Error any }
		_ = json.Unmarshal([]byte(e.Response.Content.Text), &body) // what is no JSON has none
		code, _ = body.Error.(string)
	}
	if code != "" {
		x.Status += " " + cutTo(code, 80)
		x.Failed = true
	}
	if to := e.Response.RedirectURL; to != "" && code == "" {
		to, _, _ = strings.Cut(to, "#")
		to, _, _ = strings.Cut(to, "?")
		x.Status += " to " + cutTo(to, 120)
	}
}

// about are the parameters that say what a request of the tenant's is about.
func (x *exchange) about() string {
	var words []string
	for _, name := range []string{"prompt", "grant_type", "response_mode"} {
		if value := x.param(name); value != "" && x.Endpoint != "" {
			words = append(words, name+"="+cutTo(value, 40))
		}
	}
	if len(words) == 0 {
		return ""
	}
	return " " + strings.Join(words, " ")
}

// param is a parameter of the request, wherever it stands.
func (x *exchange) param(name string) string {
	if value := pair(x.Request.Params, name); value != "" {
		return value
	}
	var body map[string]any
	_ = json.Unmarshal([]byte(x.Request.Body), &body) // what is no JSON has none
	value, _ := body[name].(string)
	return value
}

func pair(pairs []harfile.Pair, name string) string {
	for _, p := range pairs {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// locationPairs are the parameters of an address, of its query and its fragment.
func locationPairs(address string) []harfile.Pair {
	if address == "" {
		return nil
	}
	before, fragment, _ := strings.Cut(address, "#")
	out := queryPairs(before)
	if strings.Contains(fragment, "=") {
		out = append(out, queryPairs("?"+fragment)...)
	}
	return out
}

func indentedText(text string) string { return indented(json.RawMessage(text)) }
