package browser_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/browser"
)

// openPage opens the app without a login or a timer.
func openPage(t testing.TB, w *browser.World) *browser.Page {
	t.Helper()
	p, err := w.Open("http://localhost:5000/?tenant=" + w.TenantURL())
	must(t, err)
	return p
}

// TestGlobalsKeepTheirManners checks what apps and libraries expect of the replaced globals. Each expression must be true.
func TestGlobalsKeepTheirManners(t *testing.T) {
	t.Parallel()
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{})
	p := openPage(t, w)
	must(t, w.Advance(48*time.Hour))
	for _, expression := range []string{
		`new Date() instanceof Date`,
		`typeof Date() === 'string' && Date() === new Date().toString()`,
		`Date.name === 'Date' && Date.length === 7 && setTimeout.name === 'setTimeout'`,
		`Date.prototype.constructor === Date && new Date().constructor === Date`,
		`(() => { class Stamp extends Date { twice() { return 2 * this.getTime(); } } const s = new Stamp(5); return s.twice() === 10 && s instanceof Stamp && s instanceof Date && Math.abs(new Stamp() - Date.now()) < 50; })()`,
		`new Date(2020, 1, 29).getDate() === 29 && Date.UTC(2020, 0) === 1577836800000 && Date.parse('2020-01-01T00:00:00Z') === 1577836800000`,
		`String(Date).includes('[native code]') && String(setTimeout).includes('[native code]')`,
		`Number.isInteger(Date.now()) && Object.prototype.toString.call(new Date()) === '[object Date]'`,
		`structuredClone(new Date(7)).getTime() === 7 && JSON.stringify(new Date(0)) === '"1970-01-01T00:00:00.000Z"'`,
		`Math.abs(performance.timeOrigin + performance.now() - Date.now()) < 5`,
		`typeof setTimeout(() => 0, 1) === 'number' && clearTimeout(undefined) === undefined && clearTimeout(987654) === undefined`,
		`(() => { try { setTimeout(); return false } catch (e) { return e instanceof TypeError } })()`,
		`(() => { try { AbortSignal.timeout(-1); return false } catch (e) { return e instanceof TypeError } })()`,
		`new Promise(r => setTimeout((a, b) => r(a + b === 'xy'), 1, 'x', 'y'))`,
		`new Promise(r => setTimeout(function () { r(this === window) }, 1))`,
		`new Promise(r => { window.byText = r; setTimeout('byText(true)', 1) })`,
		`new Promise(r => { const id = setTimeout(() => r(false), 5); clearInterval(id); setTimeout(() => r(true), 15) })`,
		`new Promise(r => { window.onerror = (m) => { r(m.includes('on purpose')); return true }; setTimeout(() => { throw new Error('on purpose') }, 1) })`,
		`new Promise(r => setTimeout(() => r(true), 2 ** 31))`,
		`new Promise(r => setTimeout(() => r(true), 2 ** 32 + 1))`,
		`new Promise(r => { let n = 0; const id = setInterval(() => { if (++n === 3) { clearInterval(id); r(true) } }, 2) })`,
		`new Promise(r => requestAnimationFrame(at => r(Math.abs(at - performance.now()) < 100)))`,
		`new Promise(r => { document.body.addEventListener('probe', e => r(Math.abs(e.timeStamp - performance.now()) < 100)); document.body.dispatchEvent(new Event('probe')) })`,
		`new Promise(r => { const s = AbortSignal.timeout(2); s.onabort = () => r(s.reason.name === 'TimeoutError') })`,
		`typeof Temporal === 'undefined' || Math.abs(Temporal.Now.instant().epochMilliseconds - Date.now()) < 50 && Temporal.Now.plainDateISO('UTC').toString() === new Date().toISOString().slice(0, 10)`,
		`Object.getOwnPropertyNames(window).every(n => !/harness/i.test(n))`,
	} {
		if !eval[bool](t, p, expression) {
			t.Errorf("not so: %s", expression)
		}
	}
}

