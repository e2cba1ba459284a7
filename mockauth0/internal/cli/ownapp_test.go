package cli

import (
	"bytes"
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/internal/appdrive/testapp"
	"renewal.example/mockauth0/internal/domain"
)

// freeDomain is a name of this machine whose port nobody uses.
func freeDomain(t *testing.T) string {
	t.Helper()
	for {
		// Below the ports that systems give to connections, one of which could take it before the tenant does.
		at := "localhost:" + strconv.Itoa(20000+rand.IntN(12000))
		if l, err := net.Listen("tcp", at); err == nil {
			l.Close()
			return at
		}
	}
}

// played is what `reproduce` printed.
type played struct {
	code      int
	out, said string
	evidence  int64 // bytes
}

func reproduceApp(t *testing.T, args ...string) played {
	t.Helper()
	dir := t.TempDir()
	got := playApp(t, append(append([]string{"reproduce"}, args...), "--evidence", dir)...)
	err := filepath.WalkDir(dir, func(_ string, f os.DirEntry, err error) error {
		if err != nil || f.IsDir() {
			return err
		}
		about, err := f.Info()
		if err == nil {
			got.evidence += about.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// playApp runs a command with a home of its own.
func playApp(t *testing.T, args ...string) played {
	t.Helper()
	var out, said bytes.Buffer
	home := t.TempDir()
	env := Environment{GOOS: "linux", Lookup: func(name string) (string, bool) {
		if name == "HOME" {
			return home, true
		}
		return "", false
	}}
	code := Run(context.Background(), args, env, Stdio{strings.NewReader(""), &out, &said})
	return played{code: code, out: out.String(), said: said.String()}
}

func TestReproduceGivesAVerdictOnAPersonsOwnApp(t *testing.T) {
	t.Parallel()
	if _, _, err := browser.Find(browser.Options{}); err != nil {
		t.Skip(err)
	}
	harmless := filepath.Join(t.TempDir(), "harmless.yaml")
	if err := os.WriteFile(harmless, []byte("id: harmless\ntitle: Nothing goes wrong\ndiagnosis: refresh_token_revoked\nsteps: [renew]\n"),
		0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, scenario string
		app            testapp.Options
		flags          []string
		code           int
		first          string // the first line
		has, hasNot    []string
	}{
		{"it was reproduced", "family-revoked", testapp.Options{Refresh: true}, []string{"--trigger", "Orders"}, 0,
			"Reproduced: The refresh tokens were revoked",
			[]string{"invalid_grant: Unknown or invalid refresh token", "(refresh_token_revoked, certain)", "Remedy ", `"Orders"`}, nil},
		{"another client id in every step", "refresh-token-reused", testapp.Options{Refresh: true, PollMS: 30000}, nil, 0,
			"Reproduced: An old refresh token was used once more",
			[]string{"(refresh_token_reused, ", "the app asked by itself"}, []string{"client_unknown"}},
		{"nothing goes wrong", harmless, testapp.Options{Refresh: true}, []string{"--trigger", "Orders"}, 3,
			"Not reproduced: Nothing goes wrong", []string{"It asked with its refresh token, and got what it asked for."}, []string{"Remedy",
				"Cause"}},
		{"it cannot fail so", "session-idle-expired", testapp.Options{Refresh: true}, []string{"--trigger", "Orders"}, 4,
			"This app cannot fail so: Nobody used the session for longer than its idle lifetime",
			[]string{"This app renews with refresh tokens."}, []string{"Remedy"}},
		{"a frame, and a reload", "session-idle-expired", testapp.Options{}, nil, 0,
			"Reproduced: Nobody used the session for longer than its idle lifetime",
			[]string{"login_required: Login required", "reloaded", "(session_idle_expired, certain)"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.app.Domain = freeDomain(t)
			app := testapp.Start(t, c.app)
			got := reproduceApp(t, append([]string{c.scenario, "--app", app.URL, "--domain", c.app.Domain}, c.flags...)...)
			first, _, _ := strings.Cut(got.out, "\n")
			if got.code != c.code || first != c.first {
				t.Errorf("exit code %d, want %d; it said %s\n%s", got.code, c.code, got.said, got.out)
			}
			for _, part := range c.has {
				if !strings.Contains(got.out, part) {
					t.Errorf("without %q:\n%s", part, got.out)
				}
			}
			for _, part := range c.hasNot {
				if strings.Contains(got.out, part) {
					t.Errorf("with %q:\n%s", part, got.out)
				}
			}
			if lines := strings.Count(got.out, "\n"); lines > 40 {
				t.Errorf("%d lines:\n%s", lines, got.out)
			}
			if got.evidence == 0 || got.evidence > 5<<20 {
				t.Errorf("%d bytes of evidence, at most 5 MB", got.evidence)
			}
		})
	}
}

// elsewhere is a server that the browser does not know for one of this machine, by the name that this machine has in its network, and
// how often it was asked. Where that name does not lead here the address is that of nobody, and here is false.
func elsewhere(t *testing.T) (origin string, asked *atomic.Int32, here bool) {
	t.Helper()
	asked = &atomic.Int32{}
	name, err := os.Hostname()
	if err != nil || domain.Loopback(name) {
		return "http://fonts.example:8080", asked, false
	}
	l, err := net.Listen("tcp", net.JoinHostPort(name, "0"))
	if err != nil {
		return "http://fonts.example:8080", asked, false
	}
	server := &httptest.Server{Listener: l, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Access-Control-Allow-Origin", "*")
	})}}
	server.Start()
	t.Cleanup(server.Close)
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return "http://" + strings.ToLower(net.JoinHostPort(name, port)), asked, true
}

// TestAnAppReachesWhatItIsAllowed: this machine, and the origins of --allow. What was kept from it is one line, however often it asked.
func TestAnAppReachesWhatItIsAllowed(t *testing.T) {
	if _, _, err := browser.Find(browser.Options{}); err != nil {
		t.Skip(err)
	}
	origin, asked, here := elsewhere(t)
	file := filepath.Join(t.TempDir(), "harmless.yaml")
	if err := os.WriteFile(file, []byte("title: Nothing goes wrong\ndiagnosis: refresh_token_revoked\nsteps: [renew]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	app := testapp.Start(t, testapp.Options{Refresh: true, Domain: "shop.test", Also: origin + "/inter.woff2"})
	args := []string{file, "--app", app.URL, "--domain", "shop.test", "--trigger", "Orders"}
	const kept = "\nKept from the network; --allow ORIGIN lets it pass\n"

	got := reproduceApp(t, append(args, "--allow", "https://other.example")...)
	line := kept + "  GET " + origin + "/inter.woff2 (×"
	if got.code != exitNo || strings.Count(got.out, line) != 1 || strings.Count(got.out, origin) != 1 || asked.Load() != 0 {
		t.Errorf("exit code %d, asked %d times; it said %s\n%s; want one line %s", got.code, asked.Load(), got.said, got.out, line)
	}
	if !here {
		t.Log("the name of this machine does not lead to it, so that an allowed origin is reached was not tried")
		return
	}
	got = reproduceApp(t, append(args, "--allow", origin)...)
	if got.code != exitNo || strings.Contains(got.out, kept) || asked.Load() < 3 {
		t.Errorf("exit code %d, asked %d times; it said %s\n%s", got.code, asked.Load(), got.said, got.out)
	}
}

func TestReproduceSaysWhatAnOwnAppLacks(t *testing.T) {
	t.Parallel()
	if _, _, err := browser.Find(browser.Options{}); err != nil {
		t.Skip(err)
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for _, c := range []struct {
		name  string
		flags []string
		code  int
		says  string
	}{
		{"no app", []string{"offline", "--app", gone.URL + "/", "--domain", "shop.test"}, 1,
			"no app answers at " + gone.URL + "/; start it first"},
		{"no such control", []string{"offline", "--domain", "shop.test", "--log-in", "Enter"}, 2,
			`has no button or link to log in, named "Enter"; it shows "Sign in"; name the right one with --log-in`},
		{"a wrong domain", []string{"offline", "--domain", "other.test"}, 2,
			"the app asks the tenant at shop.test, and this one is other.test: give the domain that your app is configured with, " +
				"--domain shop.test"},
		{"no trigger", []string{"family-revoked", "--domain", "shop.test"}, 2,
			"this scenario needs something that makes the app want a token: it asks for none by itself. Name a control that does with --trigger"},
		{"an app's own code", []string{"audience-unknown", "--domain", "shop.test"}, 2,
			"this scenario needs a renewal that asks for another audience than the login, which only your app's code can do"},
		{"a bad expression", []string{"offline", "--domain", "shop.test", "--trigger", "/(/"}, 2, `"/(/" is not a regular expression`},
		{"a bad origin", []string{"offline", "--domain", "shop.test", "--allow", "fonts.example"}, 2, `"fonts.example" is not an origin`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			app := testapp.Start(t, testapp.Options{Refresh: true, Domain: "shop.test"})
			if c.name != "no app" {
				c.flags = append(c.flags, "--app", app.URL)
			}
			got := reproduceApp(t, c.flags...)
			if got.code != c.code || !strings.Contains(got.said, c.says) || got.out != "" {
				t.Errorf("exit code %d, want %d; it said %s, and printed %s", got.code, c.code, got.said, got.out)
			}
		})
	}
}

// TestFlagsForAnAppNeedOne: without it an SDK of the catalogue would be played, and its verdict taken for that of the app.
func TestFlagsForAnAppNeedOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		flag, says string
	}{
		{"--app=", `"" is not the address of an app; expected one such as http://`},
		{"--trigger=Orders", "--trigger is for an app of your own, and no --app names one"},
		{"--domain=localhost:4480", "--domain is for an app of your own"},
		{"--allow=https://fonts.example.com", "--allow is for an app of your own"},
	} {
		if got := reproduceApp(t, "offline", c.flag); got.code != exitRefused || !strings.Contains(got.said, c.says) || got.out != "" {
			t.Errorf("%s: exit code %d; it said %s, and printed %s", c.flag, got.code, got.said, got.out)
		}
	}
}

// TestATenantsPortIsTaken: a tenant of `serve` that still runs is what one forgets. It ends both commands in the same way.
func TestATenantsPortIsTaken(t *testing.T) {
	t.Parallel()
	if _, _, err := browser.Find(browser.Options{}); err != nil {
		t.Skip(err)
	}
	held, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { held.Close() })
	taken := strings.Replace(held.Addr().String(), "127.0.0.1", "localhost", 1)
	app := testapp.Start(t, testapp.Options{Refresh: true, Domain: taken})
	want := "mockauth0: the tenant cannot be at " + taken + ": another program listens there; " +
		"stop it first (`mockauth0 serve` is such a program)\n"
	for _, command := range [][]string{{"reproduce", "offline", "--evidence", t.TempDir()}, {"check"}} {
		got := playApp(t, append(command, "--app", app.URL, "--domain", taken)...)
		if got.code != exitFailed || got.said != want || got.out != "" {
			t.Errorf("%s: exit code %d, want %d; it said %s, and printed %s", command[0], got.code, exitFailed, got.said, got.out)
		}
	}
}

