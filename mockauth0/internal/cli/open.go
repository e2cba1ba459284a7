package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/tenant"
)

const defaultPage = "https://localhost:5443/"

func (a *app) openCommand() *cobra.Command {
	var cookies, tenantDir, domain, address string
	var connect []string
	cmd := &cobra.Command{
		Use:   "open [URL]",
		Short: "Open a page in a browser that trusts the CA",
		Long: "open starts Chromium or Chrome with a new profile, which trusts the CA and has the third-party cookie setting of your\n" +
			"choice. It waits until you close the browser. Your own profile stays as it is. Without URL it opens the tutorial app\n" +
			"of `mockauth0 run`, " + defaultPage + ".",
		Example: lines(
			"mockauth0 open",
			"mockauth0 open --cookies allowed http://localhost:5000/    as browsers once were",
			"mockauth0 open --cookies blocked http://localhost:5000/    as Safari and Chromium are",
			"mockauth0 open --tenant ./acme https://app.acme.test/      a tenant with a domain of its own",
			"mockauth0 open --domain login.acme.test --connect login.acme.test=127.0.0.1:4443 https://login.acme.test/",
		),
		Args: atMostOne("URL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if address != "" {
				args = append(args, address)
			}
			if len(args) > 1 {
				return refuse("you named two pages: %s and --url %s", args[0], args[1])
			}
			page := defaultPage
			if len(args) > 0 {
				page = args[0]
			}
			t, err := a.tenantOf(cmd.Context(), tenantDir)
			if err != nil {
				return err
			}
			around, err := newRoutes(connect)
			if err != nil {
				return err
			}
			return a.open(cmd.Context(), page, cookies, around, t, domain)
		},
	}
	cmd.Flags().StringVar(&tenantDir, "tenant", "", "directory of a tenant with a domain of its own, which has a CA of its own")
	cmd.Flags().StringVar(&domain, "domain", "", "the tenant's domain, if mock.yaml does not have it")
	cmd.Flags().StringVar(&cookies, "cookies", "default", "third-party cookies: allowed, blocked, or default (the browser decides)")
	cmd.Flags().StringVar(&address, "url", "", "the page, instead of the argument")
	connectFlag(cmd.Flags(), &connect)
	complete(cmd, "cookies", oneOf("default", "allowed", "blocked"))
	return cmd
}

