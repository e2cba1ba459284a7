package cli

import (
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
	"strings"
	"time"

	"github.com/spf13/cobra"

	"renewal.example/mockauth0/internal/event"
	"renewal.example/mockauth0/internal/har"
	"renewal.example/mockauth0/tenant"
)

const (
	defaultControl = "https://localhost:4443/__mock/v1"
	controlTimeout = 30 * time.Second
)

func (a *app) harCommand() *cobra.Command {
	var control, tenantDir, domain, out string
	cmd := &cobra.Command{
		Use:   "har",
		Short: "Write what a running tenant saw as a HAR",
		Long: "har asks a running tenant for its events and prints them as an HTTP archive (HAR 1.2), which browsers' network panels\n" +
			"and `mockauth0 import har` read. Tokens, codes and the values of cookies are left out, since a tenant's log has none.",
		Example: lines("mockauth0 har > seen.har", "mockauth0 har --out seen.har --control https://localhost:4444/__mock/v1"),
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var t *tenant.Tenant
			if tenantDir != "" {
				var err error
				if t, err = a.load(tenantDir, false); err != nil {
					return err
				}
			}
			return a.har(cmd.Context(), control, t, domain, out)
		},
	}
	f := cmd.Flags()
	f.StringVar(&control, "control", defaultControl, "the running tenant's control API, as it announced it")
	f.StringVar(&tenantDir, "tenant", "", "tenant directory, for a domain of its own: that has a CA of its own")
	f.StringVar(&domain, "domain", "", "the tenant's domain, when it is not the one of mock.yaml")
	f.StringVar(&out, "out", "", "file to write, which must not exist (default: standard output)")
	return cmd
}

func (a *app) har(ctx context.Context, control string, t *tenant.Tenant, domain, out string) error {
	address, err := url.Parse(control)
	if err != nil || address.Scheme != "https" || address.Host == "" {
		return refuse("--control is %q; expected an address such as %s", control, defaultControl)
	}
	client, err := a.controlClient(t, domain)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	var answer struct {
		Events []event.Event `json:"events"`
		Missed uint64        `json:"missed"`
	}
	if err := getJSON(ctx, client, strings.TrimSuffix(control, "/")+"/events", &answer); err != nil {
		return err
	}
	var w io.Writer = a.stdio.Out
	if out != "" {
		file, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, os.ErrExist) {
			return refuse("%s is there already: name another file with --out", out)
		}
		if err != nil {
			return fmt.Errorf("--out: %w", err)
		}
		defer file.Close()
		w = file
	}
	return har.Write(w, address.Scheme+"://"+address.Host, answer.Events, answer.Missed)
}

// controlClient trusts the CA of the data directory and nobody else.
func (a *app) controlClient(t *tenant.Tenant, domain string) (*http.Client, error) {
	ca, _, err := a.trust(t, domain)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if file := ca.File(); file != "" {
		pem, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		pool.AppendCertsFromPEM(pem)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, DialContext: dialHere}
	return &http.Client{Transport: transport, Timeout: controlTimeout}, nil
}

// dialHere reaches names below localhost without looking them up, as browsers do.
func dialHere(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	if host, port, err := net.SplitHostPort(address); err == nil && leadsHere(host) && net.ParseIP(host) == nil {
		address = net.JoinHostPort("localhost", port)
	}
	return d.DialContext(ctx, network, address)
}

func getJSON(ctx context.Context, client *http.Client, address string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("no tenant answers at %s: %w. Start one with `mockauth0 serve`, or name its control API (as it printed it) with --control", address, err)
	}
	defer response.Body.Close()
	if status := response.StatusCode; status != http.StatusOK {
		said, _ := io.ReadAll(io.LimitReader(response.Body, 500))
		return fmt.Errorf("%s answers %s: %s", address, response.Status, strings.TrimSpace(string(said)))
	}
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		return fmt.Errorf("%s does not answer as a control API does: %w", address, err)
	}
	return nil
}
