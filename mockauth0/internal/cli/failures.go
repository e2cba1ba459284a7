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

// tellFailures writes why renewals fail, as they do, until ctx ends: one line, and the diagnosis under it. flags are as in tellReproduce.
func (a *app) tellFailures(ctx context.Context, server *mockauth0.Server, flags string) (stop func()) {
	var told repeats
	control := controlAddress(server)
	return eachFailure(ctx, server.Tenant, func(d diagnosis.Diagnosis) {
		a.tellFailure(server.Tenant, control, flags, d, told.count(d))
	})
}

// eachFailure hands on each diagnosis when it is known, until ctx ends or stop has returned.
func eachFailure(ctx context.Context, t *mockauth0.Tenant, hear func(diagnosis.Diagnosis)) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		events := t.Subscribe(0)
		defer events.Close()
		var last uint64
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
					hear(d)
				}
			}
		}
	}()
	return func() { cancel(); <-done }
}

// tellFailure writes a diagnosis to the log: in full for the first time, and by a line when it comes again. control is as in tellDiagnosis,
// and flags are as in tellReproduce.
func (a *app) tellFailure(t *mockauth0.Tenant, control, flags string, d diagnosis.Diagnosis, times int) {
	if times > 1 {
		if worthALine(times) {
			fmt.Fprintf(a.stdio.Err, "%s %s\n", d.Date.Local().Format(clockForm), againLine(d, times))
		}
		return
	}
	var text strings.Builder // written at once: others write there, too
	w := styled{&text, terminal.Style{Width: widthOf(a.stdio.Err)}}
	tellDiagnosis(w, "", control, d)
	a.tellReproduce(w, "      ", flags, d.Causes)
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

// failures are the diagnoses of a tenant from its start on. The tenant itself keeps the latest only.
type failures struct {
	known  []diagnosis.Diagnosis
	tenant *mockauth0.Tenant
	follow func()
}

func collectFailures(t *mockauth0.Tenant) *failures {
	f := &failures{tenant: t}
	f.follow = eachFailure(context.Background(), t, func(d diagnosis.Diagnosis) { f.known = append(f.known, d) })
	return f
}

// stop ends the collecting and returns all that is known by then.
func (f *failures) stop() []diagnosis.Diagnosis {
	f.follow()
	var last uint64
	if n := len(f.known); n > 0 {
		last = f.known[n-1].Seq
	}
	for _, d := range f.tenant.Diagnoses() {
		if d.Seq > last {
			f.known = append(f.known, d)
		}
	}
	return f.known
}

// printFolded writes why renewals failed, the same failure once, with how often it was.
func (a *app) printFolded(all []diagnosis.Diagnosis, t *mockauth0.Tenant) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(a.stdio.Err, "\nmockauth0: %s failed\n", countOf(len(all), "renewal", "renewals"))
	for _, group := range alike(all) {
		a.tellFailure(t, "", "", group[0], 1) // the tenant ends
		if more := len(group) - 1; more > 0 {
			fmt.Fprintf(a.stdio.Err, "  and %s more\n", countOf(more, "time", "times"))
		}
	}
}