func (a *app) open(ctx context.Context, page, cookies string, around routes, t *tenant.Config, domain string) error {
	preferences, ok := map[string]string{
		"default": "",
		"allowed": `{"profile":{"cookie_controls_mode":0}}`,
		"blocked": `{"profile":{"cookie_controls_mode":1}}`,
	}[cookies]
	if !ok {
		return refuse("--cookies is %q%s", cookies, expected(cookies, []string{"allowed", "blocked", "default"}))
	}
	target, err := url.Parse(page)
	if err != nil || target.Scheme != "http" && target.Scheme != "https" || target.Host == "" {
		return refuse("%q is not a page's address; expected one such as %s", page, defaultPage)
	}
	browser, err := a.findBrowser()
	if err != nil {
		return err
	}
	if a.env.GOOS == "linux" && a.env.get("DISPLAY") == "" && a.env.get("WAYLAND_DISPLAY") == "" {
		return errors.New("there is no display to show a browser on (DISPLAY and WAYLAND_DISPLAY are empty): run this on a desktop, or use the " +
			"page's address with a browser elsewhere")
	}
	if err := answers(ctx, target, around); err != nil {
		return err
	}
	ca, _, err := a.trust(ctx, t, domain)
	if err != nil {
		return err
	}
	if ca.File() == "" {
		return notWritten("the CA cannot be saved, so a browser cannot trust that of another process: name a directory that you can write to, " +
			"with --data-dir or MOCKAUTH0_DATA_DIR")
	}
	profile, err := newProfile(preferences)
	if err != nil {
		return err
	}
	defer func() {
		if err := removeProfile(profile, os.RemoveAll); err != nil {
			a.warn("the browser's profile is left behind: %v", err)
		}
	}()
	fmt.Fprintf(a.stdio.Err, "%s shows %s with a new profile, third-party cookies: %s. Close it, or Ctrl-C, to end.\n", browser, page, cookies)
	err = a.env.Open(ctx, browser, browserArguments(profile, ca.SPKI(), page, around, a.env.UID == 0))
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// answers tells early that nothing serves the page: a browser would show the same less clearly.
func answers(ctx context.Context, page *url.URL, around routes) error {
	err := dialled(ctx, page, around)
	if err == nil {
		return nil
	}
	name := page.Host
	if address, routed := around.address(page.Hostname(), portOf(page)); routed {
		name += " (" + address + ")"
	}
	return fmt.Errorf("nothing answers at %s: start it with mockauth0 run or make run (%w)", name, err)
}

// newProfile makes a profile directory with these preferences ("" leaves the browser's own).
func newProfile(preferences string) (string, error) {
	profile, err := os.MkdirTemp("", "mockauth0-browser-")
	if err != nil || preferences == "" {
		return profile, err
	}
	folder := filepath.Join(profile, "Default")
	if err := os.Mkdir(folder, 0o700); err != nil {
		return "", errors.Join(err, os.RemoveAll(profile))
	}
	if err := os.WriteFile(filepath.Join(folder, "Preferences"), []byte(preferences), 0o600); err != nil {
		return "", errors.Join(err, os.RemoveAll(profile))
	}
	return profile, nil
}

// removeProfile tries for two seconds: a browser that was ended leaves processes behind that write into it still.
func removeProfile(profile string, remove func(string) error) error {
	for tries := 40; ; tries-- {
		err := remove(profile)
		if err == nil || tries == 0 {
			return err
		}
		<-clock.WallAfter(50 * time.Millisecond)
	}
}

func browserArguments(profile, spki, page string, around routes, asRoot bool) []string {
	arguments := []string{
		"--user-data-dir=" + profile,
		"--ignore-certificate-errors-spki-list=" + spki,
		"--no-first-run", "--no-default-browser-check", "--disable-sync", "--disable-component-update",
		"--password-store=basic", "--use-mock-keychain",
		"--disable-features=HttpsUpgrades", // or http://localhost:5000 would become https
	}
	if asRoot {
		arguments = append(arguments, "--no-sandbox")
	}
	if rules := around.argument(); rules != "" {
		arguments = append(arguments, rules)
	}
	return append(arguments, page)
}

// findBrowser is $MOCKAUTH0_BROWSER, else the first Chromium or Chrome on the PATH or where the platform
// installs it. Others do not know the flag that trusts the CA.
func (a *app) findBrowser() (string, error) {
	if named := a.env.get("MOCKAUTH0_BROWSER"); named != "" {
		if !executable(named, a.env.GOOS) {
			return "", fmt.Errorf("MOCKAUTH0_BROWSER is %s, which is not a program: correct or unset it", named)
		}
		return named, nil
	}
	var candidates []string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge"} {
		for _, dir := range filepath.SplitList(a.env.get("PATH")) {
			candidates = append(candidates, filepath.Join(dir, name))
		}
	}
	switch a.env.GOOS {
	case "darwin":
		candidates = append(candidates,
			"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
			"/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge")
	case "windows":
		for _, variable := range []string{"ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"} {
			for _, program := range []string{
				`Google\Chrome\Application\chrome.exe`, `Chromium\Application\chrome.exe`, `Microsoft\Edge\Application\msedge.exe`,
			} {
				candidates = append(candidates, filepath.Join(a.env.get(variable), program))
			}
		}
	}
	i := slices.IndexFunc(candidates, func(path string) bool { return executable(path, a.env.GOOS) })
	if i < 0 {
		return "", errors.New("no Chromium or Chrome was found. On Debian: apt-get install -y --no-install-recommends chromium; " +
			"elsewhere install Chrome, or name one with MOCKAUTH0_BROWSER=/path/to/it")
	}
	return candidates[i], nil
}

func executable(path, goos string) bool {
	stat, err := os.Stat(path)
	return err == nil && stat.Mode().IsRegular() && (goos == "windows" && strings.HasSuffix(path, ".exe") || stat.Mode().Perm()&0o111 != 0)
}
