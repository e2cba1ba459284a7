package check

import (
	"net/url"
	"strings"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/internal/pattern"
)

// credential is what must not stand in an address: a token, or a code with its state.
var credential = pattern.Lazy(`[?&#](access_token|id_token|refresh_token|code)=[^&]+`)

// leaks looks for tokens where they do not belong, in all that the World has of the app so far.
func (s *scene) leaks() error {
	if address := s.Page.URL(); strings.HasPrefix(address, s.Origin()) {
		if m := credential().FindStringSubmatch(address); m != nil {
			s.run.found("token-in-address", s, "After the login the address of the page still has %s.", m[1])
		}
	}
	for _, r := range s.World.RequestsFrom(0) {
		if what := s.leak(r); what != "" {
			s.run.found("token-in-address", s, "%s", what)
			break
		}
	}
	for _, e := range s.World.Console() {
		if (e.Kind == "console" || e.Kind == "exception") && jwt().MatchString(e.Text) {
			s.run.found("token-in-console", s, "The app wrote a token to the console (%s).", e.Level)
			break
		}
	}
	var title string
	if err := s.Page.Eval("document.title", &title); err != nil {
		return err
	}
	if jwt().MatchString(title) {
		s.run.found("token-in-console", s, "The title of the page has a token.")
	}
	return nil
}

// leak says what a request tells others; "": nothing.
func (s *scene) leak(r browser.Request) string {
	u, err := url.Parse(r.URL)
	if err != nil || strings.HasPrefix(r.URL, s.World.TenantURL()+"/") {
		return ""
	}
	if jwt().MatchString(u.RawQuery) && r.Type != "Document" {
		return "A request to " + u.Scheme + "://" + u.Host + u.Path + " has a token in its address."
	}
	referer := header(r, "Referer")
	from, err := url.Parse(referer)
	if err != nil || from.Host == u.Host {
		return ""
	}
	if m := credential().FindStringSubmatch(referer); m != nil {
		return "The Referer of a request to " + u.Host + " has " + m[1] + "."
	}
	return ""
}
