package tenant

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"renewal.example/mockauth0/internal/strict"
)

// Overlay is what a document lays over a tenant directory. Objects are merged key by key; entries of a list that have a
// name (users: an e-mail address) are merged with the entry of that name, or added; null takes a key away, so that its
// default counts; any other value replaces the old one. The zero value changes nothing.
type Overlay struct {
	File   string     // where the nodes stand, for problems
	Client *yaml.Node // over the first entry of clients in tenant.yaml
	Tenant *yaml.Node // over tenant.yaml
	Users  *yaml.Node // over users.json
	Mock   *yaml.Node // over mock.yaml
}

// layer is an Overlay as the reader has it; nil changes nothing.
type layer struct{ client, tenant, users, mock *strict.Node }

// layers reports what is too large to be laid over anything.
func layers(overlays []Overlay, found *strict.Findings) (out []layer) {
	for _, o := range overlays {
		s := strict.FromText(nil)
		s.File = o.File
		node := func(y *yaml.Node) *strict.Node {
			if y == nil {
				return nil
			}
			n, err := strict.FromYAML(y)
			if err != nil {
				s.Report(err, found)
				return nil
			}
			n.Originate(s)
			return n
		}
		out = append(out, layer{node(o.Client), node(o.Tenant), node(o.Users), node(o.Mock)})
	}
	return out
}

func overTenant(root *strict.Node, list []layer) *strict.Node {
	for _, o := range list {
		root = strict.Over(root, o.tenant)
		clients := root.Member("clients")
		if o.client == nil || clients == nil || len(clients.Items) == 0 {
			continue
		}
		changed := *clients
		changed.Items = slices.Clone(clients.Items)
		changed.Items[0] = strict.Over(clients.Items[0], o.client)
		root = root.With(strict.Member{Key: "clients", Line: clients.Line, Column: clients.Column, Value: &changed})
	}
	return root
}

func overUsers(root *strict.Node, list []layer) *strict.Node {
	for _, o := range list {
		root = strict.Over(root, o.users)
	}
	return root
}

func overMock(root *strict.Node, list []layer) *strict.Node {
	for _, o := range list {
		root = strict.Over(root, o.mock)
	}
	return root
}
