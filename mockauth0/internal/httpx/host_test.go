package httpx_test

import (
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/httpx"
)

func TestHostnamesAndLoopback(t *testing.T) {
	for authority, want := range map[string]struct {
		host          string
		name, address bool
	}{
		"LOCALHOST:4443":          {"localhost", true, false},
		"localhost":               {"localhost", true, false},
		"a.localhost:1":           {"a.localhost", false, false},
		"127.0.0.1:4443":          {"127.0.0.1", true, true},
		"127.1.2.3":               {"127.1.2.3", true, true},
		"[::1]:4443":              {"::1", true, true},
		"[::1]":                   {"::1", true, true},
		"[::1%25lo]:1":            {"::1%25lo", false, false},
		"10.0.0.1:4443":           {"10.0.0.1", false, false},
		"127.0.0.1.evil.test":     {"127.0.0.1.evil.test", false, false},
		"localhost.evil.test:443": {"localhost.evil.test", false, false},
		"localhost:1.evil.test":   {"localhost:1.evil.test", false, false},
		"":                        {"", false, false},
	} {
		host := httpx.Hostname(authority)
		if host != want.host || httpx.LoopbackName(host) != want.name || httpx.LoopbackAddress(host) != want.address {
			t.Errorf("%q: host %q, loopback name %v, loopback address %v; want %+v", authority, host, httpx.LoopbackName(host),
				httpx.LoopbackAddress(host), want)
		}
	}
	if got := httpx.Echo(strings.Repeat("é", 60) + "\xff"); len(got) != 100 {
		t.Errorf("an echo of %d bytes", len(got))
	}
}
