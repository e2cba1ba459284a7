package domain

import (
	"slices"
	"strings"
)

// SDK says whether a client library speaks to a tenant by plain http.
type SDK struct {
	Package string // npm's name
	HTTP    bool   // it does
	How     string // what it has to be given for that, with DOMAIN for http://HOST[:PORT]; without HTTP what it does instead
}

// SDKs are those that are known. Each that takes http is used with such a tenant by a spec of e2e.
func SDKs() []SDK {
	const (
		asDomain  = "domain: 'DOMAIN'"
		asBaseURL = "issuerBaseURL: 'DOMAIN'"
		insists   = "it puts https:// before the domain"
	)
	return []SDK{
		{"@auth0/auth0-spa-js", true, asDomain},
		{"@auth0/auth0-react", true, asDomain},
		{"@auth0/auth0-vue", true, asDomain},
		{"@auth0/auth0-angular", true, asDomain},
		{"express-openid-connect", true, asBaseURL},
		{"express-oauth2-jwt-bearer", true, asBaseURL},
		{"openid-client", true, "discovery(new URL('DOMAIN'), …, { execute: [allowInsecureRequests] })"},
		{"auth0", false, insists},
		{"auth0-js", false, insists},
		{"auth0-lock", false, insists},
		{"passport-auth0", false, insists},
		{"@auth0/nextjs-auth0", false, insists},
		{"@auth0/auth0-server-js", false, "it turns http:// into https://"},
	}
}

// SDKNames are the packages that take plain http, or those that do not, for a sentence.
func SDKNames(http bool) string {
	var names []string
	for _, sdk := range SDKs() {
		if sdk.HTTP == http {
			names = append(names, strings.TrimPrefix(sdk.Package, "@auth0/"))
		}
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// TakesHTTP tells whether an app with these packages of npm can use a tenant by plain http: one of its SDKs takes it, which is returned,
// and none insists on https, or that one is returned and false.
func TakesHTTP(packages []string) (sdk string, ok bool) {
	for _, known := range SDKs() {
		switch {
		case !slices.Contains(packages, known.Package):
		case !known.HTTP:
			return known.Package, false
		case sdk == "":
			sdk = known.Package
		}
	}
	return sdk, sdk != ""
}
