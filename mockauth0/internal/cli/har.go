package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"time"

	"github.com/spf13/cobra"

	"renewal.example/mockauth0/admin"
	"renewal.example/mockauth0/internal/har"
	"renewal.example/mockauth0/internal/safefile"
)

// readTimeout is how long a tenant may take to tell its events.
const readTimeout = 30 * time.Second

func (a *app) harCommand() *cobra.Command {
	return a.savesFromTenant(&cobra.Command{
		Use:   "har",
		Short: "Save what a running tenant saw as a HAR",
		Long: "har prints the events of a running tenant as an HTTP archive (HAR 1.2). The network panel of a browser opens it, and\n" +
			"so does `mockauth0 import har`. It has no tokens, no codes and no values of cookies.",
		Example: lines("mockauth0 har > seen.har", "mockauth0 har --out seen.har --url https://login.acme.localhost:4443",
			"mockauth0 har --out seen.har --url https://localhost:4443    the only tenant there, whatever its domain is"),
	}, a.har)
}

// savesFromTenant completes a command that saves what a running tenant tells: save gets that tenant and the file of --out, "" for
// standard output.
func (a *app) savesFromTenant(cmd *cobra.Command, save func(ctx context.Context, r *remote, out string) error) *cobra.Command {
	var at where
	var out string
	cmd.Args = noArguments
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		r, err := a.remoteTenant(at)
		if err != nil {
			return err
		}
		defer r.api.Close()
		ctx, cancel := context.WithTimeout(cmd.Context(), readTimeout)
		defer cancel()
		return save(ctx, r, out)
	}
	f := cmd.Flags()
	at.flags(f)
	f.StringVar(&out, "out", "", "file to write; it must not exist (default: standard output)")
	return cmd
}

func (a *app) har(ctx context.Context, r *remote, out string) error {
	events, missed, err := r.api.Events(ctx, admin.EventFilter{})
	if err != nil {
		return err
	}
	if out == "" {
		return har.Write(a.out.json, r.tenant(), events, missed)
	}
	var file bytes.Buffer
	if err := har.Write(&file, r.tenant(), events, missed); err != nil {
		return err
	}
	return written(out, file.Bytes())
}

// written makes a file that --out names, which must not exist.
func written(out string, content []byte) error {
	err := safefile.Create(out, safefile.Public, content)
	if errors.Is(err, os.ErrExist) {
		return refuse("%s exists: name another file with --out", out)
	}
	if err != nil {
		return notWritten("--out: %w", err)
	}
	return nil
}
