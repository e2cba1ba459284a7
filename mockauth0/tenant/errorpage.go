package tenant

import (
	"errors"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"
)

// errorPage reads the tenant's own error page: an address to redirect to, or HTML. Exports keep the HTML in a file.
func (o *object) errorPage(s *Settings) {
	o.text("url", &s.ErrorPageURL)
	if n := o.get("url"); n != nil {
		o.places["tenant.error_page.url"] = o.at(n)
	}
	o.flag("show_log_link", &s.ErrorPageShowLogLink)
	var html string
	o.text("html", &html)
	if html == "" || strings.ContainsAny(html, "<\n") || s.ErrorPageURL != "" { // with an address the HTML is not used
		s.ErrorPageHTML = html
		return
	}
	name := path.Clean(strings.ReplaceAll(html, `\`, "/"))
	if !fs.ValidPath(name) { // reported with all references that lead out of the directory
		return
	}
	content, err := readLimited(o.files, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		o.found.warn(o.at(o.get("html")), "there is no file %s; the built-in error page is shown", quoted(html))
	case err != nil:
		o.wrong(o.get("html"), "html", "a file of HTML that can be read ("+unwrapPath(err).Error()+")")
	case !utf8.Valid(content):
		o.wrong(o.get("html"), "html", "a file of HTML in UTF-8")
	default:
		s.ErrorPageHTML = string(content)
	}
}
