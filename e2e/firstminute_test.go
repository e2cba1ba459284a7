package e2e

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/browser/pages"
	"renewal.example/mockauth0/event"
	"renewal.example/web"
)

// A person has a folder with a React app, the command on PATH, and no tenant. The folder is as it comes from a template: nothing in it
// knows of mockauth0, and its .env has the domain, client id and audience of another tenant.
var _ = Describe("The first minute with an app of one's own", Label("apps"), func() {
	It("is one command: serve --app, then the app logs in and renews", func() {
		const origin = "http://localhost:5173"
		folder := freshFolder()
		tenant := runCommand(folder, "serve", "--app", origin, "--listen", "127.0.0.1:0", "--write-env", ".env.local")
		settings, err := os.ReadFile(filepath.Join(folder, ".env.local"))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(settings)).To(ContainSubstring("VITE_AUTH0_DOMAIN=" + tenant.said.Domain + "\n"))

		buildApp(folder)
		app, err := web.NewBuild(os.DirFS(filepath.Join(folder, "dist")), nil)
		Expect(err).NotTo(HaveOccurred())
		w, err := browser.NewWorld(context.Background(), shared(shell), browser.WorldOptions{
			Name: "first-minute", Server: tenant, AppOrigin: origin,
		})
		Expect(err).NotTo(HaveOccurred())
		scenes = append(scenes, &Scene{World: w})
		DeferCleanup(func() { Expect(w.Close()).To(Succeed()) })
		Expect(w.Serve(w.TenantURL(), tenant.proxy())).To(Succeed()) // with a certificate that browsers of Worlds trust
		Expect(w.Serve(origin, app)).To(Succeed())
		Expect(w.Serve(builtAPI, httputil.NewSingleHostReverseProxy(startAPI(tenant.said.Issuer, tenant.said.CAFile)))).To(Succeed())
		page, err := w.Open(origin + "/")
		Expect(err).NotTo(HaveOccurred())

		own := &pages.Own{Page: page, LogInName: "^log in$", LogOutName: "^log out$"}
		Expect(own.GoToLogIn()).To(Succeed())
		Expect((&pages.Login{Page: page}).As(ada)).To(Succeed())
		Expect(own.WaitSignedIn(origin)).To(Succeed())
		Expect(tenant.learned()).To(Equal([]string{"client id orders-react", "audience https://orders.example.test/"}))

		Expect(tenant.seen(event.SuccessExchangeRefreshToken)).To(BeZero())
		Expect(w.Advance(24*time.Hour + minute)).To(Succeed()) // the life of an access token at the API
		Expect(page.ByRole("button", "Load orders").Click()).To(Succeed())
		Expect(w.Settle()).To(Succeed())
		Expect(tenant.seen(event.SuccessExchangeRefreshToken)).To(Equal(1))
		Expect(own.LogOut()).To(Succeed())
	})
})

// freshFolder is a copy of the React app with its packages, as after npm install.
func freshFolder() string {
	GinkgoHelper()
	folder := filepath.Join(GinkgoT().TempDir(), "orders")
	Expect(os.Mkdir(folder, 0o755)).To(Succeed())
	from := filepath.Join(appsDir, "react")
	entries, err := os.ReadDir(from)
	Expect(err).NotTo(HaveOccurred())
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), "dist") || entry.Name() == ".env.local" || entry.Name() == "node_modules" {
			continue // what somebody built or set up there
		}
		if entry.IsDir() {
			Expect(os.CopyFS(filepath.Join(folder, entry.Name()), os.DirFS(filepath.Join(from, entry.Name())))).To(Succeed())
			continue
		}
		text, err := os.ReadFile(filepath.Join(from, entry.Name()))
		Expect(err).NotTo(HaveOccurred())
		Expect(os.WriteFile(filepath.Join(folder, entry.Name()), text, 0o600)).To(Succeed())
	}
	modules, err := filepath.Abs(filepath.Join(appsDir, "node_modules"))
	Expect(err).NotTo(HaveOccurred())
	Expect(os.Symlink(modules, filepath.Join(folder, "node_modules"))).To(Succeed())
	return folder
}

// buildApp builds the app with the settings that its folder has.
func buildApp(folder string) {
	GinkgoHelper()
	vite := exec.Command("node", filepath.Join("node_modules", "vite", "bin", "vite.js"), "build", "--logLevel", "warn")
	vite.Dir, vite.Stdout, vite.Stderr = folder, GinkgoWriter, GinkgoWriter
	Expect(vite.Run()).To(Succeed())
}