// TestTheTenantIsWhereTheAppAsksForIt: `serve --app` gives an app a tenant by plain http, and check and reproduce find it there without
// being told.
func TestTheTenantIsWhereTheAppAsksForIt(t *testing.T) {
	t.Parallel()
	if _, _, err := browser.Find(browser.Options{}); err != nil {
		t.Skip(err)
	}
	domain := freeDomain(t)
	app := testapp.Start(t, testapp.Options{Domain: "http://" + domain, Refresh: true, Menu: true})
	app.URL = strings.Replace(app.URL, "127.0.0.1", "localhost", 1) // one site with the tenant
	got := reproduceApp(t, "third-party-cookies-blocked", "--app", app.URL, "--domain", domain)
	if got.code != 4 || !strings.Contains(got.out, "configure your app with the domain "+domain+", and name it with --domain") {
		t.Errorf("exit code %d; it said %s\n%s", got.code, got.said, got.out)
	}
	file := filepath.Join(t.TempDir(), "app.yaml")
	got = playApp(t, "check", "--app", app.URL, "--domain", domain, "--write", file)
	text, _ := os.ReadFile(file)
	// It shows nothing by which to log out, and is known all the same to have somebody signed in.
	for _, want := range []string{"domain: http://" + domain + "\n", "log_in: Sign in\n", `signed in: "Help", "Account", "Orders".`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("without %q, exit code %d; it said %s\n%s", want, got.code, got.said, text)
		}
	}
	got = playApp(t, "check", "--app", app.URL, "--domain", "https://"+domain, "--write", file+".2")
	want := "give the domain that your app is configured with, --domain http://" + domain
	if got.code == 0 || !strings.Contains(got.said, want) {
		t.Errorf("exit code %d; it said %s", got.code, got.said)
	}
}

