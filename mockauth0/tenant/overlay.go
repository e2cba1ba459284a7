package tenant

import "slices"

// Overlay is what a document lays over a tenant directory. Objects are merged key by key; entries of a list that have a
// name (users: an e-mail address) are merged with the entry of that name, or added; null takes a key away, so that its
// default counts; any other value replaces the old one. The zero value changes nothing.
type Overlay struct {
	Client Value // over the first entry of clients in tenant.yaml
	Tenant Value // over tenant.yaml
	Users  Value // over users.json
	Mock   Value // over mock.yaml
}

func overTenant(root *node, overlays []Overlay) *node {
	for _, o := range overlays {
		root = over(root, o.Tenant.node)
		clients := root.member("clients")
		if o.Client.node == nil || clients == nil || len(clients.items) == 0 {
			continue
		}
		changed := *clients
		changed.items = slices.Clone(clients.items)
		changed.items[0] = over(clients.items[0], o.Client.node)
		root = root.with(member{key: "clients", line: clients.line, column: clients.column, value: &changed})
	}
	return root
}

func overUsers(root *node, overlays []Overlay) *node {
	for _, o := range overlays {
		root = over(root, o.Users.node)
	}
	return root
}

func overMock(root *node, overlays []Overlay) *node {
	for _, o := range overlays {
		root = over(root, o.Mock.node)
	}
	return root
}

// over gives base with top laid over it, and leaves both as they are. A nil top changes nothing.
func over(base, top *node) *node {
	switch {
	case top == nil:
		return base
	case base.kind == kindObject && top.kind == kindObject:
		merged := base
		for _, m := range top.members {
			old := base.member(m.key)
			switch {
			case m.value.kind == kindNull:
				merged = merged.without(m.key)
			case old != nil:
				m.value = over(old, m.value)
				merged = merged.with(m)
			default:
				merged = merged.with(m)
			}
		}
		return merged
	case base.kind == kindList && top.kind == kindList && identified(base) && identified(top):
		merged := *base
		merged.items = slices.Clone(base.items)
		for _, item := range top.items {
			at := slices.IndexFunc(merged.items, func(known *node) bool { return known.identity() == item.identity() })
			if at < 0 {
				merged.items = append(merged.items, item)
			} else {
				merged.items[at] = over(merged.items[at], item)
			}
		}
		return &merged
	}
	return top
}

// identified tells whether each entry of a list can be told from the others.
func identified(list *node) bool {
	return !slices.ContainsFunc(list.items, func(n *node) bool { return n.identity() == "" })
}

// identity is by what an entry of a list is known, "" when there is no such thing.
func (n *node) identity() string {
	for _, key := range []string{"email", "name"} {
		if v := n.member(key); v != nil && v.kind == kindString && v.text != "" {
			if connection := n.member("connection"); connection != nil && key == "email" {
				return v.text + " of " + connection.text // the same person may be known to several
			}
			return v.text
		}
	}
	return ""
}

// member is the value of a key, nil when there is none.
func (n *node) member(key string) *node {
	for _, m := range n.members {
		if m.key == key {
			return m.value
		}
	}
	return nil
}

// with is the object with one member set; the others stay in their order.
func (n *node) with(m member) *node {
	changed := *n
	changed.members = slices.Clone(n.members)
	if at := slices.IndexFunc(changed.members, func(old member) bool { return old.key == m.key }); at >= 0 {
		changed.members[at] = m
	} else {
		changed.members = append(changed.members, m)
	}
	return &changed
}

func (n *node) without(key string) *node {
	changed := *n
	changed.members = slices.DeleteFunc(slices.Clone(n.members), func(m member) bool { return m.key == key })
	return &changed
}
