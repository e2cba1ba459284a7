package browser_test

import (
	"testing"
	"time"

	"renewal.example/mockauth0/browser"
)

// Locks are granted by the browser's process, after a while that nothing on the wire shows; the first one of a document
// takes longest. Time must not go on meanwhile: an app that renews under a lock would do so hours late.
func TestTimeWaitsForLocksThatAreFree(t *testing.T) {
	t.Parallel()
	for range 8 {
		w, tenant := newWorld(t, browser.Shell, browser.WorldOptions{})
		p := login(t, w)
		must(t, p.Eval(`setTimeout(() => navigator.locks.request('renewal', { signal: new AbortController().signal },
			() => fetch('https://`+tenant.Domain()+`/authorize', { mode: 'no-cors' })), 3600e3)`, nil))
		due := tenant.Now().Add(time.Hour)
		must(t, w.Advance(90*time.Minute))
		seen := tenant.requests("/authorize")
		if len(seen) != 1 || seen[0].at.Sub(due) > time.Minute {
			t.Fatalf("requests %v, want one at %s: time ran ahead of a lock", seen, due)
		}
	}
}

func TestALockThatIsLetGoReachesTheOtherTabInTime(t *testing.T) {
	t.Parallel()
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{})
	first := login(t, w)
	second, err := w.Open(browser.DefaultAppOrigin + "/")
	must(t, err)
	must(t, first.Eval(`{ void navigator.locks.request('turn', () => new Promise(done => setTimeout(done, 60e3))); }`, nil))
	must(t,
		second.Eval(`{ const asked = Date.now(); void navigator.locks.request('turn', () => { window.waited = Date.now() - asked; }); }`, nil))
	must(t, w.Advance(time.Hour))
	if waited := eval[float64](t, second, "waited"); waited > 70e3 {
		t.Errorf("the second tab got the lock after %.0f s, want 60 s", waited/1000)
	}
}
