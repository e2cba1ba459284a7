package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/check"
	"renewal.example/mockauth0/internal/appdrive"
	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/ownapp"
	"renewal.example/mockauth0/internal/safefile"
)

type checkFlags struct {
	app                check.App
	write, junit, html string
}

func (a *app) checkCommand() *cobra.Command {
	var flags checkFlags
	cmd := &cobra.Command{
		Use:   "check --app URL | --app app.yaml [-- COMMAND [ARGUMENT…]]",
		Short: "Find out what your own app does wrong around login and renewal",
		Long: "check serves a tenant at the domain that your app is configured with, drives your app in a browser of its own, and\n" +
			"prints what it does wrong: forged logins that it accepts, expired tokens, lost sessions, storms of requests. Each\n" +
			"finding has an id; mockauth0/CHECK.md says why it matters and what to do.\n\n" +
			"From nothing to a verdict:\n" +
			"  1. Give your app a tenant on this machine for its Auth0 domain, such as " + check.DefaultDomain + ", with any client id. In the\n" +
			"     app's folder, `mockauth0 serve --app http://localhost:5173 --write-env .env.local` writes that for you; Ctrl-C ends it.\n" +
			"  2. Start your app, and its API. Or give their command after --, which check then starts and ends.\n" +
			"  3. mockauth0 check --app http://localhost:5173. It needs Chrome or Chromium, and no SDK.\n\n" +
			"If your app asks for a token only when it needs one, --trigger names a control that makes it call its API. A command after\n" +
			"-- trusts the tenant's certificate, and its servers go by the tenant's clock, as with exec --move-clock: otherwise an hour\n" +
			"does not pass for them, and what a server renews is not checked.\n\n" +
			appFileHelp(),
		Example: lines(
			"mockauth0 check --app http://localhost:5173",
			"mockauth0 check --app http://localhost:5173 --trigger Orders --html report.html",
			"mockauth0 check --app http://localhost:5173 --write app.yaml     propose the settings in a file",
			"mockauth0 check --app app.yaml --junit check.xml",
			"mockauth0 check --app http://localhost:3000 -- npm run dev       start the app, too",
		),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 && cmd.ArgsLenAtDash() != 0 {
				return refuse("check takes no %q: write the command that starts your app after --, and its address after --app", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return a.check(cmd.Context(), flags, args) },
	}
	f := cmd.Flags()
	f.StringVar(&flags.app.URL, "app", "", "address of your app, or a file app.yaml with its settings")
	f.StringVar(&flags.app.Domain, "domain", "", "the tenant's domain in your app's configuration (default "+check.DefaultDomain+
		"); without a scheme, by https or, where the app asks so, by plain http")
	f.StringVar(&flags.app.LogIn, "log-in", "", "control to log in (default what such controls are mostly called)")
	f.StringVar(&flags.app.LogOut, "log-out", "", "control to log out (default what such controls are mostly called)")
	f.StringVar(&flags.app.Trigger, "trigger", "", "control that makes your app want a token, such as one that calls its API")
	f.StringVar(&flags.app.SignedIn, "signed-in", "", "text that your app shows when somebody is signed in, and not otherwise")
	f.StringSliceVar(&flags.app.Allow, "allow", nil, "origins outside of this machine that your app may reach")
	f.StringVar(&flags.write, "write", "", "write an app.yaml with what was found of your app, and check nothing")
	f.StringVar(&flags.junit, "junit", "", "file for the report as JUnit's XML")
	f.StringVar(&flags.html, "html", "", "file for the report as a page, with the evidence of each finding")
	return cmd
}

// appFileHelp is app.yaml, for the help of the commands that read it.
func appFileHelp() string {
	return "app.yaml has these settings in a file, for --app app.yaml. Only url is required; a flag goes before it.\n" +
		"  url: http://localhost:5173              your app\n" +
		"  domain: " + check.DefaultDomain + "                  the tenant's, as your app has it (--domain)\n" +
		"  log_in: Log in                          control to log in, as a screen reader reads it (--log-in)\n" +
		"  log_out: /log ?out|sign ?out/           control to log out; a /regular expression/ works for each control (--log-out)\n" +
		"  trigger: Orders                         control that makes your app want a token (--trigger)\n" +
		"  signed_in: Welcome back                 text that is there when somebody is signed in, and not otherwise (--signed-in)\n" +
		"  allow: [https://fonts.example.com]      what your app may reach outside of this machine (--allow)"
}

func (a *app) check(ctx context.Context, flags checkFlags, command []string) (err error) {
	app, err := a.appOf(flags.app)
	if err != nil {
		return err
	}
	if err := flags.checkFiles(); err != nil {
		return err
	}
	ca, pool, err := a.trust(ctx, nil, app.Domain)
	if err != nil {
		return err
	}
	options := check.Options{App: app}
	if len(command) > 0 {
		started, err := a.startApp(ctx, command, app, ca, pool)
		if err != nil {
			return err
		}
		defer started.stop()
		ctx, options.Clock = started.during, started.clock
	}
	driven, err := browser.Launch(ctx, browser.Options{Path: a.env.get("MOCKAUTH0_BROWSER"), CA: ca, Keys: pool})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, driven.Close()) }()
	if flags.write != "" {
		return a.proposeApp(ctx, driven, app, flags.write)
	}
	report, err := check.Run(ctx, driven, options)
	if errors.As(err, new(*appdrive.NoControl)) {
		return asked(err)
	}
	if err != nil {
		return err
	}
	fmt.Fprint(a.stdio.Out, report.Text(widthOf(a.stdio.Out)))
	return errors.Join(a.writeReports(report, flags), verdictOf(report))
}

