package browser

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"
)

// proxy is a World's door to everything: the browser context sends every request here, localhost included. A name leads to
// a handler, to an address on loopback, or nowhere; nowhere is recorded.
type proxy struct {
	ca       CertificateAuthority
	listener net.Listener
	plain    *http.Server // requests to http:// names, and CONNECT
	secure   *http.Server // what arrives inside a CONNECT to a name with a handler
	inner    *innerListener
	gate     gate

	pass    func(host string) Passage // nil: nothing passes that is not mapped
	outside *http.Transport           // for what passes

	mu      sync.Mutex
	routes  map[string]route // by host:port
	refused []Refusal
	moment  func() Moment
	conns   map[net.Conn]string // tunnels, which no http.Server knows of, and the name:port that they were opened to
}

// route is where a name leads.
type route struct {
	secure  bool
	handler http.Handler // or
	address string
}

// Refusal is a request to a name that the World does not map, and all like it.
type Refusal struct {
	Moment        // of the first
	Method string // CONNECT for https
	Host   string // with the port
	Path   string // "" for https: it is not seen
	Times  int    // how often it was asked
}

// String is one line for an error message.
func (r Refusal) String() string {
	times := ""
	if r.Times > 1 {
		times = fmt.Sprintf(" (×%d)", r.Times)
	}
	return r.Address() + times
}

// Address is what was asked for: the origin of https://, and method and address of http://.
func (r Refusal) Address() string {
	if r.Method == http.MethodConnect {
		return "https://" + strings.TrimSuffix(r.Host, ":443")
	}
	return r.Method + " http://" + strings.TrimSuffix(r.Host, ":80") + r.Path
}

func newProxy(host string, ca CertificateAuthority, pass func(host string) Passage, moment func() Moment) (*proxy, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return nil, fmt.Errorf("open the World's proxy: %w", err)
	}
	p := &proxy{ca: ca, listener: l, routes: map[string]route{}, moment: moment, conns: map[net.Conn]string{},
		pass: pass, outside: outsideTransport()}
	silent := log.New(io.Discard, "", 0) // browsers break connections off all the time
	p.inner = &innerListener{conns: make(chan net.Conn), closed: make(chan struct{}), address: l.Addr()}
	p.plain = &http.Server{Handler: http.HandlerFunc(p.serve), ErrorLog: silent, ReadHeaderTimeout: time.Minute}
	p.secure = &http.Server{Handler: http.HandlerFunc(p.serveInner), ErrorLog: silent, ReadHeaderTimeout: time.Minute,
		TLSConfig: &tls.Config{GetCertificate: ca.GetCertificate, NextProtos: []string{"h2", "http/1.1"}, MinVersion: tls.VersionTLS12}}
	p.gate.open = make(chan struct{})
	close(p.gate.open)
	go func() { _ = p.plain.Serve(gatedListener{l, &p.gate}) }()
	go func() { _ = p.secure.Serve(p.inner) }()
	return p, nil
}

func (p *proxy) url() string { return "http://" + p.listener.Addr().String() }

func (p *proxy) close() error {
	p.gate.release()
	err := errors.Join(p.plain.Close(), p.secure.Close())
	p.outside.CloseIdleConnections()
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		_ = c.Close()
	}
	return err
}

// set leads an origin such as https://cdn.auth0.com somewhere.
func (p *proxy) set(origin string, r route) error {
	u, err := url.Parse(origin)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || strings.Trim(u.Path, "/") != "" {
		return fmt.Errorf("%q is not an origin; expected scheme://name[:port]", origin)
	}
	r.secure = u.Scheme == "https"
	p.mu.Lock()
	defer p.mu.Unlock()
	host := hostPort(u)
	p.routes[host] = r
	for c, to := range p.conns {
		if to == host {
			_ = c.Close() // the browser would go on talking to where the name led before
		}
	}
	return nil
}

func hostPort(u *url.URL) string {
	if u.Port() != "" {
		return strings.ToLower(u.Host)
	}
	if u.Scheme == "https" || u.Scheme == "wss" {
		return strings.ToLower(u.Host) + ":443"
	}
	return strings.ToLower(u.Host) + ":80"
}

func (p *proxy) lookup(host string) (route, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r, ok := p.routes[strings.ToLower(host)]
	return r, ok
}

func (p *proxy) refuse(w http.ResponseWriter, r *http.Request, host string) {
	refusal := Refusal{Moment: p.moment(), Method: r.Method, Host: host}
	if r.Method != http.MethodConnect {
		refusal.Path = r.URL.Path
	}
	p.note(refusal)
	http.Error(w, "the World maps no such name: "+host, http.StatusBadGateway)
}

// note keeps a refusal. An app may ask for the same thousands of times.
func (p *proxy) note(refusal Refusal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.refused {
		known := &p.refused[i]
		if known.Method == refusal.Method && known.Host == refusal.Host && known.Path == refusal.Path {
			known.Times++
			return
		}
	}
	refusal.Times = 1
	p.refused = append(p.refused, refusal)
}

