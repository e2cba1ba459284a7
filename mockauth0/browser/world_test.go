package browser_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/tenant"
)

func kinds() []browser.Kind { return []browser.Kind{browser.Shell, browser.Full} }

func TestRenewsAtExpiry(t *testing.T) {
	for _, kind := range kinds() {
		t.Run(kind.String(), func(t *testing.T) {
			w, tenant := newWorld(t, kind, browser.WorldOptions{})
			p := login(t, w)
			expires := time.UnixMilli(eval[int64](t, p, "Number(localStorage.expires_at)"))
			must(t, w.Advance(7190*time.Second))
			if n := eval[int](t, p, "renewals"); n != 0 {
				t.Fatalf("%d renewals ten seconds before expiry, want none", n)
			}
			must(t, w.Advance(time.Minute))
			if n := eval[int](t, p, "renewals"); n != 1 {
				t.Fatalf("%d renewals after expiry, want 1", n)
			}
			seen := tenant.requests("/authorize")
			if len(seen) != 1 {
				t.Fatalf("the tenant saw %d requests, want 1", len(seen))
			}
			// Tenant first: it was past expiry already when the request came, and not by much.
			if late := seen[0].at.Sub(expires); late < 0 || late > time.Second {
				t.Errorf("the tenant saw the renewal %s after expiry, want 0 to 1s", late)
			}
			next := time.UnixMilli(eval[int64](t, p, "Number(localStorage.expires_at)"))
			if lives := next.Sub(seen[0].at); lives < 2*time.Hour-time.Second || lives > 2*time.Hour+time.Second {
				t.Errorf("the new token lives %s, want 2h", lives)
			}
		})
	}
}

func TestADayIsAChainOfTwelve(t *testing.T) {
	t.Parallel()
	w, tenant := newWorld(t, browser.Shell, browser.WorldOptions{})
	p := login(t, w)
	began := time.Now()
	must(t, w.Advance(24*time.Hour+time.Minute))
	took := time.Since(began)
	if n := eval[int](t, p, "renewals"); n != 12 || len(tenant.requests("/authorize")) != 12 {
		t.Fatalf("%d renewals and %d requests in 24 hours, want 12", n, len(tenant.requests("/authorize")))
	}
	if n := eval[int](t, p, "errors"); n != 0 {
		t.Errorf("%d renewals failed", n)
	}
	t.Logf("24 hours took %s", took)
}

func TestACountdownDoesNotSlowTheDay(t *testing.T) {
	t.Parallel()
	w, tenant := newWorld(t, browser.Shell, browser.WorldOptions{})
	p := login(t, w)
	must(t,
		p.Eval(`{ window.ticks = 0; setInterval(() => { ticks++; document.querySelector('h1').textContent = new Date(Date.now()).toISOString(); }, 1000); }`, nil))
	began := time.Now()
	must(t, w.Advance(24*time.Hour+time.Minute))
	took := time.Since(began)
	if n := eval[int](t, p, "renewals"); n != 12 {
		t.Errorf("%d renewals, want 12", n)
	}
	if n := eval[int](t, p, "ticks"); n < 86455 || n > 86465 {
		t.Errorf("%d ticks in a day and a minute, want 86460", n)
	}
	if apart := drift(t, p, tenant); apart > 50*time.Millisecond {
		t.Errorf("browser and tenant are %s apart", apart)
	}
	t.Logf("24 hours with a countdown took %s", took)
}

// An app that asks its SDK for a token every few seconds: most of the time it has one, and awaits a few promises.
func TestARequestAfterManyPromisesMeetsTheTenantAtItsOwnTime(t *testing.T) {
	t.Parallel()
	w, tenant := newWorld(t, browser.Shell, browser.WorldOptions{})
	p := login(t, w)
	must(t, p.Eval(`{ window.tick = 0; window.asked = [];
		const cached = async (depth) => { if (depth > 0) { await cached(depth - 1); } return tick % 100 !== 0; };
		setInterval(async () => { tick++; if (!(await cached(30))) { asked.push(Date.now()); await fetch(location.href); } }, 5000); }`, nil))
	before := tenant.Now()
	must(t, w.Advance(time.Hour))
	asked := eval[[]int64](t, p, "asked")
	if len(asked) != 7 {
		t.Fatalf("%d requests in an hour of 720 ticks, want 7", len(asked))
	}
	var at []time.Time
	for _, r := range w.Requests() {
		if r.Type == "Fetch" && r.URL == p.URL() {
			at = append(at, r.Tenant)
		}
	}
	for i, r := range at {
		if want := time.Duration(i+1) * 500 * time.Second; r.Sub(before) < want-time.Second || r.Sub(before) > want+3*time.Second {
			t.Errorf("request %d met the tenant %s after the beginning, want %s", i+1, r.Sub(before), want)
		}
	}
}

