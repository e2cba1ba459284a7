package e2e

import (
	"bufio"
	"context"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/browser/pages"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/tenant"
	"renewal.example/web"
)

// appsDir holds small apps on real SDKs, the API that they share, and the tenant that knows them.
const appsDir = "../web/apps"

// The settings that the apps are built with (web/apps/*/.env).
const (
	builtDomain = "localhost:4443"
	builtAPI    = "http://localhost:3010"
)

// An ordersApp is one of web/apps.
type ordersApp struct {
	name   string
	build  string // what its bundler made, below web/apps
	origin string // where it lives
	renews event.LogCode
}

// ordersApps are all of them; `make test` builds only those that are small.
var ordersApps = []struct {
	app   ordersApp
	label Labels
}{
	{ordersApp{"auth0-react, refresh tokens in memory", "react/dist", "http://localhost:5173", event.SuccessExchangeRefreshToken}, nil},
	{ordersApp{"auth0-react, hidden frame", "react/dist-frame", "http://localhost:5173", event.SuccessExchangeCode}, nil},
}

var _ = Describe("The apps of web/apps", Label("apps"), func() {
	for _, a := range ordersApps {
		It("log in, renew and log out: "+a.app.name, a.label, func() {
			s := a.app.enter()
			app := &pages.Own{Page: s.page, LogInName: "^log in$", LogOutName: "^log out$"}
			Expect(app.GoToLogIn()).To(Succeed())
			Expect((&pages.Login{Page: s.page}).As(ada)).To(Succeed())
			Expect(app.WaitSignedIn(a.app.origin)).To(Succeed())
			s.loadOrders()
			before := s.seen(a.app.renews)
			Expect(s.Advance(tokenLife + minute)).To(Succeed())
			s.loadOrders()
			Expect(s.seen(a.app.renews)).To(Equal(before + 1))
			Expect(app.LogOut()).To(Succeed())
		})
	}
})

// ordersScene is a World with one of the apps in it, its API, and their tenant.
type ordersScene struct {
	*browser.World
	page   *browser.Page
	tenant *mockauth0.Server
}

// enter opens the app, logged out.
func (a ordersApp) enter() *ordersScene {
	GinkgoHelper()
	ca, err := serverCA()
	Expect(err).NotTo(HaveOccurred())
	config, err := tenant.LoadDir(filepath.Join(appsDir, "tenant"), tenant.LoadOptions{Strict: true})
	Expect(err).NotTo(HaveOccurred())
	s := &ordersScene{}
	s.tenant, err = mockauth0.Start(mockauth0.Options{Tenant: config, CA: ca, Keys: keys, Domain: "auto", Listen: "127.0.0.1:0"})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(s.tenant.Close)
	build, err := web.NewBuild(os.DirFS(filepath.Join(appsDir, a.build)), map[string]string{builtDomain: s.tenant.Domain()})
	Expect(err).NotTo(HaveOccurred())
	s.World, err = browser.NewWorld(context.Background(), shared(shell), browser.WorldOptions{
		Name: "orders", Server: browser.AsTenantServer(s.tenant), AppOrigin: a.origin,
	})
	Expect(err).NotTo(HaveOccurred())
	scenes = append(scenes, &Scene{World: s.World})
	DeferCleanup(func() { Expect(s.Close()).To(Succeed()) })
	Expect(s.Serve(s.TenantURL(), s.tenant.Handler())).To(Succeed()) // with a certificate that browsers of Worlds trust
	Expect(s.Serve(a.origin, build)).To(Succeed())
	Expect(s.Serve(builtAPI, httputil.NewSingleHostReverseProxy(startAPI(s.tenant.URL(), ca.File())))).To(Succeed())
	s.page, err = s.Open(a.origin + "/")
	Expect(err).NotTo(HaveOccurred())
	return s
}

// startAPI starts the API of the apps for a tenant, on a port of its own. caFile is whom it trusts for that.
func startAPI(issuer, caFile string) *url.URL {
	GinkgoHelper()
	api := exec.Command("node", "server.js")
	api.Dir, api.Stderr = filepath.Join(appsDir, "api"), GinkgoWriter
	api.Env = append(os.Environ(), "PORT=0", "ISSUER_BASE_URL="+issuer, "NODE_EXTRA_CA_CERTS="+caFile)
	out, err := api.StdoutPipe()
	Expect(err).NotTo(HaveOccurred())
	Expect(api.Start()).To(Succeed())
	DeferCleanup(func() {
		Expect(api.Process.Kill()).To(Succeed())
		_ = api.Wait() // it was killed
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	Expect(err).NotTo(HaveOccurred(), "the API did not start; its complaint is above")
	at, err := url.Parse(strings.TrimSuffix(regexp.MustCompile(`http://\S+`).FindString(line), ","))
	Expect(err).NotTo(HaveOccurred())
	return at
}

// loadOrders presses the button, and waits until the API's answer shows.
func (s *ordersScene) loadOrders() {
	GinkgoHelper()
	before := s.answers()
	Expect(s.page.ByRole("button", "Load orders").Click()).To(Succeed())
	Expect(s.page.WaitFor("the orders are there", `document.querySelector('li') !== null`)).To(Succeed())
	Expect(s.Settle()).To(Succeed())
	Expect(s.answers()).To(Equal(before + 1))
}

// answers counts the orders that the API gave out.
func (s *ordersScene) answers() (n int) {
	for _, r := range s.Requests() {
		if r.URL == builtAPI+"/orders" && r.Method == "GET" && r.Status == 200 {
			n++
		}
	}
	return n
}

// seen counts the tenant's log entries of a type.
func (s *ordersScene) seen(code event.LogCode) (n int) {
	for _, e := range s.tenant.Events(0) {
		if e.Type == code {
			n++
		}
	}
	return n
}
