package grant

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/valid"
	"renewal.example/mockauth0/tenant"
)

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// unauthorized is Auth0's one answer to an unknown client, a bad secret and a wrong method (fact 4-auth-failure).
func unauthorized(reason event.Reason, why string) *oauth.Error {
	return &oauth.Error{
		Code: "access_denied", Status: http.StatusUnauthorized, Description: "Unauthorized", Reason: reason, Cause: errors.New(why),
	}
}

// public tells whether a client has no secret to keep.
func public(c *tenant.Client) bool { return c.TokenEndpointAuthMethod == "none" }

// authenticate finds the client and checks its credentials: client_secret_post, client_secret_basic, none or
// private_key_jwt (RFC 6749 §2.3, RFC 7523). A client with a secret may send it either way, as at Auth0: SDKs differ.
func (s *Service) authenticate(x *httpx.Exchange, r *http.Request, v url.Values) (*tenant.Client, error) {
	id, secrets, err := sent(r, v)
	if err != nil {
		return nil, err
	}
	assertion := v.Get("client_assertion")
	if id == "" && assertion != "" {
		id = subjectOf(assertion)
	}
	if id == "" {
		return nil, oauth.Errorf("invalid_request", "Missing required parameter: client_id").Because(event.ParameterMissing)
	}
	s.learn(x, id, secrets, v)
	c := s.Tenant().ClientByID(id)
	if c == nil {
		return nil, unauthorized(event.ClientUnknown, fmt.Sprintf("there is no client %.64q", id))
	}
	x.Facts.ClientID, x.Facts.ClientName = c.ClientID, c.Name
	switch {
	case public(c):
		return c, nil
	case c.TokenEndpointAuthMethod != "private_key_jwt":
		if slices.ContainsFunc(secrets, c.CheckSecret) {
			return c, nil
		}
		return nil, unauthorized(event.ClientUnauthenticated, "the client secret is missing or wrong")
	case v.Get("client_assertion_type") != assertionType:
		return nil, unauthorized(event.ClientUnauthenticated, "client_assertion_type is not "+assertionType)
	}
	if err := checkAssertion(x, c, assertion); err != nil {
		return nil, err
	}
	return c, nil
}

// learn has the tenant know a client that asks for itself or pushes a request, and the secret of one that it has learned.
func (s *Service) learn(x *httpx.Exchange, id string, secrets []string, v url.Values) {
	if s.Learn == nil {
		return
	}
	asked := tenant.Asked{ClientID: id, Secret: secrets[len(secrets)-1], Login: x.Facts.Endpoint == names.Push}
	switch v.Get("grant_type") {
	case names.GrantClientCredentials:
		asked.Machine = true
		fallthrough
	case names.GrantPassword, names.GrantPasswordRealm:
		asked.Audience, asked.Scope = v.Get("audience"), v.Get("scope")
	}
	s.Learn(x, asked)
}

// AuthenticateClient reads the parameters of a request and authenticates the client that sent it.
func (s *Service) AuthenticateClient(x *httpx.Exchange, r *http.Request) (*tenant.Client, url.Values, error) {
	v, err := parameters(r)
	if err != nil {
		return nil, nil, err
	}
	c, err := s.authenticate(x, r, v)
	return c, v, err
}

// sent reads the client id and what may be its secret, from the Authorization header or from the parameters. The header
// holds them form-encoded (RFC 6749 §2.3.1), but curl and others send them as they are: both are tried.
func sent(r *http.Request, v url.Values) (id string, secrets []string, err error) {
	id = v.Get("client_id")
	user, pass, ok := r.BasicAuth()
	if !ok {
		return id, []string{v.Get("client_secret")}, nil
	}
	if decoded, err := url.QueryUnescape(user); err == nil {
		user = decoded
	}
	if id != "" && id != user {
		return "", nil, unauthorized(event.ClientUnauthenticated, "client_id and the Authorization header name different clients")
	}
	secrets = []string{pass}
	if decoded, err := url.QueryUnescape(pass); err == nil {
		secrets = append(secrets, decoded)
	}
	return user, secrets, nil
}

// algorithms are the ones of a client assertion: asymmetric, so that a public key never serves as an HMAC secret.
func algorithms() []jose.SignatureAlgorithm {
	return []jose.SignatureAlgorithm{jose.RS256, jose.RS384, jose.PS256, jose.PS384, jose.ES256, jose.ES384}
}

type assertionClaims struct {
	Iss, Sub string
	Aud      json.RawMessage
	Exp, Nbf int64
}

// subjectOf reads whom an assertion claims to speak for, unverified: it only says whose keys to try.
func subjectOf(assertion string) string {
	t, err := jose.ParseSignedCompact(assertion, algorithms())
	if err != nil {
		return ""
	}
	var c assertionClaims
	if json.Unmarshal(t.UnsafePayloadWithoutVerification(), &c) != nil {
		return ""
	}
	return c.Sub
}

// checkAssertion verifies a client assertion (RFC 7523 §3): signed by a key of the client's, for this tenant, in time.
func checkAssertion(x *httpx.Exchange, c *tenant.Client, assertion string) error {
	t, err := jose.ParseSignedCompact(assertion, algorithms())
	if err != nil {
		return unauthorized(event.ClientUnauthenticated, "the client assertion cannot be read: "+err.Error())
	}
	var payload []byte
	for _, text := range c.PublicKeys {
		key, err := valid.PublicKey(text)
		if err != nil {
			continue // a tenant with such a key is refused at load
		}
		if payload, err = t.Verify(key); err == nil {
			break
		}
	}
	if payload == nil {
		return unauthorized(event.ClientUnauthenticated, "no public key of the client verifies the assertion")
	}
	var claims assertionClaims
	if err := json.Unmarshal(payload, &claims); err != nil {
		return unauthorized(event.ClientUnauthenticated, "the assertion's claims cannot be read")
	}
	var audiences []string
	var one string
	if json.Unmarshal(claims.Aud, &one) == nil {
		audiences = []string{one}
	} else if json.Unmarshal(claims.Aud, &audiences) != nil {
		return unauthorized(event.ClientUnauthenticated, "aud of the assertion is neither text nor a list of texts")
	}
	now := x.Now()
	switch {
	case claims.Iss != c.ClientID || claims.Sub != c.ClientID:
		return unauthorized(event.ClientUnauthenticated, "iss and sub of the assertion must be the client id")
	case !slices.ContainsFunc(audiences, func(a string) bool {
		// For pushed requests their own endpoint counts as well (RFC 9126 §2).
		return a == x.Origin || a == x.Issuer() || a == x.Origin+names.TokenPath || a == x.Origin+names.PushPath && x.Facts.Endpoint == names.Push
	}):
		return unauthorized(event.ClientUnauthenticated, "the assertion is for another audience")
	case !now.Before(time.Unix(claims.Exp, 0)):
		return unauthorized(event.ClientUnauthenticated, "the assertion has expired")
	case claims.Nbf != 0 && now.Before(time.Unix(claims.Nbf, 0)):
		return unauthorized(event.ClientUnauthenticated, "the assertion is not valid yet")
	}
	return nil
}
