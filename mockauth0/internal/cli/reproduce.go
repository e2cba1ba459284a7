package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/check"
	"renewal.example/mockauth0/internal/appdrive"
	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/ownapp"
	"renewal.example/mockauth0/internal/safefile"
	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/stage"
)

type reproduceFlags struct {
	sdk      string
	sdkDir   string
	app      stage.App
	headless bool
	evidence string
	secrets  bool
}

func (a *app) reproduceCommand() *cobra.Command {
	var flags reproduceFlags
	cmd := &cobra.Command{
		Use:   "reproduce ID | FILE",
		Short: "Make a failure of the catalogue happen",
		Long: "reproduce plays a failure in a browser, with a tenant and an app of its own. It prints what happened, what the SDK\n" +
			"reported, and why. On a desktop the browser stays open until you close it or press Ctrl-C. Without a display it is\n" +
			"headless and leaves a picture. The SDKs come from web/node_modules, or from --sdk-dir.\n\n" +
			"With --app it plays the failure with your own app, which must use the domain of --domain. Somebody logs in, the\n" +
			"failure begins, and your app is made to want a token: time passes until its token has ended, then the control of\n" +
			"--trigger is pressed or, without one, the page is reloaded. The first line is the verdict: reproduced, not\n" +
			"reproduced, this app cannot fail so, or what the scenario needs.\n\n" +
			"From nothing to a verdict on your app:\n" +
			"  1. Give your app a tenant on this machine for its Auth0 domain, such as " + check.DefaultDomain + ", with any client id. In the\n" +
			"     app's folder, `mockauth0 serve --app http://localhost:5173 --write-env .env.local` writes that for you; Ctrl-C ends it.\n" +
			"  2. Start your app, and its API.\n" +
			"  3. mockauth0 scenarios lists the failures; `mockauth0 scenarios --error login_required` those with the error that you see.\n" +
			"  4. mockauth0 reproduce session-idle-expired --app http://localhost:5173\n\n" +
			appFileHelp(),
		Example: lines(
			"mockauth0 reproduce third-party-cookies-blocked",
			"mockauth0 reproduce web-origin-missing --sdk spa-js-2",
			"mockauth0 reproduce web-origin-missing --sdk all --headless      each SDK of the scenario, a line each",
			"mockauth0 reproduce session-idle-expired --app http://localhost:8080/",
			`mockauth0 reproduce family-revoked --app http://localhost:5173/ --trigger "Orders"`,
			"mockauth0 reproduce family-revoked --app app.yaml",
		),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return refuse("reproduce takes the id of one scenario, or its file, and got %d; `%s scenarios` lists them", len(args), a.env.program())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := withApp(cmd, flags.app.URL); err != nil {
				return err
			}
			return a.reproduce(cmd.Context(), args[0], flags)
		},
		ValidArgsFunction: completeScenarios,
	}
	a.reproduceFlags(cmd, &flags)
	return cmd
}

func (a *app) reproduceFlags(cmd *cobra.Command, flags *reproduceFlags) {
	f := cmd.Flags()
	f.StringVar(&flags.sdk, "sdk", "", "the SDK, one of the scenario's: "+sdkValues()+
		"; or all (default: "+preferredSDKs()[0]+", or else the next best with which the scenario fails)")
	complete(cmd, "sdk", a.completeSDKs)
	f.StringVar(&flags.sdkDir, "sdk-dir", "",
		"node_modules with the SDKs (default: web/node_modules of the checkout; npm ci --prefix web installs them)")
	f.StringVar(&flags.app.URL, "app", "",
		"address of your own app, or a file app.yaml with its settings (see check), instead of a page with an SDK")
	f.StringVar(&flags.app.Domain, "domain", "",
		"with --app: the tenant's domain in your app's configuration (default "+check.DefaultDomain+"); without a scheme, by https or, "+
			"where the app asks so, by plain http")
	f.StringVar(&flags.app.LogIn, "log-in", "",
		`with --app: name of its control to log in, or /regular expression/; it is pressed for you where there is no display `+
			"(default what such controls are mostly called)")
	f.StringVar(&flags.app.LogOut, "log-out", "", "with --app: name of its control to log out (default what such controls are mostly called)")
	f.StringVar(&flags.app.Trigger, "trigger", "", `with --app: name of a control that makes it want a token, such as "Orders"`)
	f.StringVar(&flags.app.SignedIn, "signed-in", "",
		"with --app: a text that it shows when somebody is signed in, and not otherwise (default: its controls tell)")
	f.StringArrayVar(&flags.app.Allow, "allow", nil,
		"with --app: an ORIGIN that it may reach in the network, such as https://fonts.example.com; this machine it may reach anyway")
	f.BoolVar(&flags.headless, "headless", false, "show no browser, even on a desktop")
	f.StringVar(&flags.evidence, "evidence", "",
		"directory for the picture, and for the page with everything that happened (default: .mockauth0/evidence/ID here)")
	f.BoolVar(&flags.secrets, "evidence-secrets", false,
		"keep passwords, cookies, codes, refresh tokens and signatures in the evidence, instead of taking them out")
}

