package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/har"
)

// harTimeout is how long a tenant may take to tell its events.
const harTimeout = 30 * time.Second

func (a *app) harCommand() *cobra.Command {
	var at where
	var out string
	cmd := &cobra.Command{
		Use:   "har",
		Short: "Write what a running tenant saw as a HAR",
		Long: "har asks a running tenant for its events and prints them as an HTTP archive (HAR 1.2), which browsers' network panels\n" +
			"and `mockauth0 import har` read. Tokens, codes and the values of cookies are left out, since a tenant's log has none.",
		Example: lines("mockauth0 har > seen.har", "mockauth0 har --out seen.har --url https://login.acme.localhost:4443",
			"mockauth0 har --out seen.har --url https://localhost:4443    the only tenant there, whatever its domain is"),
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.har(cmd.Context(), at, out) },
	}
	f := cmd.Flags()
	at.flags(f)
	f.StringVar(&out, "out", "", "file to write, which must not exist (default: standard output)")
	return cmd
}

func (a *app) har(ctx context.Context, at where, out string) error {
	r, err := a.remoteTenant(at)
	if err != nil {
		return err
	}
	defer r.client.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(ctx, harTimeout)
	defer cancel()
	var answer struct {
		Events []event.Event `json:"events"`
		Missed uint64        `json:"missed"`
	}
	if err := r.ask(ctx, http.MethodGet, "/events", nil, &answer); err != nil {
		return err
	}
	if out == "" {
		return har.Write(a.stdio.Out, r.tenant(), answer.Events, answer.Missed)
	}
	file, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, os.ErrExist) {
		return refuse("%s is there already: name another file with --out", out)
	}
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	return errors.Join(har.Write(file, r.tenant(), answer.Events, answer.Missed), file.Close())
}
