package authorize

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/token"
	"renewal.example/mockauth0/tenant"
)

// validate checks what trusted left; its errors go to the callback (fact 1.2-redirect-after-trust).
func (s *Service) validate(x *httpx.Exchange, tn *tenant.Config, q *Request) *oauth.Error {
	for _, check := range []func(*tenant.Config) *oauth.Error{q.unsupported, q.grantTypes, q.challenge, q.organization, q.interaction} {
		if oe := check(tn); oe != nil {
			return oe
		}
	}
	if oe := s.api(tn, q); oe != nil {
		return oe
	}
	if oe := q.connection(tn); oe != nil {
		return oe
	}
	return s.hint(x, tn, q)
}

// unsupported refuses what would otherwise be ignored to somebody's harm: parameters that came by another way than
// this one (OIDC Core §3.1.2.6).
func (q *Request) unsupported(*tenant.Config) *oauth.Error {
	switch {
	case q.Raw.Get("request") != "":
		return oauth.Errorf("request_not_supported", "Parameter request is not supported").Because(event.ParameterInvalid)
	case q.Raw.Get("request_uri") != "":
		return oauth.Errorf("request_uri_not_supported", "Parameter request_uri is not supported").Because(event.ParameterInvalid)
	}
	return nil
}

func (q *Request) grantTypes(*tenant.Config) *oauth.Error {
	if q.ResponseType.Code && !q.Client.AllowsGrant(names.GrantAuthorizationCode) {
		return oauth.Errorf("unauthorized_client", "Grant type 'authorization_code' not allowed for the client.").
			Because(event.GrantTypeNotAllowed)
	}
	if q.ResponseType.Front() && !q.Client.AllowsGrant(names.GrantImplicit) {
		return oauth.Errorf("unauthorized_client", "Grant type 'implicit' not allowed for the client.").Because(event.GrantTypeNotAllowed)
	}
	if q.ResponseType.Front() && q.Mode == oauth.ModeQuery {
		return oauth.Errorf("invalid_request", "response_mode=query may not carry tokens").Because(event.ParameterInvalid)
	}
	if q.ResponseType.IDToken && q.Nonce == "" && q.Client.OIDCConformant {
		return oauth.Errorf("invalid_request", "Missing required parameter: nonce").Because(event.ParameterMissing)
	}
	return nil
}

// challenge checks the PKCE parameters of a request for a code (RFC 7636 §4.4.1); a missing method is plain.
func (q *Request) challenge(*tenant.Config) *oauth.Error {
	method := q.Raw.Get("code_challenge_method")
	switch {
	case !q.ResponseType.Code || method == "":
		return nil
	case method != "S256" && method != "plain":
		return oauth.Errorf("invalid_request", "Invalid parameter: code_challenge_method %s is not supported", method).
			Because(event.ParameterInvalid)
	case q.Raw.Get("code_challenge") == "":
		return oauth.Errorf("invalid_request", "Missing required parameter: code_challenge").Because(event.ParameterMissing)
	}
	return nil
}

// interaction checks what the person may be shown: prompt and max_age.
func (q *Request) interaction(*tenant.Config) *oauth.Error {
	for _, p := range q.Prompt {
		if !slices.Contains([]string{"none", "login", "consent", "select_account"}, p) {
			return oauth.Errorf("invalid_request", "Invalid parameter: prompt %s is not supported", p).Because(event.ParameterInvalid)
		}
	}
	if q.Silent() && len(q.Prompt) > 1 {
		return oauth.Errorf("invalid_request", "Invalid parameter: prompt none must not be combined with others").
			Because(event.ParameterInvalid)
	}
	if s := q.Raw.Get("max_age"); s != "" {
		n, err := strconv.ParseInt(s, 10, 32)
		if err != nil || n < 0 {
			return oauth.Errorf("invalid_request", "Invalid parameter: max_age must be a number of seconds").Because(event.ParameterInvalid)
		}
		q.MaxAge, q.HasMaxAge = time.Duration(n)*time.Second, true
	}
	return nil
}

// api finds the API and reads what is wanted of it. resource (RFC 8707) names it where audience does not, in tenants that
// have the compatibility profile.
func (s *Service) api(tn *tenant.Config, q *Request) *oauth.Error {
	audience := q.Raw.Get("audience")
	if audience == "" && tn.Settings.ResourceParameter {
		audience = q.Raw.Get("resource")
	}
	if audience == "" {
		audience = tn.Settings.DefaultAudience
	}
	if audience != "" {
		if q.Audience = s.Tokens.API(audience); q.Audience == nil {
			return oauth.Errorf("access_denied", "Service not found: %s", audience).Because(event.AudienceUnknown)
		}
		if !tn.UsersMay(q.Client, q.Audience) {
			return oauth.Errorf("invalid_request", "Client %q is not authorized to access resource server %q.", q.Client.ClientID, audience).
				Because(event.AudienceNotAuthorized)
		}
	}
	if q.ResponseType.Token && (q.Client.RequireProof || q.Audience != nil && q.Audience.ProofOfPossession.Demands(q.Client)) {
		return &oauth.Error{Code: "not_implemented", Status: http.StatusNotImplemented, Reason: event.NotImplemented,
			Description: "mockauth0 does not bind tokens to a key (DPoP, mTLS) yet, and the client or the API demands it."}
	}
	q.Scopes = oauth.Scopes(q.Raw.Get("scope"))
	if slices.Contains(q.Scopes, "online_access") && slices.Contains(q.Scopes, "offline_access") {
		return oauth.Errorf("invalid_request", "Cannot request both online_access and offline_access scopes").
			Because(event.ParameterInvalid)
	}
	return nil
}

// warn names what is asked for and left out, so that the log says it (fact 1.1-online-access-ignored).
func (q *Request) warn(x *httpx.Exchange) {
	if q.Raw.Get("dpop_jkt") != "" {
		x.Warn(event.ProofIgnored, "dpop_jkt is ignored: mockauth0 binds no code to a key")
	}
	if q.ResponseType.Code && slices.Contains(q.Scopes, "online_access") { // other flows leave it out at Auth0 as well
		x.Warn(event.OnlineAccessIgnored, "The scope online_access is left out: mockauth0 issues no online refresh tokens")
	}
}

// connection checks that people can log in, by the connection that the request names. One that exists and is not enabled
// for the client counts as disabled.
func (q *Request) connection(tn *tenant.Config) *oauth.Error {
	enabled := tn.EnabledConnections(q.Client)
	switch {
	case len(enabled) == 0:
		return oauth.Errorf("invalid_request", "no connections enabled for the client").Because(event.ConnectionUnusable)
	case q.Connection == "" || slices.ContainsFunc(enabled, func(c *tenant.Connection) bool { return c.Name == q.Connection }):
		return nil
	case tn.Connection(q.Connection) != nil:
		return oauth.Errorf("invalid_request", "the connection was disabled").Because(event.ConnectionUnusable)
	}
	return oauth.Errorf("invalid_request", "the connection was not found").Because(event.ConnectionUnusable)
}

// hint verifies id_token_hint: an ID token of ours, expired or not, that names whom the request is about.
func (s *Service) hint(x *httpx.Exchange, tn *tenant.Config, q *Request) *oauth.Error {
	raw := q.Raw.Get("id_token_hint")
	if raw == "" {
		return nil
	}
	h, err := token.OpenHint(s.Tokens.Ring(), tn, x.Issuer(), raw)
	if err != nil {
		return &oauth.Error{Code: "invalid_request", Reason: event.ParameterInvalid,
			Description: "The id_token_hint is not valid.", Cause: err}
	}
	q.HintedUser = h.Subject
	return nil
}
