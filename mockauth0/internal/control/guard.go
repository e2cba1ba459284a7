package control

import (
	"fmt"
	"mime"
	"net/http"
	"slices"

	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
)

// Guard wraps an endpoint of the API with the checks that keep other sites out, and holds it to the query parameters that it
// has: a misspelt one must not be taken for none.
func (s *Service) Guard(e httpx.Endpoint, parameters ...string) httpx.Endpoint {
	return func(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
		// A name that somebody made lead to this machine (DNS rebinding) would look like the tenant's own pages to a browser.
		if !s.trustedHost(x, r.Host) {
			return nil, &oauth.Error{Code: "forbidden_host", Status: http.StatusForbidden,
				Description: fmt.Sprintf("The control API answers at %s, at localhost and at loopback addresses only, not as %q.", x.Origin,
					httpx.Echo(r.Host))}
		}
		origin := r.Header.Get("Origin")
		if origin != "" && origin != x.Origin && !slices.Contains(s.Tenant.Snapshot().Mock.ControlOrigins, origin) {
			return nil, &oauth.Error{Code: "forbidden_origin", Status: http.StatusForbidden,
				Description: fmt.Sprintf("The control API does not answer pages of %q. List the origin under control_origins in mock.yaml, or call "+
					"from outside a browser.", origin)}
		}
		// A browser sends no Origin on a same-site GET, but says where the request comes from.
		if site := r.Header.Get("Sec-Fetch-Site"); origin == "" && site != "" && site != "same-origin" && site != "none" && !opened(r) {
			return nil, &oauth.Error{
				Code: "forbidden_origin", Status: http.StatusForbidden,
				Description: "The control API does not answer requests that another site's page makes.",
			}
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			mt, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
			if mt != "application/json" && !takesYAML(x, mt) && (r.Method != http.MethodDelete || r.ContentLength != 0) {
				return nil, wrongType(x, mt)
			}
		}
		if err := onlyParameters(r, parameters); err != nil {
			return nil, err
		}
		if r.Method == http.MethodDelete {
			if err := nothing(r); err != nil {
				return nil, err
			}
		}
		res, err := e(x, r)
		if res != nil {
			res.Set("Cache-Control", "no-store").Set(names.TenantHeader, x.Origin)
			if res.Body != nil {
				res.Body = append(res.Body, '\n') // for people with curl
			}
		}
		return res, err
	}
}

// opened tells whether a person follows a link to read: a page of its own shows the answer, which the page with the link
// cannot read.
func opened(r *http.Request) bool {
	return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}

// trustedHost tells whether a Host is one of the tenant's domains, localhost or a loopback address, with any port.
func (s *Service) trustedHost(x *httpx.Exchange, host string) bool {
	host = httpx.Hostname(host)
	if custom := s.Tenant.Snapshot().Mock.CustomDomain; custom != "" && host == httpx.Hostname(custom) {
		return true
	}
	_, own := domain.Split(x.Origin)
	return host == httpx.Hostname(own) || httpx.LoopbackName(host)
}

const yamlType = "application/yaml"

// takesYAML tells whether a body may be YAML (RFC 9512): faults are written so in scenarios. No page of another site can
// send that type unasked, as it cannot JSON.
func takesYAML(x *httpx.Exchange, mediaType string) bool {
	return mediaType == yamlType && x.Facts.Endpoint == names.ControlFaults
}

// wrongType says what an endpoint takes instead of a media type: curl -d, for one, sends a form's.
func wrongType(x *httpx.Exchange, mediaType string) error {
	takes := "JSON only: send Content-Type: application/json"
	if takesYAML(x, yamlType) {
		takes = "JSON or YAML here: send Content-Type: application/json or Content-Type: " + yamlType
	}
	e := &oauth.Error{
		Code: "unsupported_media_type", Status: http.StatusUnsupportedMediaType, Description: "The control API takes " + takes + ".",
	}
	if mediaType != "" {
		e.Description = fmt.Sprintf("The control API takes %s, not %s.", takes, httpx.Echo(mediaType))
	}
	return e
}
