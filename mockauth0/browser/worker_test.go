package browser_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/browser"
)

// workerSource runs what the page sends it.
const workerSource = `
const started = Date.now();
const log = [];
addEventListener('message', async ({ data: { code }, ports }) => {
  try { ports[0].postMessage({ value: await (0, eval)(code) }); } catch (e) { ports[0].postMessage({ error: String(e) }); }
});
globalThis.started = started; globalThis.log = log;
`

// workerPage can start a worker in each way that there is, and ask it.
const workerPage = `<!doctype html><script>
  const source = ` + "`" + workerSource + "`" + `;
  const blob = (text) => URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  const inner = "const w = new Worker(URL.createObjectURL(new " +
	"Blob([" + JSON.stringify(source) + "]))); onmessage = (e) => w.postMessage(e.data, e.ports);";
  const make = {
    blob: () => new Worker(blob(source)),
    file: () => new Worker('/worker.js'),
    module: () => new Worker('/module.js', { type: 'module' }),
    nested: () => new Worker(blob(inner)),
  };
  let worker;
  const start = (kind) => { worker = make[kind](); };
  const ask = (code) => new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => 'error' in data ? reject(new Error(data.error)) : resolve(data.value);
    worker.postMessage({ code }, [port2]);
  });
</script>`

func workerSite() http.Handler {
	scripts := map[string]string{
		"/worker.js": workerSource, "/module.js": `import './worker.js';`, "/empty.js": "", "/wrong.js": "const = 1", "/throws.js": "throw new Error('at once')",
		"/imports.js": `import './missing.js';`, "/wrongImport.js": `import './wrong.js';`, "/old.js": "importScripts('/worker.js')",
		"/service.js": "onfetch = () => {}", "/shared.js": "onconnect = () => {}",
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".js") {
			script, ok := scripts[r.URL.Path]
			if !ok {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = w.Write([]byte(script))
			return
		}
		html(workerPage).ServeHTTP(w, r)
	})
}

// openWorkerPage opens a page that can start workers.
func openWorkerPage(t testing.TB, kind browser.Kind) (*browser.World, *fakeTenant, *browser.Page) {
	t.Helper()
	w, tenant := newWorld(t, kind, browser.WorldOptions{Sites: map[string]http.Handler{"https://app.test": workerSite()}})
	p, err := w.Open("https://app.test/")
	must(t, err)
	return w, tenant, p
}

func inWorker[T any](t testing.TB, p *browser.Page, code string) T {
	t.Helper()
	return eval[T](t, p, "ask(`"+code+"`)")
}

func TestWorkersMoveWithTheirPage(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds() {
		for _, way := range []string{"blob", "file", "module", "nested"} {
			t.Run(kind.String()+" "+way, func(t *testing.T) {
				w, tenant, p := openWorkerPage(t, kind)
				must(t, p.Eval("start('"+way+"')", nil))
				must(t, p.Eval("ask(`setInterval(() => { log.push(Date.now()); fetch('"+w.TenantURL()+"/time') }, 7200e3) && 0`)", nil))
				began := eval[int64](t, p, "Date.now()")
				must(t, w.Advance(24*time.Hour+time.Minute))
				asked := tenant.requests("/time")
				if len(asked) != 12 {
					t.Fatalf("the worker asked %d times in a day, want 12", len(asked))
				}
				for i, r := range asked {
					due := time.UnixMilli(began).Add(time.Duration(i+1) * 2 * time.Hour)
					if late := r.at.Sub(due); late < -time.Second || late > 5*time.Second {
						t.Errorf("request %d met the tenant %s after it was due", i+1, late)
					}
				}
				if apart := eval[int64](t, p, "ask('Date.now()').then((at) => Date.now() - at)"); apart < 0 || apart > 1000 {
					t.Errorf("worker and page are %d ms apart", apart)
				}
				if got := w.OnRealTime(); len(got) > 0 {
					t.Errorf("on real time: %v", got)
				}
			})
		}
	}
}

