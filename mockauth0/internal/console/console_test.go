package console_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/console"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

const fromBrowser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

// maxPage is how much of the binary the page may take.
const maxPage = 100_000

func TestThePageIsAtTheTenantsAddressForBrowsersAlone(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	for _, tc := range []struct {
		name, path string
		header     []string
		console    bool
		status     int
	}{
		{"a browser at the tenant's address", "/", []string{"Accept", fromBrowser, "Sec-Fetch-Dest", "document"}, true, 200},
		{"an older browser, which does not say what for", "/", []string{"Accept", fromBrowser}, true, 200},
		{"a frame of some page", "/", []string{"Accept", fromBrowser, "Sec-Fetch-Dest", "iframe"}, false, 404},
		{"a program", "/", []string{"Accept", "*/*"}, false, 404},
		{"a program that says nothing", "/", nil, false, 404},
		{"the console's own address, whoever asks", "/__mock/", nil, true, 200},
		{"any other path", "/nowhere", []string{"Accept", fromBrowser, "Sec-Fetch-Dest", "document"}, false, 404},
	} {
		got := p.Ask(http.MethodGet, tc.path, "", tc.header...)
		if got.StatusCode != tc.status || strings.Contains(got.Text, "<title>mockauth0 console</title>") != tc.console {
			t.Errorf("%s: %s\n%.300s", tc.name, got.Status, got.Text)
		}
	}
	if got := p.Ask(http.MethodPost, "/", "", "Accept", fromBrowser); got.StatusCode != http.StatusNotFound {
		t.Errorf("POST: %s", got.Status)
	}
}

// The page watches the log: it must not write into it.
func TestThePageLeavesNoEvents(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	for _, path := range []string{"/__mock/", "/__mock/console/main.js", "/"} {
		if got := p.Ask(http.MethodGet, path, "", "Accept", fromBrowser); got.StatusCode != http.StatusOK || len(got.Cookies()) > 0 {
			t.Errorf("%s: %s, cookies %v", path, got.Status, got.Cookies())
		}
	}
	for _, e := range s.Events(0) {
		t.Errorf("event %s %s", e.Kind, e.Description)
	}
	p.Ask(http.MethodGet, "/", "")
	if all := s.Events(0); len(all) == 0 || all[0].Kind != event.KindRequest {
		t.Error("a program's request to the tenant's address left no event")
	}
}

func TestNoOtherSiteCanFrameOrChangeThePage(t *testing.T) {
	t.Parallel()
	p := tenanttest.Browse(t, tenanttest.Serve(t, nil))
	for _, path := range []string{"/__mock/", "/__mock/console/main.js", "/__mock/console/console.css"} {
		h := p.Ask(http.MethodGet, path, "").Header
		csp := h.Get("Content-Security-Policy")
		for _, want := range []string{
			"default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'",
			"require-trusted-types-for 'script'",
		} {
			if !strings.Contains(csp, want+";") {
				t.Errorf("%s: the policy lacks %s: %s", path, want, csp)
			}
		}
		if strings.Contains(csp, "unsafe") {
			t.Errorf("%s: the policy allows something unsafe: %s", path, csp)
		}
		for name, want := range map[string]string{
			"X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Access-Control-Allow-Origin": "",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

// The page asks at the address that it was opened at: the second domain of a tenant, and plain http, serve it as well.
func TestThePageMayAskWhereverItIs(t *testing.T) {
	t.Parallel()
	const custom = "login.acme.example.test"
	two := tenanttest.Serve(t, func(tn *tenant.Config) { tn.Mock.CustomDomain = custom })
	plain, err := mockauth0.New(mockauth0.Options{Scheme: "http"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = plain.Close() })
	for origin, client := range map[string]*http.Client{two.URL(): two.Client(), "https://" + custom: two.Client(),
		plain.URL(): plain.Client()} {
		for _, path := range []string{"/__mock/", "/__mock/console/main.js", "/__mock/v1/clock"} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, origin+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			res, err := client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			if res.StatusCode != http.StatusOK {
				t.Errorf("%s%s: %s", origin, path, res.Status)
			}
		}
	}
}

// From another machine the page comes without the token, and the API does not: the page asks with the token of its reader.
func TestOtherMachinesGetThePageAndNotTheAPI(t *testing.T) {
	t.Parallel()
	s, err := mockauth0.New(mockauth0.Options{ControlToken: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	for _, tc := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/__mock/", 200},
		{"GET", "/__mock/console/main.js", 200},
		{"HEAD", "/__mock/console/console.css", 200},
		{"POST", "/__mock/", 403},
		{"GET", "/__mock/v1/events", 403},
		{"GET", "/__mock/console/nothing.js", 403},
		{"GET", "/__mock/console/../v1/events", 403},
		{"GET", "/__mock/console/..%2fv1/events", 403},
		{"GET", "/__mock/console//v1/events", 403},
		{"GET", "/__mock//v1/events", 403},
	} {
		r := httptest.NewRequest(tc.method, s.URL()+tc.path, nil)
		r.RemoteAddr = "192.0.2.7:4321"
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != tc.status || w.Code == 403 && strings.Contains(w.Body.String(), `"events"`) {
			t.Errorf("%s %s: %d %.200s, want %d", tc.method, tc.path, w.Code, w.Body, tc.status)
		}
	}
}

// TestThePageIsWhole: it loads what is there, over no network, and stays small.
func TestThePageIsWhole(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("page/*")
	if err != nil || len(files) < 3 {
		t.Fatal(files, err)
	}
	loads := regexp.MustCompile(`(?:from|import|href=|src=)\s*['"]([^'"#$][^'"]*)['"]`)
	size := 0
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		size += len(content)
		for _, m := range loads.FindAllSubmatch(content, -1) {
			at := strings.Replace(string(m[1]), "./", "/__mock/console/", 1)
			if !console.Serves(httptest.NewRequest(http.MethodGet, at, nil)) {
				t.Errorf("%s loads %s, which is not served", name, m[1])
			}
		}
		for _, sink := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "style=\"",
			"onclick=\""} {
			if strings.Contains(string(content), sink) {
				t.Errorf("%s has %s: text goes in as text", name, sink)
			}
		}
	}
	if size > maxPage {
		t.Errorf("the page has %d bytes, at most %d", size, maxPage)
	}
}