// verdictOf is the end of a command by what was found.
func verdictOf(report *check.Report) error {
	if len(report.Findings()) > 0 {
		return errNo // the report says so
	}
	return nil
}

// appOf are the settings of the flags over those of the file, where --app names one.
func (a *app) appOf(flags check.App) (check.App, error) {
	if flags.URL == "" {
		return flags, refuse("say which app: --app http://localhost:5173, or --app app.yaml")
	}
	app := flags
	if !strings.Contains(flags.URL, "://") && (strings.HasSuffix(flags.URL, ".yaml") || strings.HasSuffix(flags.URL, ".yml")) {
		dir, name := filepath.Split(flags.URL)
		read, err := check.ReadApp(os.DirFS(filepath.Clean(dir+".")), name, flags.URL)
		if err != nil {
			return app, err
		}
		app = over(read, flags)
	}
	if err := app.Check(); err != nil {
		return app, refuse("%w", err)
	}
	if app.Domain == "" {
		app.Domain = a.defaultDomain(app.URL)
	}
	return app, nil
}

// defaultDomain is the domain of the tenant of an app where nobody names one. It has the scheme that `serve --app` chooses for an app on a
// server, which asks before any browser does; that of an app in a browser shows when it asks.
func (a *app) defaultDomain(address string) string {
	project := a.project()
	if _, takes := domain.TakesHTTP(project.Packages); takes && project.Type == ownapp.RegularWeb && sameSite(address, "http://localhost") {
		return domain.HTTP + "://" + check.DefaultDomain
	}
	return check.DefaultDomain
}

// over are the settings of a file with those that flags give in their place.
func over(file, flags check.App) check.App {
	for _, one := range []struct {
		to   *string
		flag string
	}{
		{&file.Domain, flags.Domain}, {&file.LogIn, flags.LogIn}, {&file.LogOut, flags.LogOut}, {&file.Trigger, flags.Trigger},
		{&file.SignedIn, flags.SignedIn},
	} {
		if one.flag != "" {
			*one.to = one.flag
		}
	}
	if len(flags.Allow) > 0 {
		file.Allow = flags.Allow
	}
	return file
}

// checkFiles refuses, before a browser starts, what cannot be written.
func (f checkFlags) checkFiles() error {
	for _, file := range []struct {
		flag, path string
		replaced   bool
	}{{"--write", f.write, false}, {"--junit", f.junit, true}, {"--html", f.html, true}} {
		if file.path == "" {
			continue
		}
		there, err := isThere(file.flag, file.path)
		if err != nil {
			return err
		}
		if there && !file.replaced {
			return refuse("%s is there already, and %s replaces no file: name another one, or remove it", file.path, file.flag)
		}
	}
	return nil
}

// isThere tells whether there is a file at the path that a flag names. Anything else there is refused.
func isThere(flag, path string) (bool, error) {
	there, err := safefile.Exists(path)
	switch {
	case errors.As(err, new(*safefile.NotRegularError)):
		return false, refuse("%s: %w; name another file", flag, err)
	case err != nil:
		return false, notWritten("%s: %w", flag, err)
	}
	return there, nil
}

func (a *app) proposeApp(ctx context.Context, b *browser.Browser, app check.App, path string) error {
	text, err := check.Propose(ctx, b, app)
	if err != nil {
		return err
	}
	if err := safefile.Create(path, safefile.Public, []byte(text)); err != nil {
		return notWritten("%w", err)
	}
	fmt.Fprintf(a.stdio.Out, "Wrote %s:\n\n%s\nNext: %s check --app %s\n", path, text, a.env.program(), shellWord(path))
	return nil
}

func (a *app) writeReports(report *check.Report, flags checkFlags) error {
	for _, out := range []struct {
		path, name string
		readers    fs.FileMode
		make       func() ([]byte, error)
	}{{flags.junit, "JUnit", safefile.Public, report.JUnit}, {flags.html, "Report", safefile.Private, report.HTML}} {
		if out.path == "" {
			continue
		}
		text, err := out.make()
		if err == nil {
			err = safefile.Write(out.path, out.readers, text)
		}
		if err != nil {
			return notWritten("the report cannot be written: %w", err)
		}
		fmt.Fprintf(a.stdio.Out, "%s %s\n", out.name, out.path)
	}
	return nil
}
