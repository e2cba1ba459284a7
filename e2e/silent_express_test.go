package e2e

import (
	"bufio"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/event"
)

var _ = Describe("The tutorial's Express server", Label("silent"), func() {
	It("serves silent.html for a whole renewal, and lets every origin read it", func() {
		s := enter(Setting{})
		Expect(s.MapOrigin(s.SilentOrigin, startExpress(s.Domain))).To(Succeed())
		s.LogIn(ada)
		first := s.stored("access_token")
		s.Pass(tokenLife + time.Second)
		Expect(s.App.WaitRenewals(1)).To(Succeed())
		Expect(s.stored("access_token")).NotTo(Equal(first))
		Expect(s.Silent()).To(Equal(codes(event.SuccessSilentAuth)))
		Expect(s.Messages()).To(HaveLen(1))
		Expect(s.Messages()[0].Origin).To(Equal(s.SilentOrigin))
		expectOpenCORS(s)
		served := false
		for _, r := range s.Requests() {
			served = served || strings.HasPrefix(r.URL, s.SilentOrigin+"/silent") && r.ResponseHeaders["X-Powered-By"] == "Express"
		}
		Expect(served).To(BeTrue(), "the page came from Express")
	})
})

// startExpress runs the tutorial's server.js on a copy of silent.html that was filled in, until the spec ends. It returns
// where the server listens.
func startExpress(domain string) (address string) {
	GinkgoHelper()
	dir := GinkgoT().TempDir()
	for name, fill := range map[string]*strings.Replacer{
		"server.js":   strings.NewReplacer(),
		"silent.html": strings.NewReplacer("YOUR_AUTH0_DOMAIN", domain, "YOUR_CLIENT_ID", clientID),
	} {
		text, err := os.ReadFile(filepath.Join("../web/tutorial", name))
		Expect(err).NotTo(HaveOccurred())
		Expect(os.WriteFile(filepath.Join(dir, name), []byte(fill.Replace(string(text))), 0o600)).To(Succeed())
	}
	modules, err := filepath.Abs(sdkDir)
	Expect(err).NotTo(HaveOccurred())
	Expect(os.Symlink(modules, filepath.Join(dir, "node_modules"))).To(Succeed())

	node := exec.Command("node", "--preserve-symlinks", "server.js") // modules find each other wherever the link leads
	node.Dir = dir
	node.Env = append(os.Environ(), "PORT=0", "HOST=127.0.0.1")
	node.Stderr = GinkgoWriter
	stdout, err := node.StdoutPipe()
	Expect(err).NotTo(HaveOccurred())
	Expect(node.Start()).To(Succeed(), "Node.js runs the tutorial's server: install node")
	DeferCleanup(func() {
		Expect(node.Process.Kill()).To(Succeed())
		_ = node.Wait() // it was killed, and says so
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	Expect(err).NotTo(HaveOccurred(), "server.js says where it listens; its complaint is above")
	says := strings.TrimPrefix(strings.TrimSpace(line), "Listening on ")
	at, err := url.Parse(says)
	Expect(err).NotTo(HaveOccurred())
	return "127.0.0.1:" + at.Port()
}
