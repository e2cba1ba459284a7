//go:build python

// Python's clients have a target of their own, `make e2e-python`: whoever works on this repository need not have Python.
package e2e

import (
	"os"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var python = &language{
	command: []string{"venv/bin/python", "host.py"}, dir: serverDir + "/python",
	trust: []string{"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"}, // of Python's own ssl, and of requests
}

var _ = Describe("A server-side app with", Label("sdk-python"), func() {
	for _, s := range []stack{
		{in: python, app: "authlib_flask", name: "Authlib in Flask", version: pinned("Authlib"), foreign: "Missing claim: 'azp'", forged: "bad_signature"},
		{in: python, app: "requests_oauthlib_pyjwt", name: "requests-oauthlib with PyJWT", version: pinned("requests-oauthlib"), foreign: "Audience doesn't match", forged: "Signature verification failed"},
	} {
		Describe(s.row().String(), s.journey)
	}
})

// pinned is the version of a package in requirements.txt.
func pinned(name string) string {
	text, err := os.ReadFile(python.dir + "/requirements.txt")
	Expect(err).NotTo(HaveOccurred())
	_, rest, found := strings.Cut("\n"+string(text), "\n"+name+"==")
	Expect(found).To(BeTrue(), "requirements.txt pins no %s", name)
	version, _, _ := strings.Cut(rest, "\n")
	return version
}
