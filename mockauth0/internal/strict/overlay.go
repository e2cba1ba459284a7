package strict

import "slices"

// Over gives base with top laid over it, and leaves both as they are. Objects are merged key by key, null takes a key away, and
// entries of two lists that have names are merged by name. A nil top changes nothing.
func Over(base, top *Node) *Node {
	switch {
	case top == nil:
		return base
	case base.Kind == KindObject && top.Kind == KindObject:
		merged := base
		for _, m := range top.Members {
			old := base.Member(m.Key)
			switch {
			case m.Value.Kind == KindNull:
				merged = merged.without(m.Key)
			case old != nil:
				m.Value = Over(old, m.Value)
				merged = merged.With(m)
			default:
				merged = merged.With(m)
			}
		}
		return merged
	case base.Kind == KindList && top.Kind == KindList && identified(base) && identified(top):
		merged := *base
		merged.Items = slices.Clone(base.Items)
		for _, item := range top.Items {
			at := slices.IndexFunc(merged.Items, func(known *Node) bool { return known.identity() == item.identity() })
			if at < 0 {
				merged.Items = append(merged.Items, item)
			} else {
				merged.Items[at] = Over(merged.Items[at], item)
			}
		}
		return &merged
	}
	return top
}

// identified reports whether each entry of a list can be distinguished from the others.
func identified(list *Node) bool {
	return !slices.ContainsFunc(list.Items, func(n *Node) bool { return n.identity() == "" })
}

// identity is by what an entry of a list is known, "" when there is no such thing.
func (n *Node) identity() string {
	for _, key := range []string{"email", "name"} {
		if v := n.Member(key); v != nil && v.Kind == KindString && v.Text != "" {
			if connection := n.Member("connection"); connection != nil && key == "email" {
				return v.Text + " of " + connection.Text // the same person may be known to several
			}
			return v.Text
		}
	}
	return ""
}

// With is the object with one member set; the others stay in their order.
func (n *Node) With(m Member) *Node {
	changed := *n
	changed.Members = slices.Clone(n.Members)
	if at := slices.IndexFunc(changed.Members, func(old Member) bool { return old.Key == m.Key }); at >= 0 {
		changed.Members[at] = m
	} else {
		changed.Members = append(changed.Members, m)
	}
	return &changed
}

func (n *Node) without(key string) *Node {
	changed := *n
	changed.Members = slices.DeleteFunc(slices.Clone(n.Members), func(m Member) bool { return m.Key == key })
	return &changed
}
