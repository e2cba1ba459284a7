// Package authorize is the authorization endpoint (RFC 6749 §3.1, OIDC Core §3): parse, validate, find the
// session, lead through login, and answer at the callback.
package authorize

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/tenant"
)

// Request is a validated authorization request.
type Request struct {
	Client       *tenant.Client
	ResponseType oauth.ResponseType
	Mode         oauth.Mode
	RedirectURI  string
	State        string
	HasState     bool
	Nonce        string
	Prompt       []string
	Scopes       []string
	Organization *tenant.Organization   // nil: none
	Audience     *tenant.ResourceServer // nil: no audience, an opaque access token
	MaxAge       time.Duration
	HasMaxAge    bool
	Connection   string
	HintedUser   string // user id that id_token_hint names; "": none was sent
	Raw          url.Values
	secondFactor bool   // the answer comes of a login with one
	namesIssuer  bool   // the tenant puts iss into responses
	issuer       string // then this one
}

// Silent tells whether nothing may be shown (prompt=none).
func (q *Request) Silent() bool { return slices.Contains(q.Prompt, "none") }

func (q *Request) prompted(p string) bool { return slices.Contains(q.Prompt, p) }

// pageError is an error from before the callback is trusted: the hosted page, never a redirect.
func pageError(code string, status int, hint, format string, args ...any) *oauth.Error {
	return &oauth.Error{Code: code, Status: status, Description: oauth.Clip(fmt.Sprintf(format, args...)), Hint: hint}
}

// parameters are those that may be given once only.
var parameters = [...]string{"client_id", "response_type", "redirect_uri", "scope", "state", "nonce", "audience", "response_mode",
	"prompt", "max_age", "connection", "login_hint", "screen_hint", "code_challenge", "code_challenge_method", "id_token_hint", "ui_locales",
	"acr_values", "resource", "organization", "request", "request_uri", "web_message_uri", "web_message_target", "login_ticket", "realm"}

// kept are those that mean something here. Whatever else was sent is not kept while a person logs in.
func kept(v url.Values) url.Values {
	out := url.Values{}
	for _, name := range parameters {
		if values, ok := v[name]; ok {
			out[name] = values
		}
	}
	return out
}

// trusted validates what decides where errors go: client, callback and mode. Its errors are pages
// (fact 1.2-page-before-trust). The order of the checks is the engine's.
func trusted(tn *tenant.Config, v url.Values) (*Request, error) {
	q := &Request{Raw: v, namesIssuer: tn.Settings.ResponseIssuer, State: v.Get("state"), HasState: v.Has("state"), Nonce: v.Get("nonce"),
		RedirectURI: v.Get("redirect_uri"), Prompt: strings.Fields(v.Get("prompt")), Connection: v.Get("connection")}
	rt := v.Get("response_type")
	if rt == "" {
		return nil, pageError("invalid_request", 400, "Add response_type, for example: token id_token.",
			"Missing required parameter: response_type").Because(event.ParameterMissing)
	}
	var ok bool
	if q.ResponseType, ok = oauth.ParseResponseType(rt); !ok {
		return nil, pageError("unsupported_response_type", 0, "Use code, token, id_token or a combination of them.",
			"Unsupported response type: %s", rt).Because(event.ParameterInvalid)
	}
	id := v.Get("client_id")
	if id == "" {
		return nil, pageError("invalid_request", 400, "Add client_id.", "Missing required parameter: client_id").
			Because(event.ParameterMissing)
	}
	if q.Client = tn.ClientByID(id); q.Client == nil {
		return nil, pageError("invalid_request", 400, "Check the client id against the tenant's clients, which serve prints when it starts.",
			"Unknown client: %s", id).Because(event.ClientUnknown)
	}
	q.Organization = tn.Organization(v.Get("organization"), tn.Settings.OrganizationNames)
	callbacks := q.Client.CallbacksFor(q.Organization)
	if q.RedirectURI == "" && len(callbacks) > 0 {
		q.RedirectURI = callbacks[0]
	}
	if !oauth.MatchCallback(callbacks, q.RedirectURI) || q.Client.StrictThirdParty && !slices.Contains(callbacks, q.RedirectURI) {
		return nil, &oauth.Error{Code: "unauthorized_client", Status: 403,
			Reason:      event.CallbackNotListed,
			Description: fmt.Sprintf("Callback URL mismatch. %s is not in the list of allowed callback URLs", q.RedirectURI),
			Hint:        callbackHint(q)}
	}
	if q.Mode, ok = oauth.ModeFor(v.Get("response_mode"), q.ResponseType); !ok {
		return nil, pageError("unsupported_response_mode", 0, "Use query, fragment, form_post or web_message.", "Unsupported response mode: %s",
			v.Get("response_mode")).Because(event.ParameterInvalid)
	}
	if q.Mode == oauth.ModeWebMessage {
		if err := q.registered("redirect_uri", q.RedirectURI); err != nil {
			return nil, err
		}
		if relay := v.Get("web_message_uri"); relay != "" { // tokens go there too
			if err := q.registered("web_message_uri", relay); err != nil {
				return nil, err
			}
		}
	}
	return q, nil
}

// registered holds an address to which a web_message may go to the client's Allowed Web Origins.
func (q *Request) registered(parameter, uri string) error {
	origin, _ := oauth.OriginOf(uri)
	if oauth.MatchOrigin(q.Client.WebOrigins, origin) {
		return nil
	}
	hint := fmt.Sprintf("Add %s to web_origins of client %q in tenant.yaml (%s).", origin, q.Client.Name, oauth.WhereNoFile)
	return pageError("invalid_request", 400, hint, "The specified %s '%s' does not have a registered origin.", parameter, uri).
		Because(event.OriginNotListed)
}

// callbackHint says what to do about a callback mismatch; it never advises to register what a tenant refuses.
func callbackHint(q *Request) string {
	where := fmt.Sprintf("the callbacks of client %q in tenant.yaml (%s). Listed now: %s", q.Client.Name, oauth.WhereNoFile,
		listed(q.Client.Callbacks))
	if _, ok := oauth.OriginOf(q.RedirectURI); ok {
		return "Add " + q.RedirectURI + " to " + where
	}
	return "A callback is an absolute http or https URL, or has a native app's own scheme; javascript:, data: and relative addresses are " +
		"refused everywhere. Compare with " + where
}

func listed(urls []string) string {
	if len(urls) == 0 {
		return "none"
	}
	return strings.Join(urls, ", ")
}

// facts tells the exchange what is now known.
func (q *Request) facts(x *httpx.Exchange) {
	x.Facts.ClientID, x.Facts.ClientName = q.Client.ClientID, q.Client.Name
	x.Facts.ResponseMode, x.Facts.ResponseType = string(q.Mode), q.Raw.Get("response_type")
	x.Facts.Locales = q.Raw.Get("ui_locales")
	if q.namesIssuer {
		q.issuer = x.Issuer()
	}
	x.Facts.Prompt, x.Facts.Connection, x.Facts.Audience = q.Raw.Get("prompt"), q.Connection, q.Raw.Get("audience")
}
