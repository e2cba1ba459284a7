package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/check"
	"renewal.example/mockauth0/internal/child"
	"renewal.example/mockauth0/internal/clock"
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
	scratch, remove, err := a.scratch("check")
	if err != nil {
		return nil, nil, err
	}
	p, err := a.launchApp(args, app, ca, scratch)
	if err != nil {
		remove()
		return nil, nil, err
	}
	stop = func() {
		if p.End(nil) {
			a.warn("the app, or something that it started, did not end in time, and was killed")
		}
		remove()
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

// launchApp starts the command, with the files that it reads in scratch.
func (a *app) launchApp(args []string, app check.App, ca mockauth0.CA, scratch string) (*child.Process, error) {
	settings, err := a.trustFiles(ca, scratch)
	if err != nil {
		return nil, err
	}
	settings = append(settings, variable{"MOCKAUTH0_CONTROL", atDomain(app.Domain).URL() + names.ControlPath})
	fmt.Fprintf(a.stdio.Err, "mockauth0: starting the app: %s\n", commandLine(args))
	p, err := child.Start(child.Command{
		Args: args, Env: a.environment(settings), Out: a.raw.Err, Err: a.raw.Err, Scratch: scratch, // what the app says is no part of the report
	})
	if err != nil {
		return nil, startFailed(err)
	}
	return p, nil
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