// commandTenant is a tenant that the command serves, in a process of its own. Its control API is all there is to talk to.
type commandTenant struct {
	said struct {
		Issuer, Domain, Listen, Control, App string
		CAFile                               string `json:"ca_file"`
	}
	client *http.Client
}

// commandDir has the command; "": nobody has built it yet.
var commandDir string

// builtCommand is the command, which this process builds once.
func builtCommand() string {
	GinkgoHelper()
	if commandDir == "" {
		dir, err := os.MkdirTemp("", "mockauth0-e2e-")
		Expect(err).NotTo(HaveOccurred())
		build := exec.Command("go", "build", "-o", dir, "renewal.example/mockauth0/cmd/mockauth0")
		build.Stderr = GinkgoWriter
		if err := build.Run(); err != nil {
			Expect(errors.Join(err, os.RemoveAll(dir))).To(Succeed())
		}
		commandDir = dir
	}
	return filepath.Join(commandDir, "mockauth0")
}

// runCommand runs the command in a folder until the spec is over.
func runCommand(folder string, args ...string) *commandTenant {
	GinkgoHelper()
	command := exec.Command(builtCommand(), append(args, "--exit-with-stdin", "--data-dir", GinkgoT().TempDir())...)
	command.Dir, command.Stderr = folder, GinkgoWriter
	in, err := command.StdinPipe()
	Expect(err).NotTo(HaveOccurred())
	out, err := command.StdoutPipe()
	Expect(err).NotTo(HaveOccurred())
	Expect(command.Start()).To(Succeed())
	DeferCleanup(func() {
		Expect(in.Close()).To(Succeed())
		_ = command.Wait() // it ends with its standard input
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	Expect(err).NotTo(HaveOccurred(), "the tenant did not start; its complaint is above")
	t := &commandTenant{}
	Expect(json.Unmarshal(line, &t.said)).To(Succeed())
	pool := x509.NewCertPool()
	if ca, err := os.ReadFile(t.said.CAFile); err == nil { // by plain http there is none
		pool.AppendCertsFromPEM(ca)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	DeferCleanup(transport.CloseIdleConnections)
	t.client = &http.Client{Transport: transport}
	return t
}

// proxy leads to the tenant.
func (t *commandTenant) proxy() http.Handler {
	to, err := url.Parse(t.said.Issuer)
	Expect(err).NotTo(HaveOccurred())
	return &httputil.ReverseProxy{Transport: t.client.Transport, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host
	}}
}

// ask sends a request to the control API; body nil: it is a GET.
func (t *commandTenant) ask(path string, body, into any) {
	GinkgoHelper()
	method, sent := http.MethodGet, []byte(nil)
	if body != nil {
		var err error
		method = http.MethodPost
		sent, err = json.Marshal(body)
		Expect(err).NotTo(HaveOccurred())
	}
	r, err := http.NewRequest(method, t.said.Control+path, bytes.NewReader(sent))
	Expect(err).NotTo(HaveOccurred())
	r.Header.Set("Content-Type", "application/json")
	res, err := t.client.Do(r)
	Expect(err).NotTo(HaveOccurred())
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	Expect(err).NotTo(HaveOccurred())
	Expect(res.StatusCode).To(Equal(http.StatusOK), "%s", text)
	Expect(json.Unmarshal(text, into)).To(Succeed())
}

// events are all that happened.
func (t *commandTenant) events() []event.Event {
	GinkgoHelper()
	var answer struct{ Events []event.Event }
	t.ask("/events", nil, &answer)
	return answer.Events
}

// seen counts the tenant's log entries of a type.
func (t *commandTenant) seen(code event.LogCode) int {
	GinkgoHelper()
	return ofType(t.events(), code)
}

// learned is what the tenant learned from the app.
func (t *commandTenant) learned() (list []string) {
	GinkgoHelper()
	for _, e := range t.events() {
		if change := event.Of[event.Config](e); change.Change == event.ConfigLearned {
			list = append(list, change.Learned+" "+change.Value)
		}
	}
	return list
}

// Domain, Addr, Now, Shift, Waits and Log make it a browser.TenantServer.
func (t *commandTenant) Domain() string { return t.said.Domain }
func (t *commandTenant) Addr() string   { return t.said.Listen }

type commandClock struct{ Now time.Time }

func (t *commandTenant) Now() time.Time {
	GinkgoHelper()
	var clock commandClock
	t.ask("/clock", nil, &clock)
	return clock.Now
}

func (t *commandTenant) Shift(d time.Duration) {
	GinkgoHelper()
	t.ask("/clock", map[string]string{"advance": d.String()}, &commandClock{})
}

func (t *commandTenant) Waits() []browser.Wait      { return nil }
func (t *commandTenant) Log() []browser.TenantEvent { return nil }
