// Package appproxy puts an app that is on plain http on https, beside the tenant. Then both are one site
// (https://html.spec.whatwg.org/multipage/browsers.html#same-site: the scheme counts), so that a browser which blocks third-party
// cookies lets the session cookie into the hidden frame.
//
// The app sees the Host that the browser sent, so that its checks of Origin against Host hold, and learns of the https by
// X-Forwarded-Proto, -Host and -For; what a client sends by these names is dropped. WebSockets pass, as hot reload needs.
package appproxy

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"
)

// Options configure a Proxy.
type Options struct {
	App            *url.URL                                             // where the app is, http://HOST:PORT; its path is passed over
	GetCertificate func(*tls.ClientHelloInfo) (*tls.Certificate, error) // as tls.Config has it
	Logger         *slog.Logger                                         // hears when the app does not answer, and when it does again
}

// Proxy serves one app.
type Proxy struct {
	app     *url.URL
	log     *slog.Logger
	server  *http.Server
	onward  *httputil.ReverseProxy
	end     context.CancelFunc // ends what is under way, WebSockets too
	running sync.WaitGroup     // requests, and whoever serves them

	mu   sync.Mutex
	down bool // the app did not answer the last request
}

// New makes a proxy. The error says what is wrong with the app's address.
func New(o Options) (*Proxy, error) {
	if o.App.Scheme != "http" || o.App.Host == "" {
		return nil, fmt.Errorf("%s is not on plain http; a proxy puts on https what is not", o.App)
	}
	ctx, end := context.WithCancel(context.Background())
	p := &Proxy{app: &url.URL{Scheme: "http", Host: o.App.Host}, log: o.Logger, end: end}
	quiet := slog.NewLogLogger(o.Logger.Handler(), slog.LevelDebug) // a browser that does not trust the CA, one that went away
	p.onward = &httputil.ReverseProxy{
		Rewrite: p.rewrite, ModifyResponse: p.answered, ErrorHandler: p.failed, ErrorLog: quiet,
		// No Proxy: the app is on this machine. What it compresses stays as it is.
		Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 32, IdleConnTimeout: time.Minute},
	}
	p.server = &http.Server{
		Handler: p, ReadHeaderTimeout: 10 * time.Second, ErrorLog: quiet, TLSConfig: &tls.Config{
			GetCertificate: o.GetCertificate, MinVersion: tls.VersionTLS12,
		},
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	return p, nil
}

// Serve answers on a listener until Close.
func (p *Proxy) Serve(l net.Listener) error {
	err := p.server.ServeTLS(l, "", "")
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// Close ends the proxy, and with it what is under way: a WebSocket or a stream of events would never end by itself.
func (p *Proxy) Close() error {
	p.end()
	err := p.server.Close()
	p.running.Wait()
	p.onward.Transport.(*http.Transport).CloseIdleConnections()
	return err
}

func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.running.Add(1)
	defer p.running.Done()
	p.onward.ServeHTTP(w, r)
}

// rewrite makes the app's request of the browser's.
func (p *Proxy) rewrite(r *httputil.ProxyRequest) {
	r.SetURL(p.app)
	r.Out.Host = r.In.Host
	r.Out.URL.RawQuery = r.In.URL.RawQuery // also what Go cannot parse: the app knows what it means
	r.SetXForwarded()
}

// answered makes the browser's answer of the app's.
func (p *Proxy) answered(res *http.Response) error {
	p.tell(nil)
	// By plain http browsers pass this over. By https it would move every other server of this host name to https, for a long time
	// (RFC 6797 §8.1, §8.3: ports do not count).
	res.Header.Del("Strict-Transport-Security")
	for _, name := range []string{"Location", "Content-Location"} {
		if to := p.public(res.Header.Get(name), res.Request.Host); to != "" {
			res.Header.Set(name, to)
		}
	}
	return nil
}

// public is an address of the app as browsers must ask for it; "" where it may stay as it is. An app that does not look at
// X-Forwarded-Proto leads to http, where this port does not speak it.
func (p *Proxy) public(address, host string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" || u.Host != host && u.Host != p.app.Host {
		return ""
	}
	u.Scheme, u.Host = "https", host
	return u.String()
}
