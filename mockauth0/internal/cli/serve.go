package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/check"
	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/ownapp"
	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/stage"
	"renewal.example/mockauth0/tenant"
)

type serveFlags struct {
	tenantDir string
	listen    string
	domain    string
	scheme    schemeFlags
	readyFile string
	strict    bool
	token     string
	scenario  string
	app       ownapp.Options
	writeEnv  string
	withStdin bool
	proxy     string // address of --app-proxy; "": none
	state     string // file that keeps the state; "": none
	every     time.Duration
	shareKeys bool
}

func (a *app) serveCommand() *cobra.Command {
	var flags serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve a tenant directory",
		Long: "serve runs the tenant of a directory until Ctrl-C. When it is ready it prints one JSON line to stdout: {issuer, domain,\n" +
			"listen, ca_file, control, pid}, with --app-proxy also app. Everything for people goes to stderr. When you change a file,\n" +
			"serve reads the directory again. When the change has a mistake, serve reports it and goes on as before.\n\n" +
			"With --app it needs no directory: it makes a tenant for an app that you have, with the callbacks, web origins and logout\n" +
			"URLs of that address, an API, refresh tokens that rotate, and two people who can log in. serve prints them.\n\n" +
			"- Client id, audience and callbacks on the app's origins are learned when the app first asks with them, and named in the\n" +
			"  log. --client-id, --audience and --callback pin them: any other is then refused, as your real tenant refuses it.\n" +
			"- The package.json where you start serve tells which SDK the app has, and so which settings it reads: serve prints their\n" +
			"  lines. --write-env .env.local writes them, over no other value. Then restart the app, so that it reads them.\n" +
			"- An SDK that takes plain http gets a tenant by plain http: app and tenant are one site, and nothing has to trust a CA.\n" +
			"  --https decides otherwise. By https, a browser trusts the tenant once you have followed `mockauth0 ca --help`.\n" +
			"- With --scenario the same tenant has a failure that begins when somebody has logged in.",
		Example: lines(
			"mockauth0 serve                                        the built-in tutorial tenant",
			"mockauth0 serve --tenant ./acme --listen 127.0.0.1:0   any free port; read it from the JSON line",
			"mockauth0 serve --tenant ./acme --ready-file ready.json &",
			"mockauth0 serve --http                                 by http://localhost:4443, for auth0-spa-js, auth0-react and the like",
			"mockauth0 serve --state acme.state                     sessions and tokens outlive a restart",
			"mockauth0 serve --exit-with-stdin                      for a program that keeps its end of a pipe open",
			"mockauth0 serve --app http://localhost:5173 --write-env .env.local     a tenant for your own app, and the app's settings",
			"mockauth0 serve --app http://localhost:5173 --app-proxy     the app on https beside the tenant: one site",
			"mockauth0 serve --scenario web-origin-missing --app http://localhost:8080/ --client-id MyApp     a failure, for your own app",
		),
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.serve(cmd.Context(), flags) },
	}
	f := cmd.Flags()
	f.StringVar(&flags.tenantDir, "tenant", "",
		"tenant directory with tenant.yaml, users.json and mock.yaml (default: the built-in tutorial tenant)")
	f.StringVar(&flags.listen, "listen", "",
		"address to listen on, port 0 for any free one (default: listen in mock.yaml, else "+defaultListen+")")
	domainFlag(f, &flags.domain)
	f.BoolVar(&flags.scheme.http, "http", false,
		"serve by plain http, on this machine alone: no CA to trust, and an app at http://localhost is of the tenant's own site")
	f.BoolVar(&flags.scheme.https, "https", false, "serve by https, whatever mock.yaml says")
	f.StringVar(&flags.readyFile, "ready-file", "", "file that gets the JSON line too, and is removed at the end")
	tokenFlag(f, &flags.token,
		"opens the control API to other machines, which send it as Authorization: Bearer TOKEN; without one it is closed to them")
	f.BoolVar(&flags.strict, "strict", false, "refuse unknown keys in tenant.yaml")
	f.BoolVar(&flags.withStdin, "exit-with-stdin", false,
		"end when standard input closes: a tenant that another program starts then ends with that program, whatever ended it")
	f.StringVar(&flags.state, "state", "",
		"file that keeps sessions, tokens, users, keys and clock over a restart; it holds private keys and passwords")
	f.DurationVar(&flags.every, "state-every", 5*time.Second, "with --state: how often a changed state is saved; 0: at the end only")
	f.BoolVar(&flags.shareKeys, "share-keys", false,
		"let further tenants (POST /__mock/v1/tenants) sign with the key of this one: for hundreds that sign at a time")
	f.StringVar(&flags.scenario, "scenario", "",
		"scenario of the catalogue, or a FILE.yaml: serve its tenant; the failure begins when a user has logged in")
	complete(cmd, "scenario", completeScenarioFlag)
	ownAppFlags(cmd, &flags.app)
	proxyFlag(f, &flags.proxy)
	f.StringVar(&flags.writeEnv, "write-env", "", "with --app: .env file that gets the app's settings, over no other value")
	return cmd
}

