package appproxy

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"renewal.example/mockauth0/internal/localca"
)

// proxied is a proxy that runs, with a client that trusts it.
type proxied struct {
	origin string
	client *http.Client
	tls    *tls.Config
	log    *lines
}

// lines is a log that tests read while others write.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func serve(t *testing.T, app string) *proxied {
	t.Helper()
	ca, err := localca.Temporary()
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(app)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxied{log: &lines{}, tls: &tls.Config{RootCAs: ca.Pool(), ServerName: "localhost"}}
	proxy, err := New(Options{App: at, GetCertificate: ca.GetCertificate, Logger: slog.New(slog.NewTextHandler(p.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- proxy.Serve(listener) }()
	t.Cleanup(func() {
		if err := proxy.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	address := listener.Addr().String()
	_, port, _ := net.SplitHostPort(address)
	p.origin = "https://localhost:" + port
	transport := &http.Transport{TLSClientConfig: p.tls, ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, address)
		}}
	t.Cleanup(transport.CloseIdleConnections)
	p.client = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return p
}

func (p *proxied) get(t *testing.T, path string, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.origin+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := p.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func TestTheAppSeesWhoAskedAndHow(t *testing.T) {
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"host": r.Host, "headers": r.Header, "path": r.URL.RequestURI()})
	}))
	defer app.Close()
	p := serve(t, app.URL+"/base/")
	res, body := p.get(t, "/a%20b/?q=1&q=2;3", "X-Forwarded-For", "8.8.8.8", "X-Forwarded-Proto", "gopher", "X-Forwarded-Host", "evil.example",
		"Forwarded", "for=8.8.8.8", "Origin", p.origin, "Accept-Encoding", "br")
	if res.ProtoMajor != 2 {
		t.Errorf("%s: hundreds of modules of a dev server need more than six connections", res.Proto)
	}
	var got struct {
		Host, Path string
		Headers    http.Header
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	public := strings.TrimPrefix(p.origin, "https://")
	for name, want := range map[string]string{
		"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "https", "X-Forwarded-Host": public, "Forwarded": "", "Origin": p.origin,
		"Accept-Encoding": "br",
	} {
		if got := strings.Join(got.Headers.Values(name), ", "); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got.Host != public || got.Path != "/a%20b/?q=1&q=2;3" {
		t.Errorf("host %s, path %s", got.Host, got.Path)
	}
}

func TestTheBrowserIsNotLedToPlainHTTP(t *testing.T) {
	var location string
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", strings.ReplaceAll(location, "HOST", r.Host))
		w.Header().Set("Strict-Transport-Security", "max-age=15552000; includeSubDomains")
		w.Header().Add("Set-Cookie", "a=1; Path=/")
		w.WriteHeader(http.StatusFound)
	}))
	defer app.Close()
	p := serve(t, app.URL)
	for given, want := range map[string]string{
		"/home": "/home",
		"http://HOST/callback?x=http://HOST/": p.origin + "/callback?x=" + "http://" + strings.TrimPrefix(p.origin,
			"https://") + "/",
		app.URL + "/home#there":                            p.origin + "/home#there",
		"https://localhost:4443/authorize?state=1":         "https://localhost:4443/authorize?state=1",
		"http://localhost:4443/authorize?state=1":          "http://localhost:4443/authorize?state=1",
		"http://app.example.test/":                         "http://app.example.test/",
		"com.example.app://localhost/android/app/callback": "com.example.app://localhost/android/app/callback",
	} {
		location = given
		res, _ := p.get(t, "/")
		if got := res.Header.Get("Location"); got != want {
			t.Errorf("%s became %s, want %s", given, got, want)
		}
		if res.Header.Get("Strict-Transport-Security") != "" {
			t.Fatal("every other server on localhost moves to https")
		}
		if res.Header.Get("Set-Cookie") != "a=1; Path=/" {
			t.Errorf("cookie %q", res.Header.Get("Set-Cookie"))
		}
	}
}

func TestAnAppThatIsDownComesBack(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	p := serve(t, "http://"+address)
	for range 3 {
		res, body := p.get(t, "/", "Accept", "text/html,*/*", "Sec-Fetch-Dest", "document")
		for _, want := range []string{"Your app does not answer", "http://" + address, `http-equiv="refresh"`, "connection refused"} {
			if !strings.Contains(body, want) || res.StatusCode != http.StatusBadGateway {
				t.Fatalf("%s: %s lacks %s", res.Status, body, want)
			}
		}
	}
	if _, body := p.get(t, "/", "Accept", "text/html", "Sec-Fetch-Dest", "iframe"); strings.Contains(body, "refresh") {
		t.Error("a frame loads itself again and again")
	}
	res, body := p.get(t, "/api", "Accept", "application/json")
	if !strings.HasPrefix(body, "Your app does not answer at http://"+address) || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v: %s", res.Header, body)
	}
	if listener, err = net.Listen("tcp", address); err != nil {
		t.Skip(err) // somebody has the port by now
	}
	app := &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "here")
	})}}
	app.Start()
	defer app.Close()
	for range 2 {
		if _, body := p.get(t, "/"); body != "here" {
			t.Errorf("the app that came back: %s", body)
		}
	}
	if said := p.log.String(); strings.Count(said, "your app does not answer") != 1 || strings.Count(said, "your app answers again") != 1 {
		t.Errorf("it says it more than once:\n%s", said)
	}
}

func TestAnAnswerThatBreaksOffIsNoAppThatIsDown(t *testing.T) {
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			c.Close()
		}
	}))
	defer app.Close()
	p := serve(t, app.URL)
	res, body := p.get(t, "/half", "Accept", "text/html")
	if res.StatusCode != http.StatusBadGateway || !strings.Contains(body, "Your app broke off its answer") ||
		strings.Contains(body, "refresh") {
		t.Errorf("%s: %s", res.Status, body)
	}
	if said := p.log.String(); !strings.Contains(said, "broke off") || !strings.Contains(said, "GET /half") ||
		strings.Contains(said, "does not answer") {
		t.Error(said)
	}
}

func TestEventsPassAsTheyCome(t *testing.T) {
	next := make(chan string)
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for {
			select {
			case text := <-next:
				fmt.Fprintf(w, "data: %s\n\n", text)
				w.(http.Flusher).Flush()
			case <-r.Context().Done():
				return
			}
		}
	}))
	defer app.Close()
	p := serve(t, app.URL)
	go func() { next <- "first" }()
	res, err := p.client.Get(p.origin + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	read := bufio.NewReader(res.Body)
	for _, want := range []string{"first", "second"} {
		if want != "first" {
			next <- want // only when the browser has read the one before
		}
		if line, err := read.ReadString('\n'); err != nil || line != "data: "+want+"\n" {
			t.Fatalf("%q, %v", line, err)
		}
		if _, err := read.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOnlyPlainHTTPNeedsAProxy(t *testing.T) {
	for _, app := range []string{"https://localhost:5173", "localhost:5173", "ftp://localhost/"} {
		at, err := url.Parse(app)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := New(Options{App: at, Logger: slog.Default()}); err == nil || !strings.Contains(err.Error(), "not on plain http") {
			t.Errorf("%s: %v", app, err)
		}
	}
}
