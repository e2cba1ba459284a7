package tenant

import (
	"net/url"
	"slices"
	"strings"

	"renewal.example/mockauth0/internal/strict"
)

// readClaims reads custom claims in their order.
func readClaims(o *strict.Object, key string, into *[]Claim) {
	child := o.Child(key)
	if child == nil {
		return
	}
	list := make([]Claim, 0, len(child.Node.Members))
	for _, m := range child.Node.Members {
		o.Places[child.Path+"."+claimPlace(m.Key)] = o.AtKey(m)
		list = append(list, Claim{m.Key, m.Value.Plain()})
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
		c.once(seen, claim.Name, at, "the claim "+strict.Quoted(claim.Name))
		if fault := claimFault(claim.Name); fault != "" {
			c.refuse(at, "the claim %s %s", strict.Quoted(claim.Name), fault)
		}
	}
}

// claimFault says why a name cannot be a custom claim's, or "".
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
