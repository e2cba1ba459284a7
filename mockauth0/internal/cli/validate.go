package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func (a *app) validateCommand() *cobra.Command {
	var strict bool
	cmd := &cobra.Command{
		Use:   "validate DIR",
		Short: "Check a tenant directory and report every problem",
		Long: "validate reads a tenant directory as `serve` does. It prints each problem as one line on stderr, file:line:column: what\n" +
			"is wrong and what was expected, and exits with 2. An unknown key of tenant.yaml is a warning, since Auth0 adds keys\n" +
			"every month; with --strict it is a problem.",
		Example: lines("mockauth0 validate ./acme", "mockauth0 validate --strict ./acme"),
		Args:    atMostOne("directory"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return refuse("validate needs a directory: mockauth0 validate DIR")
			}
			t, err := a.load(cmd.Context(), args[0], strict)
			if err != nil {
				return err
			}
			parts := []string{
				countOf(len(t.Clients), "client", "clients"), countOf(len(t.Users), "user", "users"),
				countOf(len(t.ResourceServers), "API", "APIs"), countOf(len(t.Connections), "connection", "connections"),
			}
			fmt.Fprintf(a.stdio.Out, "%s is valid: %s\n", args[0], strings.Join(parts, ", "))
			return nil
		},
	}
	cmd.Flags().BoolVar(&strict, "strict", false, "refuse unknown keys in tenant.yaml")
	return cmd
}
