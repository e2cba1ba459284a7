package tenant

import (
	"embed"
	"strconv"

	"renewal.example/mockauth0/internal/strict"
)

// overrideName stands in problems where a file's name would.
const overrideName = "override"

// Override gives a copy of t with a document laid over it, validated. The document is a JSON object with any of four members: tenant, what
// tenant.yaml has; users, a list as in users.json; mock, what mock.yaml has; client, settings of the first client. What has a name (a
// user: an e-mail address, user name or user_id) changes the entry of that name, or is added; any other list replaces the old one. What
// the document does not name stays, also where its default would now be another. It is read strictly: an unknown key is an error, and so
// is null. The error is Problems, with the place in the document. t must be validated.
func (t *Config) Override(document []byte) (*Config, error) {
	source := strict.FromText(document)
	source.File = overrideName
	r := &reading{over: true, files: embed.FS{}, Reader: &strict.Reader{
		Source: source, Found: &strict.Findings{Strict: true}, Places: map[string]strict.Place{},
	}}
	next := t.Clone()
	if root := r.parsed(source.ParseJSON, "an object with the members tenant, users, mock and client"); root != nil {
		r.refuseNull(root, overrideName)
		r.override(next, root)
	}
	if len(r.Found.Errors) == 0 {
		next.complete()
		check(next, r.Found, locate(r.Places, strict.Whole(overrideName)))
	}
	if problems := next.finished(r.Found); len(problems) > 0 {
		return nil, problems
	}
	return next, nil
}

func (r *reading) override(t *Config, root *strict.Node) {
	o := r.Object(root, overrideName, "the override")
	if o == nil {
		return
	}
	if n := o.Get("tenant"); n != nil {
		r.tenantFile(t, n)
	}
	if n := o.Get("client"); n != nil && len(t.Clients) > 0 {
		r.clientInto(t, t.Clients[0], 0, n)
	} else if n != nil {
		r.Found.Refuse(r.At(n), "client changes the first client, and the tenant has none; expected one under tenant.clients")
	}
	if n := o.Get("users"); n != nil {
		r.usersFile(t, n)
	}
	if n := o.Get("mock"); n != nil {
		for _, m := range n.Members {
			if m.Key == "domain" || m.Key == "scheme" || m.Key == "listen" {
				r.Found.Refuse(r.AtKey(m), "mock.%s is not the override's to say: a tenant is at its own domain, by the scheme and at the "+
					"address of the server", m.Key)
			}
		}
		r.mockFile(t, n)
	}
	o.Finish("the override", "", true)
}

// refuseNull refuses what could mean that a setting stays, or that its default counts.
func (r *reading) refuseNull(n *strict.Node, path string) {
	for i, item := range n.Items {
		r.refuseNull(item, path+"["+strconv.Itoa(i)+"]")
	}
	for _, m := range n.Members {
		if m.Value.Kind == strict.KindNull {
			r.Found.Refuse(r.AtKey(m), "%s.%s is null; expected the value that it is to have, or no such key", path, m.Key)
			continue
		}
		r.refuseNull(m.Value, path+"."+m.Key)
	}
}
