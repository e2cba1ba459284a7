package tenant

import (
	"errors"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"renewal.example/mockauth0/internal/strict"
)

// errorPage reads the tenant's own error page: an address to redirect to, or HTML. Exports keep the HTML in a file.
func (r *reading) errorPage(o *strict.Object, s *Settings) {
	o.Text("url", &s.ErrorPageURL)
	if n := o.Get("url"); n != nil {
		o.Places["tenant.error_page.url"] = o.At(n)
	}
	o.Flag("show_log_link", &s.ErrorPageShowLogLink)
	var html string
	o.Text("html", &html)
	if html == "" || strings.ContainsAny(html, "<\n") || s.ErrorPageURL != "" { // with an address the HTML is not used
		s.ErrorPageHTML = html
		return
	}
	name := path.Clean(strings.ReplaceAll(html, `\`, "/"))
	if !fs.ValidPath(name) { // reported with all references that lead out of the directory
		return
	}
	content, err := strict.ReadLimited(r.files, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		o.Found.Warn(o.At(o.Get("html")), "there is no file %s; the built-in error page is shown", strict.Quoted(html))
	case err != nil:
		o.Wrong(o.Get("html"), "html", "a file of HTML that can be read ("+strict.UnwrapPath(err).Error()+")")
	case !utf8.Valid(content):
		o.Wrong(o.Get("html"), "html", "a file of HTML in UTF-8")
	default:
		s.ErrorPageHTML = string(content)
	}
}
