package oauth

import (
	"net/url"
	"slices"
	"strings"
)

// MatchCallback tells whether a redirect_uri is in the list of Allowed Callback URLs: an exact string match,
// or a wildcard that stands for one left-most label of an http(s) host (facts 7-callback-exact, 7-wildcard). There is no
// any-port rule for loopback addresses: Auth0 has none.
func MatchCallback(allowed []string, attempt string) bool {
	for _, a := range allowed {
		if a == attempt && !strings.ContainsAny(a, "*{") || wildcard(a, attempt) { // { is a placeholder without a value
			return true
		}
	}
	return false
}

// Exact is a list of URLs without its patterns: what counts for strict third-party clients.
func Exact(list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return strings.Contains(s, "*") })
}

// MatchLogout tells whether a returnTo is in a list of Allowed Logout URLs. Query and fragment do not count,
// scheme and host ignore case, the path does not, and a final slash on a bare origin makes no difference
// (https://auth0.com/docs/authenticate/login/logout/redirect-users-after-logout).
func MatchLogout(allowed []string, attempt string) bool {
	want, ok := logoutForm(attempt)
	if !ok {
		return false
	}
	for _, a := range allowed {
		if have, ok := logoutForm(a); ok && (have == want && !strings.Contains(have, "*") || wildcard(have, want)) {
			return true
		}
	}
	return false
}

// MatchPostLogout tells whether a post_logout_redirect_uri is in a list of Allowed Logout URLs. It is MatchLogout, but
// the query and the fragment have to be those of the list (https://auth0.com/docs/authenticate/login/logout/log-users-out-of-auth0).
func MatchPostLogout(allowed []string, attempt string) bool {
	want := afterPath(attempt)
	for _, a := range allowed {
		if afterPath(a) == want && MatchLogout([]string{a}, attempt) {
			return true
		}
	}
	return false
}

// afterPath is the query and the fragment of a URL as written, with what introduces them.
func afterPath(s string) string {
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		return s[i:]
	}
	return ""
}

// AddQuery appends a parameter to the query of a URL and leaves the rest as it is written: parsing and writing it again
// might change it.
func AddQuery(raw, name, value string) string {
	base, fragment, found := strings.Cut(raw, "#")
	separator := "?"
	if strings.Contains(base, "?") {
		separator = "&"
	}
	base += separator + name + "=" + strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
	if found {
		base += "#" + fragment
	}
	return base
}

func logoutForm(s string) (string, bool) {
	if strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r == 0x7f || r == '\\' }) {
		return "", false // a browser reads these in its own way: http://good\@evil
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || u.Opaque != "" || u.User != nil {
		return "", false
	}
	path := u.EscapedPath()
	if path == "/" {
		path = ""
	}
	return strings.ToLower(u.Scheme) + "://" + strings.ToLower(u.Host) + path, true
}

// MatchOrigin tells whether an origin (scheme://host[:port]) is in a list of Allowed Web Origins or Allowed
// Origins (CORS). An entry with a path never matches: a mistake that Auth0's users make (auth0.js#520).
func MatchOrigin(allowed []string, origin string) bool {
	for _, a := range allowed {
		a = strings.TrimSuffix(a, "/")
		if strings.EqualFold(a, origin) || wildcard(strings.ToLower(a), strings.ToLower(origin)) {
			return true
		}
	}
	return false
}

// wildcard matches one label for a `*` in the left-most label of pattern's host, which may have a prefix and
// a suffix there (https://pre-*-suf.example.com). `https://*.com` and `https://a.*.example.com` match nothing.
func wildcard(pattern, attempt string) bool {
	scheme, rest, ok := strings.Cut(pattern, "://")
	if !ok || (scheme != "http" && scheme != "https") || strings.Count(pattern, "*") != 1 {
		return false
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	label, domain, ok := strings.Cut(rest[:end], ".")
	if !ok || !strings.Contains(label, "*") || !strings.Contains(domain, ".") {
		return false
	}
	before, after, _ := strings.Cut(label, "*")
	tail := "." + domain + rest[end:]
	middle, ok := strings.CutPrefix(attempt, scheme+"://"+before)
	if !ok {
		return false
	}
	middle, ok = strings.CutSuffix(middle, after+tail)
	if !ok || middle == "" {
		return false
	}
	for _, c := range []byte(middle) {
		if c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// WithoutQuery is an address without its query and its fragment.
func WithoutQuery(address string) string {
	if at := strings.IndexAny(address, "?#"); at >= 0 {
		return address[:at]
	}
	return address
}

// OriginOf is scheme://host[:port] of a URL, without default ports; ok is false when it has no such origin.
func OriginOf(raw string) (string, bool) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return "", false
	}
	host := strings.ToLower(u.Host)
	if u.Scheme == "http" {
		host = strings.TrimSuffix(host, ":80")
	} else {
		host = strings.TrimSuffix(host, ":443")
	}
	return u.Scheme + "://" + host, true
}