func (p *proxy) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodConnect {
		p.connect(w, r)
		return
	}
	if !r.URL.IsAbs() { // not a proxy request: somebody opened the proxy's own address
		http.Error(w, "this is the proxy of a World of mockauth0/browser", http.StatusBadRequest)
		return
	}
	host := hostPort(r.URL)
	to, ok := p.lookup(host)
	if !ok {
		to, ok = p.passing(host, false)
	}
	if !ok || to.secure {
		p.refuse(w, r, host)
		return
	}
	r.Header.Del("Proxy-Connection")
	if to.handler != nil {
		inner := r.Clone(r.Context())
		inner.RequestURI = r.URL.RequestURI()
		inner.URL.Scheme, inner.URL.Host = "", ""
		to.handler.ServeHTTP(w, inner)
		return
	}
	forward := &httputil.ReverseProxy{
		ErrorLog: p.plain.ErrorLog, FlushInterval: -1,
		Rewrite: func(out *httputil.ProxyRequest) {
			out.Out.URL.Scheme, out.Out.URL.Host, out.Out.Host = "http", to.address, r.Host
		},
		// A connection that breaks off breaks off for the browser, too, as through a tunnel: an answer of the proxy's own would be a lie.
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	forward.ServeHTTP(w, r)
}

func (p *proxy) connect(w http.ResponseWriter, r *http.Request) {
	to, ok := p.lookup(r.Host)
	if !ok {
		if !p.passTunnel(w, r) {
			p.refuse(w, r, r.Host)
		}
		return
	}
	var upstream net.Conn
	if to.handler == nil {
		c, err := dial(r.Context(), to.address)
		if err != nil {
			http.Error(w, fmt.Sprintf("%s leads to %s: %v", r.Host, to.address, err), http.StatusBadGateway)
			return
		}
		upstream = c
	}
	from, err := tunnel(w)
	if err != nil {
		if upstream != nil {
			_ = upstream.Close()
		}
		return
	}
	switch {
	case upstream != nil:
		p.pipe(strings.ToLower(r.Host), from, upstream)
	case to.secure:
		p.inner.offer(tls.Server(from, p.secure.TLSConfig))
	default: // a websocket to a plain http name
		p.inner.offer(from)
	}
}

// pipe copies both ways, for connections to a host, until one side ends.
func (p *proxy) pipe(host string, a, b net.Conn) {
	p.mu.Lock()
	p.conns[a], p.conns[b] = host, host
	p.mu.Unlock()
	done := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{a, b}, {b, a}} {
		go func() {
			_, _ = io.Copy(way[0], way[1])
			_ = way[0].Close()
			done <- struct{}{}
		}()
	}
	<-done
	_, _ = a.Close(), b.Close()
	<-done
	p.mu.Lock()
	delete(p.conns, a)
	delete(p.conns, b)
	p.mu.Unlock()
}

func (p *proxy) serveInner(w http.ResponseWriter, r *http.Request) {
	host := r.Host
	if _, _, err := net.SplitHostPort(host); err != nil {
		if r.TLS != nil {
			host += ":443"
		} else {
			host += ":80"
		}
	}
	to, ok := p.lookup(host)
	if !ok && p.passage(host) == PassToMachine {
		to, ok = p.passing(host, r.TLS != nil)
	}
	if !ok || to.handler == nil {
		// HTTP/2 may use a connection for any name of its certificate; this sends the browser to the right one.
		http.Error(w, host+" is not served on this connection", http.StatusMisdirectedRequest)
		return
	}
	to.handler.ServeHTTP(w, r)
}

func (p *proxy) refusals() []Refusal {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Refusal(nil), p.refused...)
}

// gate holds back what the browser sends while time is being moved, so that no server sees a request before its clock
// was moved too.
type gate struct {
	mu   sync.Mutex
	open chan struct{} // closed: open
}

func (g *gate) hold() {
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-g.open:
		g.open = make(chan struct{})
	default:
	}
}

func (g *gate) release() {
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-g.open:
	default:
		close(g.open)
	}
}

func (g *gate) pass() {
	g.mu.Lock()
	open := g.open
	g.mu.Unlock()
	<-open
}

type gatedListener struct {
	net.Listener
	gate *gate
}

func (l gatedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return gatedConn{c, l.gate}, nil
}

type gatedConn struct {
	net.Conn
	gate *gate
}

func (c gatedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		c.gate.pass()
	}
	return n, err
}

type bufferedConn struct {
	net.Conn
	r *bufio.Reader
}

func (c *bufferedConn) Read(b []byte) (int, error) { return c.r.Read(b) }

// innerListener hands tunnelled connections to an http.Server.
type innerListener struct {
	conns   chan net.Conn
	closed  chan struct{}
	once    sync.Once
	address net.Addr
}

func (l *innerListener) offer(c net.Conn) {
	select {
	case l.conns <- c:
	case <-l.closed:
		_ = c.Close()
	}
}

func (l *innerListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *innerListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *innerListener) Addr() net.Addr { return l.address }
