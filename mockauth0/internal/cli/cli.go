// Package cli is the command line: cobra commands over the library. It is the only place that reads the
// environment, and it gets even that from main, so that tests run every command in-process.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/terminal"
	"renewal.example/mockauth0/tenant"
)

// Stdio is where a command reads and writes. Results go to Out, everything for people and logs to Err.
type Stdio struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
}

// Opener runs a program, such as a browser, until it ends or ctx does.
type Opener func(ctx context.Context, program string, args []string) error

// Environment is what a command may know of the process around it.
type Environment struct {
	Lookup  func(name string) (string, bool) // environment variables, as os.LookupEnv
	Environ func() []string                  // all of them, for a command that is run, as os.Environ; nil: none
	Open    Opener                           // starts a browser
	GOOS    string                           // runtime.GOOS: where data directories and browsers lie
	UID     int                              // os.Getuid: a browser of root needs --no-sandbox; -1: no such thing
	PID     int                              // os.Getpid, for the announcement
	Alive   func(pid int) bool               // ProcessAlive; nil: no other process is known
	// Dir is where the program was started; "": the current directory of this process.
	Dir string
	// Program is how a person can start this program again, for hints; "": mockauth0.
	Program string
}

func (e Environment) get(name string) string {
	value, _ := e.Lookup(name)
	return value
}

// app is one run of the command line.
type app struct {
	env     Environment
	stdio   Stdio
	raw     Stdio   // the streams as this run got them, for a command that is run
	out     *output // what stdio.Out is
	said    *stderr // what stdio.Err writes to
	log     *slog.Logger
	dataDir string                // --data-dir
	noHelp  error                 // help was asked for about a command that there is not
	lines   func() *regexp.Regexp // the beginnings of command lines, as commandLines finds them
	// waits is set while a command of somebody else's runs, whose end is awaited however long it takes.
	waits atomic.Bool
}

// refused marks an error as the fault of the command line or the directory: exit code 2.
type refused struct{ error }

func (r refused) Unwrap() error { return r.error }

func refuse(format string, args ...any) error { return refused{fmt.Errorf(format, args...)} }

// Run executes one command line (without the program's name) and returns the exit code. It returns when the
// command is done or, for the commands that serve, when ctx ends.
func Run(ctx context.Context, args []string, env Environment, stdio Stdio) int {
	said := newStderr(ctx, stdio.Err)
	defer said.close()
	raw := stdio
	out := newOutput(stdio.Out, env.styleOf(stdio.Out))
	style := env.styleOf(stdio.Err)
	stdio.Out, stdio.Err = out, styled{terminal.Styled(said, style), style}
	a := &app{env: env, stdio: stdio, raw: raw, out: out, said: said, log: slog.New(peopleLog{to: stdio.Err})}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(stdio.In)
	root.SetOut(stdio.Out)
	root.SetErr(stdio.Err)
	finished := make(chan outcome, 1)
	go func() {
		cmd, err := root.ExecuteContextC(ctx)
		if err == nil && a.noHelp != nil {
			cmd, err = root, a.noHelp
		}
		err = a.out.failed(err)
		finished <- outcome{cmd, err}
	}()
	select {
	case done := <-finished:
		return a.report(ctx, done)
	case <-ctx.Done():
	}
	select {
	case done := <-finished:
		return a.report(ctx, done)
	case <-clock.WallAfter(lastResort):
	}
	if a.waits.Load() {
		return a.report(ctx, <-finished)
	}
	return signalCode(ctx)
}

// lastResort is how long a command may take to end once its context has. It is wall time. Whatever holds it up then, such as
// a file system that does not answer, is left to itself.
const lastResort = 1600 * time.Millisecond

// outcome is how a command ended.
type outcome struct {
	cmd *cobra.Command
	err error
}

// report tells what went wrong, if anything did, and returns the exit code.
func (a *app) report(ctx context.Context, done outcome) int {
	code := exitCodeOf(ctx, done.err)
	if done.cmd.Name() == execName && code > exitOK && code < exitNotRunnable && !errors.As(done.err, &commandEnded{}) {
		code = exitExec // the others may be the command's
	}
	var problems tenant.Problems
	switch {
	case done.err == nil, errors.Is(done.err, errNo), errors.Is(done.err, errNotApplicable), errors.As(done.err, &commandEnded{}):
	case interrupted(ctx, done.err):
		fmt.Fprintf(a.stdio.Err, "mockauth0: ended by %v before it was done\n", causeOf(ctx))
	case errors.As(done.err, &problems):
		a.printProblems(problems)
	default:
		fmt.Fprintf(a.stdio.Err, "%s %s\n", terminal.Red("mockauth0:"), a.pasteable(unprefixed(done.err)))
		if errors.As(done.err, &refused{}) {
			fmt.Fprintf(a.stdio.Err, "See: %s --help\n", done.cmd.CommandPath())
		}
	}
	return code
}

func (a *app) printProblems(problems tenant.Problems) {
	for _, p := range problems {
		fmt.Fprintln(a.stdio.Err, p)
	}
	fmt.Fprintf(a.stdio.Err, "mockauth0: %s to correct\n", countOf(len(problems), "problem", "problems"))
}

// unprefixed is the error without the package's name that the libraries put in front: it is this program's
// name too, or tells a person nothing.
func unprefixed(err error) string {
	said := err.Error()
	for _, name := range []string{"mockauth0: ", "web: "} {
		said = strings.TrimPrefix(said, name)
	}
	return said
}

