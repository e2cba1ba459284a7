package browser_test

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/browser"
)

// elsewhere starts a browser that is nobody's, and returns its endpoint, as http://host:port.
func elsewhere(t *testing.T) string {
	t.Helper()
	launched(t, browser.Shell) // skips where there is none
	path, _, err := browser.Find(browser.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--remote-debugging-port=0", "--user-data-dir="+t.TempDir(), "--no-sandbox", "--disable-gpu",
		"--no-first-run", "--disable-background-networking", "about:blank")
	nothing, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer nothing.Close()
	browser.Group(cmd, nothing)
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		browser.KillGroup(cmd)
		_ = cmd.Wait()
	})
	endpoint := regexp.MustCompile(`ws://(\S+?)/`)
	for lines := bufio.NewScanner(said); lines.Scan(); {
		if found := endpoint.FindStringSubmatch(lines.Text()); found != nil {
			go func() {
				for lines.Scan() { // it must not be held up
				}
			}()
			return "http://" + found[1]
		}
	}
	t.Fatal("the browser said no endpoint")
	return ""
}

const opener = `<!doctype html><title>App</title><button onclick="window.open('/popup')">Open</button>`

// The popup says by its title what time it was when its first script ran.
const popup = `<!doctype html><script>document.title = Date.now()</script>`

// Several programs drive one browser: each one's popups begin with its own clock, nobody's page is held up, and who leaves takes nothing
// along.
func TestProgramsShareABrowserElsewhere(t *testing.T) {
	t.Parallel()
	endpoint := elsewhere(t)
	connected := func() *browser.Browser {
		t.Helper()
		b, err := browser.Launch(t.Context(), browser.Options{Remote: endpoint})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { b.Close() })
		return b
	}
	world := func(b *browser.Browser, moved time.Duration) (*browser.World, *browser.Page) {
		t.Helper()
		w, err := browser.NewWorld(t.Context(), b, browser.WorldOptions{Sites: map[string]http.Handler{
			"https://app.example.test": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				page := opener
				if r.URL.Path == "/popup" {
					page = popup
				}
				html(page).ServeHTTP(w, r)
			}),
		}})
		if err != nil {
			t.Fatal(err)
		}
		p, err := w.Open("https://app.example.test/")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Advance(moved); err != nil {
			t.Fatal(err)
		}
		return w, p
	}
	first, second := connected(), connected()
	w1, p1 := world(first, 2*time.Hour)
	w2, p2 := world(second, 48*time.Hour)
	opens := func(w *browser.World, p *browser.Page) {
		t.Helper()
		if err := p.ByRole("button", "Open").Click(); err != nil {
			t.Fatal(err)
		}
		got, err := p.Popup()
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Settle(); err != nil {
			t.Fatal(err)
		}
		var millis int64
		if err := got.Eval(`Number(document.title)`, &millis); err != nil {
			t.Fatal(err)
		}
		if off := w.Now().Sub(time.UnixMilli(millis)); off < -time.Minute || off > time.Minute {
			t.Errorf("the popup began %v off its World's clock", off)
		}
		if err := got.Close(); err != nil {
			t.Error(err)
		}
	}
	for range 5 {
		opens(w1, p1)
		opens(w2, p2)
	}

	came := make(chan string, 1)
	somebody := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case came <- r.URL.Path:
		default:
		}
	}))
	defer somebody.Close()
	newTab, err := http.NewRequestWithContext(t.Context(), http.MethodPut, endpoint+"/json/new?"+url.QueryEscape(somebody.URL+"/hello"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if response, err := http.DefaultClient.Do(newTab); err != nil {
		t.Fatal(err)
	} else if err := response.Body.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-came:
	case <-time.After(browser.DefaultPatience):
		t.Error("a page of nobody's does not load")
	}

	if err := first.Close(); err != nil {
		t.Error(err)
	}
	opens(w2, p2)
	if _, err := w1.Open("https://app.example.test/"); err == nil || !strings.Contains(err.Error(), "the browser is gone") {
		t.Errorf("a browser that was left says %v", err)
	}
	world(connected(), time.Minute)
}

func TestAWorldElsewhereSeesItsOwnCookiesOnly(t *testing.T) {
	t.Parallel()
	b, err := browser.Launch(t.Context(), browser.Options{Remote: elsewhere(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	w, err := browser.NewWorld(t.Context(), b, browser.WorldOptions{Sites: map[string]http.Handler{
		"https://app.example.test": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			http.SetCookie(w, &http.Cookie{Name: "mine", Value: "1"})
		}),
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, forget := range []func() error{w.ClearCookies, w.DropSessionCookies} {
		if _, err := w.Open("https://app.example.test/"); err != nil {
			t.Fatal(err)
		}
		if cookies, err := w.Cookies(); err != nil || len(cookies) != 1 || cookies[0].Name != "mine" {
			t.Errorf("the cookies are %v, %v", cookies, err)
		}
		if err := forget(); err != nil {
			t.Error(err)
		}
		if cookies, err := w.Cookies(); err != nil || len(cookies) != 0 {
			t.Errorf("after that they are %v, %v", cookies, err)
		}
	}
}

// What pages ask for is refused and reported, as by a browser that was started here.
func TestAWorldElsewhereReportsWhatItsPagesAskFor(t *testing.T) {
	t.Parallel()
	b, err := browser.Launch(t.Context(), browser.Options{Remote: elsewhere(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	w, err := browser.NewWorld(t.Context(), b, browser.WorldOptions{Sites: map[string]http.Handler{
		"https://app.example.test": html(`<img src="https://tracker.example.com/p.gif"><img src="http://plain.example.com/p.gif">`),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Open("https://app.example.test/"); err != nil {
		t.Fatal(err)
	}
	// As the browser itself asks: no page is behind it.
	proxy := &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: browser.ProxyOf(w)})}
	defer proxy.CloseIdleConnections()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://update.example.com/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if response, err := proxy.RoundTrip(request); err != nil || response.StatusCode != http.StatusBadGateway {
		t.Errorf("the proxy answers %v, %v", response, err)
	} else if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
	var refused []string
	for _, r := range w.Refused() {
		refused = append(refused, r.Address())
	}
	slices.Sort(refused)
	if want := []string{"https://plain.example.com", "https://tracker.example.com"}; !slices.Equal(refused, want) {
		t.Errorf("refused were %q", refused)
	}
	if err := w.Close(); err == nil || !strings.Contains(err.Error(), "tracker.example.com") || strings.Contains(err.Error(), "update") {
		t.Errorf("the World ends with %v", err)
	}
}

func TestAnEndpointThatIsNone(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	for remote, want := range map[string]string{
		"localhost:9222":         "is no DevTools endpoint; expected ws://",
		"ftp://localhost":        "is no DevTools endpoint",
		other.URL:                "names no webSocketDebuggerUrl (status 404 Not Found)",
		"ws" + other.URL[4:]:     "404",
		"http://127.0.0.1:1":     "refused",
		"ws://127.0.0.1:1/hello": "refused",
	} {
		b, err := browser.Launch(t.Context(), browser.Options{Remote: remote})
		if err == nil {
			b.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "connect to the browser at "+remote) {
			t.Errorf("%s: %v", remote, err)
		}
	}
}
