package faults

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/httpx"
)

func newHeaders(e *fault.Effect) fmt.Stringer { return headers{e.Headers.Remove, e.Headers.Set} }

// headers takes headers away from a finished answer and puts others on it.
type headers struct {
	remove []string
	set    map[string]string
}

func (h headers) String() string {
	var did []string
	if len(h.remove) > 0 {
		did = append(did, "without "+strings.Join(h.remove, ", "))
	}
	for _, name := range slices.Sorted(maps.Keys(h.set)) {
		did = append(did, fmt.Sprintf("%s: %s", name, h.set[name]))
	}
	return strings.Join(did, "; ")
}

// concerns leaves answers alone that have nothing of what is to be removed.
func (h headers) concerns(subject any) bool {
	s, ok := subject.(*httpx.Sent)
	if !ok || len(h.set) > 0 {
		return ok
	}
	return slices.ContainsFunc(h.remove, func(name string) bool {
		header, cookie, _ := strings.Cut(name, ":")
		return slices.ContainsFunc(s.Header.Values(header), func(v string) bool { return cookie == "" || isCookie(v, cookie) })
	})
}

func isCookie(header, name string) bool {
	return strings.HasPrefix(strings.TrimSpace(header), strings.TrimSpace(name)+"=")
}

func (h headers) ChangeSent(s *httpx.Sent) {
	for _, name := range h.remove {
		header, cookie, one := strings.Cut(name, ":")
		header = http.CanonicalHeaderKey(header)
		if !one {
			// A nil value keeps net/http from adding a Content-Type or a Date of its own.
			s.Header[header] = nil
			continue
		}
		s.Header[header] = slices.DeleteFunc(s.Header[header], func(v string) bool { return isCookie(v, cookie) })
	}
	for name, value := range h.set {
		s.Header.Set(name, value)
	}
}
