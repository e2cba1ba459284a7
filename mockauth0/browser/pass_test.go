package browser_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"renewal.example/mockauth0/browser"
)

func TestWhatIsNotMappedPassesWhereTheWorldLetsIt(t *testing.T) {
	t.Parallel()
	b, _ := launched(t, browser.Shell)
	answer := func(text string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			_, _ = w.Write([]byte(text))
		})
	}
	plain, secure := httptest.NewServer(answer("the API")), httptest.NewTLSServer(answer("the secure API"))
	t.Cleanup(plain.Close)
	t.Cleanup(secure.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	w, err := browser.NewWorld(t.Context(), b, browser.WorldOptions{
		Sites: map[string]http.Handler{"http://localhost:5000": html("<p>hello")},
		Pass: func(address string) browser.Passage {
			if strings.HasPrefix(address, "127.0.0.1:") {
				return browser.PassToMachine
			}
			return browser.PassNot
		},
	})
	must(t, err)
	p, err := w.Open("http://localhost:5000/")
	must(t, err)
	for address, want := range map[string]string{plain.URL: "the API", secure.URL: "the secure API", gone.URL: "TypeError"} {
		if got := eval[string](t, p, `fetch('`+address+`').then(r => r.text(), e => e.name)`); got != want {
			t.Errorf("%s says %q, want %q", address, got, want)
		}
	}
	if refused := w.Refused(); len(refused) > 0 {
		t.Errorf("refused %v", refused)
	}
	must(t, w.Close())
}

func TestWhatIsRefusedAgainAndAgainIsOneLine(t *testing.T) {
	t.Parallel()
	b, _ := launched(t, browser.Shell)
	w, err := browser.NewWorld(t.Context(), b, browser.WorldOptions{Sites: map[string]http.Handler{"http://localhost:5000": html("<p>hello")}})
	must(t, err)
	p, err := w.Open("http://localhost:5000/")
	must(t, err)
	must(t, p.Eval(`(async () => { for (let i = 0; i < 12; i++) await fetch('http://localhost:5001/y').catch(() => {}) })()`, nil))
	if refused := w.Refused(); len(refused) != 1 || refused[0].Times != 12 || !strings.HasSuffix(refused[0].String(), "/y (×12)") {
		t.Errorf("refused %v", refused)
	}
	if err := w.Close(); err == nil {
		t.Error("the World does not report what it refused")
	}
}

func TestControlsAreWhatAPersonCanPress(t *testing.T) {
	t.Parallel()
	w, _ := newWorld(t, browser.Shell, browser.WorldOptions{Sites: map[string]http.Handler{
		"http://localhost:4000": html(`<!doctype html><button>Log
			in</button><a href="#a" aria-label="Your account"></a><button disabled>Orders</button><button hidden>Secret</button>
			<div role="button" onclick="document.title = 'pressed'">Basket</div><p>Text</p>
			<script>document.body.appendChild(document.createElement('div')).attachShadow({ mode: 'open' })
				.innerHTML = '<button>Inside</button>'</script>`),
	}})
	p, err := w.Open("http://localhost:4000/")
	must(t, err)
	all, err := p.Controls()
	must(t, err)
	var names []string
	for _, c := range all {
		names = append(names, c.Role+" "+c.Name)
		if c.Disabled != (c.Name == "Orders") {
			t.Errorf("%q is disabled: %t", c.Name, c.Disabled)
		}
	}
	if got := strings.Join(names, ", "); got != "button Log in, link Your account, button Orders, button Basket, button Inside" {
		t.Errorf("the controls are %s", got)
	}
	must(t, p.ByControl("the basket", func(c browser.Control) bool { return c.Name == "Basket" }).Click())
	if title := eval[string](t, p, "document.title"); title != "pressed" {
		t.Errorf("the title is %q after the press", title)
	}
}
