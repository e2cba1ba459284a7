package authorize

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/token"
	"renewal.example/mockauth0/tenant"
)

// needsConsent tells whether the user has to be asked to let the client in: never under the policy skip, always for
// prompt=consent, otherwise unless the client may skip it or the user let it in before, with at least these scopes.
func (s *Service) needsConsent(x *httpx.Exchange, tn *tenant.Config, q *Request, user *tenant.User) bool {
	switch {
	case tn.Mock.ConsentPolicy == "skip":
		return false
	case q.prompted("consent"):
		return true
	case skipsConsent(tn, q):
		return false
	}
	g, ok := s.Store.Grant(user.ID, q.Client.ClientID, consentAudience(x, q))
	return !ok || slices.ContainsFunc(s.consentScopes(q, user), func(scope string) bool { return !slices.Contains(g.Scopes, scope) })
}

// skipsConsent is for first-party clients and APIs that allow it (without an audience the API is Auth0's own userinfo,
// which does); by the classic policy the callback has to be verifiable too.
func skipsConsent(tn *tenant.Config, q *Request) bool {
	if !q.Client.FirstParty || q.Audience != nil && !q.Audience.SkipConsent {
		return false
	}
	if tn.Mock.ConsentPolicy != "classic" {
		return true
	}
	if tn.Mock.ListedLocalhost == "counts" && slices.ContainsFunc(q.Client.Callbacks, onLocalhost) {
		return false
	}
	return !onLocalhost(q.RedirectURI)
}

// onLocalhost is the classic test: any program on the person's machine may listen there, so who gets the answer cannot
// be verified. Names below localhost count as it does; 127.0.0.1 was reported to (auth0-react#65).
func onLocalhost(callback string) bool {
	host := hostOf(callback)
	return loopback(host) || strings.HasSuffix(host, ".localhost")
}

// needsConfirmation is the new policy's test for a login confirmation prompt: on loopback hosts and for a scheme that any app can
// claim, but not below localhost (https://auth0.com/docs/secure/security-guidance/measures-against-app-impersonation).
func needsConfirmation(tn *tenant.Config, q *Request) bool {
	if tn.Mock.ConsentPolicy != "new" || !tn.ConfirmsLogins(q.Client) {
		return false
	}
	_, web := oauth.OriginOf(q.RedirectURI)
	return !web || loopback(hostOf(q.RedirectURI))
}

// confirmationRefusal answers a silent request for which a login has to be confirmed. Auth0 does not publish the
// code, so mock.yaml may change it; nor the description, on which no SDK relies.
func confirmationRefusal(tn *tenant.Config) *oauth.Error {
	if tn.Mock.ConfirmationCode == "consent_required" {
		return &oauth.Error{Code: "consent_required", Description: "Consent required", Reason: event.ConsentRequired}
	}
	return &oauth.Error{Code: tn.Mock.ConfirmationCode, Description: "Interaction required", Reason: event.ConfirmationRequired}
}

func hostOf(callback string) string {
	u, err := url.Parse(callback)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

// consentAudience is the API that consent is for.
func consentAudience(x *httpx.Exchange, q *Request) string {
	if q.Audience != nil {
		return q.Audience.Identifier
	}
	return x.Origin + "/userinfo"
}

// consentScopes are those that the tokens of the request will carry.
func (s *Service) consentScopes(q *Request, user *tenant.User) []string {
	return s.Tokens.ScopesOf(token.Request{Client: q.Client, User: user, Audience: q.Audience, Scopes: q.Scopes,
		Offline: q.ResponseType.Code && token.Offline(q.Scopes, q.Client, q.Audience)})
}
