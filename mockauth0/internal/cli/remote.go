package cli

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"renewal.example/mockauth0/internal/control"
)

// remote speaks to the control API of a tenant that runs in another process.
type remote struct {
	base   string
	client *http.Client
}

// remoteFlag is the flag that says where such a tenant is.
func remoteFlag(f *pflag.FlagSet, into *string) {
	f.StringVar(into, "url", "https://localhost:4443", "address of the tenant")
}

// remoteTenant reaches the tenant at an address, or whose control API has it; it trusts the CAs of the data directory.
func (a *app) remoteTenant(address string) (*remote, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || strings.TrimSuffix(u.Path, "/") != "" && strings.TrimSuffix(u.Path, "/") != control.Prefix {
		return nil, refuse("--url is %q; expected the address of a tenant, such as https://localhost:4443", address)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if dir, err := a.dataDirectory(); err == nil {
		files, _ := filepath.Glob(filepath.Join(dir, "*ca.pem")) // the pattern is a good one
		for _, file := range files {
			if pem, err := os.ReadFile(file); err == nil {
				roots.AppendCertsFromPEM(pem)
			}
		}
	}
	return &remote{"https://" + u.Host + control.Prefix, &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, DialContext: dialHere,
	}}}, nil
}

// dialHere reaches names below localhost without looking them up, as browsers do.
func dialHere(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	if host, port, err := net.SplitHostPort(address); err == nil && leadsHere(host) && net.ParseIP(host) == nil {
		address = net.JoinHostPort("localhost", port)
	}
	return d.DialContext(ctx, network, address)
}

// tenant is the address of the tenant itself.
func (r *remote) tenant() string { return strings.TrimSuffix(r.base, control.Prefix) }

// ask sends one request; v takes the answer, nil passes it over.
func (r *remote) ask(ctx context.Context, method, path string, body, v any) error {
	res, err := r.send(ctx, method, path, body, "application/json")
	if err != nil {
		return err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if v == nil {
		return nil
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("%s answers, but not as a mockauth0 tenant does: %s %.80q", r.base, res.Status, raw)
	}
	return nil
}

func (r *remote) send(ctx context.Context, method, path string, body any, accept string) (*http.Response, error) {
	var content io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(ctx, method, r.base+path, content)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", accept)
	if content != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	res, err := r.client.Do(request)
	if err != nil {
		return nil, r.unreachable(err)
	}
	if res.StatusCode < 300 {
		return res, nil
	}
	defer res.Body.Close()
	var said struct {
		Description string `json:"error_description"`
	}
	raw, _ := io.ReadAll(io.LimitReader(res.Body, 1<<16)) // what there is of it
	if json.Unmarshal(raw, &said) == nil && said.Description != "" {
		return nil, errors.New(said.Description)
	}
	return nil, fmt.Errorf("%s answers %s, as no mockauth0 tenant does: is it one?", r.base, res.Status)
}

// unreachable says what a person can do about a tenant that does not answer.
func (r *remote) unreachable(err error) error {
	base := r.tenant()
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &unknown):
		return fmt.Errorf("the certificate of %s is not of this data directory's CA: give the --data-dir that the tenant was started with", base)
	case errors.As(err, new(*net.OpError)):
		return fmt.Errorf("no tenant answers at %s: start one with mockauth0 serve, or say with --url where it is", base)
	}
	return err
}
