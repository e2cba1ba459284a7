package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/tenant"
	"renewal.example/web"
)

type runFlags struct {
	listen        string
	app           string
	silent        string
	appHTTP       string
	silentHTTP    string
	sdkDir        string
	readyFile     string
	tokenLifetime time.Duration
	given         []givenFlag
}

func (a *app) runCommand() *cobra.Command {
	var flags runFlags
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Run the tutorial: tenant, sample apps, silent page and API",
		Long: "run starts all that the token-renewal tutorial needs, and prints what to open. Access tokens live one minute. It serves\n" +
			"the apps twice: by https, on the tenant's own site, where every browser renews; and by http on the tutorial's ports,\n" +
			"where Safari and Chromium withhold the tenant's cookie, and Firefox does so unless you clicked through a login by redirect.",
		Example: lines(
			"mockauth0 run",
			"mockauth0 run --token-lifetime 10s",
			"mockauth0 run --app-http 127.0.0.1:5001        if another program has port 5000",
		),
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			flags.given = givenFlags(cmd, "listen", "app", "silent", "app-http", "silent-http", "token-lifetime", "sdk-dir",
				"ready-file", "data-dir")
			return a.run(cmd.Context(), flags)
		},
	}
	f := cmd.Flags()
	f.StringVar(&flags.listen, "listen", defaultListen, "address of the tenant")
	f.StringVar(&flags.app, "app", "127.0.0.1:5443", "address of the apps, https")
	f.StringVar(&flags.silent, "silent", "127.0.0.1:3443", "address of the silent page, https")
	f.StringVar(&flags.appHTTP, "app-http", "127.0.0.1:5000", "address of the apps, http")
	f.StringVar(&flags.silentHTTP, "silent-http", "127.0.0.1:3001", "address of the silent page, http")
	f.StringVar(&flags.sdkDir, "sdk-dir", "", "node_modules with auth0-js (default: web/node_modules of the checkout)")
	f.StringVar(&flags.readyFile, "ready-file", "", "file that gets the JSON line too, and is removed at the end")
	f.DurationVar(&flags.tokenLifetime, "token-lifetime", time.Minute, "how long the API's access tokens live in the browser, at least 1s")
	return cmd
}

// site is one listener of the sample apps.
type site struct {
	flag    string // that moves it
	address string
	tls     bool
	silent  bool
	socket  net.Listener
}

// origin is how a browser names it. localhost, not 127.0.0.1: the site that the tenant's cookie belongs to.
func (s *site) origin() string {
	return originHere(s.socket.Addr().String(), !s.tls)
}

// originHere is how browsers name a listener of this machine.
func originHere(listens string, plain bool) string {
	_, port, _ := net.SplitHostPort(listens)
	return domain.New(net.JoinHostPort("localhost", port), plain).URL()
}

func (a *app) run(ctx context.Context, flags runFlags) (err error) {
	if flags.tokenLifetime < time.Second {
		return refuse("--token-lifetime is %s; expected at least 1s: a token's life is counted in whole seconds", flags.tokenLifetime)
	}
	ready, err := a.newReadyFile(ctx, flags.readyFile)
	if err != nil {
		return err
	}
	t, err := a.load(ctx, "", false)
	if err != nil {
		return err
	}
	secure, plain := flags.pairs()
	sites := []*site{secure.app, secure.silent, plain.app, plain.silent}
	defer closeSites(sites)
	if err := listenSites(ctx, sites, flags.listen, flags.given); err != nil {
		return err
	}
	pairs := []pair{secure, plain}
	t = forRun(t, flags.tokenLifetime, pairs)
	server, err := a.start(ctx, t, flags.listen, "", a.env.get(controlToken), nil)
	if err != nil {
		return err
	}
	group := newGroup(slog.NewLogLogger(a.log.Handler(), slog.LevelDebug))
	defer func() { err = errors.Join(err, closeBoth(server, group)) }()
	for _, p := range pairs {
		if err := group.serve(server, p, web.Options{SDKDir: sdkDir(flags.sdkDir), SameSiteAddress: secure.app.origin() + "/"}); err != nil {
			return err
		}
	}
	withdraw, err := a.announce(server, nil, ready)
	defer withdraw()
	if err != nil {
		return err
	}
	a.printRun(server, secure.app, plain.app, flags.tokenLifetime)
	defer a.tellFailures(ctx, server, "")()
	select {
	case <-ctx.Done():
		return nil
	case err := <-group.failed:
		return err
	}
}