func TestTwoTabsWithCountdowns(t *testing.T) {
	t.Parallel()
	w, tenant := newWorld(t, browser.Shell, browser.WorldOptions{})
	// A third tab is busy painting when the others poll, so that they are done long before it is.
	busy := login(t, w)
	must(t,
		busy.Eval(`{ clearTimeout(timer); const at = Date.now() + 7100e3; setInterval(() => { if (Date.now() > at) for (const end = performance.now() + 3; performance.now() < end;) ; }, 1000) }`, nil))
	var tabs []*browser.Page
	for range 2 {
		p := login(t, w)
		// A poller, as apps have that want to survive a sleep: most of its turns do nothing.
		must(t, p.Eval(`{ clearTimeout(timer); window.polled = 0; window.at = Date.now() + 7200e3;
			setInterval(() => { document.querySelector('h1').textContent = Date.now(); if (Date.now() >= at) { at = Infinity;
			polled = Date.now(); fetch(TENANT + '/time'); } }, 1000); }`, nil))
		tabs = append(tabs, p)
	}
	began := time.Now()
	must(t, w.Advance(2*time.Hour+time.Minute))
	t.Logf("two hours of two tabs with countdowns took %s", time.Since(began))
	seen := tenant.requests("/time")
	if len(seen) != 2 {
		t.Fatalf("%d polls reached the tenant, want 2", len(seen))
	}
	for i, p := range tabs {
		polled := time.UnixMilli(eval[int64](t, p, "polled"))
		near := false
		for _, r := range seen {
			late := r.at.Sub(polled)
			near = near || late > -2*time.Second && late < 2*time.Second
		}
		if !near {
			t.Errorf("tab %d polled at %s, the tenant saw %v", i, polled, seen)
		}
		if apart := drift(t, p, tenant); apart > 50*time.Millisecond {
			t.Errorf("tab %d and the tenant are %s apart", i, apart)
		}
	}
}

// drift is how far the page's clock is from the tenant's.
func drift(t testing.TB, p *browser.Page, f *fakeTenant) time.Duration {
	t.Helper()
	early := f.Now()
	page := time.UnixMilli(eval[int64](t, p, "Date.now()"))
	switch {
	case page.Before(early.Add(-time.Millisecond)):
		return early.Sub(page)
	case page.After(f.Now()):
		return page.Sub(f.Now())
	}
	return 0
}

func TestThirdPartyCookies(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds() {
		for _, mode := range []browser.Cookies{browser.ThirdPartyAllowed, browser.ThirdPartyBlocked} {
			t.Run(fmt.Sprintf("%s, %v", kind, mode), func(t *testing.T) {
				w, tenant := newWorld(t, kind, browser.WorldOptions{Cookies: mode})
				login(t, w)
				must(t, w.Advance(2*time.Hour))
				// A second tab, and a popup.
				p := login(t, w)
				must(t, p.Eval(`void window.open(location.href)`, nil))
				popup, err := p.Popup()
				must(t, err)
				must(t, popup.WaitFor("the popup has loaded", `document.readyState === 'complete' && typeof renew === 'function'`))
				must(t, popup.Eval(`renew()`, nil))
				must(t, w.Settle())
				seen := tenant.requests("/authorize")
				if len(seen) != 2 {
					t.Fatalf("the tenant saw %d renewals, want 2", len(seen))
				}
				for _, r := range seen {
					if r.cookie != (mode == browser.ThirdPartyAllowed) {
						t.Errorf("a renewal with cookie: %t (Sec-Fetch-Storage-Access: %s)", r.cookie, r.access)
					}
				}
			})
		}
	}
}

