package e2e

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync/atomic"

	"github.com/coder/websocket"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/event"
)

// A person's app is on plain http, as dev servers are, and the tenant on https: two sites. --app-proxy makes one site of both.
var _ = Describe("An app behind --app-proxy", Label("sdk", "app-proxy"), func() {
	It("renews by the hidden frame though the browser blocks third-party cookies, and keeps its hot reload", func() {
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
})

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

// behindProxy opens the page of auth0-spa-js with a hidden frame at the app's https address, in a browser that blocks third-party
// cookies and trusts the command's own CA: every connection is one to the command.
func behindProxy(app *devServer, tenant *commandTenant) *SDKScene {
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
	s := &SDKScene{World: w, SDK: ofVersion2()}
	scenes = append(scenes, &Scene{World: w})
	page := s.site()
	app.page.Store(&page)
	Expect(w.MapOrigin(origin, "127.0.0.1:"+at.Port())).To(Succeed())
	s.Page, err = w.Open(tenant.said.App)
	Expect(err).NotTo(HaveOccurred())
	Expect(s.value()).To(BeNil(), "nobody is logged in")
	return s
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
