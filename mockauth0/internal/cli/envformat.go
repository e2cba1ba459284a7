package cli

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/tenant"
)

// envFacts are what the lines of `env` are made of.
type envFacts struct {
	tenant *tenant.Config
	client *tenant.Client
	domain domain.Domain
	caFile string // "" when the CA is temporary, or when there is nothing to trust
}

type variable struct{ name, value string }

// An envFormat is the way in which a kind of app is told of its tenant.
type envFormat struct {
	name      string
	fits      string                          // the type of the client that it is for; "": any
	variables func(envFacts) []variable       // an empty value is left out
	note      func(domain.Domain) string      // a comment on the variables; nil: none
	insists   bool                            // its SDK cannot use a tenant by plain http
	trusts    bool                            // the lines reach the program early enough to say whom it trusts
	line      func(name, value string) string // nil: NAME=value
	code      bool                            // the lines are for a source file: nothing reads them from a .env file
}

// envFormats are all of them; the first is the default.
func envFormats() []envFormat {
	return []envFormat{
		{name: "dotenv", variables: ownNames, trusts: true},
		{name: "shell", variables: ownNames, trusts: true, line: exported},
		{name: "vite", fits: "spa", variables: prefixed("VITE_")},
		{name: "react", fits: "spa", variables: prefixed("REACT_APP_")},
		{name: "next", fits: "regular_web", variables: nextNames, note: nextNote, insists: true},
		{name: "express", fits: "regular_web", variables: expressNames},
		{name: "api", variables: apiNames},
		{name: "angular", fits: "spa", variables: angularNames, line: member, code: true},
		{name: "vue-cli", fits: "spa", variables: prefixed("VUE_APP_")},
		{name: "next-public", fits: "spa", variables: prefixed("NEXT_PUBLIC_")},
	}
}

func formatNamed(name string) (envFormat, bool) {
	for _, f := range envFormats() {
		if f.name == name {
			return f, true
		}
	}
	return envFormat{}, false
}

// formatNames lists them; last stands before the last one.
func formatNames(last string) string {
	names := formatList()
	end := len(names) - 1
	return strings.Join(names[:end], ", ") + last + names[end]
}

func formatList() (names []string) {
	for _, f := range envFormats() {
		names = append(names, f.name)
	}
	return names
}

// text is everything that `env` prints.
func (f envFormat) text(e envFacts) string {
	var b strings.Builder
	write := func(variables []variable) {
		for _, v := range variables {
			if v.value != "" {
				b.WriteString(f.written(v) + "\n")
			}
		}
	}
	fmt.Fprintf(&b, "# tenant %s, client %s; made by mockauth0 env\n", oneLine(e.tenant.Name), oneLine(e.client.Name))
	write(f.variables(e))
	if f.note != nil {
		b.WriteString(f.note(e.domain))
	}
	if e.domain.Plain {
		b.WriteString(f.httpNote())
	}
	switch {
	case e.caFile == "":
	case f.trusts:
		if f.line == nil {
			b.WriteString("# Whom to trust. Node reads the first from its real environment only, not from this file: see --format shell.\n")
		}
		write(trust(e.caFile))
	default: // only Node reads the file, after it has started, when this line would do nothing
		b.WriteString("# Node trusts the tenant when this is in its real environment; in this file it would do nothing:\n")
		b.WriteString("# NODE_EXTRA_CA_CERTS=" + dotenvValue(oneLine(e.caFile)) + "\n")
	}
	for _, u := range e.tenant.Users {
		if u.Password != "" && !u.Magic() {
			fmt.Fprintf(&b, "# user %s, password %s\n", oneLine(nameOf(u)), oneLine(u.Password))
		}
	}
	if f.code {
		return regexp.MustCompile(`(?m)^#`).ReplaceAllString(b.String(), "//")
	}
	return b.String()
}

// written is the line of one variable.
func (f envFormat) written(v variable) string {
	if f.line != nil {
		return f.line(v.name, v.value)
	}
	return v.name + "=" + dotenvValue(v.value)
}

// httpNote says which SDKs cannot use a tenant by plain http.
func (f envFormat) httpNote() string {
	if f.insists {
		return "# nextjs-auth0 always asks by https, so it does not reach this tenant: serve it without --http, and run env without it, too.\n"
	}
	return "# Plain http: " + domain.SDKNames(false) + " always ask by https. For these serve the tenant without --http.\n" +
		"# openid-client 6 needs allowInsecureRequests. All others take these lines as they are.\n"
}

// trust names the CA as servers are told of it: Node, Deno and Bun; Go on Linux, Ruby, .NET and Python's own ssl; Python's requests.
func trust(caFile string) []variable {
	return []variable{{"NODE_EXTRA_CA_CERTS", caFile}, {"SSL_CERT_FILE", caFile}, {"REQUESTS_CA_BUNDLE", caFile}}
}