func TestTimersAreListedAndFireInOrder(t *testing.T) {
	t.Parallel()
	w, tenant := newWorld(t, browser.Shell, browser.WorldOptions{})
	p := openPage(t, w)
	must(t, p.Eval(`{ window.log = []; const note = n => () => log.push(n);
		setTimeout(note('c'), 3000); setTimeout(note('a'), 1000); setTimeout(note('b1'), 2000); setTimeout(note('b2'), 2000);
		clearTimeout(setTimeout(note('never'), 1500));
		setTimeout(() => { log.push('d'); Promise.resolve().then(() => log.push('d, later')); setTimeout(note('f'), 500) }, 4000);
		setTimeout(note('e'), 4000);
		window.far = setInterval(note('far'), 3600e3); window.wrapped = setTimeout(note('not yet'), 2 ** 31 - 1); }`, nil))
	timers, err := p.Timers()
	must(t, err)
	if len(timers) != 8 || !strings.Contains(timers[0].Source, "log.push(n)") || timers[0].In > time.Second || timers[6].Every != time.Hour {
		t.Errorf("timers: %+v", timers)
	}
	if due := timers[0].Due.Sub(w.Now()); due < -time.Second || due > time.Second {
		t.Errorf("the first timer is due in %s", due)
	}
	must(t, w.Advance(500*time.Millisecond))
	if got := eval[string](t, p, "log.join()"); got != "" {
		t.Errorf("after half a second %q fired", got)
	}
	must(t, w.Advance(30*time.Second))
	if got := eval[string](t, p, "log.join()"); got != "a,b1,b2,c,d,d, later,e,f" {
		t.Errorf("order %q", got)
	}
	must(t, w.Advance(3*time.Hour))
	if n := eval[int](t, p, "log.filter(n => n === 'far').length"); n != 3 {
		t.Errorf("an hourly interval fired %d times in 3 hours", n)
	}
	if apart := drift(t, p, tenant); apart > 20*time.Millisecond {
		t.Errorf("page and tenant are %s apart", apart)
	}
}

func TestNothingFiresBetweenQuietAndTheNextMove(t *testing.T) {
	t.Parallel()
	w, tenant := newWorld(t, browser.Shell, browser.WorldOptions{})
	p := login(t, w)
	// Renewals that fall due by real time while Advance is at work elsewhere: each must be answered before its timeout.
	for range 40 {
		must(t,
			p.Eval(`{ schedule(Date.now() + Math.random() * 12); setInterval.id ??= setInterval(() => { document.querySelector('h1').textContent = Date.now() }, 1000) }`, nil))
		must(t, w.Advance(90*time.Second))
	}
	if n, e := len(tenant.requests("/authorize")), eval[int](t, p, "errors"); n != 40 || e != 0 {
		t.Errorf("%d renewals and %d errors, want 40 and 0", n, e)
	}
}

func TestAnimationFramesAreNoDueTimers(t *testing.T) {
	t.Parallel()
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{})
	p := openPage(t, w)
	must(t, p.Eval(`{ window.frames_ = 0; (function paint() { frames_++; requestAnimationFrame(paint) })(); }`, nil))
	must(t, w.Advance(24*time.Hour))
	before := eval[int](t, p, "frames_")
	must(t, p.WaitFor("frames go on", `frames_ > `+itoa(before+2)))
	if before > 500 {
		t.Errorf("%d frames were painted in an Advance", before)
	}
}

func TestNewDocumentsStartAtTheWorldsTime(t *testing.T) {
	t.Parallel()
	w, tenant := newWorld(t, browser.Shell, browser.WorldOptions{})
	p := openPage(t, w)
	var frameTime struct{ Page, Frame int64 }
	// A frame of another origin that a timer loads half way.
	must(t,
		p.Eval(`setTimeout(() => { const f = document.createElement('iframe'); f.src = 'http://localhost:3001/silent#x'; document.body.append(f); }, 3600e3)`, nil))
	must(t, w.Advance(90*time.Minute))
	must(t, p.Eval(`Date.now()`, &frameTime.Page))
	must(t, p.EvalIn("http://localhost:3001", `Date.now()`, &frameTime.Frame))
	if d := frameTime.Frame - frameTime.Page; d < 0 || d > 100 {
		t.Errorf("the frame's clock is %d ms from the page's", d)
	}
	must(t, p.Reload())
	if apart := drift(t, p, tenant); apart > 20*time.Millisecond {
		t.Errorf("after a reload page and tenant are %s apart", apart)
	}
	must(t, p.Eval(`void window.open(location.href)`, nil))
	popup, err := p.Popup()
	must(t, err)
	must(t, popup.WaitFor("the popup has loaded", `typeof renew === 'function'`))
	if apart := drift(t, popup, tenant); apart > 20*time.Millisecond {
		t.Errorf("popup and tenant are %s apart", apart)
	}
	// A reload by a due timer, in the middle of a move.
	must(t, p.Eval(`setTimeout(() => location.reload(), 1800e3)`, nil))
	must(t, w.Advance(time.Hour))
	if apart := drift(t, p, tenant); apart > 20*time.Millisecond {
		t.Errorf("after a reload by a timer page and tenant are %s apart", apart)
	}
	must(t, popup.Close())
	must(t, w.Advance(time.Hour))
}

