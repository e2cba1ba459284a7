package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"
)

// connections is how many keep-alive connections load a server.
const connections = 16

// target is a server process and the one request that loads it.
type target struct {
	name, addr, host, path, cookie string
	stop                           func()
}

// launch starts this program again as a server; its first line on stdout is "addr host path cookie".
func launch(name string) (*target, error) {
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
	stop := func() {
		_ = in.Close() // tells the server to end
		_ = cmd.Wait() // its exit code says nothing that matters here
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		stop()
		return nil, fmt.Errorf("the %s server did not start: %w", name, err)
	}
	f := strings.Split(strings.TrimSpace(line), "\t")
	if len(f) != 4 {
		stop()
		return nil, fmt.Errorf("the %s server said %q", name, line)
	}
	return &target{name, f[0], f[1], f[2], f[3], stop}, nil
}

// run loads a target for a while and returns requests per second and the latencies.
func (t *target) run(d time.Duration) (rate float64, latencies []time.Duration, err error) {
	transport := &http.Transport{
		MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true, ServerName: strings.Split(t.host, ":")[0]}, // loopback, a server of ours
		TLSNextProto:    map[string]func(string, *tls.Conn) http.RoundTripper{},                           // HTTP/1.1
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, t.addr)
		},
	}
	defer transport.CloseIdleConnections()
	// Handshakes are not what is measured: open the connections first.
	ctx, cancel := context.WithTimeout(context.Background(), d+30*time.Second)
	defer cancel()
	var mu sync.Mutex
	worker := func(until time.Time) error {
		var mine []time.Duration
		for first := true; first || time.Now().Before(until); first = false {
			began := time.Now()
			if err := t.once(ctx, transport); err != nil {
				return err
			}
			mine = append(mine, time.Since(began))
		}
		mu.Lock()
		latencies = append(latencies, mine...)
		mu.Unlock()
		return nil
	}
	all := func(until time.Time) error {
		errs := make(chan error, connections)
		for range connections {
			go func() { errs <- worker(until) }()
		}
		var failed error
		for range connections {
			if err := <-errs; err != nil {
				failed = err
			}
		}
		return failed
	}
	if err := all(time.Now()); err != nil { // one request on each connection
		return 0, nil, err
	}
	latencies = nil
	began := time.Now()
	if err := all(began.Add(d)); err != nil {
		return 0, nil, err
	}
	return float64(len(latencies)) / time.Since(began).Seconds(), latencies, nil
}

func (t *target) once(ctx context.Context, transport *http.Transport) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+t.host+t.path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Cookie", t.cookie)
	res, err := transport.RoundTrip(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	if l := res.Header.Get("Location"); res.StatusCode != http.StatusFound || !strings.Contains(l, "id_token=") {
		return fmt.Errorf("%s answered %s, Location %.80q", t.name, res.Status, l)
	}
	return nil
}

// silentRenewal compares prompt=none with a bare TLS handler that makes the same signatures.
func silentRenewal(pairs int, each time.Duration) ([]bar, error) {
	tenant, err := launch("tenant")
	if err != nil {
		return nil, err
	}
	defer tenant.stop()
	bare, err := launch("bare")
	if err != nil {
		return nil, err
	}
	defer bare.stop()
	var ratios, rates, tails []float64
	for i := range pairs {
		peer, _, err := bare.run(each)
		if err != nil {
			return nil, err
		}
		ours, lat, err := tenant.run(each)
		if err != nil {
			return nil, err
		}
		slices.Sort(lat)
		mid, p99 := lat[len(lat)/2], lat[len(lat)*99/100]
		fmt.Printf("pair %d: tenant %.0f/s, bare handler %.0f/s, ratio %.3f; tenant median %s p99 %s\n", i+1, ours, peer, ours/peer, mid.Round(time.Microsecond), p99.Round(time.Microsecond))
		ratios, rates, tails = append(ratios, ours/peer), append(rates, ours), append(tails, float64(p99)/float64(mid))
	}
	fmt.Printf("prompt=none, token id_token: median %.0f requests/s\n", median(rates))
	return []bar{
		{what: "prompt=none (token id_token) against a bare TLS handler", measured: median(ratios) * 100, limit: 85, unit: "%", atLeast: true},
		{what: "prompt=none, p99 against median at 16 connections", measured: median(tails), limit: 10, unit: "×"},
	}, nil
}
