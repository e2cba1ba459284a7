package e2e

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/browser"
)

var _ = Describe("Evidence of a failed spec", Label("evidence"), func() {
	It("has a directory of its own, though many names differ only at their end", func() {
		long := strings.Repeat("a claim of many words, ", 10)
		names := map[string]string{}
		for _, spec := range []string{
			"short (tutorial)", "short (hardened)", long + "(tutorial)", long + "(hardened)", long + "10 minutes ahead", long + "-10 minutes ahead",
		} {
			name := evidenceName(spec)
			Expect(names).NotTo(HaveKey(name), "%q and %q", spec, names[name])
			names[name] = spec
			Expect(name).To(MatchRegexp("^[a-zA-Z0-9-]{1,128}$"))
		}
		Expect(names).To(HaveKey("short-tutorial-"), "a short name is readable as it is")
	})
})

var _ = Describe("Evidence of a renewal that failed", Label("evidence"), func() {
	It("says why, as the tenant sees it", func() {
		s := stage(Setting{})
		c := s.Tenant.Snapshot().Clients[0]
		client := *s.Tenant.Client()
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		res, err := client.Get(s.TenantURL() + "/authorize?prompt=none&response_type=token&client_id=" + c.ClientID + "&redirect_uri=" +
			url.QueryEscape(c.Callbacks[0]+"/elsewhere"))
		Expect(err).NotTo(HaveOccurred())
		Expect(res.Body.Close()).To(Succeed())

		dir := GinkgoT().TempDir()
		Expect(s.Evidence(dir, browser.EvidenceOptions{})).To(Succeed())
		page, err := os.ReadFile(filepath.Join(dir, "index.html"))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(page)).
			To(And(ContainSubstring("Why renewals failed"),
				ContainSubstring("The redirect URI is not among the Allowed Callback URLs (callback_mismatch, certain)")))
	})
})

// evidenceName turns the full text of a spec into the name of its directory. What was cut off counts by its hash.
func evidenceName(spec string) string {
	const most = 120
	name := regexp.MustCompile(`[^a-zA-Z0-9]+`).ReplaceAllString(spec, "-")
	if len(name) <= most {
		return name
	}
	sum := sha256.Sum256([]byte(spec))
	return fmt.Sprintf("%s-%x", name[:most], sum[:3])
}