func TestPerformanceCountsFromTheBeginningOfItsDocument(t *testing.T) {
	t.Parallel()
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{})
	must(t, openPage(t, w).Close())
	for range 2 { // what an older document has seen of time is none of the next one's
		must(t, w.Advance(time.Hour))
		p := openPage(t, w)
		if !eval[bool](t, p, "performance.now() < 60e3 && Math.abs(performance.timeOrigin + performance.now() - Date.now()) < 5") {
			t.Errorf("a new document is %v ms old", eval[float64](t, p, "performance.now()"))
		}
		must(t, w.Advance(time.Hour))
		if !eval[bool](t, p, "performance.now() >= 3600e3 && performance.now() < 3660e3") {
			t.Errorf("after an hour a document is %v ms old", eval[float64](t, p, "performance.now()"))
		}
		must(t, p.Reload())
		if !eval[bool](t, p, "performance.now() < 60e3") {
			t.Errorf("a reloaded document is %v ms old", eval[float64](t, p, "performance.now()"))
		}
	}
}

func TestDocumentsLoadedByATimerSeeTheTimeOfThatTimer(t *testing.T) {
	t.Parallel()
	at := make(chan string, 1)
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{Sites: map[string]http.Handler{
		"http://localhost:4000": http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if v := r.FormValue("at"); v != "" {
				at <- v
				return
			}
			html(`<script>fetch('/?at=' + Date.now())</script>`).ServeHTTP(rw, r)
		}),
	}})
	p := openPage(t, w)
	must(t,
		p.Eval(`{ window.due = Date.now() + 3600e3; setTimeout(() => { const f = document.createElement('iframe'); f.src = 'http://localhost:4000/'; document.body.append(f); }, 3600e3) }`, nil))
	must(t, w.Advance(5*time.Hour))
	due := eval[int64](t, p, "due")
	var seen int64
	for _, c := range <-at {
		seen = seen*10 + int64(c-'0')
	}
	if late := seen - due; late < 0 || late > 1000 {
		t.Errorf("the frame that a timer loaded read a time %d ms after the timer, want 0 to 1000", late)
	}
}

func TestFramesOfOneOriginShareAClock(t *testing.T) {
	t.Parallel()
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{})
	p := openPage(t, w)
	must(t, p.Eval(`{ window.log = []; const f = document.createElement('iframe'); document.body.append(f); window.child = f;
		f.contentWindow.setTimeout(() => { // time flows, so that a millisecond may pass between two readings
			const before = Date.now(), child = f.contentWindow.Date.now();
			log.push('child ' + (before <= child && child <= Date.now()));
		}, 1000);
		setTimeout(() => log.push('parent'), 2000);
		f.contentWindow.setTimeout(() => log.push('1st'), 5000); setTimeout(() => log.push('2nd'), 5000);
		f.contentWindow.setTimeout(() => log.push('3rd'), 5000); }`, nil))
	timers, err := p.Timers()
	must(t, err)
	if len(timers) != 5 {
		t.Errorf("timers: %+v", timers)
	}
	must(t, w.Advance(time.Minute))
	if got := eval[string](t, p, "log.join()"); got != "child true,parent,1st,2nd,3rd" {
		t.Errorf("order %q", got)
	}
	must(t, p.Eval(`{ child.contentWindow.setTimeout(() => log.push('orphan'), 1000); child.remove(); }`, nil))
	must(t, w.Advance(time.Minute))
	if timers, err = p.Timers(); err != nil || len(timers) != 0 {
		t.Errorf("timers of a removed frame are left: %+v, %v", timers, err)
	}
	if got := eval[string](t, p, "log.join()"); got != "child true,parent,1st,2nd,3rd" {
		t.Errorf("a removed frame's timer fired: %q", got)
	}
}

func TestSleepMovesDatesButNotTimers(t *testing.T) {
	t.Parallel()
	w, tenant := newWorld(t, browser.Shell, browser.WorldOptions{})
	p := login(t, w)
	before := tenant.Now()
	must(t, w.Sleep(3*time.Hour))
	if moved := tenant.Now().Sub(before); moved < 3*time.Hour {
		t.Errorf("the tenant moved by %s only", moved)
	}
	if apart := drift(t, p, tenant); apart > 20*time.Millisecond {
		t.Errorf("page and tenant are %s apart", apart)
	}
	timers, err := p.Timers()
	must(t, err)
	if len(timers) != 1 || timers[0].In < 119*time.Minute {
		t.Errorf("a timer of two hours after a sleep: %+v", timers)
	}
	must(t, w.Advance(time.Hour))
	if n := eval[int](t, p, "renewals"); n != 0 {
		t.Error("the timer ran during the sleep")
	}
	must(t, w.Advance(61*time.Minute))
	if n := eval[int](t, p, "renewals"); n != 1 {
		t.Error("the timer was lost in the sleep")
	}
}