func TestUnmappedNamesAreRefusedAndReported(t *testing.T) {
	t.Parallel()
	b, _ := launched(t, browser.Shell)
	w, err := browser.NewWorld(t.Context(), b, browser.WorldOptions{Sites: map[string]http.Handler{"http://localhost:5000": html("<p>hello")}})
	must(t, err)
	p, err := w.Open("http://localhost:5000/")
	must(t, err)
	must(t, w.Check())
	must(t,
		p.Eval(`Promise.allSettled([fetch('https://cdn.example.com/x.js'), fetch('http://localhost:5001/y'), fetch('http://localhost:5000/')]).then(() => 0)`, nil))
	for _, err := range []error{w.Check(), w.Close()} {
		if err == nil || !strings.Contains(err.Error(), "https://cdn.example.com") ||
			!strings.Contains(err.Error(), "GET http://localhost:5001/y") {
			t.Errorf("the error %v does not name both refused requests", err)
		}
		if err != nil && strings.Contains(err.Error(), "5000") {
			t.Errorf("the error %v names a mapped origin", err)
		}
	}
}

func TestOpenNamesTheNameThatIsNotMapped(t *testing.T) {
	t.Parallel()
	b, _ := launched(t, browser.Shell)
	w, err := browser.NewWorld(t.Context(), b, browser.WorldOptions{})
	must(t, err)
	_, err = w.Open("https://nowhere.example.com/")
	if err == nil || !strings.Contains(err.Error(), "nowhere.example.com") {
		t.Errorf("opening an unmapped name said %v", err)
	}
	if w.Close() == nil {
		t.Error("Close did not report the refused request")
	}
}

func TestWorldsShareNothing(t *testing.T) {
	t.Parallel()
	one, first := newWorld(t, browser.Shell, browser.WorldOptions{})
	two, second := newWorld(t, browser.Shell, browser.WorldOptions{})
	login(t, one)
	p := login(t, two)
	must(t, two.Advance(3*time.Hour))
	if len(first.requests("/authorize")) != 0 || len(second.requests("/authorize")) != 1 {
		t.Error("the second World's renewal went to the first World's tenant")
	}
	if apart := two.Now().Sub(one.Now()); apart < 3*time.Hour-10*time.Second {
		t.Errorf("the first World moved with the second: they are %s apart", apart)
	}
	cookies, err := two.Cookies()
	must(t, err)
	if len(cookies) != 1 || cookies[0].Name != "auth0" {
		t.Errorf("cookies of the second World: %v", cookies)
	}
	must(t, two.ClearCookies())
	must(t, p.Eval("renew()", nil))
	must(t, two.Settle())
	must(t, p.WaitFor("the renewal fails", `document.body.innerText.includes('login_required')`))
}

// TestAClosedBrowserKeepsCookiesWithAnExpiry: the others go, as they do when a browser is closed.
func TestAClosedBrowserKeepsCookiesWithAnExpiry(t *testing.T) {
	t.Parallel()
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{})
	p := login(t, w)
	must(t, p.Eval("(document.cookie = 'kept=1; Max-Age=1000', document.cookie = 'dropped=1', true)", nil))
	must(t, w.DropSessionCookies())
	if got := eval[string](t, p, "document.cookie"); got != "kept=1" {
		t.Errorf("the browser keeps %q", got)
	}
}

func TestHTTP2AndSecureContext(t *testing.T) {
	t.Parallel()
	proto := make(chan string, 1)
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{Sites: map[string]http.Handler{
		"https://cdn.auth0.com": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case proto <- r.Proto + " " + r.Host:
			default:
			}
			html("<p>secure").ServeHTTP(w, r)
		}),
	}})
	p, err := w.Open("https://cdn.auth0.com/js/auth0.js")
	must(t, err)
	if got := <-proto; got != "HTTP/2.0 cdn.auth0.com" {
		t.Errorf("served by %s", got)
	}
	if !eval[bool](t, p, "isSecureContext && !!crypto.subtle") {
		t.Error("the page is not a secure context")
	}
}

