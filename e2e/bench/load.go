package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// connections is how many keep-alive connections load a server.
const connections = 16

// ready is what a server process says once it serves: where it is, and what its clients need.
type ready struct {
	Addr, Host string
	// Of the tenant only.
	ClientID, RedirectURI, Audience string
	Cookie                          string   // of a session
	RefreshTokens                   []string // one for each connection
	Machine, MachineSecret          string   // a client for client_credentials
}

// server is a server process under load.
type server struct {
	ready
	name string
	bare bool
	stop func()
}

// like lets the bare server be sent what the tenant is sent.
func (s *server) like(tenant *server) {
	addr, host := s.Addr, s.Host
	s.ready, s.bare = tenant.ready, true
	s.Addr, s.Host, s.RefreshTokens = addr, host, slices.Clone(tenant.RefreshTokens)
}

// launch starts this program again as a server; its first line on stdout is a ready.
func launch(name string) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, "-serve", name)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe() // the server ends when this closes
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{name: name, stop: func() {
		_ = in.Close() // tells the server to end
		_ = cmd.Wait() // its exit code says nothing that matters here
	}}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		s.stop()
		return nil, fmt.Errorf("the %s server did not start: %w", name, err)
	}
	if err := json.Unmarshal(line, &s.ready); err != nil {
		s.stop()
		return nil, fmt.Errorf("the %s server said %q: %w", name, line, err)
	}
	return s, nil
}

// caller makes requests on one connection.
type caller struct {
	*server
	ctx              context.Context
	transport        *http.Transport
	authorize, token string // what stands before the paths of both endpoints: tells the bare server what to do
}

// call makes one request and returns its answer's body; want is the status that counts as an answer.
func (c *caller) call(method, path, body string, want int) (location string, answer []byte, err error) {
	req, err := http.NewRequestWithContext(c.ctx, method, "https://"+c.Host+path, bytes.NewBufferString(body))
	if err != nil {
		return "", nil, err
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if c.Cookie != "" {
		req.Header.Set("Cookie", c.Cookie)
	}
	res, err := c.transport.RoundTrip(req)
	if err != nil {
		return "", nil, err
	}
	defer res.Body.Close()
	if answer, err = io.ReadAll(res.Body); err != nil {
		return "", nil, err
	}
	if res.StatusCode != want {
		return "", nil, fmt.Errorf("the %s server answered %s: %.200s", c.name, res.Status, answer)
	}
	return res.Header.Get("Location"), answer, nil
}

// unit is one piece of work on a connection, which may be more than one request.
type unit func() error

// run loads a server for a while and returns units per second and how long each took, by connection.
func (s *server) run(d time.Duration, p path) (rate float64, latencies [][]time.Duration, err error) {
	transport := &http.Transport{
		MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true, ServerName: strings.Split(s.Host, ":")[0]}, // loopback, a server of ours
		TLSNextProto:    map[string]func(string, *tls.Conn) http.RoundTripper{},                           // HTTP/1.1
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, s.Addr)
		},
	}
	defer transport.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(context.Background(), d+30*time.Second)
	defer cancel()
	units := make([]unit, connections)
	for n := range units {
		c := &caller{server: s, ctx: ctx, transport: transport}
		if s.bare {
			c.authorize, c.token = p.bare.authorize.path(), p.bare.token.path()
		}
		units[n] = p.work(c, n)
	}
	worker := func(n int, until time.Time) error {
		var mine []time.Duration
		for first := true; first || time.Now().Before(until); first = false {
			began := time.Now()
			if err := units[n](); err != nil {
				return err
			}
			mine = append(mine, time.Since(began))
		}
		latencies[n] = mine
		return nil
	}
	all := func(until time.Time) error {
		latencies = make([][]time.Duration, connections)
		errs := make(chan error, connections)
		for n := range connections {
			go func() { errs <- worker(n, until) }()
		}
		var failed error
		for range connections {
			if err := <-errs; err != nil {
				failed = err
			}
		}
		return failed
	}
	if err := all(time.Now()); err != nil { // handshakes are not what is measured: one unit on each connection first
		return 0, nil, err
	}
	began := time.Now()
	if err := all(began.Add(d)); err != nil {
		return 0, nil, err
	}
	took, done := time.Since(began), 0
	for _, l := range latencies {
		done += len(l)
	}
	return float64(done) / took.Seconds(), latencies, nil
}
