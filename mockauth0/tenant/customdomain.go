package tenant

import (
	"strconv"
	"strings"

	"renewal.example/mockauth0/internal/strict"
)

// customDomain reads an entry of tenant.yaml's customDomains.
func (r *reading) customDomain(t *Config, n *strict.Node) {
	o := r.Object(n, "customDomains["+strconv.Itoa(len(t.CustomDomains))+"]", "an entry of customDomains")
	if o == nil {
		return
	}
	d := &CustomDomain{Metadata: map[string]string{}}
	o.Required("domain", "a custom domain", &d.Domain)
	if metadata := o.Child("domain_metadata"); metadata != nil {
		for _, m := range metadata.Node.Members {
			var value string
			metadata.Text(m.Key, &value)
			d.Metadata[m.Key] = value
		}
	}
	o.Finish("a custom domain", customDomainKeys, false)
	t.CustomDomains = append(t.CustomDomains, d)
}

// domainMetadata is that of the custom domain that the mock answers at; an export with one domain means that one, since the
// mock's has to be another.
func (t *Config) domainMetadata() map[string]string {
	host, _, _ := strings.Cut(t.Mock.CustomDomain, ":")
	for _, d := range t.CustomDomains {
		if host != "" && (strings.EqualFold(d.Domain, host) || len(t.CustomDomains) == 1) {
			return d.Metadata
		}
	}
	return nil
}

// expandDomainMetadata replaces {custom_domain.metadata.public_…} in the URLs in which Auth0 does. A placeholder without
// a value stays, and matches nothing.
func (t *Config) expandDomainMetadata() {
	var pairs []string
	for key, value := range t.domainMetadata() {
		if strings.HasPrefix(key, "public_") {
			pairs = append(pairs, "{custom_domain.metadata."+key+"}", value)
		}
	}
	if len(pairs) == 0 {
		return
	}
	replace := strings.NewReplacer(pairs...).Replace
	for _, c := range t.Clients {
		for _, list := range [][]string{c.Callbacks, c.AllowedLogoutURLs, c.WebOrigins, c.AllowedOrigins} {
			for i := range list {
				list[i] = replace(list[i])
			}
		}
	}
}
