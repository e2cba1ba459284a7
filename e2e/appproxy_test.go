package e2e

import (
	"bufio"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/coder/websocket"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/event"
)

// A person's app is on plain http, as dev servers are, and the tenant on https: two sites. --app-proxy makes one site of both.
var _ = Describe("An app behind --app-proxy", Label("app-proxy"), func() {
	It("renews by the hidden frame though the browser blocks third-party cookies, and keeps its hot reload", Label("sdk"), func() {
		app := startDevServer()
		tenant := runCommand(GinkgoT().TempDir(), "serve", "--https", "--app", app.URL, "--app-proxy=127.0.0.1:0",
			"--client-id", clientID, "--audience", audience, "--listen", "127.0.0.1:0")
		s := behindProxy(app, tenant)
		old := s.logIn()
		Expect(old.Claims).To(HaveKeyWithValue("iss", tenant.said.Issuer))

		Expect(s.Page.Eval("void (self.hot = new WebSocket(origin.replace('https:', 'wss:') + '/hot', 'vite-hmr'),"+
			" hot.onmessage = (m) => { self.told = m.data + ' by ' + hot.protocol })", nil)).To(Succeed())
		Expect(s.Page.WaitFor("the dev server speaks", "self.told === 'connected by vite-hmr'")).To(Succeed())
		s.renewsAfter(old)
		Expect(tenant.seen(event.SuccessSilentAuth)).To(Equal(1))
		Expect(tenant.seen(event.FailedSilentAuth)).To(BeZero())
		Expect(s.Page.Eval("void hot.send('saved')", nil)).To(Succeed())
		Expect(s.Page.WaitFor("the dev server has heard it", "self.told === 'reload after saved by vite-hmr'")).To(Succeed())
	})

	It("that Vite serves is updated when a file is saved", Label("slow"), func() {
		folder := GinkgoT().TempDir()
		save := func(name, text string) {
			Expect(os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600)).To(Succeed())
		}
		save("index.html", "<!doctype html><title>App</title><p></p><script type=module src=/main.js></script>")
		const shows = "import.meta.hot.accept(); document.querySelector('p').textContent = '%s'"
		save("main.js", fmt.Sprintf(shows, "first"))
		tenant := runCommand(folder, "serve", "--https", "--app", startVite(folder), "--app-proxy=127.0.0.1:0", "--listen", "127.0.0.1:0")
		w := worldBehindProxy(tenant)
		page, err := w.Open(tenant.said.App)
		Expect(err).NotTo(HaveOccurred())
		const text = "document.querySelector('p').textContent"
		Expect(page.WaitFor("the app is there", text+" === 'first'")).To(Succeed())
		Expect(page.Eval("void (self.same = true)", nil)).To(Succeed())
		Eventually(func() (shown string) { // nothing tells when Vite's page has connected
			save("main.js", fmt.Sprintf(shows, "second"))
			Expect(page.Eval(text, &shown)).To(Succeed())
			return shown
		}).Should(Equal("second"))
		Expect(page.WaitFor("it was not loaded anew", "self.same === true")).To(Succeed())
	})
})

// startVite serves a folder as its developer does, and returns the address.
func startVite(folder string) string {
	GinkgoHelper()
	vite, err := filepath.Abs(filepath.Join(appsDir, "node_modules", "vite", "bin", "vite.js"))
	Expect(err).NotTo(HaveOccurred())
	command := exec.Command("node", vite, "--clearScreen", "false")
	command.Dir, command.Stderr = folder, GinkgoWriter
	command.Env = append(os.Environ(), "NO_COLOR=1", "FORCE_COLOR=0")
	out, err := command.StdoutPipe()
	Expect(err).NotTo(HaveOccurred())
	Expect(command.Start()).To(Succeed())
	DeferCleanup(func() {
		Expect(command.Process.Kill()).To(Succeed())
		_ = command.Wait() // it was killed
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, at, found := strings.Cut(lines.Text(), "Local:"); found {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return strings.TrimSuffix(strings.TrimSpace(at), "/")
		}
	}
	Fail("Vite did not start; its complaint is above")
	return ""
}

// devServer is an app on plain http, as a person has it: its page, and a WebSocket for its hot reload.
type devServer struct {
	*httptest.Server
	page atomic.Pointer[http.Handler] // nil: the app has not been built yet
}

func startDevServer() *devServer {
	GinkgoHelper()
	d := &devServer{}
	d.Server = httptest.NewServer(d)
	d.URL = strings.Replace(d.URL, "127.0.0.1", "localhost", 1)
	DeferCleanup(d.Close)
	return d
}

func (d *devServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/hot" {
		speakHot(w, r)
		return
	}
	(*d.page.Load()).ServeHTTP(w, r)
}

// speakHot is a hot reload's end of the WebSocket. It takes pages of its own origin only, as dev servers do.
func speakHot(w http.ResponseWriter, r *http.Request) {
	socket, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"vite-hmr"}})
	if err != nil {
		return // it has answered
	}
	defer socket.CloseNow()
	say := func(text string) bool { return socket.Write(r.Context(), websocket.MessageText, []byte(text)) == nil }
	for ok := say("connected"); ok; {
		_, heard, err := socket.Read(r.Context())
		ok = err == nil && say("reload after "+string(heard))
	}
}

// behindProxy opens the page of auth0-spa-js with a hidden frame at the app's https address.
func behindProxy(app *devServer, tenant *commandTenant) *SDKScene {
	GinkgoHelper()
	s := &SDKScene{World: worldBehindProxy(tenant), SDK: ofVersion2()}
	page := s.site()
	app.page.Store(&page)
	var err error
	s.Page, err = s.Open(tenant.said.App)
	Expect(err).NotTo(HaveOccurred())
	Expect(s.value()).To(BeNil(), "nobody is logged in")
	return s
}

// worldBehindProxy is a browser that blocks third-party cookies and trusts the command's own CA, so that every connection is one to the
// command.
func worldBehindProxy(tenant *commandTenant) *browser.World {
	GinkgoHelper()
	at, err := url.Parse(tenant.said.App)
	Expect(err).NotTo(HaveOccurred())
	origin := "https://" + at.Host
	b, err := browser.Launch(context.Background(), browser.Options{TrustSPKI: []string{spkiOf(tenant.said.CAFile)}})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(func() { Expect(b.Close()).To(Succeed()) })
	w, err := browser.NewWorld(context.Background(), b, browser.WorldOptions{
		Name: "app-proxy", Server: tenant, AppOrigin: origin, Cookies: browser.ThirdPartyBlocked,
	})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(func() { Expect(w.Close()).To(Succeed()) })
	scenes = append(scenes, &Scene{World: w})
	Expect(w.MapOrigin(origin, "127.0.0.1:"+at.Port())).To(Succeed())
	return w
}

// spkiOf is the base64 of the SHA-256 of a certificate's public key, by which Chromium trusts it.
func spkiOf(file string) string {
	GinkgoHelper()
	text, err := os.ReadFile(file)
	Expect(err).NotTo(HaveOccurred())
	block, _ := pem.Decode(text)
	Expect(block).NotTo(BeNil(), "%s has no certificate", file)
	ca, err := x509.ParseCertificate(block.Bytes)
	Expect(err).NotTo(HaveOccurred())
	sum := sha256.Sum256(ca.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:])
}
