package grant

import (
	"errors"
	"slices"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/directory"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/internal/token"
	"renewal.example/mockauth0/tenant"
)

// unknownToken is the answer to every refresh token that is not good any more.
func unknownToken(reason event.Reason, why string) *oauth.Error {
	return &oauth.Error{Code: "invalid_grant", Description: badRefresh, Reason: reason, Cause: errors.New(why)}
}

// refreshToken exchanges a refresh token (RFC 6749 §6) and rotates it where the client is set so
// (https://auth0.com/docs/secure/tokens/refresh-tokens/refresh-token-rotation). Whatever can refuse the request is
// asked before the token is rotated: a refusal must leave the client with a token that still works.
func refreshToken(s *Service, x *httpx.Exchange, q Request) (*Answer, error) {
	raw, err := q.required("refresh_token")
	if err != nil {
		return nil, err
	}
	id, generation, ok := s.Signer.Read(raw)
	if !ok {
		return nil, unknownToken(event.RefreshForeign, "not a refresh token of this tenant")
	}
	x.Facts.FamilyID = id
	f, ok := s.family(x, id)
	if !ok {
		return nil, unknownToken(event.RefreshGone, "its family was revoked or has expired")
	}
	if f.ClientID != q.Client.ClientID {
		return nil, unknownToken(event.RefreshOfAnotherClient, "it was issued to another client")
	}
	x.Facts.UserID, x.Facts.Connection = f.UserID, f.Connection
	if err := judge(&f, q.Client, generation, x.Now()); err != nil {
		return nil, s.refused(id, err)
	}
	issue, err := s.renewal(x, q, &f)
	if err != nil {
		return nil, err
	}
	if err := s.resolved(x, q, issue.Audience); err != nil {
		return nil, err
	}
	wasRotating := f.Rotating
	f, ok, err = s.Store.UpdateFamily(id, func(f *state.Family) error { return redeem(f, q.Client, generation, x.Now()) })
	if err != nil {
		return nil, s.refused(id, err)
	}
	if !ok {
		return nil, unknownToken(event.RefreshGone, "its family was revoked meanwhile")
	}
	switched := f.Rotating != wasRotating
	if switched {
		s.Store.DeleteFamilies(f.UserID, f.ClientID, func(o state.Family) bool { return o.Audience == f.Audience && o.Rotating != f.Rotating })
	}
	set, err := s.Tokens.Issue(x, issue, true, slices.Contains(issue.Scopes, "openid"))
	if err != nil {
		return nil, err
	}
	next := ""
	if f.Rotating || switched {
		next = s.Signer.Token(f.ID, f.Generation)
	}
	return answer(set, next), nil
}

// family finds what a refresh token belongs to, unless an effect says that it is not there.
func (s *Service) family(x *httpx.Exchange, id string) (state.Family, bool) {
	f, ok := s.Store.Family(id)
	if ok && len(httpx.Effects[state.FamilyEffect](x, httpx.SeamFamily, nil)) > 0 {
		return state.Family{}, false
	}
	return f, ok
}

// refused ends the family of a token that was used again.
func (s *Service) refused(family string, err error) error {
	if oe, ok := errors.AsType[*oauth.Error](err); ok && oe.Reason == event.RefreshReused {
		s.Store.DeleteFamily(family)
	}
	return err
}

// judge says whether a token may be exchanged now: the live one of its family, or, while the leeway lasts, one that came
// no earlier than the live one's parent. Auth0 lets the token just before the live one be exchanged again and again in
// that time, so that tabs and retries do not end the session; an older one is reuse at any time.
func judge(f *state.Family, c *tenant.Client, generation int, now time.Time) error {
	leeway := c.RefreshToken.Leeway
	switch {
	case f.Expired(now):
		return unknownToken(event.Expired, "it has expired")
	case generation > f.Generation:
		return unknownToken(event.RefreshNeverIssued, "it was never issued")
	case generation == f.Generation:
		return nil
	case leeway > 0 && generation >= f.Parent && now.Before(f.Rotated.Add(leeway)):
		return nil
	}
	return &oauth.Error{Code: "invalid_grant", Description: "Unsuccessful Refresh Token exchange, reused refresh token detected",
		Reason: event.RefreshReused, Cause: errors.New("the token had been replaced; its family is revoked")}
}