// withApp refuses an --app that names none, such as an empty variable of the shell, and flags that say how such an app is driven and have
// no app: an SDK would be played, and the answer taken for that of the app.
func withApp(cmd *cobra.Command, app string) error {
	if app != "" {
		return nil
	}
	if cmd.Flags().Changed("app") {
		_, err := ownapp.OriginOf(app)
		return refuse("%w", err)
	}
	for _, flag := range []string{"domain", "log-in", "log-out", "trigger", "signed-in", "allow"} {
		if cmd.Flags().Changed(flag) {
			return refuse("--%s is for an app of your own, and no --app names one: --app http://localhost:5173, or --app app.yaml", flag)
		}
	}
	return nil
}

func (a *app) reproduce(ctx context.Context, id string, flags reproduceFlags) (err error) {
	s, err := a.scenario(id)
	if err != nil {
		return err
	}
	if flags.app.URL != "" && flags.sdk == "" {
		if flags.app, err = a.ownApp(flags.app); err != nil {
			return err
		}
		if done, err := a.beforeOwnApp(s, flags); done || err != nil {
			return err
		}
	}
	flags.sdkDir = sdkDir(flags.sdkDir)
	sdks, err := chosenSDKs(s, flags)
	if err == nil && sdks[0] != "" {
		err = haveSDKs(flags.sdkDir)
	}
	if err != nil {
		return err
	}
	if sdk, why := defaultSDK(s); why != "" && flags.sdk == "" && flags.app.URL == "" {
		fmt.Fprintf(a.stdio.Err, "played with %s, since %s; --sdk names another\n", sdk, why)
	}
	if flags.evidence != "" {
		if err := os.MkdirAll(flags.evidence, 0o700); err != nil {
			return notWritten("the evidence cannot be saved: %w; name another directory with --evidence", err)
		}
	}
	launch := stage.Browser(s)
	launch.Path = a.env.get("MOCKAUTH0_BROWSER")
	launch.Headed = !flags.headless && a.hasDisplay() && len(sdks) == 1
	if flags.app.URL != "" {
		if launch.CA, err = a.ownAppCA(ctx, flags.app.Domain); err != nil {
			return err
		}
	}
	driven, err := browser.Launch(ctx, launch)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, driven.Close()) }()
	if len(sdks) > 1 {
		fmt.Fprintln(a.stdio.Out, strings.TrimSpace(s.Title+"\n  "+s.Symptom))
		return a.reproduceAll(ctx, driven, s, sdks, flags)
	}
	err = a.reproduceOne(ctx, driven, s, sdks[0], flags, launch.Headed)
	if at, ok := appdrive.PlainHTTP(err, flags.app.Domain); ok {
		flags.app.Domain = at
		if done, err := a.beforeOwnApp(s, flags); done || err != nil {
			return err
		}
		if err := playable(s, at); err != nil {
			return err
		}
		return a.reproduceOne(ctx, driven, s, sdks[0], flags, launch.Headed)
	}
	return err
}

// haveSDKs refuses a folder that is not there: whoever has the program without a checkout has no SDKs, and likely an app.
func haveSDKs(dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("there is no folder %s with the SDKs that play a scenario: play it with your own app, which needs none "+
			"(--app http://localhost:5173); or run `npm ci --prefix web` in a clone of mockauth0's repository, or name a node_modules folder "+
			"with --sdk-dir", dir)
	}
	return nil
}

// chosenSDKs are those to play the scenario with; one that is "" is the person's own app.
func chosenSDKs(s *scenario.Scenario, flags reproduceFlags) ([]string, error) {
	named := s.SDKs()
	switch {
	case flags.app.URL != "" && flags.sdk != "":
		return nil, refuse("give --app or --sdk, not both: your own app has its own SDK")
	case flags.app.URL != "":
		return []string{""}, playable(s, flags.app.Domain)
	case flags.sdk == "":
		sdk, _ := defaultSDK(s)
		return []string{sdk}, nil
	case flags.sdk == "all":
		return named, nil
	case !slices.Contains(scenario.SDKs(), flags.sdk):
		return nil, refuse("there is no SDK %q%s", flags.sdk, expected(flags.sdk, append(scenario.SDKs(), "all")))
	}
	return []string{flags.sdk}, nil
}

// playable refuses a domain that is none, and one at which the scenario cannot happen.
func playable(s *scenario.Scenario, flag string) error {
	scheme, _, err := givenDomain(flag)
	if err == nil && scheme == domain.HTTP && s.NeedsTLS() {
		err = refuse("the scenario %s is a failure of the TLS handshake, and the tenant at %s is by plain http, which has none: "+
			"name a domain without http://, and build your app with it", s.ID, flag)
	}
	return err
}

// hasDisplay tells whether a browser's window would be seen.
func (a *app) hasDisplay() bool {
	return a.env.GOOS != "linux" || a.env.get("DISPLAY") != "" || a.env.get("WAYLAND_DISPLAY") != ""
}

