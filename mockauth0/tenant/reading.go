package tenant

import (
	"io/fs"
	"strings"

	"renewal.example/mockauth0/internal/strict"
)

// reading turns the nodes of one file into the model. Its Places say where each part of the model came from, so that the checks,
// which know only the model, can report with file and line.
type reading struct {
	*strict.Reader
	files fs.FS // the tenant directory
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
