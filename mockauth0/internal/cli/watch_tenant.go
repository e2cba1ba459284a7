package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"renewal.example/mockauth0/admin"
	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/diagnose"
	"renewal.example/mockauth0/internal/terminal"
)

type watchFlags struct {
	at     where
	expect []string
	json   bool
	all    bool
	noWait bool
}

func (a *app) watchCommand() *cobra.Command {
	var flags watchFlags
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Follow a running tenant: who asks what, and why renewals fail",
		Long: "watch prints one line for each request to a running tenant. Under a renewal that failed it prints why: the causes in\n" +
			"order of likelihood, the evidence, and what to change; one that fails again in the same way is a line with a count. With\n" +
			"--expect it also reports a renewal that never comes. watch waits for a tenant that is not there yet, and for one that goes\n" +
			"away, and goes on when it is back.",
		Example: lines(
			"mockauth0 watch                                   the tenant of mockauth0 serve or run",
			"mockauth0 watch --url https://login.acme.localhost:4443",
			"mockauth0 watch --url https://localhost:4443      the only tenant there, whatever its domain is",
			`mockauth0 watch --expect "Tutorial SPA"           report it when its renewal does not come`,
			"mockauth0 watch --json                            one object a line, for programs",
		),
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.watchTenant(cmd.Context(), flags) },
	}
	f := cmd.Flags()
	flags.at.flags(f)
	f.StringArrayVar(&flags.expect, "expect", nil,
		"name or id of a client whose page is open, so that it has to renew; may be given several times")
	f.BoolVar(&flags.json, "json", false, "print one object a line: {\"exchange\": …}, {\"learned\": …} or {\"diagnosis\": …}")
	f.BoolVar(&flags.noWait, "no-wait", false, "fail when no tenant answers, and when it goes away")
	f.BoolVar(&flags.all, "all", false, "begin with the events that the tenant still has")
	return cmd
}

func (a *app) watchTenant(ctx context.Context, flags watchFlags) error {
	r, err := a.remoteTenant(flags.at)
	if err != nil {
		return err
	}
	defer r.api.Close()
	w := &watching{app: a, remote: r, flags: flags}
	defer w.stopExpecting()
	for {
		err := w.session(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case flags.noWait || !errors.Is(err, errNoTenant):
			return err
		}
		if err := w.wait(ctx); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return nil
		}
	}
}

// watching is one run of the command.
type watching struct {
	app    *app
	remote *remote
	flags  watchFlags
	begun  bool        // a tenant was watched
	waited bool        // there was none for a while
	last   event.Event // the newest one that came
	told   uint64      // number of the newest diagnosis that was printed
	seen   repeats
}