func TestLatencyOfTheTenantElapsesOnTheWay(t *testing.T) {
	w, tenant := newWorld(t, browser.Shell, browser.WorldOptions{})
	p := login(t, w)
	tenant.latency = 20 * time.Second
	must(t, w.Advance(2*time.Hour+10*time.Second))
	if n := eval[int](t, p, "renewals"); n != 0 {
		t.Errorf("%d renewals while the tenant holds the request", n)
	}
	must(t, w.Advance(30*time.Second))
	if n, e := eval[int](t, p, "renewals"), eval[int](t, p, "errors"); n != 1 || e != 0 {
		t.Errorf("%d renewals and %d errors after the latency, want 1 and 0", n, e)
	}
	must(t, w.Advance(2*time.Hour+5*time.Minute)) // past the app's timeout in one go
	if n, e := eval[int](t, p, "renewals"), eval[int](t, p, "errors"); n != 2 || e != 0 {
		t.Errorf("%d renewals and %d errors, want 2 and 0: the latency is over before the app gives up", n, e)
	}
	tenant.latency = 90 * time.Second // longer than the app waits
	must(t, w.Advance(2*time.Hour+5*time.Minute))
	if n, e := eval[int](t, p, "renewals"), eval[int](t, p, "errors"); n != 2 || e != 1 {
		t.Errorf("%d renewals and %d errors after a latency over the app's timeout, want 2 and 1", n, e)
	}
}

func TestSlowAnswersAreAwaitedAtEachStop(t *testing.T) {
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{Sites: map[string]http.Handler{
		"http://localhost:4000": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(150 * time.Millisecond) // a slow server, in real time
			w.Header().Set("Access-Control-Allow-Origin", "*")
			w.WriteHeader(http.StatusNoContent)
		}),
	}})
	p := login(t, w)
	must(t, p.Eval(`{ window.order = [];
		const hash = async () => crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: new Uint8Array(16), iterations: 400000 },
			await crypto.subtle.importKey('raw', new Uint8Array(16), 'PBKDF2', false, ['deriveBits']), 256);
		setTimeout(async () => { order.push('ask'); await fetch('http://localhost:4000/1'); await hash();
		await fetch('http://localhost:4000/2'); order.push('answer'); }, 10000);
		setTimeout(() => order.push('timeout'), 11000); }`, nil))
	must(t, w.Advance(20*time.Second))
	if got := eval[string](t, p, "order.join()"); got != "ask,answer,timeout" {
		t.Errorf("order %s, want ask,answer,timeout", got)
	}
}

func TestAdvanceNamesWhatDoesNotSettle(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{MoveBudget: time.Second, Sites: map[string]http.Handler{
		"http://localhost:4000": http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-stop:
			case <-r.Context().Done():
			}
		}),
	}})
	p := login(t, w)
	must(t, p.Eval(`void fetch('http://localhost:4000/never').catch(() => 0)`, nil))
	err := w.Advance(time.Hour)
	if err == nil || !strings.Contains(err.Error(), "GET http://localhost:4000/never") {
		t.Errorf("the error %v does not name the request", err)
	}
	close(stop)
	must(t, w.Settle())
	must(t, p.Eval(`(function again() { const s = new XMLHttpRequest; s.open('GET', 'data:,'); s.send(); setTimeout(again, 4) })()`, nil))
	err = w.Advance(time.Hour)
	if err == nil || !strings.Contains(err.Error(), "timer stops") || !strings.Contains(err.Error(), "again") {
		t.Errorf("the error %v does not name the timer", err)
	}
}

// An app may look at no more than the status of an answer that is not to be stored; the browser never tells its end then.
func TestAnAnswerThatNobodyReadsIsNotAwaited(t *testing.T) {
	t.Parallel()
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{MoveBudget: 8 * time.Second, Sites: map[string]http.Handler{
		"https://api.example.test:4000": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			w.Header().Set("Cache-Control", "no-store")
			http.Error(w, "nothing to read", http.StatusInternalServerError)
		}),
	}})
	p := login(t, w)
	must(t, p.Eval(`void fetch('https://api.example.test:4000/').then((r) => { window.kept = r.status; })`, nil))
	must(t, p.WaitFor("the answer came", "window.kept === 500"))
	must(t, w.Settle())
	must(t, w.Advance(time.Minute))
}

