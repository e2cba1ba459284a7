package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"slices"
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

// startedApp is an app that check started.
type startedApp struct {
	during context.Context   // ends with the command
	clock  *mockauth0.Server // a tenant that nobody logs in to: the app's programs go by its clock
	stop   func()            // ends the app with all that it started
}

// startApp starts the app by a command that trusts the tenant and goes by its clock, and waits until it answers at its address.
func (a *app) startApp(ctx context.Context, args []string, app check.App, ca mockauth0.CA, pool mockauth0.KeyPool) (*startedApp, error) {
	if appAnswers(ctx, app.URL) {
		return nil, refuse("an app answers at %s already: end it, or leave out the command that starts one", app.URL)
	}
	var ends []func()
	stop := func() {
		for _, end := range slices.Backward(ends) {
			end()
		}
	}
	scratch, remove, err := a.scratch("check")
	if err != nil {
		return nil, err
	}
	ends = append(ends, remove)
	keeper, err := mockauth0.Start(mockauth0.Options{Scheme: domain.HTTP, Domain: domain.Auto, Listen: "127.0.0.1:0", CA: ca, Keys: pool})
	if err != nil {
		stop()
		return nil, err
	}
	ends = append(ends, func() { _ = keeper.Close() })
	moved, err := a.movedClockOf(ctx, keeper, scratch)
	if err != nil {
		stop()
		return nil, err
	}
	moved.clock, moved.control = moved.control, atDomain(app.Domain).URL()+names.ControlPath
	ends = append(ends, a.keepInStep(keeper, moved))
	p, err := a.launchApp(args, moved, ca, scratch)
	if err != nil {
		stop()
		return nil, err
	}
	ends = append(ends, func() {
		if p.End(nil) {
			a.warn("the app, or something that it started, did not end in time, and was killed")
		}
	})
	if err := answersSoon(ctx, app.URL, p); err != nil {
		stop()
		return nil, err
	}
	during, cancel := context.WithCancelCause(ctx)
	go func() {
		<-p.Done()
		cancel(fmt.Errorf("the app's command ended during the check, with exit code %d", p.Code()))
	}()
	return &startedApp{during, keeper, stop}, nil
}

// launchApp starts the command, with the files that it reads in scratch.
func (a *app) launchApp(args []string, moved movedClock, ca mockauth0.CA, scratch string) (*child.Process, error) {
	settings, err := a.trustFiles(ca, scratch)
	if err != nil {
		return nil, err
	}
	settings = append(append(settings, moved.variables()...), a.loaded(moved)...)
	fmt.Fprintf(a.stdio.Err, "mockauth0: starting the app: %s\n", commandLine(args))
	p, err := child.Start(child.Command{
		Args: args, Env: a.environment(settings), Out: a.raw.Err, Err: a.raw.Err, Scratch: scratch, // what the app says is no part of the report
	})
	if err != nil {
		return nil, fmt.Errorf("the app cannot be started: %w", err) // 126 and 127 are codes of exec alone
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
