package browser_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"renewal.example/mockauth0/browser"
)

// authority is a small certificate authority.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	mu          sync.Mutex
	leaves      map[string]*tls.Certificate
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "harness test"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &authority{certificate: certificate, key: key, leaves: map[string]*tls.Certificate{}}
}

func (a *authority) SPKI() string {
	sum := sha256.Sum256(a.certificate.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:])
}

func (a *authority) GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if leaf := a.leaves[hello.ServerName]; leaf != nil {
		return leaf, nil
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(int64(len(a.leaves) + 2)), DNSNames: []string{hello.ServerName},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &a.key.PublicKey, a.key)
	if err != nil {
		return nil, err
	}
	leaf := &tls.Certificate{Certificate: [][]byte{der, a.certificate.Raw}, PrivateKey: a.key}
	a.leaves[hello.ServerName] = leaf
	return leaf, nil
}

// fakeTenant answers prompt=none by cookie and hands out tokens that live two hours.
type fakeTenant struct {
	server *httptest.Server
	domain string

	mu       sync.Mutex
	offset   time.Duration
	latency  time.Duration
	waits    map[int]browser.Wait
	moved    chan struct{}
	seen     []seenRequest
	lastWait int
}

type seenRequest struct {
	at     time.Time // tenant time
	path   string
	cookie bool
	access string // Sec-Fetch-Storage-Access
}

func newFakeTenant(t testing.TB, ca *authority, domain string) *fakeTenant {
	t.Helper()
	f := &fakeTenant{domain: domain, waits: map[int]browser.Wait{}, moved: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "auth0", Value: "session", Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteNoneMode})
		http.Redirect(w, r, r.FormValue("redirect_uri"), http.StatusFound)
	})
	mux.HandleFunc("/authorize", func(w http.ResponseWriter, r *http.Request) {
		f.record(r)
		if err := f.hold(r.Context()); err != nil {
			return
		}
		fragment := "error=login_required"
		if _, err := r.Cookie("auth0"); err == nil {
			fragment = fmt.Sprintf("expires_at=%d", f.Now().Add(2*time.Hour).UnixMilli())
		}
		http.Redirect(w, r, r.FormValue("redirect_uri")+"#"+fragment, http.StatusFound)
	})
	mux.HandleFunc("/time", func(w http.ResponseWriter, r *http.Request) {
		f.record(r)
		w.Header().Set("Access-Control-Allow-Origin", "*")
		fmt.Fprint(w, f.Now().UnixMilli())
	})
	f.server = httptest.NewUnstartedServer(mux)
	f.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	f.server.TLS = &tls.Config{GetCertificate: ca.GetCertificate, NextProtos: []string{"h2", "http/1.1"}, MinVersion: tls.VersionTLS12}
	f.server.StartTLS()
	// httptest adds a certificate of its own, which would win.
	f.server.TLS.Certificates = nil
	t.Cleanup(f.server.Close)
	return f
}

func (f *fakeTenant) record(r *http.Request) {
	_, err := r.Cookie("auth0")
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen = append(f.seen, seenRequest{f.now(), r.URL.Path, err == nil, r.Header.Get("Sec-Fetch-Storage-Access")})
}

func (f *fakeTenant) requests(path string) []seenRequest {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []seenRequest
	for _, s := range f.seen {
		if s.path == path {
			out = append(out, s)
		}
	}
	return out
}

// hold waits for the latency to pass in tenant time.
func (f *fakeTenant) hold(ctx context.Context) error {
	f.mu.Lock()
	until := f.now().Add(f.latency)
	f.lastWait++
	id := f.lastWait
	if f.latency > 0 {
		f.waits[id] = browser.Wait{Reason: "latency", Until: until}
	}
	for f.latency > 0 && f.now().Before(until) {
		moved := f.moved
		left := until.Sub(f.now())
		f.mu.Unlock()
		select {
		case <-ctx.Done():
		case <-moved:
		case <-time.After(left):
		}
		f.mu.Lock()
		if ctx.Err() != nil {
			break
		}
	}
	delete(f.waits, id)
	f.mu.Unlock()
	return ctx.Err()
}

func (f *fakeTenant) now() time.Time { return time.Now().Add(f.offset) }

func (f *fakeTenant) Domain() string { return f.domain }
func (f *fakeTenant) Addr() string   { return f.server.Listener.Addr().String() }
func (f *fakeTenant) Now() time.Time { f.mu.Lock(); defer f.mu.Unlock(); return f.now() }

func (f *fakeTenant) Shift(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.offset += d
	close(f.moved)
	f.moved = make(chan struct{})
}

func (f *fakeTenant) Waits() []browser.Wait {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []browser.Wait
	for _, w := range f.waits {
		out = append(out, w)
	}
	return out
}

func (f *fakeTenant) Log() []browser.TenantEvent {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []browser.TenantEvent
	for _, s := range f.seen {
		out = append(out, browser.TenantEvent{Time: s.at, Kind: "request", Text: s.path})
	}
	return out
}

