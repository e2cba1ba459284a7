package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"renewal.example/mockauth0/admin"
)

func (a *app) retellCommand() *cobra.Command {
	return a.savesFromTenant(&cobra.Command{
		Use:   "retell",
		Short: "Save what just happened at a running tenant as a scenario",
		Long: "retell prints what just happened at a running tenant as a scenario file: the faults that acted since the login, what was\n" +
			"done to the tenant (its clock was moved, sessions ended, a user was blocked), and the renewal that failed. When none has\n" +
			"failed, it is what is armed. `mockauth0 reproduce FILE` and `mockauth0 serve --scenario FILE` take it. It names no person and no\n" +
			"client of yours.",
		Example: lines("mockauth0 retell > what-happened.yaml", "mockauth0 retell --out what-happened.yaml",
			"mockauth0 retell --out what-happened.yaml --url https://login.acme.localhost:4443"),
	}, a.retell)
}

func (a *app) retell(ctx context.Context, r *remote, out string) error {
	file, err := r.api.ObservedScenario(ctx)
	if refusal, ok := errors.AsType[*admin.Error](err); ok && refusal.Status == http.StatusNotFound {
		fmt.Fprintf(a.stdio.Err, "%s %s\n", r.tenant(), refusal.Description)
		return errNo
	}
	if err != nil {
		return err
	}
	if out == "" {
		_, err = a.out.json.Write(file)
		return err
	}
	if err := written(out, file); err != nil {
		return err
	}
	fmt.Fprintf(a.stdio.Err, "Again: %s\n", a.again("reproduce "+shellWord(out)))
	return nil
}