// ownAppFlags are those of a tenant that is made for a person's own app.
func ownAppFlags(cmd *cobra.Command, into *ownapp.Options) {
	f := cmd.Flags()
	f.StringArrayVar(&into.URLs, "app", nil,
		"address of your own app: serve a tenant for it, which learns what the app asks for; more than one for an app on several origins")
	complete(cmd, "app", oneOf(devServers()...))
	f.StringVar(&into.ClientID, "client-id", "", "with --app: the only client id (default: learned)")
	f.StringVar(&into.Callback, "callback", "", "with --app: the only redirect_uri (default: learned, on the app's origins)")
	f.StringVar(&into.Audience, "audience", "", "with --app: the only audience (default: learned)")
}

// domainFlag is the domain of a tenant that a command serves.
func domainFlag(f *pflag.FlagSet, into *string) {
	f.StringVar(into, "domain", "",
		`the tenant's domain, HOST[:PORT] or http://HOST[:PORT], or "auto" for localhost:<port> (default: domain in mock.yaml, else auto)`)
}

func (a *app) serve(ctx context.Context, flags serveFlags) (err error) {
	if flags.withStdin {
		until, stop := a.untilStdinCloses(ctx)
		defer stop()
		defer func() { err = a.endedByStdin(until, err) }()
		ctx = until
	}
	proxy, err := listenForApp(ctx, flags.proxy, flags.app.URLs)
	if err != nil {
		return err
	}
	defer proxy.close()
	flags.app.URLs = proxy.before(flags.app.URLs)
	what, err := a.toServe(ctx, flags)
	if err != nil {
		return err
	}
	what.proxy = proxy
	ready, err := a.newReadyFile(ctx, flags.readyFile)
	if err != nil {
		return err
	}
	if flags.domain, what.why, err = chooseDomain(flags, what); err != nil {
		return err
	}
	state, err := a.openStateFile(flags.state, flags.every)
	if err != nil {
		return err
	}
	server, err := a.startWith(ctx, flags.listen, mockauth0.Options{
		Tenant: what.tenant, Domain: flags.domain, ControlToken: cmp.Or(flags.token, a.env.get(controlToken)), Learner: what.learner(),
		State: state.document(), KeepState: state.keeper(), ShareKeys: flags.shareKeys,
	})
	if err != nil {
		return state.explain(err)
	}
	end, err := state.keep(ctx, server)
	if err != nil {
		return errors.Join(err, drained(server))
	}
	defer func() { err = errors.Join(err, drained(server), end()) }()
	if err := proxy.fits(server); err != nil {
		return err
	}
	return a.serveUntilDone(ctx, server, what, flags, ready)
}

// serveUntilDone says where the tenant is, and serves it until the context ends.
func (a *app) serveUntilDone(ctx context.Context, server *mockauth0.Server, what served, flags serveFlags, ready *readyFile) (err error) {
	settings, err := a.settingsFor(server, what, flags.writeEnv)
	if err != nil {
		return err
	}
	changes, err := watch(flags.tenantDir, a.log)
	if err != nil {
		a.warn("serve will not notice when %s changes: %v", flags.tenantDir, err)
	}
	defer changes.close()

	withdraw, err := a.announce(server, what.proxy, ready)
	defer withdraw()
	if err != nil {
		return err
	}
	stop, err := what.proxy.serve(a, server)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	defer a.keepClockFile(server)()
	a.printStart(server, what, settings)
	a.warnOfSites(atDomain(server.Domain()), server.Snapshot())
	defer a.tellFailures(ctx, server, what.reproduceFlags(server.Domain()))()
	defer a.tellSilentApp(ctx, what)()
	if what.scenario != nil {
		defer a.arrangeAfterLogin(server, what.scenario)()
	}
	changes.each(ctx, func() { a.reload(ctx, server, flags) })
	return nil
}

// served is what serve serves.
type served struct {
	dir      string // from which the tenant comes; "": it is built in, or made
	tenant   *tenant.Config
	scenario *scenario.Scenario // nil: nothing is to go wrong
	app      *ownapp.App        // a person's own; nil: none was named
	proxy    *appProxy          // puts that on https; nil: nothing does
	project  ownapp.Project     // what package.json says of the app
	why      string             // why the tenant is by plain http or by https, where nobody said it; "": there is nothing to say
}

