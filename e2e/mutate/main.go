// Command mutate asks of every patch in a directory: does its test notice? Each patch takes something away from
// the tenant, the apps or the harness and says in its header what, and which test must fail then:
//
//	Removes: the check of the state parameter
//	Test: go test ./mockauth0/internal/login/ -run TestState
//	diff --git …
//
// A patch whose test still passes SURVIVED: a test is missing. One that no longer applies or builds has to be
// written anew. Both fail the run. `make mutate` starts it; it works on copies of the checkout.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

func main() {
	focus := flag.String("focus", "", "only patches with this in their name")
	workers := flag.Int("workers", 2, "how many run at a time")
	flag.Parse()
	if flag.NArg() != 1 || *workers < 1 {
		fmt.Fprintln(os.Stderr, "usage: mutate [-focus NAME] [-workers N] DIR")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := mutate(ctx, ".", flag.Arg(0), *focus, *workers, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

// mutate tries every patch of dir on copies of the checkout in root and reports each in a line.
func mutate(ctx context.Context, root, dir, focus string, workers int, out io.Writer) (err error) {
	root, err = filepath.Abs(root)
	if err != nil {
		return err
	}
	mutations, err := read(dir, focus)
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()

	queue := make(chan mutation)
	reports := make(chan report)
	run := &runner{ctx: ctx, healthy: map[string]*sync.Once{}, wrong: map[string]string{}}
	var working sync.WaitGroup
	for i := range min(workers, len(mutations)) {
		copied, err := copyTree(ctx, root, filepath.Join(scratch, strconv.Itoa(i)))
		if err != nil {
			return err
		}
		working.Go(func() {
			for m := range queue {
				reports <- run.try(copied, m)
			}
		})
	}
	go func() {
		for _, m := range mutations {
			queue <- m
		}
		close(queue)
		working.Wait()
		close(reports)
	}()
	killed := 0
	for r := range reports {
		fmt.Fprintf(out, "%-16s %s (%s): %s\n", r.outcome, r.name, r.took.Round(time.Second/10), r.removes)
		if r.outcome == "killed" {
			killed++
		} else if r.said != "" {
			fmt.Fprintf(out, "    %s\n", strings.ReplaceAll(tail(r.said, 30), "\n", "\n    "))
		}
	}
	fmt.Fprintf(out, "%d of %d killed\n", killed, len(mutations))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if killed != len(mutations) {
		return fmt.Errorf("%d of %d patches survived or could not be tried", len(mutations)-killed, len(mutations))
	}
	return nil
}

// report is what became of one patch.
type report struct {
	mutation
	outcome string // killed, SURVIVED, does not apply, does not build, bad test
	said    string // by the tools
	took    time.Duration
}

// runner knows which tests pass without a patch: one that fails anyway notices nothing.
type runner struct {
	ctx     context.Context
	mu      sync.Mutex
	healthy map[string]*sync.Once
	wrong   map[string]string // by command: why it proves nothing
}

func (r *runner) try(t tree, m mutation) (rep report) {
	began := time.Now()
	rep.mutation = m
	defer func() { rep.took = time.Since(began) }()
	if why := r.check(t, m); why != "" {
		rep.outcome, rep.said = "bad test", why
		return rep
	}
	if err := t.apply(r.ctx, m.path, false); err != nil {
		rep.outcome, rep.said = "does not apply", err.Error()
		return rep
	}
	v, said := t.run(r.ctx, m.command())
	if err := t.apply(context.WithoutCancel(r.ctx), m.path, true); err != nil {
		rep.outcome, rep.said = "does not apply", "taking it back: "+err.Error()
		return rep
	}
	switch v {
	case failed:
		rep.outcome = "killed"
	case passed:
		rep.outcome, rep.said = "SURVIVED", "still passes: "+strings.Join(m.test, " ")
	case notBuilt:
		rep.outcome, rep.said = "does not build", said
	case notRun:
		rep.outcome, rep.said = "bad test", "with the patch no test ran: "+strings.Join(m.test, " ")
	}
	return rep
}

// check runs the test without any patch, once for each command.
func (r *runner) check(t tree, m mutation) string {
	key := strings.Join(m.test, "\x00")
	r.mu.Lock()
	once := r.healthy[key]
	if once == nil {
		once = &sync.Once{}
		r.healthy[key] = once
	}
	r.mu.Unlock()
	once.Do(func() {
		v, said := t.run(r.ctx, m.command())
		why := map[verdict]string{failed: "fails without the patch:\n" + said, notBuilt: "does not build without the patch:\n" + said, notRun: "no test matches: " + strings.Join(m.test, " ")}[v]
		r.mu.Lock()
		r.wrong[key] = why
		r.mu.Unlock()
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.wrong[key]
}

func tail(s string, lines int) string {
	all := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