// TestWorkersGlobalsKeepTheirManners checks in a worker what TestGlobalsKeepTheirManners does in a page.
func TestWorkersGlobalsKeepTheirManners(t *testing.T) {
	t.Parallel()
	w, _, p := openWorkerPage(t, browser.Shell)
	must(t, p.Eval("start('blob')", nil))
	must(t, w.Advance(48*time.Hour))
	for _, expression := range []string{
		`new Date() instanceof Date && Number.isInteger(Date.now()) && Math.abs(new Date() - Date.now()) < 50`,
		`Date.name === 'Date' && Date.length === 7 && setTimeout.name === 'setTimeout' && String(setTimeout).includes('[native code]')`,
		`Math.abs(performance.timeOrigin + performance.now() - Date.now()) < 5`,
		`Date.now() - started > 47.9 * 3600e3`,
		`(() => { try { setTimeout(); return false } catch (e) { return e instanceof TypeError && e.message.includes('WorkerGlobalScope') } })()`,
		`new Promise(r => setTimeout((a, b) => r(a + b === 'xy'), 1, 'x', 'y'))`,
		`new Promise(r => { const id = setTimeout(() => r(false), 5); clearTimeout(id); setTimeout(() => r(true), 15) })`,
		`new Promise(r => { let n = 0; const id = setInterval(() => { if (++n === 3) { clearInterval(id); r(true) } }, 2) })`,
		`new Promise(r => { const s = AbortSignal.timeout(2); s.onabort = () => r(s.reason.name === 'TimeoutError') })`,
		`new Promise(r => { onerror = (m) => { r(String(m).includes('on purpose')); return true }; setTimeout(() => { throw new Error('on purpose') }, 1) })`,
		`crypto.subtle.digest('SHA-256', new Uint8Array(1)).then(d => d.byteLength === 32)`,
		`Object.getOwnPropertyNames(globalThis).every(n => !/harness/i.test(n))`,
	} {
		if !inWorker[bool](t, p, expression) {
			t.Errorf("not so: %s", expression)
		}
	}
}

// A request that a worker gives up after ten seconds is given up when ten seconds have been moved, and no real ones.
func TestAWorkersTimeoutRunsOnTheMovedClock(t *testing.T) {
	w, tenant, p := openWorkerPage(t, browser.Shell)
	tenant.latency = time.Hour
	must(t, p.Eval("start('blob')", nil))
	must(t, p.Eval("ask(`fetch('"+w.TenantURL()+"/authorize?redirect_uri=x', { mode: 'no-cors', signal: AbortSignal.timeout(10e3) }).catch((e) => log.push(e.name, Date.now() - started)) && 0`)", nil))
	must(t, w.Advance(9*time.Second))
	if n := inWorker[int](t, p, "log.length"); n != 0 {
		t.Errorf("it gave up before its time")
	}
	began := time.Now()
	must(t, w.Advance(5*time.Second))
	if took := time.Since(began); took > 4500*time.Millisecond {
		t.Errorf("five moved seconds took %s", took)
	}
	if name := inWorker[string](t, p, "log[0] ?? 'nothing'"); name != "TimeoutError" {
		t.Errorf("it noted %q, want TimeoutError", name)
	}
}

func TestAWorkerThatComesLateStartsAtTheWorldsTime(t *testing.T) {
	t.Parallel()
	w, _, p := openWorkerPage(t, browser.Shell)
	must(t, w.Advance(5*time.Hour))
	must(t, w.Sleep(time.Hour))
	must(t, w.Skew(10*time.Minute))
	must(t, p.Eval("setTimeout(start, 3600e3, 'file')", nil))
	must(t, w.Advance(90*time.Minute))
	if apart := eval[int64](t, p, "ask('Date.now()').then((at) => Date.now() - at)"); apart < 0 || apart > 1000 {
		t.Errorf("worker and page are %d ms apart", apart)
	}
	if old := inWorker[int64](t, p, "Date.now() - started"); old < 29*60e3 || old > 31*60e3 {
		t.Errorf("the worker takes itself to be %d ms old, want half an hour", old)
	}
	if took := inWorker[float64](t, p, "performance.now()"); took < 29*60e3 || took > 31*60e3 {
		t.Errorf("its performance.now is %f, want half an hour", took)
	}
}

func TestAWorkerBeginsBeforeTimeIsMoved(t *testing.T) {
	t.Parallel()
	w, _, p := openWorkerPage(t, browser.Shell)
	for _, way := range []string{"blob", "file", "module"} {
		for range 20 {
			must(t, p.Eval("start('"+way+"') ?? 0", nil))
			must(t, w.Advance(time.Hour))
			if old := inWorker[int64](t, p, "Date.now() - started"); old < 3590e3 {
				t.Fatalf("%s: the worker takes itself to be %d ms old, want an hour", way, old)
			}
			must(t, p.Eval("worker.terminate() ?? 0", nil))
		}
	}
}