// learns tells whether the tenant is made for the app, and learns from it: one of a directory does not.
func (s served) learns() bool { return s.app != nil && s.dir == "" }

// appFlags are the flags that name the app.
func (s served) appFlags() string {
	if s.proxy != nil {
		return "--app " + shellWord(s.proxy.app.String()) + " --app-proxy=" + s.proxy.address
	}
	return "--app " + shellWord(s.app.Start())
}

// reproduceFlags have `reproduce` play a failure with this app, which asks for the tenant at a domain. Without an app, and where the app is
// reached through this program only, there are none.
func (s served) reproduceFlags(at string) string {
	if s.app == nil || s.proxy != nil {
		return ""
	}
	flags := " --app " + shellWord(s.app.Start())
	if _, host := domain.Split(at); host != check.DefaultDomain { // the scheme follows the app
		flags += " --domain " + shellWord(at)
	}
	return flags
}

// learner learns from the app's requests; nil: nothing is learned.
func (s served) learner() tenant.Learner {
	if !s.learns() {
		return nil
	}
	return s.app
}

// toServe is the tenant of the directory, of a scenario, or of an app.
func (a *app) toServe(ctx context.Context, flags serveFlags) (s served, err error) {
	pinned := flags.app.ClientID != "" || flags.app.Callback != "" || flags.app.Audience != ""
	switch {
	case flags.tenantDir != "" && flags.scenario != "":
		return s, refuse("give --scenario or --tenant, not both: a scenario has a tenant of its own")
	case flags.tenantDir != "" && pinned:
		return s, refuse("--client-id, --callback and --audience say what a tenant for --app accepts; that of --tenant has them in %s",
			filepath.Join(flags.tenantDir, "tenant.yaml"))
	case len(flags.app.URLs) == 0 && pinned:
		return s, refuse("--client-id, --callback and --audience need --app")
	}
	if s, err = a.appToServe(flags); err != nil {
		return s, err
	}
	s.dir = flags.tenantDir
	switch {
	case flags.scenario != "":
		return a.scenarioToServe(flags.scenario, s)
	case flags.tenantDir == "" && s.app != nil:
		s.tenant = s.app.Tenant()
		return s, nil
	}
	s.tenant, err = a.load(ctx, flags.tenantDir, flags.strict)
	return s, err
}

// appToServe is a person's own app, as the flags and its package.json describe it; none is named: nil.
func (a *app) appToServe(flags serveFlags) (s served, err error) {
	if len(flags.app.URLs) == 0 {
		if flags.writeEnv != "" {
			return s, refuse("--write-env needs --app; for the tenant of a directory, `mockauth0 env` prints the settings")
		}
		return s, nil
	}
	s.project = a.project()
	flags.app.Type = s.project.Type
	if s.app, err = ownapp.New(flags.app); err != nil {
		return s, refuse("%w", err)
	}
	if flags.writeEnv != "" {
		err = checkEnvFile(a.path(flags.writeEnv), settingsFormats(s.project))
	}
	return s, err
}

// scenarioToServe is a scenario with its tenant, adopted by the app, if there is one.
func (a *app) scenarioToServe(id string, s served) (served, error) {
	played, err := a.scenario(id)
	if err != nil {
		return s, err
	}
	if s.app != nil {
		tutorial, err := stage.Tutorial()
		if err != nil {
			return s, err
		}
		played = s.app.Adopt(played, tutorial)
	}
	s.scenario, s.tenant = played, played.Tenant
	return s, nil
}

// start opens the CA and the keys and listens; learner nil: the tenant learns nothing.
func (a *app) start(
	ctx context.Context, t *tenant.Config, listen, domain, token string, learner tenant.Learner,
) (*mockauth0.Server, error) {
	return a.startWith(ctx, listen, mockauth0.Options{Tenant: t, Domain: domain, ControlToken: token, Learner: learner})
}