func ownNames(e envFacts) []variable {
	return []variable{
		{"AUTH0_DOMAIN", e.domain.String()}, {"AUTH0_CLIENT_ID", e.client.ClientID}, {"AUTH0_CLIENT_SECRET", e.client.ClientSecret},
		{"AUTH0_AUDIENCE", e.audience()}, {"AUTH0_ISSUER", e.issuer()},
	}
}

func prefixed(prefix string) func(envFacts) []variable {
	return func(e envFacts) []variable {
		return []variable{
			{prefix + "AUTH0_DOMAIN", e.domain.String()}, {prefix + "AUTH0_CLIENT_ID", e.client.ClientID}, {prefix + "AUTH0_AUDIENCE", e.audience()},
		}
	}
}

// nextNames are nextjs-auth0's: 4 reads the domain and APP_BASE_URL, 3 the two that end in BASE_URL.
func nextNames(e envFacts) []variable {
	domain := e.domain.String()
	if nextRefuses(e.domain) {
		domain = e.domain.URL() // keeps the port, with the setting of nextNote
	}
	return []variable{
		{"AUTH0_DOMAIN", domain}, {"AUTH0_CLIENT_ID", e.client.ClientID}, {"AUTH0_CLIENT_SECRET", e.client.ClientSecret},
		{"AUTH0_AUDIENCE", e.audience()}, {"AUTH0_SECRET", e.cookieSecret()}, {"APP_BASE_URL", e.appOrigin()},
		{"AUTH0_ISSUER_BASE_URL", strings.TrimSuffix(e.issuer(), "/")}, {"AUTH0_BASE_URL", e.appOrigin()},
	}
}

// nextNote says what nextjs-auth0 4 must be told besides, where its check of domains stands in the way.
func nextNote(at domain.Domain) string {
	if at.Plain || !nextRefuses(at) {
		return ""
	}
	return "# nextjs-auth0 4 refuses localhost and drops ports, unless it is made by new Auth0Client({ allowInsecureRequests: true })\n"
}

// nextRefuses tells whether nextjs-auth0 4 takes a domain only in its other form (normalizeDomain of its 4.30).
func nextRefuses(at domain.Domain) bool {
	host, _, port := strings.Cut(at.Host, ":")
	return port || host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// expressNames are express-openid-connect's.
func expressNames(e envFacts) []variable {
	return []variable{
		{"ISSUER_BASE_URL", strings.TrimSuffix(e.issuer(), "/")}, {"BASE_URL", e.appOrigin()}, {"CLIENT_ID", e.client.ClientID},
		{"CLIENT_SECRET", e.client.ClientSecret}, {"SECRET", e.cookieSecret()},
	}
}

// apiNames are those of an API with express-oauth2-jwt-bearer, which has no client.
func apiNames(e envFacts) []variable {
	return []variable{{"ISSUER_BASE_URL", strings.TrimSuffix(e.issuer(), "/")}, {"AUDIENCE", e.audience()}}
}

// angularNames are what provideAuth0 of auth0-angular takes.
func angularNames(e envFacts) []variable {
	return []variable{{"domain", e.domain.String()}, {"clientId", e.client.ClientID}, {"authorizationParams", e.audience()}}
}

// member is a line of an object in TypeScript.
func member(name, value string) string {
	text, _ := json.Marshal(value) // text always marshals
	if name == "authorizationParams" {
		return fmt.Sprintf("%s: { redirect_uri: window.location.origin, audience: %s },", name, text)
	}
	return fmt.Sprintf("%s: %s,", name, text)
}

func exported(name, value string) string { return "export " + name + "=" + shellWord(value) }

func (e envFacts) issuer() string { return e.domain.Issuer() }

// audience is the tenant's default, or else its first API.
func (e envFacts) audience() string {
	first := ""
	if len(e.tenant.ResourceServers) > 0 {
		first = e.tenant.ResourceServers[0].Identifier
	}
	return cmp.Or(e.tenant.Settings.DefaultAudience, first)
}

// cookieSecret is 64 hex digits for the app's own cookie. It is the same every time, so that sessions of the app
// survive when the file is written again.
func (e envFacts) cookieSecret() string {
	sum := sha256.Sum256([]byte("AUTH0_SECRET\x00" + e.domain.String() + "\x00" + e.client.ClientID + "\x00" + e.client.ClientSecret))
	return hex.EncodeToString(sum[:])
}

// appOrigin is where the client's first callback lives.
func (e envFacts) appOrigin() string {
	for _, callback := range e.client.Callbacks {
		if u, err := url.Parse(callback); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
			return u.Scheme + "://" + u.Host
		}
	}
	return "http://localhost:3000"
}

// dotenvValue quotes what readers of .env files would cut or expand otherwise.
func dotenvValue(s string) string {
	if !strings.ContainsAny(s, " \t\r\n#'\"\\$`") {
		return s
	}
	if !strings.ContainsAny(s, "'\r\n") {
		return "'" + s + "'"
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`", "\n", `\n`, "\r", `\r`).Replace(s) + `"`
}
