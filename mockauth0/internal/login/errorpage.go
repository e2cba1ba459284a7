package login

import (
	"html"
	"net/url"
	"strings"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/pattern"
	"renewal.example/mockauth0/tenant"
)

// ownErrorPage is the tenant's own error page, nil when it has none: a redirect to error_page.url, or error_page.html
// (https://auth0.com/docs/customize/login-pages/custom-error-pages).
func ownErrorPage(x *httpx.Exchange, t *tenant.Config, e *oauth.Error) *httpx.Result {
	about := map[string]string{"client_id": x.Facts.ClientID, "connection": x.Facts.Connection, "lang": language(x.Facts.Locales),
		"error": e.Code, "error_description": e.Description, "tracking": x.ID}
	if t.Settings.ErrorPageShowLogLink { // Auth0 links its dashboard's log; ours is the control API's
		about["log_url"] = x.Origin + "/__mock/v1/events?request=" + x.ID
	}
	if u, err := url.Parse(t.Settings.ErrorPageURL); err == nil && t.Settings.ErrorPageURL != "" {
		q := u.Query()
		for k, v := range about {
			if v != "" {
				q.Set(k, v)
			}
		}
		u.RawQuery = q.Encode()
		return httpx.RedirectTo(u.String())
	}
	if t.Settings.ErrorPageHTML == "" {
		return nil
	}
	res := httpx.HTML(e.HTTPStatus(), []byte(fill(t.Settings.ErrorPageHTML, about))).
		Set("Cache-Control", "private, no-store, no-cache, must-revalidate, post-check=0, pre-check=0, no-transform")
	if t.Mock.ErrorPageFraming == "deny" {
		res.Set("X-Frame-Options", "deny").Set("Content-Security-Policy", "frame-ancestors 'none'")
	}
	return res
}

// liquid is an output tag of Liquid, with filters or without.
var liquid = pattern.Lazy(`\{\{-?\s*([a-z_]+)\s*(?:\|[^}]*)?-?\}\}`)

// fill puts values into the output tags of a Liquid template. They are always escaped, whatever filter the tag names:
// part of them came with the request. Other tags stay as they are.
func fill(template string, values map[string]string) string {
	return liquid().ReplaceAllStringFunc(template, func(tag string) string {
		return html.EscapeString(values[liquid().FindStringSubmatch(tag)[1]])
	})
}

// language is the first of the wanted languages (ui_locales, OIDC Core §3.1.2.1), or English.
func language(locales string) string {
	for first := range strings.FieldsSeq(locales) {
		return first
	}
	return "en"
}
