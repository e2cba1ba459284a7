package main

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// startUp measures the binary as a person uses it: warm, from exec to the first 200 on discovery.
func startUp(binary string) ([]bar, error) {
	size, err := os.Stat(binary)
	if err != nil {
		return nil, fmt.Errorf("no binary to measure: %w; run `make build`", err)
	}
	dir, err := os.MkdirTemp("", "mockauth0-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) // a temp folder
	var starts []float64
	for i := range 21 {
		d, stop, _, err := startOnce(binary, dir)
		if err != nil {
			return nil, err
		}
		if err := stop(); err != nil {
			return nil, err
		}
		if i > 0 { // the first one makes the CA and the key
			starts = append(starts, float64(d)/float64(time.Millisecond))
		}
	}
	_, stop, pid, err := startOnce(binary, dir)
	if err != nil {
		return nil, err
	}
	time.Sleep(10 * time.Second) // the bar speaks of memory ten seconds after start
	rss, err := memory(pid)
	if err := stop(); err != nil {
		return nil, err
	}
	if err != nil {
		return nil, err
	}
	return []bar{
		{what: "serve, warm, to the first 200 on discovery (median of 20)", measured: median(starts), limit: 40, unit: "ms", absolute: true},
		{what: "resident memory 10 s after start", measured: rss, limit: 25, unit: "MB"},
		{what: "size of the stripped binary", measured: float64(size.Size()) / 1e6, limit: 23.6, unit: "MB"},
	}, nil
}

// announced is what serve says when it is ready.
type announced struct{ Issuer, Listen string }

// serveOnce starts the binary, and returns when it is ready.
func serveOnce(binary, dir string) (ready announced, stop func() error, pid int, err error) {
	cmd := exec.Command(binary, "serve", "--listen", "127.0.0.1:0", "--data-dir", dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return ready, nil, 0, err
	}
	if err := cmd.Start(); err != nil {
		return ready, nil, 0, err
	}
	stop = func() error {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			return err
		}
		return cmd.Wait()
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		_ = stop() // err says more
		return ready, nil, 0, fmt.Errorf("serve printed no ready line: %w", err)
	}
	if err := json.Unmarshal(line, &ready); err != nil {
		_ = stop()
		return ready, nil, 0, fmt.Errorf("serve printed %q: %w", line, err)
	}
	return ready, stop, cmd.Process.Pid, nil
}

func startOnce(binary, dir string) (time.Duration, func() error, int, error) {
	began := time.Now()
	ready, stop, pid, err := serveOnce(binary, dir)
	if err != nil {
		return 0, nil, 0, err
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} // loopback, a server of ours
	defer transport.CloseIdleConnections()
	res, err := (&http.Client{Transport: transport}).Get(ready.Issuer + ".well-known/openid-configuration")
	if err != nil {
		_ = stop()
		return 0, nil, 0, err
	}
	_ = res.Body.Close()
	took := time.Since(began)
	if res.StatusCode != http.StatusOK {
		_ = stop()
		return 0, nil, 0, fmt.Errorf("discovery answered %s", res.Status)
	}
	return took, stop, pid, nil
}

// memory is VmRSS in MB; the figure exists on Linux only.
func memory(pid int) (float64, error) {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0, fmt.Errorf("memory is measured on Linux only: %w", err)
	}
	for line := range strings.Lines(string(b)) {
		if v, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseFloat(strings.Fields(v)[0], 64)
			return kb / 1000, err
		}
	}
	return 0, fmt.Errorf("no VmRSS for process %d", pid)
}
