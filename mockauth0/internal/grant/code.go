package grant

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/internal/token"
)

// authorizationCode exchanges a code (RFC 6749 §4.1.3, RFC 7636 §4.5). It works once; a request that is refused does
// not use it up.
func authorizationCode(s *Service, x *httpx.Exchange, q Request) (*Answer, error) {
	raw, err := q.required("code")
	if err != nil {
		return nil, err
	}
	c, ok := s.Store.Code(raw)
	if !ok {
		return nil, invalidCode(event.CodeUnknown, "there is no such code, or it was used before")
	}
	x.Facts.AskedBy = c.Request
	if err := checkCode(c, q, x.Now()); err != nil {
		return nil, err
	}
	user, err := s.user(x, c.UserID, c.Connection, invalidCode(event.UserUnknown, "its user no longer exists"))
	if err != nil {
		return nil, err
	}
	api, err := s.api(c.Audience)
	if err != nil {
		return nil, err
	}
	organization, err := s.organization(c.Organization, user)
	if err != nil {
		return nil, err
	}
	if err := s.resolved(x, q, api); err != nil {
		return nil, err
	}
	if _, ok := s.Store.TakeCode(raw); !ok { // a code never changes, so only the taking needs the store's lock
		return nil, invalidCode(event.CodeUsed, "another request used it meanwhile")
	}
	return s.issue(x, token.Request{
		Client: q.Client, User: user, Audience: api, Scopes: c.Scopes, Nonce: c.Nonce, SessionID: c.SessionID, AuthTime: c.AuthTime,
		SecondFactor: c.SecondFactor, Organization: organization,
	}, c.Connection)
}

func invalidCode(reason event.Reason, why string) *oauth.Error {
	return &oauth.Error{Code: "invalid_grant", Description: badCode, Reason: reason, Cause: errors.New(why)}
}

// checkCode binds a code to the client, the callback and the PKCE challenge of its authorization request.
func checkCode(c state.Code, q Request, now time.Time) error {
	uri, verifier := q.Get("redirect_uri"), q.Get("code_verifier")
	switch {
	case c.ClientID != q.Client.ClientID:
		return invalidCode(event.CodeOfAnotherClient, "the code was issued to another client")
	case !now.Before(c.Expires):
		return invalidCode(event.CodeExpired, "the code has expired")
	case uri != c.RedirectURI && (c.RedirectGiven || uri != ""):
		return &oauth.Error{
			Code:        "unauthorized_client",
			Reason:      event.CodeOfAnotherCallback,
			Description: fmt.Sprintf("The redirect URI is wrong. You sent %s, and we expected %s", cmp.Or(uri, "null"), c.RedirectURI),
		}
	case c.Challenge == "" && verifier == "" && public(q.Client):
		// Without a secret and without PKCE nothing proves that the code came to the right place.
		return oauth.Errorf("invalid_request", "Missing required parameter: code_verifier").Because(event.ParameterMissing)
	case c.Challenge == "" && verifier == "":
		return nil
	case c.Challenge == "" || !oauth.VerifyPKCE(c.Method, c.Challenge, verifier):
		// A verifier without a challenge means that somebody took the challenge away on its way: PKCE downgrade.
		return oauth.Errorf("invalid_grant", "Failed to verify code verifier").Because(event.CodeVerifierWrong)
	}
	return nil
}
