package diagnose

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/oauth"
)

// origin is scheme://host[:port] of a URL, without default ports; "" when it has none. Apps in a shell have schemes of their own.
func origin(raw string) string {
	if o, ok := oauth.OriginOf(raw); ok {
		return o
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// parameters are those of a response in a Location: of its fragment, or of its query.
func parameters(location string) event.Members {
	m := event.Members{}
	values := url.Values{}
	if _, fragment, ok := strings.Cut(location, "#"); ok {
		values, _ = url.ParseQuery(fragment)
	} else if u, err := url.Parse(location); err == nil {
		values = u.Query()
	}
	for name, v := range values {
		m[name] = v[0]
	}
	return m
}

// loopback tells whether a callback is on the person's own machine, or of a scheme that any app can claim.
func loopback(callback string) bool {
	u, err := url.Parse(callback)
	if err != nil || callback == "" {
		return false
	}
	host := u.Hostname()
	return u.Scheme != "http" && u.Scheme != "https" ||
		host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasPrefix(host, "127.") || host == "::1"
}

// sdk is the telemetry that Auth0's SDKs send, "auth0-spa-js 2.28.3"; "" when there is none.
func sdk(encoded string) string {
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		if raw, err = base64.RawURLEncoding.DecodeString(strings.TrimRight(encoded, "=")); err != nil {
			return ""
		}
	}
	var t struct{ Name, Version string }
	if json.Unmarshal(raw, &t) != nil {
		return ""
	}
	return strings.TrimSpace(t.Name + " " + t.Version)
}

// number is a member that is a number, whether it comes from this process or was read from JSON.
func number(m event.Members, name string) (int64, bool) {
	switch n := m[name].(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	case uint64:
		return int64(n), true
	case float64:
		return int64(n), true
	case json.Number:
		i, err := n.Int64()
		return i, err == nil
	}
	return 0, false
}