// errOtherwise is the error of a reproduction that went otherwise than the file states.
var errOtherwise = errors.New("the scenario expects something else")

// reproduceAll plays the scenario with each SDK and prints a line for it.
func (a *app) reproduceAll(ctx context.Context, b *browser.Browser, s *scenario.Scenario, sdks []string, flags reproduceFlags) error {
	differs := false
	for _, sdk := range sdks {
		st, err := stage.Open(ctx, b, s, sdk, stage.Options{SDKDir: flags.sdkDir})
		if err != nil {
			return err
		}
		outcome, err := st.Play()
		if err = errors.Join(err, st.Close()); err != nil {
			return fmt.Errorf("%s: %w", sdk, err)
		}
		fmt.Fprintf(a.stdio.Out, "%-17s reported %s%s\n", sdk, outcome, afterward(outcome))
		for _, difference := range stage.Differences(s.For(sdk), outcome) {
			differs = true
			fmt.Fprintf(a.stdio.Out, "%-17s but %s\n", "", difference)
		}
		for _, group := range alike(outcome.Diagnoses) {
			d := group[0]
			fmt.Fprintf(a.stdio.Out, "%-17s because %s: %s\n", "", d.Causes[0].Code, d.Causes[0].Title)
		}
	}
	if differs {
		return answerNo(errOtherwise)
	}
	return nil
}

func afterward(outcome stage.Outcome) string {
	if outcome.After < time.Second {
		return ""
	}
	return " after " + outcome.After.Round(time.Second).String()
}

func (a *app) reproduceOne(ctx context.Context, b *browser.Browser, s *scenario.Scenario, sdk string, flags reproduceFlags,
	headed bool) (err error) {
	o := stage.Options{SDKDir: flags.sdkDir}
	if sdk == "" {
		o.App = &flags.app
		o.App.Attended = headed
	}
	st, err := stage.Open(ctx, b, s, sdk, o)
	if err != nil {
		return asked(err)
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if headed && sdk == "" {
		fmt.Fprintf(a.stdio.Err, "Log in to %s as %s.\n", flags.app.URL, a.credentials(st.Scenario))
	}
	outcome, err := st.Play()
	if err != nil {
		return asked(err)
	}
	text, about := outcomeText(s, sdk, outcome), ""
	a.printVerdict(s, outcome.Verdict)
	fmt.Fprint(a.stdio.Out, text)
	if sdk != "" {
		a.printTimeline(st)
	}
	if outcome.Verdict.Is == stage.Reproduced {
		a.printDiagnoses(outcome)
		about = aboutText(s)
		a.printAbout(s, outcome)
	}
	a.printRefused(st)
	unkept := a.keepEvidence(st, flags, outcome.Verdict, text+about)
	if unkept != nil {
		a.warn("%v", unkept)
	}
	if headed {
		fmt.Fprintln(a.stdio.Err, "The browser stays open. Close it, or Ctrl-C, to end.")
		select {
		case <-ctx.Done():
		case <-b.Done():
		}
	}
	if sdk != "" && len(stage.Differences(s.For(sdk), outcome)) > 0 {
		return answerNo(errOtherwise)
	}
	return cmp.Or(endOf(outcome.Verdict), unkept)
}

// credentials are of who logs in.
func (a *app) credentials(s *scenario.Scenario) string {
	for _, u := range s.Tenant.Users {
		if u.Email == s.User && u.Password != "" && s.Connection == "" {
			return u.Email + ", password " + u.Password
		}
	}
	return s.User + " (" + s.Connection + ")"
}

// outcomeText is in what the SDK reported something else than the file states.
func outcomeText(s *scenario.Scenario, sdk string, outcome stage.Outcome) string {
	var b strings.Builder
	for _, difference := range stage.Differences(s.For(sdk), outcome) {
		fmt.Fprintf(&b, "  but %s\n", difference)
	}
	return b.String()
}

// keepEvidence writes the page with everything that happened, and a picture of the app's page.
func (a *app) keepEvidence(st *stage.Stage, flags reproduceFlags, v stage.Verdict, about string) error {
	dir := flags.evidence
	if dir == "" {
		var err error
		if dir, err = a.evidenceDir(st.Scenario.ID); err != nil {
			return notWritten("the evidence cannot be saved: %w; name a directory with --evidence", err)
		}
	}
	if err := st.Evidence(dir, evidenceOf(st, v, about, flags.secrets)); err != nil {
		return notWritten("the evidence is not complete: %w", err)
	}
	picture, err := st.Page.Screenshot()
	if err != nil {
		return err
	}
	path := filepath.Join(dir, "page.png")
	if err := safefile.Write(path, safefile.Private, picture); err != nil {
		return notWritten("the picture cannot be saved: %w", err)
	}
	fmt.Fprintf(a.stdio.Out, "\nScreenshot %s\nEverything %s\n", path, filepath.Join(dir, "index.html"))
	return nil
}
