package e2e

import (
	"crypto/sha256"
	"encoding/json"
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
	playing "renewal.example/mockauth0/stage"
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

var _ = Describe("Evidence", Label("evidence"), func() {
	// seen is what a real run sent and got, and what lets somebody in.
	seen := func(st *playing.Stage) (secrets map[string]string, token string) {
		GinkgoHelper()
		raw, err := st.HAR()
		Expect(err).NotTo(HaveOccurred())
		secrets = map[string]string{}
		for name, like := range map[string]string{
			"password":      `password=([^&"\\]+)`,
			"cookie":        `(?s)"name": "auth0",\s+"value": "([^"]{10,})"`,
			"code":          `[?&]code=([^&"]+)`,
			"refresh token": `refresh_token\\":\\"([^"\\]+)`,
			"verifier":      `code_verifier[=":\\]+([^&"\\]+)`,
		} {
			found := regexp.MustCompile(like).FindStringSubmatch(string(raw))
			Expect(found).NotTo(BeNil(), "the run has no %s", name)
			secrets[name] = found[1]
		}
		token = regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]+`).FindString(string(raw))
		Expect(token).NotTo(BeEmpty())
		secrets["signature"] = token[strings.LastIndexByte(token, '.')+1:]
		for _, u := range st.Scenario.Tenant.Users {
			if u.Password != "" {
				secrets["password of "+u.Email] = u.Password
			}
		}
		return secrets, token
	}
	files := func(dir string) map[string]string {
		GinkgoHelper()
		entries, err := os.ReadDir(dir)
		Expect(err).NotTo(HaveOccurred())
		all := map[string]string{}
		for _, e := range entries {
			content, err := os.ReadFile(filepath.Join(dir, e.Name()))
			Expect(err).NotTo(HaveOccurred())
			all[e.Name()] = string(content)
			info, err := e.Info()
			Expect(err).NotTo(HaveOccurred())
			Expect(info.Mode().Perm()).To(Equal(os.FileMode(0o600)), e.Name())
		}
		return all
	}
	played := func() *playing.Stage {
		GinkgoHelper()
		source, err := playing.Source()
		Expect(err).NotTo(HaveOccurred())
		s, err := source.Read("refresh-token-reused")
		Expect(err).NotTo(HaveOccurred())
		st := open(s, "spa-js-2-refresh")
		_, err = st.Play()
		Expect(err).NotTo(HaveOccurred())
		return st
	}

	It("holds no password, cookie, code, refresh token or signature, but what a token claims", func() {
		st := played()
		secrets, token := seen(st)
		for name, secret := range secrets { // an app that writes everything to its console, and a test that fails with it
			Expect(st.Page.Eval(fmt.Sprintf("console.error(%q, %q)", name, secret), nil)).To(Succeed())
		}
		Expect(st.Page.Eval(fmt.Sprintf("window.postMessage({detail: %q})", secrets["code"]), nil)).To(Succeed())
		Expect(st.Settle()).To(Succeed())
		dir := GinkgoT().TempDir()
		Expect(st.Evidence(dir, browser.EvidenceOptions{Failure: fmt.Sprint("expected nothing, got ", secrets), About: token})).To(Succeed())
		all := files(dir)
		for _, file := range []string{"index.html", "traffic.har", "console.json", "messages.json", "tenant.json"} {
			Expect(all).To(HaveKey(file))
		}
		for file, content := range all {
			for name, secret := range secrets {
				for _, form := range []string{secret, url.QueryEscape(secret)} {
					Expect(strings.Contains(content, form)).To(BeFalse(), "the %s is in %s", name, file)
				}
			}
			Expect(strings.Contains(content, token)).To(BeFalse(), "a whole token is in %s", file)
		}
		claims := token[:strings.LastIndexByte(token, '.')+1]
		Expect(all["traffic.har"]).To(ContainSubstring(claims))
		Expect(all["index.html"]).To(ContainSubstring(claims))
		var har map[string]any
		Expect(json.Unmarshal([]byte(all["traffic.har"]), &har)).To(Succeed())
	})
	It("holds them when somebody asks for that", func() {
		st := played()
		secrets, token := seen(st)
		dir := GinkgoT().TempDir()
		Expect(st.Evidence(dir, browser.EvidenceOptions{Secrets: true})).To(Succeed())
		all := files(dir)
		for _, kept := range []string{token, secrets["cookie"], secrets["refresh token"]} {
			Expect(all["traffic.har"]).To(ContainSubstring(kept))
		}
		Expect(all["index.html"]).To(ContainSubstring("hold passwords, cookies and tokens"))
	})
	It("is no larger than it may be, and says what is missing", func() {
		st := played()
		Expect(st.Page.Eval(`for (let i = 0; i < 3000; i++) console.log('line ' + i + ' ' + '<'.repeat(1000))`, nil)).To(Succeed())
		const most = 1 << 20
		dir := GinkgoT().TempDir()
		Expect(st.Evidence(dir, browser.EvidenceOptions{MaxBytes: most})).To(Succeed())
		size := 0
		for _, content := range files(dir) {
			size += len(content)
		}
		Expect(size).To(BeNumerically("<=", most))
		Expect(files(dir)["index.html"]).To(And(ContainSubstring("entries of the console"), ContainSubstring("line 2999")))
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