// app is a page that renews like the tutorial's: in a hidden iframe that gives up after a minute, at expiry.
const app = `<!doctype html><title>App</title><h1>App</h1><p data-testid="state"></p><button id="out">Log out</button>
<label>Name <input id="name"></label><button disabled>Never</button>
<script>
  let renewals = 0, timer, errors = 0;
  function renew() {
    const frame = document.createElement('iframe');
    frame.style.display = 'none';
    const timeout = setTimeout(() => finish({error: 'timeout'}), 60000);
    function finish(result) {
      clearTimeout(timeout); window.removeEventListener('message', listen); frame.remove();
      if (result.error) { errors++; document.querySelector('p').textContent = result.error; return; }
      renewals++;
      document.querySelector('p').textContent = 'renewed ' + renewals;
      schedule(result.expiresAt);
    }
    function listen(e) { if (e.origin === SILENT) finish(e.data); }
    window.addEventListener('message', listen);
    frame.src = TENANT + '/authorize?prompt=none&redirect_uri=' + encodeURIComponent(SILENT + '/silent');
    document.body.appendChild(frame);
  }
  function schedule(expiresAt) {
    localStorage.setItem('expires_at', expiresAt);
    clearTimeout(timer);
    timer = setTimeout(renew, Math.max(0, expiresAt - Date.now()));
  }
  document.querySelector('#out').onclick = () => clearTimeout(timer);
  const SILENT = 'http://localhost:3001', TENANT = new URLSearchParams(location.search).get('tenant');
</script>`

const silent = `<!doctype html><script>
  const p = new URLSearchParams(location.hash.slice(1));
  const at = p.get('expires_at');
  parent.postMessage(at ? {expiresAt: Number(at)} : {error: p.get('error')}, 'http://localhost:5000');
</script>`

func html(page string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, page)
	})
}

// browsers holds one browser of each kind for all tests of a run.
type browsers struct {
	mu  sync.Mutex
	ca  *authority
	all map[browser.Kind]*browser.Browser
	err map[browser.Kind]error
}

var shared = &browsers{all: map[browser.Kind]*browser.Browser{}, err: map[browser.Kind]error{}}

func TestMain(m *testing.M) {
	code := m.Run()
	shared.mu.Lock()
	for _, b := range shared.all {
		if err := b.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	shared.mu.Unlock()
	os.Exit(code)
}

// browser returns the run's browser of a kind. Without one installed the test is skipped with the reason; with
// MOCKAUTH0_REQUIRE_BROWSER=1 it fails.
func launched(t testing.TB, kind browser.Kind) (*browser.Browser, *authority) {
	t.Helper()
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.ca == nil {
		shared.ca = newAuthority(t)
	}
	if shared.all[kind] == nil && shared.err[kind] == nil {
		o := browser.Options{Kind: kind, CA: shared.ca, Remote: os.Getenv("BROWSER_URL"), Host: os.Getenv("HARNESS_HOST")}
		if _, _, err := browser.Find(o); err != nil && o.Remote == "" {
			if os.Getenv("MOCKAUTH0_REQUIRE_BROWSER") == "1" {
				t.Fatal(err)
			}
			t.Skipf("NOT TESTED: %v", err) // `go test ./...` without a browser must not fail; `make harness` insists
		}
		b, err := browser.Launch(context.Background(), o)
		if err != nil {
			shared.err[kind] = err
		} else {
			shared.all[kind] = b
		}
	}
	if err := shared.err[kind]; err != nil {
		t.Fatal(err)
	}
	return shared.all[kind], shared.ca
}

// newWorld makes a World with a fake tenant and the app above.
func newWorld(t testing.TB, kind browser.Kind, o browser.WorldOptions) (*browser.World, *fakeTenant) {
	t.Helper()
	b, ca := launched(t, kind)
	f := newFakeTenant(t, ca, "acme.eu.auth0.com")
	o.Server = f
	o.Name = strings.ToLower(t.Name())
	if o.Sites == nil {
		o.Sites = map[string]http.Handler{}
	}
	o.Sites["http://localhost:5000"] = html(app)
	o.Sites["http://localhost:3001"] = html(silent)
	w, err := browser.NewWorld(t.Context(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w, f
}

// login opens the app by way of the tenant's login and schedules the first renewal.
func login(t testing.TB, w *browser.World) *browser.Page {
	t.Helper()
	p, err := w.Open(w.TenantURL() + "/login?redirect_uri=" + "http://localhost:5000/?tenant=" + w.TenantURL())
	must(t, err)
	must(t, p.Eval(`schedule(Date.now() + 7200e3)`, nil))
	return p
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// eval returns the value of an expression.
func eval[T any](t testing.TB, p *browser.Page, expression string) T {
	t.Helper()
	var v T
	must(t, p.Eval(expression, &v))
	return v
}
