package e2e

import (
	"bufio"
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

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
	id     string // in web/apps/findings.yaml
	name   string
	build  string   // of a bundler, below web/apps; "": server
	origin string   // where the build lives
	server []string // the command of an app with a server of its own; the folder comes first
	renews event.LogCode
}

// ordersApps are all of them. The first two are built for `make test`, the others for `make apps`, which sets APPS.
func ordersApps() []ordersApp {
	refresh := event.SuccessExchangeRefreshToken
	all := []ordersApp{
		{id: "react", name: "auth0-react, refresh tokens in memory", build: "react/dist", origin: "http://localhost:5173", renews: refresh},
		{id: "react-frame", name: "auth0-react, hidden frame", build: "react/dist-frame", origin: "http://localhost:5173", renews: event.SuccessExchangeCode},
		{id: "spa-js", name: "auth0-spa-js", build: "spa-js/dist", origin: "http://localhost:5174", renews: refresh},
		{id: "vue", name: "auth0-vue", build: "vue/dist", origin: "http://localhost:5175", renews: refresh},
		{id: "oidc-client-ts", name: "oidc-client-ts", build: "oidc-client-ts/dist", origin: "http://localhost:5176", renews: refresh},
		{id: "angular", name: "auth0-angular", build: "angular/dist", origin: "http://localhost:4200", renews: refresh},
		{id: "nextjs", name: "nextjs-auth0", server: []string{"nextjs", "node", "../node_modules/next/dist/bin/next", "start"}, renews: refresh},
		{id: "express", name: "express-openid-connect", server: []string{"express", "node", "--env-file=.env", "server.js"}, renews: refresh},
	}
	if os.Getenv("APPS") == "" {
		return all[:2]
	}
	return all
}

