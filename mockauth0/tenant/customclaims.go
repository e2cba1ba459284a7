package tenant

import (
	"net/url"
	"slices"
	"strings"
)

// claims reads custom claims in their order.
func (o *object) claims(key string, into *[]Claim) {
	child := o.child(key)
	if child == nil {
		return
	}
	list := make([]Claim, 0, len(child.node.members))
	for _, m := range child.node.members {
		o.places[child.path+"."+claimPlace(m.key)] = o.atKey(m)
		list = append(list, Claim{m.key, m.value.plain()})
	}
	*into = list
}

// claimPlace is a claim's name as part of a path in the model, which dots and brackets divide.
func claimPlace(name string) string { return strings.NewReplacer(".", "·", "[", "(").Replace(name) }

// claims must have names that Auth0 lets an Action set
// (https://auth0.com/docs/secure/tokens/json-web-tokens/create-custom-claims).
func (c *checker) claims(path string, list []Claim) {
	seen := map[string]string{}
	for _, claim := range list {
		at := path + "." + claimPlace(claim.Name)
		c.once(seen, claim.Name, at, "the claim "+quoted(claim.Name))
		if fault := claimFault(claim.Name); fault != "" {
			c.refuse(at, "the claim %s %s", quoted(claim.Name), fault)
		}
	}
}

// claimFault tells why a name cannot be a custom claim's, or "".
func claimFault(name string) string {
	const expected = "; expected an http or https URL of your own, such as https://example.test/roles"
	u, err := url.Parse(name)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return "is not namespaced" + expected
	}
	host := strings.ToLower(u.Hostname())
	reserved := []string{"auth0.com", "webtask.io", "webtask.run"}
	if slices.ContainsFunc(reserved, func(r string) bool { return host == r || strings.HasSuffix(host, "."+r) }) {
		return "has a namespace that Auth0 keeps for itself and drops from tokens" + expected
	}
	return ""
}
