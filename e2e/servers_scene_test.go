package e2e

import (
	"cmp"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strconv"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/e2e/tables"
	"renewal.example/mockauth0"
	"renewal.example/mockauth0/tenant"
	"renewal.example/web"
)

// A backend is an app on a server with an SDK in it, its tenant at localhost and a port of its own, and a person who visits.
type backend struct {
	*visitor
	Tenant *mockauth0.Server
	site   http.Handler // what answers at the tenant's address
	app    string       // its base URL
}

// The web app of the tenants here. Its secret has what the Basic scheme must encode (RFC 6749 §2.3.1).
const (
	webClient = "WebAppClient00000000000000000001"
	webSecret = "a secret: 100% + &=/~"
)

// A stack is a server-side SDK, how its app is set up, and what it does in its own way.
type stack struct {
	app   string                                                       // in the apps folder of its language
	in    *language                                                    // nil: javascript
	order order                                                        // further settings of that app
	serve func(client *http.Client, o order, base string) http.Handler // an app in this process instead: Go's clients

	name, pkg string // how people call it, and its package or module; "": as the app
	version   string // "": that of the package
	way       string // how it is used, where there are several
	foreign   string // what it says of an ID token for another audience
	forged    string // what it says of a signature that does not fit; "": it leaves that to TLS (OpenID Connect Core §3.1.3.7)
	quiet     bool   // it swallows login_required: nobody is logged in, and that is all
	noRefresh bool   // it does not use refresh tokens
	revokes   bool   // it can revoke them
}

// row is its row of e2e/SUPPORT.md.
func (s stack) row() tables.SDK {
	name, pkg := cmp.Or(s.name, s.app), cmp.Or(s.pkg, s.app)
	var version string
	var err error
	switch {
	case s.serve != nil:
		version, err = tables.Module("../go.mod", pkg)
	case s.version != "":
		version = s.version
	default:
		version, err = web.PackageVersion(serverSDKsDir, pkg)
	}
	Expect(err).NotTo(HaveOccurred())
	return tables.SDK{Name: name, Version: version, Way: s.way, Runs: tables.Server}
}

// A backendSetting is what a spec may change.
type backendSetting struct {
	Scheme string               // "http": the tenant is by plain http
	Host   string               // the tenant's name without its port; "": localhost
	Tenant func(*tenant.Config) // changes the tutorial's tenant
	Client func(*tenant.Client) // changes the web app's settings at the tenant
	Front  guise                // stands before the tenant
}

// enter starts the tenant and the app, and brings Ada.
func (s stack) enter(set backendSetting) *backend {
	GinkgoHelper()
	ca, err := serverCA()
	Expect(err).NotTo(HaveOccurred())
	tn := tutorialTenant()
	client := tenant.NewClient("Web App")
	client.AppType, client.ClientID, client.ClientSecret = "regular_web", webClient, webSecret
	client.RefreshToken = tenant.RefreshToken{Rotating: true, Lifetime: 30 * 24 * time.Hour, IdleLifetime: 15 * 24 * time.Hour}
	tn.Clients = append(tn.Clients, client)
	tn.Connections[0].EnabledClients = append(tn.Connections[0].EnabledClients, client.Name)
	if set.Client != nil {
		set.Client(client)
	}
	if set.Tenant != nil {
		set.Tenant(tn)
	}
	b := &backend{visitor: newVisitor(ca, ada)}
	b.startTenant(tn, ca, set)

	o := s.order
	o.App, o.Domain, o.ClientID, o.ClientSecret, o.Audience = s.app, b.Tenant.Domain(), webClient, webSecret, audience
	switch {
	case s.serve != nil:
		b.app = serveApp(func(base string) http.Handler { return s.serve(trusting(ca), o, base) })
	case s.in != nil:
		b.app = s.in.host().start(o)
	default:
		b.app = javascript.host().start(o)
	}
	client.Callbacks, client.AllowedLogoutURLs = []string{b.app + "/callback"}, []string{b.app}
	Expect(b.Tenant.Reload(tn)).To(Succeed())
	return b
}

// startTenant serves a tenant on a port of its own: itself, or behind a handler or another name where they are given.
func (b *backend) startTenant(tn *tenant.Config, ca mockauth0.CA, set backendSetting) {
	GinkgoHelper()
	host, before := set.Host, set.Front
	o := mockauth0.Options{Tenant: tn, CA: ca, Keys: keys, Domain: "auto", Scheme: set.Scheme}
	var at net.Listener
	var err error
	if host != "" || before != nil {
		at, err = net.Listen("tcp", "127.0.0.1:0")
		Expect(err).NotTo(HaveOccurred())
		o.Domain = cmp.Or(host, "localhost") + ":" + port(at.Addr())
	}
	b.Tenant, err = mockauth0.Start(o)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(b.Tenant.Close)
	b.site = b.Tenant.Handler()
	if at == nil {
		return
	}
	if before != nil {
		b.site = before(b.Tenant)
	}
	front := &http.Server{Handler: b.site, TLSConfig: &tls.Config{GetCertificate: ca.GetCertificate}}
	go front.ServeTLS(at, "", "")
	DeferCleanup(front.Close)
}

// serveApp starts an app of this process and returns its base URL.
func serveApp(app func(base string) http.Handler) string {
	GinkgoHelper()
	site := httptest.NewUnstartedServer(nil)
	base := "http://localhost:" + port(site.Listener.Addr())
	site.Config.Handler = app(base)
	site.Start()
	DeferCleanup(site.Close)
	return base
}

func port(a net.Addr) string { return strconv.Itoa(a.(*net.TCPAddr).Port) }

// at opens a page of the app.
func (b *backend) at(path string) appAnswer {
	GinkgoHelper()
	return b.open(b.app + path)
}

// aMinuteAgo opens a page of the app as if it were a minute earlier at the tenant. Tokens of one second can be equal, as
// Auth0's have no id, and the SDKs' own time cannot be moved.
func (b *backend) aMinuteAgo(path string) appAnswer {
	GinkgoHelper()
	b.Tenant.Advance(-time.Minute)
	answer := b.at(path)
	b.Tenant.Advance(time.Minute)
	return answer
}

// onlyTheTenantRemembers takes the app's own session from the person's browser, where the SDK would show it in place of an error.
func (s stack) onlyTheTenantRemembers(b *backend) {
	GinkgoHelper()
	if !s.quiet {
		return
	}
	address, err := url.Parse(b.Tenant.URL())
	Expect(err).NotTo(HaveOccurred())
	jar, err := cookiejar.New(nil)
	Expect(err).NotTo(HaveOccurred())
	for _, cookie := range b.http.Jar.Cookies(address) {
		if cookie.Name == "auth0" {
			jar.SetCookies(address, []*http.Cookie{cookie})
		}
	}
	b.http.Jar = jar
}
