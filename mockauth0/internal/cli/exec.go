package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/child"
	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/ownapp"
	"renewal.example/mockauth0/tenant"
)

// execName is the command whose exit codes are those of another program, so that its own failures have codes of their own.
const execName = "exec"

type execFlags struct {
	tenantDir string
	app       ownapp.Options
	listen    string
	domain    string
	client    string
	format    string
	scheme    schemeFlags
	moveClock bool
}

func (a *app) execCommand() *cobra.Command {
	var flags execFlags
	cmd := &cobra.Command{
		Use:   execName + " [flags] -- COMMAND [ARGUMENT…]",
		Short: "Run a command with a tenant of its own",
		Long: "exec serves a tenant on a free port as long as a command runs, such as the tests of your app. The command finds it by\n" +
			"its environment: AUTH0_DOMAIN, AUTH0_CLIENT_ID and what else `mockauth0 env` prints, under the names of --format too;\n" +
			"NODE_EXTRA_CA_CERTS, SSL_CERT_FILE and REQUESTS_CA_BUNDLE, by which it trusts the tenant beside everybody else; and\n" +
			"MOCKAUTH0_CONTROL, the address of the control API. When the command has ended, exec says why renewals failed.\n\n" +
			"With --app it makes a tenant for your app, as `mockauth0 serve --app` does: it learns client id, audience and callbacks\n" +
			"from the app's requests. The package.json of the current directory decides the names of the settings (VITE_AUTH0_DOMAIN,\n" +
			"ISSUER_BASE_URL, …), and whether the tenant is by plain http; --format and --https decide otherwise.\n\n" +
			"The command gets the terminal and every signal; a second Ctrl-C or SIGTERM kills it. What it leaves running is ended,\n" +
			"also when exec is killed. exec ends with its exit code, or with 128 and the number of the signal that ended it.\n" +
			"Codes of exec itself are 125 (it failed), 126 (the command cannot be run) and 127 (there is no such command).",
		Example: lines(
			"mockauth0 exec -- npm test",
			"mockauth0 exec --app http://localhost:5173 -- npm run dev     a tenant that learns what the app asks for",
			"mockauth0 exec --tenant ./acme --client Web --format express -- npm start",
			"mockauth0 exec --move-clock -- node api.js     an API that refuses a token when that has expired for the tenant",
			"mockauth0 exec -- sh -c 'curl --cacert \"$SSL_CERT_FILE\" \"$AUTH0_ISSUER.well-known/jwks.json\"'",
		),
		RunE: func(cmd *cobra.Command, args []string) error { return a.exec(cmd.Context(), args, flags) },
	}
	f := cmd.Flags()
	f.SetInterspersed(false) // the flags after the command are the command's
	f.StringVar(&flags.tenantDir, "tenant", "", "tenant directory (default: the built-in tutorial tenant)")
	ownAppFlags(cmd, &flags.app)
	f.StringVar(&flags.listen, "listen", "",
		"address of the tenant (default: any free port of 127.0.0.1; with a domain of its own, listen in mock.yaml, else "+defaultListen+")")
	f.BoolVar(&flags.scheme.http, "http", false,
		"serve by plain http, on this machine alone (default with --app: where package.json shows an SDK that takes it)")
	f.BoolVar(&flags.scheme.https, "https", false, "serve by https, whatever mock.yaml or package.json says")
	domainFlag(f, &flags.domain)
	f.StringVar(&flags.client, "client", "", "name or id of the client whose settings the command gets (default: the first that suits the "+
		"format)")
	f.StringVar(&flags.format, "format", "", "framework whose names the settings have, too: "+formatNames(" or ")+
		" (default with --app: what package.json shows, else dotenv)")
	complete(cmd, "format", oneOf(formatList()...))
	f.BoolVar(&flags.moveClock, "move-clock", false, moveClockHelp)
	return cmd
}

// moveClockHelp is what --move-clock does.
const moveClockHelp = "programs go by the tenant's clock: Node (20.19 or newer) by a module that moves Date, others by libfaketime, " +
	"where it is installed. Timers, and programs that are linked statically, keep real time"

// commandEnded is the end of a command with a code other than 0, which is all there is to say.
type commandEnded struct{ code int }

func (c commandEnded) Error() string {
	return fmt.Sprintf("the command ended with exit code %d", c.code)
}

// exec runs a command with a tenant, and returns commandEnded unless the command ended with 0.
func (a *app) exec(ctx context.Context, args []string, flags execFlags) error {
	if len(args) == 0 {
		return refuse("exec needs a command to run: put it after --, such as mockauth0 exec -- npm test")
	}
	signals, stop := passedSignals()
	defer stop()
	a.log = slog.New(peopleLog{to: a.stdio.Err, least: slog.LevelWarn}) // the terminal is the command's
	what, err := a.toServe(ctx, serveFlags{tenantDir: flags.tenantDir, app: flags.app})
	if err != nil {
		return err
	}
	formats, err := flags.formats(what)
	if err != nil {
		return err
	}
	t := what.tenant
	client, err := chooseClient(t, flags.client, formats[0])
	if err != nil {
		return err
	}
	if flags.domain, what.why, err = chooseDomain(serveFlags{listen: flags.listen, domain: flags.domain, scheme: flags.scheme},
		what); err != nil {
		return err
	}
	server, err := a.start(ctx, t, execListen(flags, t), flags.domain, "", what.learner())
	if err != nil {
		return err
	}
	defer func() {
		if err := drained(server); err != nil {
			a.warn("the tenant did not end as it should: %v", err)
		}
	}()
	failures := collectFailures(server.Tenant)
	run := commandRun{server, envFacts{t, client, atDomain(server.Domain()), caFile(server)}, formats, what.why, flags.moveClock, args}
	code, err := a.runWith(ctx, run, signals)
	if err != nil {
		failures.stop()
		return err
	}
	a.printFolded(failures.stop(), server.Tenant)
	if code != 0 {
		return commandEnded{code}
	}
	return nil
}

