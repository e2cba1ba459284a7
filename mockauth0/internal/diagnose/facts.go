package diagnose

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/event"
)

// details are an event's, whether they come from the ring of this process or were read from JSON.
type details map[string]any

func (d details) text(name string) string {
	s, _ := d[name].(string)
	return s
}

func (d details) number(name string) (int64, bool) { return number(d[name]) }

func (d details) int(name string) int64 {
	n, _ := d.number(name)
	return n
}

func (d details) flag(name string) bool {
	b, _ := d[name].(bool)
	return b
}

func (d details) has(name string) bool { return d[name] != nil }

func (d details) texts(name string) []string { return texts(d[name]) }

func (d details) object(name string) details {
	m, _ := d[name].(map[string]any)
	return m
}

func number(v any) (int64, bool) {
	switch n := v.(type) {
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

// texts are those of a list, or the one that stands in a list's place.
func texts(v any) []string {
	switch list := v.(type) {
	case string:
		return []string{list}
	case []string:
		return list
	case []any:
		out := []string{}
		for _, one := range list {
			if s, ok := one.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// origin is scheme://host[:port] of a URL; "" when it has none.
func origin(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// pairs are the members of a response in a Location: of its fragment, or of its query.
func pairs(location string) url.Values {
	if _, fragment, ok := strings.Cut(location, "#"); ok {
		v, _ := url.ParseQuery(fragment)
		return v
	}
	if u, err := url.Parse(location); err == nil {
		return u.Query()
	}
	return url.Values{}
}

// loopback tells whether a callback is on the person's own machine, or of a scheme that any app can claim.
func loopback(callback string) bool {
	u, err := url.Parse(callback)
	if err != nil {
		return false
	}
	host := u.Hostname()
	return u.Scheme != "http" && u.Scheme != "https" || host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasPrefix(host, "127.") || host == "::1"
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

// detailsOf are an event's data by name, until the rules read the types.
func detailsOf(e event.Event) details {
	raw, err := json.Marshal(e.Made().Data)
	d := details{}
	if err == nil {
		_ = json.Unmarshal(raw, &d)
	}
	return d
}

// noted is one event of an exchange, as far as a rule needs it.
type noted struct {
	seq         uint64
	date        time.Time
	kind, typ   string
	description string
	details
}

func note(e event.Event) noted {
	return noted{e.Seq, e.Date, string(e.Kind), string(e.Type), e.Description, detailsOf(e)}
}

// among tells whether a text contains one of some words.
func among(text string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}
