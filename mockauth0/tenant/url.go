package tenant

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"renewal.example/mockauth0/internal/strict"
)

// What a registered URL should look like, for messages.
const (
	anURL    = "an absolute URL such as https://app.example.com/callback"
	anOrigin = "an origin such as https://app.example.com"
)

// urlFault says why written cannot be a registered URL, or "". organization says whether Auth0's {organization_name}
// may stand in it; expected ends the message. The rules are Auth0's for callbacks, wildcards and placeholders.
func urlFault(written string, organization bool, expected string) string {
	if written == "" {
		return "is empty; expected " + expected
	}
	for _, r := range written {
		if r <= ' ' || r == 0x7f || r == '\\' {
			return "holds white space, a control character or a backslash; expected them percent-encoded"
		}
	}
	if fault := relativeFault(written, expected); fault != "" {
		return fault
	}
	host := hostOf(written)
	plain, fault := withoutPlaceholders(written, host, organization)
	if fault != "" {
		return fault
	}
	if strings.Contains(written, "*") {
		if fault := wildcardFault(written, host); fault != "" {
			return fault
		}
		plain = strings.Replace(plain, "*", "any", 1)
	}
	u, err := url.Parse(plain)
	if err != nil {
		return "is not a valid URL; expected " + expected
	}
	return parsedFault(u, expected)
}

func relativeFault(written, expected string) string {
	if strings.HasPrefix(written, "//") {
		return "has no scheme, so a browser would take the page's; expected https:// in front"
	}
	scheme, after, ok := strings.Cut(written, ":")
	if !ok || scheme == "" || !only(scheme, func(b byte) bool { return letterOrDigit(b) || b == '+' || b == '.' || b == '-' }) {
		return "is relative; expected " + expected
	}
	// localhost:5000/callback parses as a URL with the scheme "localhost".
	if after != "" && after[0] >= '0' && after[0] <= '9' {
		return "has no scheme; expected http:// or https:// in front"
	}
	return ""
}

func parsedFault(u *url.URL, expected string) string {
	switch strings.ToLower(u.Scheme) {
	case "javascript", "data", "vbscript", "file", "blob", "about", "view-source", "filesystem":
		return "has the scheme " + u.Scheme + ":, which would run or read something in the browser; expected https:, http: or an app's own scheme"
	case "http", "https":
		if u.Hostname() == "" {
			return "has no host name; expected " + expected
		}
	}
	if u.User != nil {
		return "holds a user name before the host, which misleads people; expected none"
	}
	return portFault(u.Port())
}

func portFault(port string) string {
	if port == "" {
		return ""
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return "has the port " + port + "; expected 1 to 65535"
	}
	return ""
}