var _ = Describe("The apps of web/apps", Label("apps"), func() {
	for _, a := range ordersApps() {
		It("log in, renew and log out: "+a.name, func() {
			s := a.enter()
			app := &pages.Own{Page: s.page, LogInName: "^log in$", LogOutName: "^log out$"}
			Expect(app.GoToLogIn()).To(Succeed())
			Expect((&pages.Login{Page: s.page}).As(ada)).To(Succeed())
			Expect(app.WaitSignedIn(s.AppOrigin)).To(Succeed())
			s.loadOrders()
			before := s.seen(a.renews)
			Expect(s.Advance(tokenLife + minute)).To(Succeed())
			s.loadOrders()
			Expect(s.seen(a.renews)).To(Equal(before + 1))
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
	follow := following(s.tenant)
	api := startAPI(s.tenant.URL(), ca.File(), follow...)
	origin := a.origin
	var site http.Handler
	if a.build != "" {
		site, err = web.NewBuild(os.DirFS(filepath.Join(appsDir, a.build)), map[string]string{builtDomain: s.tenant.Domain()})
		Expect(err).NotTo(HaveOccurred())
	} else {
		origin = a.startServer(s.tenant, ca, api, follow...)
		site = httputil.NewSingleHostReverseProxy(mustParse(origin))
	}
	s.World, err = browser.NewWorld(context.Background(), shared(shell), browser.WorldOptions{
		Name: "orders", Server: browser.AsTenantServer(s.tenant), AppOrigin: origin,
	})
	Expect(err).NotTo(HaveOccurred())
	scenes = append(scenes, &Scene{World: s.World})
	DeferCleanup(func() { Expect(s.Close()).To(Succeed()) })
	Expect(s.Serve(s.TenantURL(), s.tenant.Handler())).To(Succeed()) // with a certificate that browsers of Worlds trust
	Expect(s.Serve(origin, site)).To(Succeed())
	Expect(s.Serve(builtAPI, httputil.NewSingleHostReverseProxy(api))).To(Succeed())
	s.page, err = s.Open(origin + "/")
	Expect(err).NotTo(HaveOccurred())
	return s
}

func mustParse(address string) *url.URL {
	GinkgoHelper()
	u, err := url.Parse(address)
	Expect(err).NotTo(HaveOccurred())
	return u
}

// startServer starts an app with a server of its own on a free port, and has the tenant know it there. env is what its environment has,
// too.
func (a ordersApp) startServer(t *mockauth0.Server, ca mockauth0.CA, api *url.URL, env ...string) (origin string) {
	GinkgoHelper()
	at := freePort()
	origin = "http://localhost:" + at
	config := t.Snapshot().Clone()
	for _, c := range config.Clients {
		if c.ClientID == "orders-"+a.server[0] {
			for _, list := range [][]string{c.Callbacks, c.AllowedLogoutURLs} {
				for i, address := range list {
					list[i] = origin + mustParse(address).Path
				}
			}
		}
	}
	Expect(t.Reload(config)).To(Succeed())
	a.runServer(at, strings.TrimSuffix(t.URL(), "/"), ca.File(), api, env...)
	return origin
}

// runServer runs an app with a server of its own at a port, and waits until it answers. env is what its environment has, too.
func (a ordersApp) runServer(at, issuer, caFile string, api *url.URL, env ...string) {
	GinkgoHelper()
	origin := "http://localhost:" + at
	run := exec.Command(a.server[1], a.server[2:]...)
	run.Dir, run.Stderr, run.Stdout = filepath.Join(appsDir, a.server[0]), GinkgoWriter, GinkgoWriter
	run.Env = append(os.Environ(), "NODE_EXTRA_CA_CERTS="+caFile, "PORT="+at, "API="+api.String(),
		"APP_BASE_URL="+origin, "AUTH0_DOMAIN="+issuer, "BASE_URL="+origin, "ISSUER_BASE_URL="+issuer)
	run.Env = append(run.Env, env...)
	start(run)
	Eventually(func() error {
		answer, err := http.Get(origin)
		if err == nil {
			err = answer.Body.Close()
		}
		return err
	}, time.Minute).Should(Succeed(), "the app did not start; its complaint is above")
}

// following is the environment in which Node programs go by a tenant's clock, as those do that `exec --move-clock` starts.
func following(t *mockauth0.Server) []string {
	GinkgoHelper()
	module, err := filepath.Abs("../mockauth0/internal/cli/nodeclock/follow.mjs")
	Expect(err).NotTo(HaveOccurred())
	return []string{"MOCKAUTH0_CLOCK=" + t.URL() + "/__mock/v1", "NODE_OPTIONS=--import file://" + module}
}

// freePort is one where nobody listens.
func freePort() string {
	GinkgoHelper()
	for {
		// Below the ports that systems give to connections, one of which could take it before the program does.
		at := strconv.Itoa(20000 + rand.IntN(12000))
		if free, err := net.Listen("tcp", "127.0.0.1:"+at); err == nil {
			Expect(free.Close()).To(Succeed())
			return at
		}
	}
}

// start starts a program that ends with the spec.
func start(program *exec.Cmd) {
	GinkgoHelper()
	Expect(program.Start()).To(Succeed())
	DeferCleanup(func() {
		Expect(program.Process.Kill()).To(Succeed())
		_ = program.Wait() // it was killed
	})
}

// startAPI starts the API of the apps for a tenant, on a port of its own. caFile is whom it trusts for that, env what its environment
// has, too.
func startAPI(issuer, caFile string, env ...string) *url.URL {
	GinkgoHelper()
	api := exec.Command("node", "server.js")
	api.Dir, api.Stderr = filepath.Join(appsDir, "api"), GinkgoWriter
	api.Env = append(append(os.Environ(), "PORT=0", "ISSUER_BASE_URL="+issuer, "NODE_EXTRA_CA_CERTS="+caFile), env...)
	out, err := api.StdoutPipe()
	Expect(err).NotTo(HaveOccurred())
	start(api)
	line, err := bufio.NewReader(out).ReadString('\n')
	Expect(err).NotTo(HaveOccurred(), "the API did not start; its complaint is above")
	return mustParse(strings.TrimSuffix(regexp.MustCompile(`http://\S+`).FindString(line), ","))
}

// loadOrders presses the button, and waits until the API's answer shows.
func (s *ordersScene) loadOrders() {
	GinkgoHelper()
	before := s.answers()
	Expect(s.page.ByRole("button", "Load orders").Click()).To(Succeed())
	Expect(s.Settle()).To(Succeed())
	Expect(s.page.WaitFor("the orders are there", `document.querySelector('li') !== null`)).To(Succeed())
	Expect(s.answers()).To(Equal(before + 1))
}

// answers counts the orders that the API, or the app's own server, gave out.
func (s *ordersScene) answers() (n int) {
	for _, r := range s.Requests() {
		if at, err := url.Parse(r.URL); err == nil && strings.HasSuffix(at.Path, "/orders") && r.Method == "GET" && r.Status == 200 {
			n++
		}
	}
	return n
}

// seen counts the tenant's log entries of a type.
func (s *ordersScene) seen(code event.LogCode) int { return ofType(s.tenant.Events(0), code) }

// ofType counts the log entries of a type.
func ofType(events []event.Event, code event.LogCode) (n int) {
	for _, e := range events {
		if e.Type == code {
			n++
		}
	}
	return n
}
