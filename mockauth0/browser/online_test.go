package browser_test

import (
	"net/http"
	"testing"

	"renewal.example/mockauth0/browser"
)

const onlineStates = `<!doctype html><script>
  const worker = new Worker(URL.createObjectURL(new Blob(['onmessage = () => postMessage(navigator.onLine)'])));
  const events = [navigator.onLine];
  addEventListener('online', () => events.push('online'));
  addEventListener('offline', () => events.push('offline'));
  const inWorker = () => new Promise(done => { worker.onmessage = e => done(e.data); worker.postMessage(0); });
  const states = async () => [navigator.onLine, await inWorker(), ...events].join(' ');
</script>`

// Pages and workers are online or not as the World says, whatever network this machine has. `make e2e-offline` runs the
// renewal specs on a machine that has none.
func TestTheWorldSaysWhetherItIsOnline(t *testing.T) {
	t.Parallel()
	for _, kind := range []browser.Kind{browser.Shell, browser.Full} {
		t.Run(kind.String(), func(t *testing.T) {
			w, _ := newWorld(t, kind, browser.WorldOptions{Sites: map[string]http.Handler{"https://other.test": html(onlineStates)}})
			p, err := w.Open("http://localhost:5000/")
			must(t, err)
			must(t, p.Open("https://other.test/")) // in another renderer
			want := func(states string) {
				t.Helper()
				var got string
				must(t, p.Eval("states()", &got))
				if got != states {
					t.Errorf("the states are %q, want %q", got, states)
				}
			}
			want("true true true")
			must(t, w.Offline(true))
			want("false false true offline")
			must(t, w.Offline(false))
			want("true true true offline online")
		})
	}
}
