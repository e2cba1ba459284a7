package tenant

import (
	"io/fs"
	"slices"
	"strings"

	"renewal.example/mockauth0/internal/strict"
)

// reading turns the nodes of one file into the model. Its Places say where each part of the model came from, so that the checks,
// which know only the model, can report with file and line.
type reading struct {
	*strict.Reader
	files fs.FS // the tenant directory
	over  bool  // what is read is laid over a model: entries of lists change those of their name
}

// entry is what an entry of a list is read into, and its place in the list. same tells the one of its name, which there can be in an
// override only; otherwise it is a fresh one behind the others.
func entry[T any](r *reading, list []*T, same func(*T) bool, fresh *T) (one *T, place int) {
	if r.over {
		if place = slices.IndexFunc(list, same); place >= 0 {
			return list[place], place
		}
	}
	return fresh, len(list)
}

// put adds an entry that is new.
func put[T any](list *[]*T, one *T, place int) {
	if place == len(*list) {
		*list = append(*list, one)
	}
}

// named is a text member of a node; "": there is none.
func named(n *strict.Node, key string) string {
	if v := n.Member(key); v != nil && v.Kind == strict.KindString {
		return v.Text
	}
	return ""
}

// locate finds where a part of the model came from: itself, or the nearest part around it.
func locate(places map[string]strict.Place, otherwise strict.Place) func(string) strict.Place {
	return func(path string) strict.Place {
		for path != "" {
			if p, ok := places[path]; ok {
				return p
			}
			path = path[:max(0, strings.LastIndexAny(path, ".["))]
		}
		return otherwise
	}
}
