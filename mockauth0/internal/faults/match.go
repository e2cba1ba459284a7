package faults

import (
	"strings"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/httpx"
)

// point is the first point at which every fact of the match is known.
func point(m *fault.Match) httpx.Point {
	switch {
	case m.User != "" || m.Connection != "":
		return httpx.Resolved
	case m.Client != "" || m.Grant != "" || m.Prompt != "" || m.ResponseMode != "":
		return httpx.Parsed
	}
	return httpx.Routed
}

// matches compares with the facts that are known so far.
func matches(m *fault.Match, f *httpx.Facts) bool {
	return is(m.Endpoint, f.Endpoint) && (is(m.Client, f.ClientID) || is(m.Client, f.ClientName)) && is(m.Grant, f.Grant) &&
		is(m.Prompt, f.Prompt) && is(m.ResponseMode, f.ResponseMode) && (is(m.User, f.UserID) || is(m.User, f.UserName)) &&
		is(m.Connection, f.Connection)
}

func is(want, have string) bool { return want == "" || have != "" && strings.EqualFold(want, have) }

// covers reports whether a match applies to every request to which the other one does, as far as that is known without one.
func covers(m, o *fault.Match) bool {
	wider := func(mine, other string) bool { return mine == "" || strings.EqualFold(mine, other) }
	return m.Nth == 0 && m.After == 0 && m.Before == 0 && m.Probability == 0 &&
		wider(m.Endpoint, o.Endpoint) && wider(m.Client, o.Client) && wider(m.Grant, o.Grant) && wider(m.Prompt, o.Prompt) &&
		wider(m.ResponseMode, o.ResponseMode) && wider(m.User, o.User) && wider(m.Connection, o.Connection)
}
