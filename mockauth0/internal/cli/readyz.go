package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"renewal.example/mockauth0/internal/clock"
)

type readyzFlags struct {
	at     where
	domain string
	wait   time.Duration
}

func (a *app) readyzCommand() *cobra.Command {
	var flags readyzFlags
	cmd := &cobra.Command{
		Use:   "readyz",
		Short: "Tell whether a tenant is ready",
		Long: "readyz asks a running tenant whether it serves requests and has the keys to sign tokens. It is for scripts and for the health\n" +
			"checks of containers. Exit code 0: it is ready; 1: it is not, or nobody answers. With --wait it asks until it is, or\n" +
			"until the time is over.",
		Example: lines(
			"mockauth0 readyz                                the tenant of mockauth0 serve or run",
			"mockauth0 readyz --wait 10s",
			"mockauth0 readyz --wait 10s --domain acme.eu.auth0.com    the tenant of this domain, at --url",
			"mockauth0 readyz --url https://127.0.0.1:8443",
		),
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.readyz(cmd.Context(), flags) },
	}
	f := cmd.Flags()
	flags.at.flags(f)
	f.StringVar(&flags.domain, "domain", "", "the tenant of this domain has to be ready (default: the one that the address leads to)")
	f.DurationVar(&flags.wait, "wait", 0, "how long to wait until it is ready, such as 10s; 0: not at all")
	return cmd
}

func (a *app) readyz(ctx context.Context, flags readyzFlags) error {
	if flags.wait < 0 {
		return refuse("--wait is %s; expected how long to wait, such as 10s", flags.wait)
	}
	r, err := a.remoteTenant(flags.at)
	if err != nil {
		return err
	}
	defer r.api.Close()
	r.domain = flags.domain
	ctx, cancel := context.WithTimeout(ctx, max(flags.wait, readyzPatience))
	defer cancel()
	over := clock.WallAfter(flags.wait)
	for {
		err := r.api.Ready(ctx)
		if err == nil {
			fmt.Fprintf(a.stdio.Out, "%s is ready\n", r.tenant())
			return nil
		}
		select {
		case <-over:
			return err
		case <-ctx.Done():
			return err
		case <-clock.WallAfter(readyzAgain):
		}
	}
}

// How often readyz asks again, and how long an answer may take where nobody wants to wait.
const (
	readyzAgain    = 100 * time.Millisecond
	readyzPatience = 5 * time.Second
)
