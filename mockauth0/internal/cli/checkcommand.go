package cli

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"os"
	"syscall"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/check"
	"renewal.example/mockauth0/internal/child"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/names"
)

// appStarts is how long an app may take until it answers.
const appStarts = time.Minute

// startApp starts the app by a command that trusts the tenant, and waits until it answers at its address. stop ends it with all that it
// started; the context that is returned ends with the command.
func (a *app) startApp(ctx context.Context, args []string, app check.App, ca mockauth0.CA) (
	during context.Context, stop func(), err error,
) {
	if appAnswers(ctx, app.URL) {
		return nil, nil, refuse("an app answers at %s already: end it, or leave out the command that starts one", app.URL)
	}
	scratch, err := os.MkdirTemp("", "mockauth0-check-")
	if err != nil {
		return nil, nil, notWritten("check keeps files for the command in a directory of its own: %w", err)
	}
	removed := func() {
		if err := os.RemoveAll(scratch); err != nil {
			a.warn("a directory is left behind: %v", err)
		}
	}
	trusted, err := a.trustFiles(ca, scratch)
	if err != nil {
		removed()
		return nil, nil, err
	}
	var env []string
	if a.env.Environ != nil {
		env = a.env.Environ()
	}
	for _, v := range append(trusted, variable{"MOCKAUTH0_CONTROL", controlFor(app.Domain)}) {
		env = append(env, v.name+"="+v.value)
	}
	fmt.Fprintf(a.stdio.Err, "mockauth0: starting the app: %s\n", commandLine(args))
	// What the app says is no part of the report.
	p, err := child.Start(child.Command{Args: args, Env: env, In: nil, Out: a.raw.Err, Err: a.raw.Err, Scratch: scratch})
	if err != nil {
		removed()
		return nil, nil, startFailed(err)
	}
	stop = func() {
		p.Signal(syscall.SIGTERM)
		select {
		case <-p.Done():
		case <-clock.WallAfter(2 * time.Second):
			p.Kill()
		}
		if p.End(nil) {
			a.warn("something that the app left running did not end in time, and was killed")
		}
		removed()
	}
	if err := answersSoon(ctx, app.URL, p); err != nil {
		stop()
		return nil, nil, err
	}
	during, cancel := context.WithCancelCause(ctx)
	go func() {
		<-p.Done()
		cancel(fmt.Errorf("the app's command ended during the check, with exit code %d", p.Code()))
	}()
	return during, stop, nil
}

// controlFor is the address of the control API of a tenant at a domain.
func controlFor(written string) string {
	scheme, host := domain.Split(written)
	return cmp.Or(scheme, "https") + "://" + host + names.ControlPath
}

// appAnswers tells whether something answers at an address now.
func appAnswers(ctx context.Context, address string) bool {
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // it is the person's own
		DisableKeepAlives: true,
	}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false
	}
	answer, err := client.Do(r)
	if err != nil {
		return false
	}
	_ = answer.Body.Close()
	return true
}

// answersSoon waits until the app answers.
func answersSoon(ctx context.Context, address string, p *child.Process) error {
	over := clock.WallAfter(appStarts)
	for {
		if appAnswers(ctx, address) {
			return nil
		}
		select {
		case <-p.Done():
			return fmt.Errorf("the command ended with exit code %d before the app answered at %s: what it wrote is above", p.Code(), address)
		case <-over:
			return fmt.Errorf("the app does not answer at %s within %s after its start: is that its address?", address, appStarts)
		case <-ctx.Done():
			return errors.Join(errInterrupted, ctx.Err())
		case <-clock.WallAfter(100 * time.Millisecond):
		}
	}
}