func TestAPageThatDiesIsReported(t *testing.T) {
	t.Parallel()
	b, _ := launched(t, browser.Shell)
	w, err := browser.NewWorld(t.Context(), b, browser.WorldOptions{Sites: map[string]http.Handler{"http://localhost:5000": html("<p>hello")}})
	must(t, err)
	p, err := w.Open("http://localhost:5000/")
	must(t, err)
	_ = p.Open("chrome://crash")
	if err := p.Eval("1", nil); err == nil || !strings.Contains(err.Error(), "crashed") {
		t.Errorf("a crashed page said %v", err)
	}
	if err := w.Close(); err == nil || !strings.Contains(err.Error(), "crashed") {
		t.Errorf("Close said %v", err)
	}
}

func TestADeadBrowserFailsAtOnce(t *testing.T) {
	_, ca := launched(t, browser.Shell)
	b, err := browser.Launch(t.Context(), browser.Options{CA: ca})
	must(t, err)
	w, err := browser.NewWorld(t.Context(), b, browser.WorldOptions{Sites: map[string]http.Handler{"http://localhost:5000": html("<p>hello")}})
	must(t, err)
	p, err := w.Open("http://localhost:5000/")
	must(t, err)
	must(t, b.Close())
	began := time.Now()
	if err := errors.Join(p.Eval("1", nil), w.Advance(time.Hour)); err == nil {
		t.Error("a page of a dead browser answers")
	}
	if _, err := browser.NewWorld(t.Context(), b, browser.WorldOptions{}); err == nil || !strings.Contains(err.Error(), "gone") {
		t.Errorf("a World of a dead browser: %v", err)
	}
	if took := time.Since(began); took > browser.DefaultPatience/2 {
		t.Errorf("it took %s to notice", took)
	}
	must(t, b.Close())
}

func TestMissingBrowserNamesTheInstallLine(t *testing.T) {
	_, err := browser.Launch(t.Context(), browser.Options{Path: "/nowhere/chromium"})
	if err == nil || !strings.Contains(err.Error(), "apt-get install") ||
		!strings.Contains(err.Error(), "correct its path (MOCKAUTH0_BROWSER)") ||
		strings.Count(err.Error(), "/nowhere/chromium") > 2 {
		t.Errorf("the error %v does not say how to come by a browser, or names the path too often", err)
	}
	t.Setenv("PATH", t.TempDir())
	_, err = browser.Launch(t.Context(), browser.Options{})
	if err == nil || !strings.Contains(err.Error(), "apt-get install") {
		t.Errorf("the error %v does not say how to install a browser", err)
	}
}

func TestStartsAMockTenant(t *testing.T) {
	t.Parallel()
	launched(t, browser.Shell) // skips without one
	b, err := browser.Launch(t.Context(), browser.Options{})
	must(t, err)
	defer func() { must(t, b.Close()) }()
	w, err := browser.NewWorld(t.Context(), b, browser.WorldOptions{Name: "Real Tenant", Tenant: tenant.Minimal()})
	must(t, err)
	defer func() { must(t, w.Close()) }()
	p, err := w.Open(w.TenantURL() + "/.well-known/openid-configuration")
	must(t, err)
	if issuer := eval[string](t, p, "JSON.parse(document.body.innerText).issuer"); issuer != "https://real-tenant-1.eu.auth0.com/" {
		t.Errorf("issuer %s", issuer)
	}
	before := w.Tenant.Now()
	must(t, w.Advance(time.Hour))
	if moved := w.Tenant.Now().Sub(before); moved < time.Hour || moved > time.Hour+5*time.Second {
		t.Errorf("the tenant moved %s", moved)
	}
}

func BenchmarkWorld(b *testing.B) {
	for b.Loop() {
		w, err := newBenchWorld(b)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := w.Open("http://localhost:5000/"); err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func newBenchWorld(b *testing.B) (*browser.World, error) {
	br, _ := launched(b, browser.Shell)
	return browser.NewWorld(b.Context(), br, browser.WorldOptions{Sites: map[string]http.Handler{"http://localhost:5000": html(app)}})
}

func TestANameThatIsLedElsewhere(t *testing.T) {
	t.Parallel()
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{})
	p, err := w.Open(w.TenantURL() + "/first")
	must(t, err)
	must(t, w.Serve(w.TenantURL(), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "elsewhere") })))
	must(t, p.Open(w.TenantURL()+"/second"))
	if got := eval[string](t, p, "document.body.textContent"); got != "elsewhere" {
		t.Errorf("the page shows %q: the browser went on with its old connection", got)
	}
}
