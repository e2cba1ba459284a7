package grant

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

// notServed refuses what Auth0 would do and this mock does not, so that nobody looks for a mistake of their own.
func notServed(what, because string) *oauth.Error {
	return &oauth.Error{Code: "not_implemented", Status: http.StatusNotImplemented, Reason: event.NotImplemented,
		Description: oauth.Clip("mockauth0 does not " + what + " yet (" + because + "). Auth0 does: your request may be right.")}
}

// possession refuses a request whose token Auth0 would bind to a key of the client, or refuse for want of one: a token that is
// not bound must not pass for one that is. Where Auth0 ignores a proof, since the API takes none, it is ignored here as well
// (fact 4-dpop-api-without).
func possession(x *httpx.Exchange, q Request, api *tenant.ResourceServer) error {
	const bind = "bind tokens to a key (DPoP, mTLS)"
	switch {
	case q.Client.RequireProof:
		return notServed(bind, fmt.Sprintf("the client %q has require_proof_of_possession", q.Client.Name))
	case api != nil && api.ProofOfPossession.Demands(q.Client):
		return notServed(bind, fmt.Sprintf("proof_of_possession of the API %q is required", api.Name))
	case !q.Proof:
		return nil
	case api == nil:
		return notServed(bind, "the request has a DPoP header, and Auth0 binds a token without an audience")
	case api.ProofOfPossession.Mechanism == "dpop":
		return notServed(bind, fmt.Sprintf("the request has a DPoP header, and the API %q has proof_of_possession", api.Name))
	}
	x.Warn(event.ProofIgnored, fmt.Sprintf("The DPoP proof is ignored: the API %q has no proof_of_possession by dpop, so the token is "+
		"not bound", api.Name))
	return nil
}

// otherAPI looks at an exchange of a refresh token that names an API. Auth0 gives a token for each API of the client's policies
// (https://auth0.com/docs/secure/tokens/refresh-tokens/multi-resource-refresh-token), which this mock does not. What is in no
// policy it ignores: the token is for the API of the login (fact 4-refresh-audience-ignored).
func otherAPI(x *httpx.Exchange, tn *tenant.Config, q Request, f *state.Family) error {
	asked := q.Get("audience")
	if asked == "" || asked == f.Audience {
		policyOfTheLogin(x, tn, q, f)
		return nil
	}
	if policyFor(q.Client, asked) != nil && tn.ResourceServer(asked) != nil {
		return notServed("exchange refresh tokens for another API",
			fmt.Sprintf("%q is in refresh_token.policies of the client %q", asked, q.Client.Name))
	}
	x.Warn(event.AudienceIgnored, oauth.Clip(fmt.Sprintf("The audience %q is ignored: it is in no refresh_token.policies of the client %q, "+
		"so the token is for the API of the login", asked, q.Client.Name)))
	return nil
}

// policyOfTheLogin warns where Auth0 would add scopes by a policy for the very API of the login.
func policyOfTheLogin(x *httpx.Exchange, tn *tenant.Config, q Request, f *state.Family) {
	policy, api := policyFor(q.Client, f.Audience), tn.ResourceServer(f.Audience)
	if policy == nil || api == nil {
		return
	}
	asked := oauth.Scopes(q.Get("scope"))
	missing := slices.DeleteFunc(slices.Clone(policy.Scopes), func(s string) bool {
		return !api.HasScope(s) || slices.Contains(f.Scopes, s) || len(asked) > 0 && !slices.Contains(asked, s)
	})
	if len(missing) > 0 {
		x.Warn(event.PolicyIgnored, fmt.Sprintf("The scopes %s of refresh_token.policies are left out: the token has those of the login",
			strings.Join(missing, " ")))
	}
}

func policyFor(c *tenant.Client, audience string) *tenant.RefreshPolicy {
	for i := range c.RefreshPolicies {
		if c.RefreshPolicies[i].Audience == audience {
			return &c.RefreshPolicies[i]
		}
	}
	return nil
}