func TestAWorkerSleepsWithItsMachine(t *testing.T) {
	t.Parallel()
	w, _, p := openWorkerPage(t, browser.Shell)
	must(t, p.Eval("start('blob')", nil))
	must(t, p.Eval("ask(`setTimeout(() => log.push('fired'), 60e3) && 0`)", nil))
	must(t, w.Sleep(time.Hour))
	if n := inWorker[int](t, p, "log.length"); n != 0 {
		t.Error("a timer fired while the machine slept")
	}
	if old := inWorker[int64](t, p, "Date.now() - started"); old < 3590e3 {
		t.Errorf("the worker's Date moved by %d ms, want an hour", old)
	}
	must(t, w.Advance(time.Minute))
	if n := inWorker[int](t, p, "log.length"); n != 1 {
		t.Error("the timer did not fire a minute later")
	}
}

func TestAFrozenPagesWorkerStandsStill(t *testing.T) {
	t.Parallel()
	w, _, p := openWorkerPage(t, browser.Full)
	must(t, p.Eval("start('blob')", nil))
	must(t, p.Eval("ask(`setTimeout(() => log.push('fired'), 60e3) && 0`)", nil))
	must(t, p.Freeze())
	must(t, w.Advance(time.Hour))
	must(t, p.Thaw())
	if old := inWorker[int64](t, p, "Date.now() - started"); old < 3590e3 {
		t.Errorf("the worker's Date moved by %d ms, want an hour", old)
	}
	if n := inWorker[int](t, p, "log.length"); n != 1 {
		t.Error("what fell due while the page was frozen did not fire when it thawed")
	}
}

// Whatever becomes of a worker, time can be moved on.
func TestWorkersThatDoNotBeginHoldNothingUp(t *testing.T) {
	w, _, p := openWorkerPage(t, browser.Shell)
	start := func(start string) {
		t.Helper()
		began := time.Now()
		must(t, p.Eval(start+" && 0", nil))
		if err := w.Advance(10 * time.Second); err != nil {
			t.Errorf("%s: %v", start, err)
		}
		if took := time.Since(began); took > 9*time.Second {
			t.Errorf("%s: ten moved seconds took %s", start, took)
		}
	}
	for _, script := range []string{
		`new Worker('/worker.js').terminate()`, `new Worker('/missing.js')`, `new Worker('/empty.js')`,
		`new Worker('/wrong.js')`, `new Worker('/throws.js')`, `new Worker('/old.js')`,
		`new Worker('/missing.js', { type: 'module' })`, `new Worker('/empty.js', { type: 'module' })`,
		`new Worker('/wrong.js', { type: 'module' })`,
		`new Worker('/imports.js', { type: 'module' })`, `new Worker('/wrongImport.js', { type: 'module' })`,
		`new Worker(blob('close()'))`, `new Worker(blob('setTimeout(close, 1000)'))`,
		`new Worker(blob('setTimeout(() => { throw 1 }, 1000)'))`, `new Worker(blob('setInterval(() => postMessage(1), 1000)'))`,
	} {
		start(script)
	}
	start("(globalThis.many = Array.from({ length: 1e6 }, () => ({}))).length") // the browser collects the workers that are done
	if got := w.OnRealTime(); len(got) > 0 {
		t.Errorf("on real time: %v", got)
	}
}

// A worker whose script comes later than a World waits is on real time, and runs.
func TestAWorkerThatBeginsTooLateRuns(t *testing.T) {
	t.Parallel()
	come := make(chan struct{})
	site := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/worker.js" {
			select {
			case <-come:
			case <-r.Context().Done():
				return
			}
		}
		workerSite().ServeHTTP(w, r)
	})
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{
		Patience: 2 * time.Second, Sites: map[string]http.Handler{"https://app.test": site},
	})
	p, err := w.Open("https://app.test/")
	must(t, err)
	must(t, p.Eval("start('module')", nil))
	for n := 0; len(w.OnRealTime()) == 0; n++ {
		if n == 3 {
			t.Fatal("the worker is not on real time")
		}
		if err := p.WaitFor("never", "false"); err == nil { // takes as long as the World waits
			t.Fatal("it is true that false is true")
		}
	}
	close(come)
	if n := inWorker[int](t, p, "1 + 1"); n != 2 {
		t.Errorf("the worker says %d", n)
	}
}

func TestWorkersOfSeveralPagesKeepRealTimeAndAreNamed(t *testing.T) {
	t.Parallel()
	w, _, p := openWorkerPage(t, browser.Shell)
	must(t, p.Eval("new SharedWorker('/shared.js') && 0", nil))
	must(t, p.Eval("navigator.serviceWorker.register('/service.js').then(() => navigator.serviceWorker.ready).then(() => 0)", nil))
	must(t, w.Advance(time.Hour))
	got := strings.Join(w.OnRealTime(), "\n")
	for _, want := range []string{"shared worker https://app.test/shared.js", "service worker https://app.test/service.js"} {
		if !strings.Contains(got, want) {
			t.Errorf("on real time are %q, without %q", got, want)
		}
	}
}
