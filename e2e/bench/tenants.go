package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"strings"
	"time"

	"renewal.example/mockauth0"
)

// manyTenants is how many live in one process.
const manyTenants = 10_000

// tenants measures what a tenant of many costs: in this process, and in the binary by HTTP.
func tenants(binary string) ([]bar, error) {
	bars, err := tenantsInProcess()
	if err != nil {
		return nil, err
	}
	more, err := tenantsByHTTP(binary)
	return append(bars, more...), err
}

func tenantsInProcess() ([]bar, error) {
	s, err := mockauth0.New(mockauth0.Options{})
	if err != nil {
		return nil, err
	}
	defer s.Close() // nothing of it is needed any more
	heap := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC() // the first one moves what pools hold
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	before, took := heap(), make([]float64, manyTenants)
	made := make([]*mockauth0.Tenant, manyTenants)
	for i := range made {
		began := time.Now()
		if made[i], err = s.NewTenant(mockauth0.TenantOptions{}); err != nil {
			return nil, err
		}
		took[i] = float64(time.Since(began)) / float64(time.Millisecond)
	}
	each := (heap() - before) / manyTenants / 1024
	for _, t := range made {
		if err := t.Close(); err != nil {
			return nil, err
		}
	}
	clear(made)
	left := (heap() - before) / manyTenants / 1024
	return []bar{
		{what: "a tenant more, in process (median of 10,000)", measured: median(took), limit: 1, unit: "ms", absolute: true},
		{what: "heap of a tenant that nobody uses", measured: each, limit: 64, unit: "KiB"},
		{what: "heap that a closed tenant leaves", measured: max(0, left), limit: 1, unit: "KiB"},
	}, nil
}

// tenantsByHTTP makes them, has each log a user in and answer discovery once, and looks at the process's memory then.
func tenantsByHTTP(binary string) ([]bar, error) {
	dir, err := os.MkdirTemp("", "mockauth0-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) // a temp folder
	ready, stop, pid, err := serveOnce(binary, dir)
	if err != nil {
		return nil, err
	}
	took, rss, err := fillWithTenants(ready, pid)
	if stopped := stop(); err == nil {
		err = stopped
	}
	if err != nil {
		return nil, err
	}
	return []bar{
		{what: "POST /__mock/v1/tenants (median of 10,000)", measured: median(took), limit: 5, unit: "ms", absolute: true},
		{what: "resident memory with 10,000 tenants, each with a session", measured: rss, limit: 700, unit: "MB"},
	}, nil
}

func fillWithTenants(ready announced, pid int) (took []float64, rss float64, err error) {
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} // loopback, a server of ours
	defer transport.CloseIdleConnections()
	ask := func(method, url, host, body string, into any) error {
		r, err := http.NewRequest(method, url, strings.NewReader(body))
		if err != nil {
			return err
		}
		r.Header.Set("Content-Type", "application/json")
		r.Host = host
		res, err := (&http.Client{Transport: transport}).Do(r)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode >= 400 {
			return fmt.Errorf("%s %s: %s %s %w", method, url, res.Status, text, err)
		}
		if into == nil {
			return nil
		}
		return json.NewDecoder(bytes.NewReader(text)).Decode(into)
	}
	var users struct{ Users []struct{ Email string } }
	if err := ask("GET", ready.Issuer+"__mock/v1/users", "", "", &users); err != nil {
		return nil, 0, err
	}
	for range manyTenants {
		var made struct{ Domain, Control string }
		began := time.Now()
		if err := ask("POST", ready.Issuer+"__mock/v1/tenants", "", "{}", &made); err != nil {
			return nil, 0, err
		}
		took = append(took, float64(time.Since(began))/float64(time.Millisecond))
		if err := ask("POST", made.Control+"/sessions", "", `{"user":"`+users.Users[0].Email+`"}`, nil); err != nil {
			return nil, 0, err
		}
		if err := ask("GET", ready.Issuer+".well-known/openid-configuration", made.Domain, "", nil); err != nil {
			return nil, 0, err
		}
	}
	rss, err = memory(pid)
	return took, rss, err
}