// TestTheDefaultDomainOfAnAppOnAServer is by plain http where `serve --app` serves so: its server asks before a browser shows anything.
func TestTheDefaultDomainOfAnAppOnAServer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ packages, address, want string }{
		{`"express-openid-connect": "2"`, "http://localhost:3000", "http://localhost:4443"},
		{`"express-openid-connect": "2"`, "https://localhost:3000", "localhost:4443"},
		{`"@auth0/nextjs-auth0": "4"`, "http://localhost:3000", "localhost:4443"},
		{`"@auth0/auth0-react": "2"`, "http://localhost:3000", "localhost:4443"},
		{"", "http://localhost:3000", "localhost:4443"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "package.json"), []byte(`{"dependencies": {`+c.packages+`}}`), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := (&app{env: Environment{Dir: dir}}).defaultDomain(c.address); got != c.want {
			t.Errorf("%s at %s: %s, want %s", c.packages, c.address, got, c.want)
		}
	}
}

// TestWithoutSDKsAnOwnAppIsProposed: the SDKs are in a checkout alone.
func TestWithoutSDKsAnOwnAppIsProposed(t *testing.T) {
	t.Parallel()
	none := filepath.Join(t.TempDir(), "node_modules")
	got := reproduceApp(t, "family-revoked", "--sdk-dir", none)
	want := "there is no folder " + none + " with the SDKs that play a scenario: play it with your own app"
	if got.code != exitFailed || !strings.Contains(got.said, want) || got.out != "" {
		t.Errorf("exit code %d; it said %s, and printed %s", got.code, got.said, got.out)
	}
}
