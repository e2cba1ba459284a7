package tenant_test

import (
	"strings"
	"testing"

	"renewal.example/mockauth0/tenant"
)

func TestReceiversElsewhereAreAWarningUnlessAllowed(t *testing.T) {
	for url, want := range map[string]string{
		"https://app.example.test/out": "is not on this machine, so nothing is sent there; expected a loopback address, or " +
			"backchannel_logout: any in mock.yaml",
		"http://localhost:3000/out":      "",
		"https://app.localhost/out":      "",
		"http://[::1]:3000/out":          "",
		"https://127.0.0.1.evil.example": "is not on this machine",
	} {
		for _, reach := range []string{"", "any"} {
			m := tenant.Minimal()
			m.Clients[0].BackchannelLogout.URLs, m.Mock.BackchannelLogout = []string{url}, reach
			if err := m.Validate(); err != nil {
				t.Error(err)
			}
			if warned := len(m.Warnings) == 1 && strings.Contains(m.Warnings[0].String(), want); warned != (want != "" && reach == "") {
				t.Errorf("%s with %q: %v", url, reach, m.Warnings)
			}
		}
	}
}