// startWith is start with all that o says beside the address, the CA and the keys.
func (a *app) startWith(ctx context.Context, listen string, o mockauth0.Options) (*mockauth0.Server, error) {
	address, err := listenAddress(listen, o.Tenant)
	if err != nil {
		return nil, err
	}
	if atDomain(domainOf(o.Domain, address, o.Tenant)).Plain && !loopback(address) {
		return nil, refuse("--listen is %s, which other machines can reach, and a tenant by plain http is for this machine alone: listen on "+
			"127.0.0.1, or leave --http out", address)
	}
	ca, keys, err := a.trust(ctx, o.Tenant, o.Domain)
	if err != nil {
		return nil, err
	}
	scenarios, err := stage.Source()
	if err != nil {
		return nil, err
	}
	o.Listen, o.CA, o.Keys, o.Logger, o.Metrics, o.Scenarios = address, ca, keys, a.log, metrics, &scenarios
	server, err := mockauth0.Start(o)
	if err != nil {
		return nil, explainListen(err, address, "--listen")
	}
	a.said.serve()
	if warning := keys.Warning(); warning != nil {
		a.warn("%v", warning)
	}
	if !loopback(address) {
		who := "its control API is closed to them; --control-token opens it"
		if o.ControlToken != "" {
			who = "with the control token they can read its users and change it"
		}
		a.warn("listening on %s, so other machines can reach this tenant (%s); use 127.0.0.1 unless you mean that", address, who)
	}
	return server, nil
}

// reload takes over the directory as it is now, or says why not and keeps the tenant as it was.
func (a *app) reload(ctx context.Context, server *mockauth0.Server, flags serveFlags) {
	before := server.Snapshot()
	t, err := a.load(ctx, flags.tenantDir, flags.strict)
	if err == nil {
		err = server.Reload(t)
	}
	if err == nil {
		now := server.Snapshot()
		if now.Mock.Domain != before.Mock.Domain || now.Mock.Scheme != before.Mock.Scheme || now.Mock.CustomDomain != before.Mock.CustomDomain ||
			now.Mock.Listen != before.Mock.Listen {
			a.warn("domain, scheme, custom_domain and listen in mock.yaml count at the next start; until then this is %s on %s",
				server.Domain(), server.Addr())
		}
		if !now.Mock.ClockStart.Equal(before.Mock.ClockStart) || now.Mock.ClockFrozen != before.Mock.ClockFrozen {
			a.warn("clock in mock.yaml counts at the next start, or when the tenant is reset (POST %s/__mock/v1/reset)", server.URL())
		}
		a.warnOfMissingFiles(flags.tenantDir, before, now)
		a.log.Info("tenant directory changed and was read again", "dir", flags.tenantDir,
			"clients", countAndFormer(len(now.Clients), len(before.Clients)), "users", countAndFormer(len(now.Users), len(before.Users)))
		return
	}
	var problems tenant.Problems
	if errors.As(err, &problems) {
		for _, p := range problems {
			fmt.Fprintln(a.stdio.Err, p)
		}
		err = errors.New(countOf(len(problems), "problem", "problems"))
	}
	a.log.Error("tenant directory changed, but cannot be used; serving it as it was before", "dir", flags.tenantDir, "why", err)
}

// warnOfMissingFiles tells what vanished because its file did: without the file the directory is still valid, so
// nothing else would say so.
func (a *app) warnOfMissingFiles(dir string, before, now *tenant.Config) {
	missing := func(path string) bool {
		_, err := os.Stat(path)
		return errors.Is(err, fs.ErrNotExist)
	}
	if path := filepath.Join(dir, "users.json"); len(before.Users) > 0 && len(now.Users) == 0 && missing(path) {
		a.warn("%s is gone, and its %s with it: put it back to have them again", path, countOf(len(before.Users), "user", "users"))
	}
	path := filepath.Join(dir, "mock.yaml")
	if !missing(path) {
		return
	}
	var renamed []string
	for _, c := range before.Clients {
		if same := now.ClientByName(c.Name); same != nil && same.ClientID != c.ClientID {
			renamed = append(renamed, fmt.Sprintf("%s had the id %s", c.Name, c.ClientID))
		}
	}
	if len(renamed) > 0 {
		a.warn("%s is gone, and the client ids that it gave with it: %s", path, strings.Join(renamed, ", "))
	}
}

// countAndFormer is a number, and what it was when that differs.
func countAndFormer(now, before int) string {
	if now == before {
		return strconv.Itoa(now)
	}
	return fmt.Sprintf("%d (was %d)", now, before)
}

// explainListen says which port is taken and which flag moves it. What did not come from the socket, such as a key
// that may not be read, is left alone.
func explainListen(err error, address, flag string) error {
	_, port, _ := net.SplitHostPort(address)
	if socket := (*net.OpError)(nil); !errors.As(err, &socket) {
		return err
	}
	switch {
	case inUse(err):
		return fmt.Errorf("port %s is in use (%s): stop the program that has it, or choose another port with %s", port, address, flag)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("port %s may not be used by this user (%s): choose a port above 1023 with %s", port, address, flag)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("%s is not an address of this machine: correct %s", address, flag)
	default:
		return err
	}
}