// warn tells a person about something that works, but not as they may expect.
func (a *app) warn(format string, args ...any) {
	fmt.Fprintln(a.stdio.Err, terminal.Yellow("warning:"), a.pasteable(fmt.Sprintf(format, args...)))
}

func (a *app) root() *cobra.Command {
	var version bool
	root := &cobra.Command{
		Use:   "mockauth0",
		Short: "A mock Auth0 tenant for tests and for your own machine",
		Long: "mockauth0 is an Auth0 tenant for tests and for your own machine: hosted login, tokens, silent renewal and logout.\n" +
			"It fails when you ask it to, and says why a renewal failed. It is never for production: passwords are plain\n" +
			"text, and anybody who reaches it can change it.\n\nExit codes of every command:\n" + exitTable(),
		Example: lines(
			"mockauth0 run                                  the tutorial: tenant, apps, silent page and API",
			"mockauth0 serve --tenant ./acme                your own tenant directory",
			"mockauth0 exec -- npm test                     tests of yours, with a tenant of their own",
			"mockauth0 reproduce web-origin-missing         a failure, in a browser that you can watch",
			"mockauth0 validate ./acme                      every mistake in it",
			"mockauth0 env ./acme --format vite             the settings for your app",
			"mockauth0 token --client Web --user ada@example.test --ttl 1s",
			"mockauth0 watch                                why do renewals fail?",
			`mockauth0 explain "Login required"             what does that mean?`,
		),
		Args: knownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if version {
				return a.printVersion()
			}
			return cmd.Help()
		},
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.Flags().BoolVar(&version, "version", false, "print the version, as the command of that name does")
	root.PersistentFlags().StringVar(&a.dataDir, "data-dir", "",
		"directory of the CA and the signing keys (default $MOCKAUTH0_DATA_DIR, else your user's data directory)")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return refused{unknownFlag(cmd, withExample(err))} })
	a.refuseHelpForNothing(root)
	root.AddCommand(a.serveCommand(), a.initCommand(), a.execCommand(), a.runCommand(), a.openCommand(), a.validateCommand(), a.envCommand(),
		a.caCommand(), a.tokenCommand(), a.watchCommand(), a.explainCommand(), a.scenariosCommand(), a.reproduceCommand(), a.importCommand(),
		a.harCommand(), a.retellCommand(), a.versionCommand(), a.checkCommand(), a.readyzCommand())
	helpExits(root)
	a.lines = sync.OnceValue(func() *regexp.Regexp { return commandLines(root) })
	a.helpBy(root)
	return root
}

// knownCommand refuses a word that is left over for the root, where commands stand.
func knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		if like := likeCommand(cmd.Root(), args[0]); like != "" {
			return refuse("there is no command %q; did you mean %q?", args[0], like)
		}
		return refuse("there is no command %q", args[0])
	}
	return nil
}

// refuseHelpForNothing makes `mockauth0 serv --help` and `mockauth0 help serv` mistakes, as `mockauth0 serv` is one: cobra
// would show the help of mockauth0 itself, and nobody would see why.
func (a *app) refuseHelpForNothing(root *cobra.Command) {
	show := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		if cmd == root {
			a.noHelp = knownCommand(cmd, cmd.Flags().Args())
		}
		if a.noHelp == nil {
			show(cmd, args)
		}
	})
	root.SetHelpCommand(&cobra.Command{
		Use:   "help [command]",
		Short: "Help about any command",
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return commandsOf(cmd.Root(), args), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if err != nil {
				return refused{err}
			}
			if cmd == root {
				a.noHelp = knownCommand(cmd, rest)
			}
			if a.noHelp != nil {
				return nil
			}
			return cmd.Help()
		},
	})
}

// withExample adds to the refusal of a flag how a duration is written, where one was expected.
func withExample(err error) error {
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) && invalid.GetFlag().Value.Type() == "duration" {
		return fmt.Errorf("%w; write it with its unit, such as 10s or 1h30m", err)
	}
	return err
}

// lines makes the example block of a command.
func lines(examples ...string) string { return "  " + strings.Join(examples, "\n  ") }

// noArguments refuses stray words with the command that was meant.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		hint := ""
		if like := likeCommand(cmd, args[0]); like != "" {
			hint = fmt.Sprintf("; did you mean %q?", cmd.CommandPath()+" "+like)
		} else if f := cmd.Flags().Lookup("app-proxy"); f != nil && f.Value.String() == f.NoOptDefVal && strings.Contains(args[0], ":") {
			hint = "; to name the proxy's address write --app-proxy=" + args[0]
		} else if cmd.Flags().Lookup("tenant") != nil {
			hint = "; a tenant directory is named with --tenant"
		}
		return refuse("%s takes no argument, and you gave %q%s", cmd.Name(), args[0], hint)
	}
	return nil
}

// atMostOne refuses a second argument; what names the one that is allowed.
func atMostOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return refuse("%s takes one %s, and you gave %d arguments", cmd.Name(), what, len(args))
		}
		return nil
	}
}

// LookupProcess looks up an environment variable of this process.
func LookupProcess(name string) (string, bool) { return os.LookupEnv(name) }

// EnvironProcess is the environment of this process.
func EnvironProcess() []string { return os.Environ() }
