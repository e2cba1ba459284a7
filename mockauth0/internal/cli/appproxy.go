package cli

import (
	"context"
	"errors"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/appproxy"
	"renewal.example/mockauth0/tenant"
)

// defaultProxy is where --app-proxy listens where it names no address: that of `mockauth0 run`'s app.
const defaultProxy = "127.0.0.1:5443"

func proxyFlag(f *pflag.FlagSet, into *string) {
	f.StringVar(into, "app-proxy", "",
		"with --app: put the app on https beside the tenant, so that both are one site, at "+defaultProxy+" or --app-proxy=HOST:PORT")
	f.Lookup("app-proxy").NoOptDefVal = defaultProxy
}

// appProxy is the app of --app on https. nil: it was not asked for.
type appProxy struct {
	address string // of the listener
	origin  string // for browsers
	start   string // the app's first page there
	app     *url.URL
	socket  net.Listener
}

// listenForApp opens the socket of --app-proxy, so that the tenant can know the app's https origin; nil without the flag.
func listenForApp(ctx context.Context, address string, apps []string) (*appProxy, error) {
	if address == "" {
		return nil, nil
	}
	if len(apps) == 0 {
		return nil, refuse("--app-proxy needs --app: the address of the app that it puts on https")
	}
	app, err := url.Parse(apps[0])
	if err != nil || app.Scheme != "http" || app.Host == "" {
		return nil, refuse("--app-proxy puts an app on https that is on plain http, and --app is %q; expected an address such as "+
			"http://localhost:5173", apps[0])
	}
	address, err = checkedAddress("--app-proxy", address)
	if err != nil {
		return nil, err
	}
	if _, port, _ := net.SplitHostPort(address); port == app.Port() && port != "0" {
		return nil, refuse(
			"--app-proxy and --app have the same port, %s: choose another one for the proxy, such as --app-proxy=%s",
			port,
			defaultProxy,
		)
	}
	var listen net.ListenConfig
	socket, err := listen.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, explainListen(err, address, "--app-proxy")
	}
	p := &appProxy{address: socket.Addr().String(), app: app, socket: socket}
	p.origin = originHere(p.address, false)
	p.start = p.origin + app.EscapedPath()
	return p, nil
}

// page is the app's first page on https; "" without the proxy.
func (p *appProxy) page() string {
	if p == nil {
		return ""
	}
	return p.start
}

// close gives the socket back where the proxy was never served.
func (p *appProxy) close() {
	if p != nil {
		p.socket.Close()
	}
}

// before puts the app's https address in front of those that were given, so that the tenant has it in its callbacks, web origins and
// logout URLs.
func (p *appProxy) before(apps []string) []string {
	if p == nil {
		return apps
	}
	return append([]string{p.start}, apps...)
}

// fits refuses a tenant beside which the proxy is of no use.
func (p *appProxy) fits(server *mockauth0.Server) error {
	if p != nil && atDomain(server.Domain()).Plain {
		return refuse("--app-proxy puts the app on https, and this tenant is by plain http, so they would be two sites: leave one of both out " +
			"(an app at http://localhost is of the tenant's site as it is)")
	}
	return nil
}

// serve answers until stop is called, which returns when nothing is under way any more.
func (p *appProxy) serve(a *app, server *mockauth0.Server) (stop func() error, err error) {
	if p == nil {
		return func() error { return nil }, nil
	}
	proxy, err := appproxy.New(appproxy.Options{App: p.app, GetCertificate: server.CA().GetCertificate, Logger: a.log})
	if err != nil {
		return nil, refuse("--app-proxy: %v", err)
	}
	if !loopback(p.address) {
		a.warn("the proxy listens on %s, so other machines can reach your app; use 127.0.0.1 unless you mean that", p.address)
	}
	if !listsOrigin(server.Snapshot(), p.origin) {
		a.warn("no client of the tenant lists %s in its callbacks: add it, to the web origins and logout URLs too", p.origin)
	}
	served := make(chan error, 1)
	go func() {
		served <- proxy.Serve(p.socket)
	}()
	return func() error { return errors.Join(proxy.Close(), <-served) }, nil
}

// listsOrigin tells whether a client takes callbacks at an origin.
func listsOrigin(t *tenant.Config, origin string) bool {
	return slices.ContainsFunc(t.Clients, func(c *tenant.Client) bool {
		return slices.ContainsFunc(
			c.Callbacks,
			func(callback string) bool { return callback == origin || strings.HasPrefix(callback, origin+"/") },
		)
	})
}
