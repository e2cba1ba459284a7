package browser

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"
)

// Passage says how a request goes on to an origin that a World does not map.
type Passage int

const (
	// PassNot refuses it. The default.
	PassNot Passage = iota
	// PassToMachine leads to the server that listens there on this machine, whatever its certificate: the browser sees one of the
	// World's own authority.
	PassToMachine
	// PassToNetwork leads to the real server, whose certificate the browser judges.
	PassToNetwork
)

// dialTimeout bounds how long a server behind a passage may take to accept a connection.
const dialTimeout = 5 * time.Second

// passage is how requests to an address, such as localhost:3001, go on where nothing is mapped.
func (p *proxy) passage(host string) Passage {
	if p.pass == nil {
		return PassNot
	}
	return p.pass(strings.ToLower(host))
}

// passing is where an address leads that is not mapped; false: nowhere. secure is how the client came.
func (p *proxy) passing(host string, secure bool) (route, bool) {
	if p.passage(host) == PassNot {
		return route{}, false
	}
	to := &url.URL{Scheme: "http", Host: host}
	if secure {
		to.Scheme = "https"
	}
	return route{secure: secure, handler: forwarder(to, p.outside)}, true
}

// Forward leads to the server that listens at an origin, whatever its certificate; change (nil: nothing does) may change its answers.
// It is for World.Serve, and for servers of this machine.
func Forward(origin string, change func(*http.Response) error) (http.Handler, error) {
	to, err := url.Parse(origin)
	if err != nil || to.Host == "" {
		return nil, fmt.Errorf("%q is not an origin; expected scheme://name[:port]", origin)
	}
	h := forwarder(to, outsideTransport())
	h.ModifyResponse = change
	return h, nil
}

// forwarder leads to the real server of an origin. Where none answers, the connection is cut, as it would be without a World.
func forwarder(to *url.URL, by *http.Transport) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Transport: by, FlushInterval: -1, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host
		},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
}

// outsideTransport reaches servers of this machine and of the network. Requests to https names come here for servers of this
// machine alone, which have the certificates of a development server.
func outsideTransport() *http.Transport {
	return &http.Transport{
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // see above
		DialContext:       (&net.Dialer{Timeout: dialTimeout}).DialContext,
		ForceAttemptHTTP2: true, DisableCompression: true,
	}
}

// passTunnel serves a CONNECT to an address that is not mapped; false: it is refused.
func (p *proxy) passTunnel(w http.ResponseWriter, r *http.Request) bool {
	switch p.passage(r.Host) {
	case PassToNetwork:
		upstream, err := dial(r.Context(), r.Host)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return true
		}
		client, err := tunnel(w)
		if err != nil {
			_ = upstream.Close()
			return true
		}
		p.pipe(strings.ToLower(r.Host), client, upstream)
	case PassToMachine:
		client, err := tunnel(w)
		if err != nil {
			return true
		}
		// TLS, or a websocket to a plain http name: the first byte tells.
		const handshake = 22 // https://www.rfc-editor.org/rfc/rfc8446#section-5.1
		if first, err := client.r.Peek(1); err == nil && first[0] == handshake {
			p.inner.offer(tls.Server(client, p.secure.TLSConfig))
		} else {
			p.inner.offer(client)
		}
	default:
		return false
	}
	return true
}

func dial(ctx context.Context, address string) (net.Conn, error) {
	dialer := net.Dialer{Timeout: dialTimeout}
	return dialer.DialContext(ctx, "tcp", address)
}

// tunnel tells the client of a CONNECT that its connection stands, and takes that over.
func tunnel(w http.ResponseWriter) (*bufferedConn, error) {
	client, buffered, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return nil, err
	}
	if _, err := client.Write([]byte("HTTP/1.1 200 Connection established\r\n\r\n")); err != nil {
		_ = client.Close()
		return nil, err
	}
	return &bufferedConn{client, buffered.Reader}, nil
}
