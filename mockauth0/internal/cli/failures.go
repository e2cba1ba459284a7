package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/terminal"
)

// glanceAtFailures is how often to look for what no event tells: a request that nobody waits for any more. It is wall time.
const glanceAtFailures = 2 * time.Second

// tellFailures writes why renewals fail, as they do, until ctx ends: one line, and the diagnosis under it.
func (a *app) tellFailures(ctx context.Context, t *mockauth0.Tenant) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		events := t.Subscribe(0)
		defer events.Close()
		var last uint64
		var told repeats
		for {
			select {
			case <-ctx.Done():
				return
			case e := <-events.C:
				if e.Kind != event.KindResponse && e.Kind != event.KindNoAnswer {
					continue
				}
			case <-clock.WallAfter(glanceAtFailures):
			}
			for _, d := range t.Diagnoses() {
				if d.Seq > last {
					last = d.Seq
					a.tellFailure(t, d, told.count(d))
				}
			}
		}
	}()
	return func() { cancel(); <-done }
}

// tellFailure writes a diagnosis to the log: in full for the first time, and by a line when it comes again.
func (a *app) tellFailure(t *mockauth0.Tenant, d diagnosis.Diagnosis, times int) {
	if times > 1 {
		if worthALine(times) {
			fmt.Fprintf(a.stdio.Err, "%s %s\n", d.Date.Local().Format(clockForm), againLine(d, times))
		}
		return
	}
	var text strings.Builder // written at once: others write there, too
	w := styled{&text, terminal.Style{Width: widthOf(a.stdio.Err)}}
	tellDiagnosis(w, "", d)
	a.tellReproduce(w, "      ", d.Causes)
	fmt.Fprintf(a.stdio.Err, "%s %s%s", d.Date.Local().Format(clockForm), text.String(), armed(t, d))
}

// armed reminds of the faults that somebody armed and that fired on the request. The diagnosis cannot know of them: it judges
// by what a real tenant would have seen as well.
func armed(t *mockauth0.Tenant, d diagnosis.Diagnosis) string {
	if d.Request == "" {
		return ""
	}
	var names []string
	for _, e := range t.Events(0) {
		if fired, ok := e.Data.(*event.Fault); ok && e.Request == d.Request {
			names = append(names, fired.ID)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "  armed here, and fired on this request: " + strings.Join(names, ", ") + "\n"
}
