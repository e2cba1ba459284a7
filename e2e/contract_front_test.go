package e2e

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"slices"
	"sync"
	"time"

	. "github.com/onsi/gomega"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/tenant"
)

// front stands before everything that a person's app talks to: it leads the app's origin to its own server, serves the
// silent page, and has the tenant accept what the app sends.
type front struct {
	set         ownSettings
	app, silent string // origins
	tenant      *mockauth0.Server

	mu       sync.Mutex
	client   string // the id that the app uses; empty until it was seen
	problems []string
}

// check tells whether the app can be tried at all.
func (o ownSettings) check() error {
	for name, address := range map[string]string{"APP_URL": o.appURL, "SILENT_URL": o.silentURL} {
		if _, err := originOf(name, address); err != nil {
			return err
		}
	}
	if o.silent != "" {
		if _, err := os.Stat(o.silent); err != nil {
			return fmt.Errorf("SILENT: %w: give the path of your silent.html", err)
		}
	}
	client := http.Client{
		Transport: straight(), Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}
	answer, err := client.Get(o.appURL)
	if err != nil {
		return fmt.Errorf("APP_URL is %s, and nothing answers there: start your app first, on that address (%w)", o.appURL, errors.Unwrap(err))
	}
	_ = answer.Body.Close()
	if answer.StatusCode >= 400 {
		return fmt.Errorf("APP_URL is %s, and your app answers %s there: give the address of its first page", o.appURL, answer.Status)
	}
	return nil
}

func originOf(name, address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return "", fmt.Errorf("%s is %q, which is not an http or https address such as http://localhost:8080/", name, address)
	}
	return u.Scheme + "://" + u.Host, nil
}

func mustOrigin(name, address string) string {
	origin, err := originOf(name, address)
	ExpectWithOffset(1, err).NotTo(HaveOccurred())
	return origin
}

// straight reaches the app's own server: no proxy, and any certificate, since it is the person's own on this machine.
func straight() *http.Transport {
	return &http.Transport{
		Proxy: nil, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
	}
}

func (f *front) note(format string, a ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if text := fmt.Sprintf(format, a...); !slices.Contains(f.problems, text) {
		f.problems = append(f.problems, text)
	}
}

func (f *front) said() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.problems)
}

// lead passes requests on to the server that really is at an origin.
func (f *front) lead(name, origin string) http.Handler {
	to, _ := url.Parse(origin) // it was an origin before
	return &httputil.ReverseProxy{
		Transport: straight(), FlushInterval: -1, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = r.In.Host },
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if r.Context().Err() == nil { // the page did not go away by itself
				f.note("%s%s was asked for, and %s does not answer: %v", origin, r.URL.Path, name, err)
			}
			w.WriteHeader(http.StatusBadGateway)
		},
	}
}

// appSite is the app's own server, and the silent page when that has the same origin and is given as a file.
func (f *front) appSite() http.Handler {
	inner := f.lead("APP_URL", f.app)
	if f.silent != f.app || f.set.silent == "" {
		return inner
	}
	return f.silentBefore(inner)
}

// silentSite is the file SILENT at SILENT_URL, or the server that is really there.
func (f *front) silentSite() http.Handler {
	if f.set.silent == "" {
		return f.lead("SILENT_URL (without SILENT=path/to/silent.html)", f.silent)
	}
	return f.silentBefore(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.note("%s%s was asked for, but the silent page is at %s: set SILENT_URL to what your app sends as redirect_uri", f.silent,
			r.URL.Path, f.set.silentURL)
		http.NotFound(w, r)
	}))
}

func (f *front) silentBefore(inner http.Handler) http.Handler {
	at, _ := url.Parse(f.set.silentURL)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != at.Path {
			inner.ServeHTTP(w, r)
			return
		}
		page, err := os.ReadFile(f.set.silent)
		if err != nil {
			f.note("SILENT: %v", err)
		}
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page)
	})
}

// cdnSite is auth0.js; other versions are not here.
func (f *front) cdnSite(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/js/auth0/8.10.1/auth0.min.js" {
			f.note("the page asked for %s%s; only auth0.js 8.10.1 is here: serve another one from your app itself", cdn, r.URL.Path)
		}
		inner.ServeHTTP(w, r)
	})
}

// tenantSite has the tenant accept what the app asks for, before it is asked.
func (f *front) tenantSite(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/authorize" || r.URL.Path == "/v2/logout" {
			f.learn(r.URL.Query())
		}
		inner.ServeHTTP(w, r)
	})
}

// learn changes the tenant so that it knows the app: the first client id that it names, its API, and the callback and
// logout addresses on its own origins. What CLIENT_ID, AUDIENCE or CALLBACKS say is taken instead, and then anything
// else is refused as by the real tenant. nil settles what is known beforehand.
func (f *front) learn(query url.Values) {
	f.mu.Lock()
	defer f.mu.Unlock()
	next := f.tenant.Snapshot().Clone()
	client := next.Clients[0]
	if f.client == "" {
		f.client = cmp.Or(f.set.clientID, query.Get("client_id"))
		client.ClientID = cmp.Or(f.client, client.ClientID)
	}
	client.WebOrigins = []string{f.app, f.silent}
	if query == nil {
		client.Callbacks = slices.Clone(f.set.callbacks)
		client.AllowedLogoutURLs = []string{f.app}
	}
	if callback := query.Get("redirect_uri"); len(f.set.callbacks) == 0 && f.ours(callback) && !slices.Contains(client.Callbacks, callback) {
		client.Callbacks = append(client.Callbacks, callback)
	}
	if back := query.Get("returnTo"); f.ours(back) && !slices.Contains(client.AllowedLogoutURLs, back) {
		client.AllowedLogoutURLs = append(client.AllowedLogoutURLs, back)
	}
	api := next.ResourceServers[0]
	if wanted := cmp.Or(f.set.audience, query.Get("audience")); wanted != "" {
		known := slices.ContainsFunc(next.ResourceServers, func(r *tenant.ResourceServer) bool { return r.Identifier == wanted })
		if !known && (f.set.audience == "" || query == nil) {
			another := *api
			another.Name, another.Identifier = wanted, wanted
			next.ResourceServers = append(next.ResourceServers, &another)
		}
	}
	if err := f.tenant.Reload(next); err != nil {
		f.problems = append(f.problems, "the tenant cannot take what the app sends: "+err.Error())
	}
}

// ours tells whether an address lies on the app's origin or the silent page's.
func (f *front) ours(address string) bool {
	origin, err := originOf("", address)
	return err == nil && (origin == f.app || origin == f.silent)
}
