// Package login is what a person sees of the tenant: the hosted login and error pages and the login
// transaction behind them.
package login

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"unicode"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/tenant"
)

//go:embed pages
var pageFiles embed.FS

// Pages renders the hosted pages of a tenant. They need no script, no build step and no network.
type Pages struct {
	*Templates
	Tenant func() *tenant.Config
}

// Templates are the hosted pages as all tenants have them. Tenants share them: they take time and memory.
type Templates struct {
	templates *template.Template
	style     template.CSS
	styleHash string
}

// NewTemplates parses the embedded pages.
func NewTemplates() (*Templates, error) {
	t, err := template.ParseFS(pageFiles, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("hosted pages: %w", err)
	}
	css, err := pageFiles.ReadFile("pages/style.css")
	if err != nil {
		return nil, fmt.Errorf("hosted pages: %w", err)
	}
	sum := sha256.Sum256(css)
	return &Templates{templates: t, style: template.CSS(css), styleHash: base64.StdEncoding.EncodeToString(sum[:])}, nil
}

// Page is what every hosted page shows.
type Page struct {
	Title, TenantName, Initial string
	Style                      template.CSS
}

// Base is what a page with a title shows besides its own.
func (p *Pages) Base(title string) Page {
	t := p.Tenant()
	name := t.Settings.FriendlyName
	if name == "" {
		name = t.Name
	}
	initial := "?"
	for _, r := range name {
		initial = string(unicode.ToUpper(r))
		break
	}
	return Page{Title: title, TenantName: name, Initial: initial, Style: p.style}
}

// Render writes a hosted page with Auth0's framing and caching headers; frameable leaves the framing
// headers out.
func (p *Pages) Render(status int, name string, view any, frameable bool) (*httpx.Result, error) {
	var b bytes.Buffer
	if err := p.templates.ExecuteTemplate(&b, name, view); err != nil {
		return nil, fmt.Errorf("hosted page %q: %w", name, err)
	}
	csp := "default-src 'none'; style-src 'sha256-" + p.styleHash + "'; img-src 'self' data:; base-uri 'none'"
	res := httpx.HTML(status, b.Bytes()).Set("Cache-Control",
		"private, no-store, no-cache, must-revalidate, post-check=0, pre-check=0, no-transform")
	if !frameable {
		csp += "; frame-ancestors 'none'"
		res.Set("X-Frame-Options", "deny")
	}
	return res.Set("Content-Security-Policy", csp).Set("Referrer-Policy", "no-referrer"), nil
}

// ErrorPage is the hosted error page: where every error goes that may not go to a callback. A tenant with
// its own error page (error_page.url) redirects there instead.
func (p *Pages) ErrorPage(x *httpx.Exchange, e *oauth.Error) *httpx.Result {
	t := p.Tenant()
	if own := ownErrorPage(x, t, e); own != nil {
		return own
	}
	view := struct {
		Page
		Code, Description, TrackingID, SupportURL, Hint string
	}{
		Page: p.Base("Oops!, something went wrong"), Code: e.Code, Description: e.Description, TrackingID: x.ID,
		SupportURL: t.Settings.SupportURL, Hint: e.Hint,
	}
	view.Title = view.TenantName + ": error"
	res, err := p.Render(e.HTTPStatus(), "error", view, t.Mock.ErrorPageFraming == "allow")
	if err != nil {
		x.Log.Error("cannot render the error page", "error", err)
		return httpx.Text(e.HTTPStatus(), e.Code+": "+e.Description)
	}
	return res.Set("ETag", weakETag(res.Body))
}

// weakETag is what Express sends with a page: the length in hex and 27 characters of a SHA-1.
func weakETag(body []byte) string {
	sum := sha1.Sum(body)
	return fmt.Sprintf(`W/"%x-%s"`, len(body), base64.RawStdEncoding.EncodeToString(sum[:]))
}

// label is a connection's name for people: its display name when it was given one (the default is the name),
// or that of its strategy.
func label(c *tenant.Connection) string {
	if c.DisplayName != c.Name {
		return c.DisplayName
	}
	switch c.Strategy {
	case "google-oauth2":
		return "Google"
	case "github":
		return "GitHub"
	}
	return c.Name
}