func TestSkewMovesTheBrowserAlone(t *testing.T) {
	t.Parallel()
	for _, skew := range []time.Duration{10 * time.Minute, -10 * time.Minute} {
		w, tenant := newWorld(t, browser.Shell, browser.WorldOptions{ClockSkew: skew})
		p := openPage(t, w)
		check := func(want time.Duration) {
			t.Helper()
			got := time.UnixMilli(eval[int64](t, p, "Date.now()")).Sub(tenant.Now())
			if d := got - want; d < -time.Second || d > time.Second {
				t.Errorf("the browser is %s ahead, want %s", got, want)
			}
		}
		check(skew)
		must(t, w.Advance(time.Hour))
		check(skew)
		must(t, w.Skew(time.Hour))
		check(time.Hour)
		must(t, p.Reload())
		check(time.Hour)
	}
}

func TestThrottleAlignsTimers(t *testing.T) {
	t.Parallel()
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{})
	p := openPage(t, w)
	must(t, p.Throttle(time.Minute))
	must(t, p.Eval(`{ window.n = 0; setInterval(() => n++, 1000) }`, nil))
	must(t, w.Advance(10*time.Minute))
	if n := eval[int](t, p, "n"); n < 9 || n > 11 {
		t.Errorf("a timer throttled to once a minute fired %d times in ten minutes", n)
	}
	must(t, p.Throttle(0))
	must(t, w.Advance(time.Minute))
	if n := eval[int](t, p, "n"); n < 65 || n > 75 {
		t.Errorf("%d turns after the throttling ended, want about 70", n)
	}
}

func TestAFrozenPageStandsStill(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds() {
		w, tenant := newWorld(t, kind, browser.WorldOptions{})
		p := login(t, w)
		must(t, p.Freeze())
		must(t, w.Advance(3*time.Hour))
		if n := len(tenant.requests("/authorize")); n != 0 {
			t.Errorf("%s: a frozen page renewed", kind)
		}
		must(t, p.Thaw())
		must(t, p.WaitFor("the renewal has come", "renewals === 1"))
		if apart := drift(t, p, tenant); apart > 20*time.Millisecond {
			t.Errorf("%s: page and tenant are %s apart", kind, apart)
		}
	}
}

func TestOfflineAndBack(t *testing.T) {
	t.Parallel()
	w, tenant := newWorld(t, browser.Shell, browser.WorldOptions{})
	p := login(t, w)
	must(t, w.Offline(true))
	must(t, w.Advance(2*time.Hour+5*time.Minute))
	if n, e := len(tenant.requests("/authorize")), eval[int](t, p, "errors"); n != 0 || e != 1 {
		t.Errorf("offline: %d requests and %d errors, want 0 and 1 (the app's own timeout)", n, e)
	}
	must(t, w.Offline(false))
	must(t, p.Eval("renew()", nil))
	must(t, w.Settle())
	must(t, p.WaitFor("the renewal has come", "renewals === 1"))
}

func TestCookiesOfScriptsEndByTheTimeOfTheirPage(t *testing.T) {
	t.Parallel()
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{})
	p := login(t, w)
	must(t, w.Advance(72*time.Hour))
	const cookies = `(document.cookie = 'kept=1; expires=' + new Date(Date.now() + 3600e3).toUTCString(),
		document.cookie = 'gone=1', document.cookie = 'gone=; Expires=' + new Date(Date.now() - 864e5).toUTCString(),
		document.cookie = 'odd=1; expires=never', document.cookie)`
	got := eval[string](t, p, cookies)
	if !strings.Contains(got, "kept=1") || strings.Contains(got, "gone") || !strings.Contains(got, "odd=1") {
		t.Errorf("the cookies are %q", got)
	}
}

func TestBlockedAddressesDoNotLoadInFrames(t *testing.T) {
	t.Parallel()
	w, tenant := newWorld(t, browser.Shell, browser.WorldOptions{})
	p := login(t, w)
	must(t, w.Block("*/authorize?*"))
	must(t, w.Advance(2*time.Hour+5*time.Minute))
	if n, e := len(tenant.requests("/authorize")), eval[int](t, p, "errors"); n != 0 || e != 1 {
		t.Errorf("blocked: %d requests and %d errors, want 0 and 1 (the app's own timeout)", n, e)
	}
	must(t, w.Block())
	must(t, p.Eval("renew()", nil))
	must(t, w.Settle())
	must(t, p.WaitFor("the renewal has come", "renewals === 1"))
}

func itoa(n int) string { return strconv.Itoa(n) }
