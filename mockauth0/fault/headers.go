package fault

import (
	"maps"
	"net/textproto"
	"slices"
	"strings"
)

var headersKind = kind{
	name:  "headers",
	given: func(e *Effect) bool { return e.Headers != nil },
	check: func(e *Effect, p *Problems) { e.Headers.check(p) },
}

func (h *Headers) check(p *Problems) {
	const at = "do.headers"
	if len(h.Remove)+len(h.Set) == 0 {
		p.add(at, "do.headers changes nothing: give names to remove, or headers to set")
	}
	for _, name := range h.Remove {
		name, cookie, one := strings.Cut(name, ":")
		switch {
		case one && !strings.EqualFold(name, "Set-Cookie"):
			p.add(at+".remove", "do.headers.remove: %q: only Set-Cookie takes a name after the colon, that of a cookie", name)
		case one && strings.TrimSpace(cookie) == "":
			p.add(at+".remove", `do.headers.remove: "Set-Cookie:" names no cookie: write "Set-Cookie: auth0", or "Set-Cookie" for all`)
		}
		checkHeader(p, at+".remove", name)
	}
	removed := func(name string) bool {
		return slices.ContainsFunc(h.Remove, func(r string) bool { return strings.EqualFold(r, name) })
	}
	for _, name := range slices.Sorted(maps.Keys(h.Set)) {
		checkHeader(p, at+".set."+name, name)
		if strings.ContainsAny(h.Set[name], "\r\n\x00") {
			p.add(at+".set."+name, "do.headers.set.%s has a line break in it", name)
		}
		if removed(name) {
			p.add(at+".set."+name, "do.headers removes %s and sets it: to set replaces what was there", name)
		}
	}
}

func checkHeader(p *Problems, path, name string) {
	token := func(r rune) bool { return r > ' ' && r < 0x7f && !strings.ContainsRune(`()<>@,;:\"/[]?={}`, r) }
	switch {
	case name == "" || strings.ContainsFunc(name, func(r rune) bool { return !token(r) }):
		p.add(path, "%q is no name of a header", name)
	case slices.Contains([]string{"Content-Length", "Transfer-Encoding", "Connection"}, textproto.CanonicalMIMEHeaderKey(name)):
		p.add(path, "%s belongs to the connection and cannot be changed here: see do.body and do.connection", name)
	}
}
