package tenant

import (
	"strconv"

	"renewal.example/mockauth0/internal/strict"
)

// ProofOfPossession is what an API says of tokens that are bound to a key of their client (RFC 9449, RFC 8705). This mock binds
// none: the settings are read so that nobody takes a token that is not bound for one that is
// (https://auth0.com/docs/get-started/applications/configure-sender-constraining/configure-resource-server-for-sender-constraining).
type ProofOfPossession struct {
	Mechanism  string // mechanism: "none" (default), "dpop" or "mtls"
	Required   bool   // required: a client without a proof gets no token
	PublicOnly bool   // required_for: public_clients; Required counts for clients without a secret alone
}

// Demands reports whether a client must prove a key.
func (p ProofOfPossession) Demands(c *Client) bool {
	return p.Required && p.Mechanism != "none" && (!p.PublicOnly || c.TokenEndpointAuthMethod == "none")
}

// RefreshPolicy is what a refresh token of a client may be exchanged for besides the API that it was issued for
// (https://auth0.com/docs/secure/tokens/refresh-tokens/multi-resource-refresh-token). This mock does not serve it.
type RefreshPolicy struct {
	Audience string   // identifier of an API
	Scopes   []string // of the API
}

func readProofOfPossession(o *strict.Object, into *ProofOfPossession) {
	proof := o.Child("proof_of_possession")
	if proof == nil {
		return
	}
	orText(&into.Mechanism, "none")
	proof.Text("mechanism", &into.Mechanism)
	among(proof, "mechanism", into.Mechanism, mechanisms)
	proof.Flag("required", &into.Required)
	who := "all_clients"
	if into.PublicOnly {
		who = "public_clients"
	}
	proof.Text("required_for", &who)
	among(proof, "required_for", who, "all_clients public_clients")
	into.PublicOnly = who == "public_clients"
	proof.Finish("proof_of_possession", "", false)
}

// readPolicies reads refresh_token.policies.
func readPolicies(o *strict.Object, into *[]RefreshPolicy) {
	if o.Get("policies") != nil {
		*into = nil
	}
	for i, item := range o.List("policies") {
		one := o.Object(item, o.Path+".policies["+strconv.Itoa(i)+"]", "an entry of policies")
		if one == nil {
			continue
		}
		var p RefreshPolicy
		one.Required("audience", "an entry of policies", &p.Audience)
		one.Texts("scope", &p.Scopes)
		one.Finish("an entry of policies", "", false)
		*into = append(*into, p)
	}
}

// unserved warns of what a configuration turns on and this mock does not serve. Requests that need it are refused, or answered
// with a warning in the log.
func (c *checker) unserved() {
	for i, client := range c.Clients {
		path := clientPath(i)
		if len(client.RefreshPolicies) > 0 {
			c.warn(path+".refresh_token.policies", "refresh tokens for several APIs are not served yet: an exchange for another API "+
				"of these policies is answered 501")
		}
		if client.RequireProof {
			c.warn(path+".require_proof_of_possession", "tokens bound to a key are not served yet: token requests of the client %s are answered 501",
				strict.Quoted(client.Name))
		}
	}
	for i, api := range c.ResourceServers {
		path := "resourceServers[" + strconv.Itoa(i) + "]"
		if api.AllowOnlineAccess {
			c.warn(path+".allow_online_access", "online refresh tokens are not served yet: the scope online_access is left out, as for "+
				"an API without it")
		}
		if p := api.ProofOfPossession; p.Mechanism != "none" {
			which := "that bring a proof"
			if p.Required {
				which = "for this API"
			}
			c.warn(path+".proof_of_possession", "tokens bound to a key (%s) are not served yet: token requests %s are answered 501",
				p.Mechanism, which)
		}
	}
}