// formats are those whose names the settings have, too: that of --format, or else those that package.json shows of the app.
func (f execFlags) formats(what served) ([]envFormat, error) {
	if f.format == "" {
		return settingsFormats(what.project), nil
	}
	format, ok := formatNamed(f.format)
	if !ok {
		return nil, refuse("--format is %q%s", f.format, expected(f.format, formatList()))
	}
	return []envFormat{format}, nil
}

// execListen is a free port, unless somebody chose one, or the domain has one.
func execListen(flags execFlags, t *tenant.Config) string {
	_, host := domain.Split(cmp.Or(flags.domain, t.Mock.Domain, domain.Auto))
	if flags.listen == "" && host == domain.Auto {
		return "127.0.0.1:0"
	}
	return flags.listen
}

// commandRun is a command and how it is run.
type commandRun struct {
	server    *mockauth0.Server
	facts     envFacts
	formats   []envFormat
	why       string // why the tenant is by plain http or by https, where nobody said it; "": there is nothing to say
	moveClock bool
	args      []string
}

// runWith runs the command until all of it has ended, and returns its exit code.
func (a *app) runWith(ctx context.Context, run commandRun, signals <-chan os.Signal) (int, error) {
	scratch, remove, err := a.scratch(execName)
	if err != nil {
		return 0, err
	}
	defer remove()
	var moved *movedClock // nil: its clock is not to be moved
	if run.moveClock {
		m, err := a.movedClockOf(ctx, run.server, scratch)
		if err != nil {
			return 0, err
		}
		moved = &m
	}
	env, err := a.commandEnv(run.server, run.facts, run.formats, moved, scratch)
	if err != nil {
		return 0, err
	}
	if ctx.Err() != nil {
		return 0, errInterrupted
	}
	fmt.Fprintf(a.stdio.Err, "mockauth0: the tenant %s is at %s while this runs: %s\n", run.facts.tenant.Name, run.server.Issuer(),
		commandLine(run.args))
	if run.why != "" {
		fmt.Fprintf(a.stdio.Err, "mockauth0: the tenant is %s.\n", run.why)
	}
	printReach(a.stdio.Err, detourTo(run.server))
	if moved != nil {
		defer a.keepInStep(run.server, *moved)()
	}
	p, err := child.Start(child.Command{Args: run.args, Env: env, In: a.raw.In, Out: a.raw.Out, Err: a.raw.Err, Scratch: scratch})
	if err != nil {
		return 0, startFailed(err)
	}
	a.waits.Store(true)
	attend(ctx, p, signals)
	if p.End(signals) {
		a.warn("something that the command left running did not end in time, and was killed")
	}
	return p.Code(), nil
}

// attend passes signals to the command until that has ended. A second one that asks for its end kills it.
func attend(ctx context.Context, p *child.Process, signals <-chan os.Signal) {
	asked := false
	over := ctx.Done()
	for {
		select {
		case <-p.Done():
			return
		case s := <-signals:
			ends := s == os.Interrupt || s == syscall.SIGTERM || s == syscall.SIGHUP
			if ends && asked {
				p.Kill()
				continue
			}
			asked = asked || ends
			p.Signal(s)
		case <-over:
			over = nil
			if !errors.As(context.Cause(ctx), &Signalled{}) { // or else the signal comes from signals too
				asked = true
				p.Signal(syscall.SIGTERM)
			}
		}
	}
}

// passedSignals are those that a command gets. One that is ignored here, as under nohup, the command ignores as well.
func passedSignals() (signals <-chan os.Signal, stop func()) {
	caught := make(chan os.Signal, 16)
	for _, s := range child.Passed() {
		if !signal.Ignored(s) {
			signal.Notify(caught, s)
		}
	}
	return caught, func() { signal.Stop(caught) }
}

// startFailed is the error of a command that could not be started, with the code that a shell would give it.
func startFailed(err error) error {
	switch {
	case errors.Is(err, child.ErrNotFound):
		return coded{exitNoCommand, fmt.Errorf("%w; correct it, or the PATH by which it is found", err)}
	case errors.Is(err, child.ErrNotRunnable):
		return coded{exitNotRunnable, err}
	}
	return err
}

// commandLine is how a person would write the command.
func commandLine(args []string) string {
	var words []string
	for _, arg := range args {
		words = append(words, shellWord(arg))
	}
	return strings.Join(words, " ")
}
