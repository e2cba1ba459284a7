package httpx

import (
	"encoding/base64"
	"maps"
	"net/url"
	"slices"
	"strings"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/pattern"
)

// What an event keeps of the parameters of a request: those that mean something to a tenant, as far as they go, and a few others.
const (
	keepQuery  = 4 << 10 // bytes of names and values
	keepOthers = 16      // names that mean nothing to a tenant
	keepValues = 4       // values of a parameter
	keepNames  = 64      // names of cookies
)

// Shown is the value of a parameter as an event shows it: without what could be used in the request's place, and short.
// The same value always looks the same. A name that is not known to be harmless shows no value.
func Shown(name, value string) string {
	switch name {
	case "client_id", "response_type", "response_mode", "scope", "prompt", "max_age", "connection", "screen_hint",
		"code_challenge_method", "ui_locales", "acr_values", "organization", "display", "auth0Client", "realm", "federated",
		"error", "grant_type", "expires_in", "token_type", "login_hint", "logout_hint", "username", "email", "tenant", "protocol",
		"client", "device", "sso", "owp", "page":
		return clip(value)
	case "audience", "resource", "iss", "error_uri":
		return ShownText(value)
	case "state", "nonce", "error_description":
		return clip(withoutSecrets(value))
	case "redirect_uri", "returnTo", "post_logout_redirect_uri", "web_message_uri", "web_message_target":
		return redactURL(value)
	}
	if value == "" {
		return ""
	}
	return event.Redacted
}

// known tells the names whose values are shown.
func known(name string) bool { return Shown(name, "x") != event.Redacted }

// secretNames are those of credentials and of what can be exchanged for them.
const secretNames = "access_token|id_token|refresh_token|code|client_secret|password|id_token_hint|login_ticket|ticket|client_assertion|" +
	"code_verifier|code_challenge|token|assertion|mfa_token|oob_code|otp|co_verifier|invitation|session|sid|api_key|apikey|secret"

var (
	jwtLike = pattern.Lazy(`eyJ[A-Za-z0-9_-]{4,}(\.[A-Za-z0-9_-]*)*`)
	// a=b, a%3Db, "a":"b"
	pairLike = pattern.Lazy(`(?i)\b(` + secretNames + `)(=|%3D|"\s*:\s*")[^&\s"']+`)
	urlLike  = pattern.Lazy(`[A-Za-z][A-Za-z0-9+.-]*://[^\s"'<>()]*[?#@][^\s"'<>()]*`)
)

// withoutSecrets takes out of a text what looks like a token or is named as a secret, also where the text is packed in base64.
func withoutSecrets(s string) string {
	clean := pairLike().ReplaceAllString(jwtLike().ReplaceAllString(s, event.Redacted), "$1$2"+event.Redacted)
	if clean != s || len(s) < 16 {
		return clean
	}
	for _, alphabet := range []*base64.Encoding{base64.RawURLEncoding, base64.RawStdEncoding} {
		if plain, err := alphabet.DecodeString(strings.TrimRight(s, "=")); err == nil && (jwtLike().Match(plain) || pairLike().Match(plain)) {
			return event.Redacted
		}
	}
	return s
}

// ShownText is a text for people as an event shows it: addresses in it have no values, and tokens are taken out.
func ShownText(s string) string {
	if strings.Contains(s, "eyJ") {
		s = jwtLike().ReplaceAllString(s, event.Redacted)
	}
	if strings.Contains(s, "://") && strings.ContainsAny(s, "?#@") {
		s = urlLike().ReplaceAllStringFunc(s, redactURL)
	}
	return clip(s)
}

// redact gives the parameters of a query as an event keeps them, how many it leaves out, and how many values of those that it keeps.
// Those that mean something come first, so that nobody pushes them out by sending others.
func redact(q url.Values) (out event.Query, left, values int) {
	names := slices.Sorted(maps.Keys(q))
	slices.SortStableFunc(names, func(a, b string) int {
		switch {
		case known(a) == known(b):
			return 0
		case known(a):
			return -1
		}
		return 1
	})
	out = make(event.Query, min(len(names), keepOthers))
	bytes, others := 0, 0
	for i, name := range names {
		if !known(name) {
			if others++; others > keepOthers {
				return out, left + len(names) - i, values
			}
		}
		sent := q[name]
		list := make([]string, 0, min(len(sent), keepValues))
		size := len(name)
		for _, v := range sent[:min(len(sent), keepValues)] {
			shown := Shown(name, v)
			size += len(shown)
			list = append(list, shown)
		}
		if bytes+size > keepQuery {
			left++
			continue
		}
		bytes += size
		values += len(sent) - len(list)
		out[clip(name)] = list
	}
	return out, left, values
}

// redactURL shows where an address leads, and of its query and its fragment what Shown shows.
func redactURL(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return "(not a URL)"
	}
	u.User = nil
	if u.Opaque != "" && strings.ContainsAny(u.Opaque, "=") {
		u.Opaque = event.Redacted
	}
	u.RawQuery = redactPairs(u.RawQuery)
	if u.Fragment != "" {
		frag := redactPairs(u.EscapedFragment())
		u.Fragment, u.RawFragment = "", ""
		return clip(u.String() + "#" + frag)
	}
	return clip(u.String())
}

// redactPairs shows the pairs of a query as they were written, where nothing in them is to be hidden.
func redactPairs(s string) string {
	parts := strings.Split(s, "&")
	for i, p := range parts {
		name, value, ok := strings.Cut(p, "=")
		if !ok {
			continue
		}
		plainName, err1 := url.QueryUnescape(name)
		plain, err2 := url.QueryUnescape(value)
		shown := event.Redacted
		if err1 == nil && err2 == nil {
			shown = Shown(plainName, plain)
		}
		switch {
		case shown == plain || shown == clip(plain):
		case shown == event.Redacted:
			parts[i] = name + "=" + shown
		default:
			parts[i] = name + "=" + url.QueryEscape(shown)
		}
	}
	return strings.Join(parts, "&")
}