// hostOf is the authority as written: it may hold a wildcard or a placeholder, which url.Parse would not take.
func hostOf(written string) string {
	_, rest, ok := strings.Cut(written, "://")
	if !ok {
		return ""
	}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

func wildcardFault(written, host string) string {
	scheme, _, _ := strings.Cut(strings.ToLower(written), ":")
	label, domain, _ := strings.Cut(host, ".")
	domain, _, _ = strings.Cut(domain, ":")
	switch {
	case scheme != "http" && scheme != "https":
		return "has a wildcard; Auth0 expands one in http and https URLs only"
	case strings.Count(written, "*") > 1:
		return "has more than one wildcard; expected one at most"
	case !strings.Contains(label, "*"):
		return "has a wildcard outside of the left-most part of the host name; expected it there, as in https://*.example.com"
	case strings.Contains(label, "{"):
		return "mixes a wildcard with a placeholder; expected one of them"
	case strings.Count(strings.Trim(domain, "."), ".") < 1:
		return "has a wildcard right below a top-level domain; expected a domain of your own after it, as in https://*.example.com"
	}
	return ""
}

// withoutPlaceholders puts a plain word where Auth0's placeholders stand, so that the rest can be parsed.
func withoutPlaceholders(written, host string, organization bool) (plain, fault string) {
	if !strings.ContainsAny(written, "{}") {
		return written, ""
	}
	plain = regexp.MustCompile(`\{custom_domain\.metadata\.public_[A-Za-z0-9_]+\}`).ReplaceAllString(written, "metadata")
	if strings.Contains(plain, "{organization_name}") {
		if !organization {
			return "", "holds {organization_name}, which Auth0 knows in callbacks and allowed_origins only"
		}
		if !strings.HasPrefix(host, "{organization_name}.") || strings.Count(plain, "{organization_name}") > 1 {
			return "", "holds {organization_name} elsewhere than as the whole left-most part of the host name; expected " +
				"https://{organization_name}.example.com"
		}
		plain = strings.Replace(plain, "{organization_name}", "organization", 1)
	}
	if strings.ContainsAny(plain, "{}") {
		return "", "holds an unknown placeholder; expected {organization_name} or {custom_domain.metadata.public_…}"
	}
	return plain, ""
}

func callbackFault(written string) string {
	if fault := urlFault(written, true, anURL); fault != "" {
		return fault
	}
	if strings.Contains(written, "#") {
		return "has a fragment (#…); expected none: the answer arrives there"
	}
	return ""
}

// originFault gives a fault, or a remark about what people really do: Auth0 takes a web origin with a path and then
// never matches it.
func originFault(written string, organization bool) (fault, remark string) {
	if written == "*" {
		return "means all origins; each origin must be named: expected " + anOrigin, ""
	}
	if fault := urlFault(written, organization, anOrigin); fault != "" {
		return fault, ""
	}
	host := hostOf(written)
	if host == "" {
		return "has no host; expected " + anOrigin, ""
	}
	if _, rest, _ := strings.Cut(written, "://"); rest != host {
		return "", "has more than scheme, host and port, so it may never match; expected an origin such as " +
			strict.Quoted(strings.TrimSuffix(written, rest)+host)
	}
	for scheme, port := range map[string]string{"http://": ":80", "https://": ":443"} {
		if strings.HasPrefix(strings.ToLower(written), scheme) && strings.HasSuffix(host, port) {
			return "", "names the default port of its scheme, so it may never match; expected " + strict.Quoted(strings.TrimSuffix(written, port))
		}
	}
	return "", ""
}

// controlOriginFault is stricter: these origins are compared as they are.
func controlOriginFault(written string) string {
	fault, remark := originFault(written, false)
	switch {
	case fault != "":
		return fault
	case remark != "":
		return strings.Replace(remark, "so it may never match", "which an origin has not", 1)
	case strings.ContainsAny(written, "*{"):
		return "has a wildcard or placeholder; expected one exact origin"
	case !strings.HasPrefix(written, "https://") && !strings.HasPrefix(written, "http://"):
		return "has another scheme than http or https; expected an origin such as http://localhost:5000"
	case written != strings.ToLower(written):
		return "has capital letters, which browsers never send; expected " + strict.Quoted(strings.ToLower(written))
	}
	return ""
}

// secureFault is for URLs that Auth0 requires to be https.
func secureFault(written string) string {
	plain := regexp.MustCompile(`\{organization\.metadata\.public_[A-Za-z0-9_]+\}`).ReplaceAllString(written, "metadata")
	if fault := urlFault(plain, true, "a URL such as https://app.example.com/login"); fault != "" {
		return fault
	}
	if !strings.HasPrefix(strings.ToLower(plain), "https://") {
		return "is not https; expected a URL such as https://app.example.com/login"
	}
	if strings.Contains(plain, "#") {
		return "has a fragment (#…); expected none"
	}
	return ""
}

// receiverFault says why a back-channel logout URL cannot be one, or "", and whether it is on this machine.
func receiverFault(written string) (fault string, here bool) {
	const expected = "a URL such as https://app.example.com/backchannel-logout"
	if fault := urlFault(written, false, expected); fault != "" {
		return fault, false
	}
	if strings.ContainsAny(written, "*{#") {
		return "has a wildcard, a placeholder or a fragment; expected " + expected, false
	}
	u, err := url.Parse(written)
	if err != nil {
		return "is not a valid URL; expected " + expected, false
	}
	host := strings.ToLower(u.Hostname())
	here = loopback(host) || strings.HasSuffix(host, ".localhost")
	if scheme := strings.ToLower(u.Scheme); scheme != "https" && (scheme != "http" || !here) {
		return "is not https; expected " + expected + ", or http on this machine", here
	}
	return "", here
}

// framedFault is for pages that the tenant frames.
func framedFault(written string) string {
	const expected = "a URL such as https://app.example.com/callback-cross-auth"
	if fault := urlFault(written, false, expected); fault != "" {
		return fault
	}
	lower := strings.ToLower(written)
	if strings.ContainsAny(written, "*{#'\"<>;, ") || !strings.HasPrefix(lower, "https://") && !strings.HasPrefix(lower, "http://") {
		return "is not one page on http or https; expected " + expected
	}
	return ""
}