// redeem uses a token of a family, under the store's lock: of several exchanges that come at once exactly one finds the
// live token. Where rotation was switched on or off since, the exchange replaces the token once more.
func redeem(f *state.Family, c *tenant.Client, generation int, now time.Time) error {
	if err := judge(f, c, generation, now); err != nil {
		return err
	}
	if c.RefreshToken.Rotating || f.Rotating {
		if generation == f.Generation {
			f.Parent, f.Rotated = generation, now
		}
		f.Generation++
	}
	f.Rotating = c.RefreshToken.Rotating
	f.IdleExpires = after(now, c.RefreshToken.IdleLifetime) // Expires stays: rotation does not prolong it
	return nil
}

// after is the end of a life that begins now; zero for one without an end.
func after(now time.Time, life time.Duration) time.Time {
	if life == 0 {
		return time.Time{}
	}
	return now.Add(life)
}

// renewal is what a refresh token stands for today: its user and API must still be there.
func (s *Service) renewal(x *httpx.Exchange, q Request, f *state.Family) (token.Request, error) {
	user, err := known(x, directory.Find(x, s.Tenant(), f.UserID), f.Connection, &oauth.Error{
		Code: "invalid_grant", Description: "The refresh_token was generated for a user who doesn't exist anymore.", Reason: event.UserUnknown,
	})
	if err != nil {
		return token.Request{}, err
	}
	api, err := s.api(f.Audience)
	if err != nil {
		return token.Request{}, err
	}
	if err := otherAPI(x, s.Tenant(), q, f); err != nil {
		return token.Request{}, err
	}
	organization, err := s.organization(f.Organization, user)
	if err != nil {
		return token.Request{}, err
	}
	if err := s.policy(x, q, user, tenant.AtRefresh, f.SessionID); err != nil {
		return token.Request{}, err
	}
	scopes := f.Scopes
	if asked := oauth.Scopes(q.Get("scope")); len(asked) > 0 {
		// Never more than was granted. What was not is dropped and not refused: auth0-spa-js repeats the scopes that it
		// asked for at login, some of which the tenant may not know.
		asked = slices.DeleteFunc(asked, func(w string) bool { return !slices.Contains(f.Scopes, w) })
		if scopes = asked; len(scopes) == 0 {
			return token.Request{}, oauth.Errorf("invalid_scope", "None of the requested scopes was granted.").
				Because(event.ScopeNotGranted)
		}
	}
	// No nonce: a refreshed ID token answers no authorization request (fact 4.1-id-token).
	return token.Request{Client: q.Client, User: user, Audience: api, Scopes: scopes, SessionID: f.SessionID, AuthTime: f.AuthTime,
		Organization: organization, Grant: names.GrantRefreshToken, Offline: slices.Contains(scopes, "offline_access")}, nil
}

// issue makes the tokens of a new grant, and a refresh token family with them where one is due.
func (s *Service) issue(x *httpx.Exchange, q token.Request, connection string) (*Answer, error) {
	q.Offline = token.Offline(q.Scopes, q.Client, q.Audience)
	set, err := s.Tokens.Issue(x, q, true, slices.Contains(q.Scopes, "openid"))
	if err != nil {
		return nil, err
	}
	if !q.Offline {
		return answer(set, ""), nil
	}
	now, config := x.Now(), q.Client.RefreshToken
	f := state.Family{ID: newFamilyID(), ClientID: q.Client.ClientID, UserID: q.User.ID, Connection: connection,
		Scopes: oauth.Scopes(set.Scope), SessionID: q.SessionID, AuthTime: q.AuthTime, Issued: now, Expires: after(now, config.Lifetime),
		IdleExpires: after(now, config.IdleLifetime), Rotating: config.Rotating}
	if q.Audience != nil {
		f.Audience = q.Audience.Identifier
	}
	if q.Organization != nil {
		f.Organization = q.Organization.ID
	}
	x.Facts.FamilyID = f.ID
	if n := s.Store.PutFamily(f); n > 0 {
		x.Emit(event.Event{Kind: event.KindLog, Type: event.ResourceCleanup,
			Description: "The oldest refresh tokens of the user and the client were deleted",
			Data:        &event.LogEntry{Deleted: n, Most: state.MaxFamilies}})
	}
	return answer(set, s.Signer.Token(f.ID, 0)), nil
}