// closeBoth ends the tenant and the apps side by side, so that Ctrl-C takes the drain time once.
func closeBoth(server *mockauth0.Server, apps *group) error {
	stopped := make(chan struct{})
	go func() { defer close(stopped); apps.stop() }()
	err := drained(server)
	<-stopped
	return err
}

// pair is an app and the silent page it uses.
type pair struct{ app, silent *site }

// pairs are the apps by https and by http.
func (f *runFlags) pairs() (secure, plain pair) {
	return pair{&site{flag: "--app", address: f.app, tls: true}, &site{flag: "--silent", address: f.silent, tls: true, silent: true}},
		pair{&site{flag: "--app-http", address: f.appHTTP}, &site{flag: "--silent-http", address: f.silentHTTP, silent: true}}
}

func closeSites(sites []*site) {
	for _, s := range sites {
		if s.socket != nil {
			s.socket.Close()
		}
	}
}

// forRun is the tutorial tenant with short tokens and with the origins that are really served.
func forRun(t *tenant.Config, lifetime time.Duration, pairs []pair) *tenant.Config {
	t = t.Clone()
	for _, client := range t.Clients {
		for _, p := range pairs {
			client.Callbacks = with(client.Callbacks, p.app.origin()+"/callback", p.app.origin()+"/hardened/callback",
				p.silent.origin()+"/silent", p.silent.origin()+"/silent-hardened")
			client.WebOrigins = with(client.WebOrigins, p.app.origin())
			client.AllowedLogoutURLs = with(client.AllowedLogoutURLs, p.app.origin())
		}
	}
	for _, api := range t.ResourceServers {
		api.TokenLifetimeForWeb = lifetime
	}
	return t
}

// with appends what is missing.
func with(list []string, more ...string) []string {
	for _, s := range more {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// drainTime is how long requests may take after Ctrl-C, to the tenant and to the apps. It leaves what else there is to do before
// the end its share of two seconds. It is wall time.
const drainTime = 1200 * time.Millisecond

// drained ends a tenant, and gives requests in progress the drain time.
func drained(server *mockauth0.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	return server.Shutdown(ctx)
}

// group is the HTTP servers of the sample apps.
type group struct {
	log     *log.Logger // hears of each browser that does not trust the CA
	servers []*http.Server
	running int
	ended   chan struct{}
	failed  chan error
}

func newGroup(log *log.Logger) *group {
	return &group{log: log, ended: make(chan struct{}, 4), failed: make(chan error, 4)}
}

// The sample apps' client and API in the tutorial's tenant.
const (
	sampleClient = "Tutorial SPA"
	sampleAPI    = "https://api.example.test/"
)

func (g *group) serve(server *mockauth0.Server, p pair, options web.Options) error {
	t := server.Snapshot()
	options.Domain, options.ClientID, options.Audience = server.Domain(), t.ClientByName(sampleClient).ClientID, sampleAPI
	options.AppOrigin, options.SilentOrigin = p.app.origin(), p.silent.origin()
	options.LocalSDK, options.JWKSClient, options.Now = true, server.Client(), server.Now
	apps, err := web.New(options)
	if err != nil {
		return err
	}
	g.start(server, p.app, apps.App())
	g.start(server, p.silent, apps.Silent())
	return nil
}

func (g *group) start(server *mockauth0.Server, s *site, handler http.Handler) {
	h := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ErrorLog: g.log}
	socket := s.socket
	if s.tls {
		socket = tls.NewListener(socket, &tls.Config{
			GetCertificate: server.CA().GetCertificate, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
		})
	}
	g.servers = append(g.servers, h)
	g.running++
	go func() {
		defer func() { g.ended <- struct{}{} }()
		if err := h.Serve(socket); !errors.Is(err, http.ErrServerClosed) {
			g.failed <- fmt.Errorf("serving %s: %w", s.origin(), err)
		}
	}()
}

// stop gives requests in progress the drain time, and returns when every server has ended.
func (g *group) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	for _, h := range g.servers {
		if h.Shutdown(ctx) != nil {
			h.Close()
		}
	}
	for range g.running {
		<-g.ended
	}
}