// session follows the tenant until it ends, which is errNoTenant, or ctx does.
func (w *watching) session(ctx context.Context) error {
	after, err := w.begin(ctx)
	if err != nil {
		return err
	}
	if err := w.expect(ctx); errors.Is(err, errNoTenant) {
		return err
	} else if err != nil {
		return refused{err}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	events, connected, ended := make(chan event.Event), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- w.remote.api.FollowEvents(ctx, admin.EventFilter{After: after}, func() { close(connected) }, func(e event.Event) error {
			select {
			case events <- e:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	select {
	case <-connected:
	case err := <-ended:
		return err
	}
	if !w.begun {
		fmt.Fprintf(w.app.stdio.Err, "watching %s; Ctrl-C ends it\n", w.remote.tenant())
	} else {
		fmt.Fprintf(w.app.stdio.Err, "watching goes on at %s: it is there again\n", w.remote.tenant())
	}
	w.begun = true
	return w.follow(ctx, events, ended)
}

// begin finds out after which event to follow the tenant. One that was there before is followed from where it went away, and another
// one, or one that was waited for, from its start.
func (w *watching) begin(ctx context.Context) (after uint64, err error) {
	last, err := w.remote.api.LastEvent(ctx)
	if err != nil {
		return 0, err
	}
	if w.begun || w.waited || w.flags.all {
		same, err := w.same(ctx, last)
		if err == nil && !same {
			w.last, w.told, w.seen = event.Event{}, 0, repeats{}
		}
		return w.last.Seq, err
	}
	known, err := w.remote.api.Diagnoses(ctx, 0)
	if err != nil {
		return 0, err
	}
	if len(known) > 0 {
		w.told = known[len(known)-1].Seq
	}
	return last, nil
}

// same tells whether the tenant is the one whose last event came: it still has that, or has so many that it need not.
func (w *watching) same(ctx context.Context, last uint64) (bool, error) {
	if w.last.Seq == 0 || last < w.last.Seq {
		return false, nil
	}
	got, _, err := w.remote.api.Events(ctx, admin.EventFilter{After: w.last.Seq - 1})
	if err != nil || len(got) == 0 || got[0].Seq != w.last.Seq {
		return err == nil, err
	}
	return got[0].Date.Equal(w.last.Date), nil
}

// lookAgain is how often watch looks whether a tenant is there that it waits for. It is wall time.
const lookAgain = 500 * time.Millisecond

// wait says once that there is no tenant, and returns when there is one, or ctx has ended.
func (w *watching) wait(ctx context.Context) error {
	w.waited = true
	if w.begun {
		fmt.Fprintf(w.app.stdio.Err, "%s has gone; waiting until it is back\n", w.remote.tenant())
	} else {
		fmt.Fprintf(w.app.stdio.Err, "no tenant answers at %s yet; waiting for it. Start one with %s, or end this with Ctrl-C\n",
			w.remote.tenant(), w.app.again("serve"))
	}
	w.remote.domain = "" // the next tenant may have another one
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-clock.WallAfter(lookAgain):
		}
		_, err := w.remote.api.LastEvent(ctx)
		if !errors.Is(err, errNoTenant) {
			return err
		}
	}
}

// follow prints what the event stream tells until it ends.
func (w *watching) follow(ctx context.Context, events <-chan event.Event, ended <-chan error) error {
	lines := diagnose.NewFollower()
	for {
		select {
		case <-ctx.Done():
			return nil // and the reader of the stream ends with ctx
		case err := <-ended:
			if err == nil {
				err = fmt.Errorf("the tenant has ended%w", errNoTenant)
			}
			return err
		case e := <-events:
			w.last = e
			if err := w.printLearned(e); err != nil {
				return err
			}
			line, ok := lines.Take(e)
			if !ok {
				continue
			}
			text := line.String()
			if line.Failed {
				text = terminal.Red(text)
			}
			if err := w.print("exchange", line, text); err != nil {
				return err
			}
			if err := w.diagnoses(ctx); err != nil {
				return err
			}
			if line.Renewal {
				if err := w.expect(ctx); err != nil {
					return err
				}
			}
		case <-clock.WallAfter(glanceAtFailures):
			if err := w.diagnoses(ctx); err != nil {
				return err
			}
		}
	}
}

// diagnoses prints those that are new.
func (w *watching) diagnoses(ctx context.Context) error {
	got, err := w.remote.api.Diagnoses(ctx, w.told)
	if err != nil {
		return err
	}
	for _, d := range got {
		w.told = d.Seq
		if err := w.printDiagnosis(d); err != nil {
			return err
		}
		if d.Kind == diagnosis.KindAbsence {
			if err := w.expect(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// printLearned prints what the tenant learned from its app.
func (w *watching) printLearned(e event.Event) error {
	change := event.Of[event.Config](e)
	if change.Change != event.ConfigLearned {
		return nil
	}
	return w.print("learned", map[string]string{"name": change.Learned, "value": change.Value},
		e.Date.Format("15:04:05")+"  "+printable(e.Description))
}

// printDiagnosis prints a diagnosis under its request: in full for the first time, and by a line when it comes again. Programs get each.
func (w *watching) printDiagnosis(d diagnosis.Diagnosis) error {
	times := w.seen.count(d)
	if w.flags.json || times > 1 {
		return w.print("diagnosis", d, "   "+againLine(d, times))
	}
	var text strings.Builder
	out := styled{&text, terminal.Style{Width: widthOf(w.app.stdio.Out)}}
	tellDiagnosis(out, "   ", w.remote.base, d)
	w.app.tellReproduce(out, "         ", "", d.Causes)
	return w.print("diagnosis", d, strings.TrimRight(text.String(), "\n"))
}

func (w *watching) print(name string, v any, text string) error {
	if w.flags.json {
		raw, err := json.Marshal(map[string]any{name: v})
		if err != nil {
			return err
		}
		text = string(raw)
	}
	out := w.app.stdio.Out
	if w.flags.json {
		out = w.app.out.json
	}
	_, err := fmt.Fprintln(out, text)
	return err
}

// expect tells the tenant whose pages are open: once at the beginning, and again after each renewal.
func (w *watching) expect(ctx context.Context) error {
	for _, client := range w.flags.expect {
		if err := w.remote.api.ExpectRenewal(ctx, client, time.Time{}); err != nil {
			return err
		}
	}
	return nil
}

// stopExpecting takes that back: from now on nobody says that a page is open.
func (w *watching) stopExpecting() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	for _, client := range w.flags.expect {
		// a tenant that has ended expects nothing either
		_ = w.remote.api.StopExpecting(ctx, client)
	}
}
