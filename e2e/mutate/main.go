// Command mutate asks of every mutation in a directory: does its test notice? Each takes something away from the tenant
// or the apps. A YAML file holds those of one subject:
//
//   - name: hardened-silent-any-state
//     removes: the comparison of state in a silent answer
//     test: TestState               # or spec: what Ginkgo focuses on
//     file: web/hardened/silent-renewal.js
//     anchor: if (answer.get('state') !== state) {
//     replacement: if (false) {
//
// A mutation whose test still passes SURVIVED: a test is missing. One whose anchor is gone, or that no longer builds,
// has to be written anew. Both fail the run. `make mutate` starts it; it works on copies of the checkout.
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
	focus := flag.String("focus", "", "only mutations with this in their subject/name")
	workers := flag.Int("workers", 2, "how many run at a time")
	rewordDir := flag.String("reword", "", "reword the descriptions and causes in this directory, and run go test with the arguments")
	flag.Parse()
	if *rewordDir == "" && flag.NArg() != 1 || *workers < 1 {
		fmt.Fprintln(os.Stderr, "usage: mutate [-focus NAME] [-workers N] DIR | mutate -reword DIR TEST-ARGUMENTS")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	run := func() error { return mutate(ctx, ".", flag.Arg(0), *focus, *workers, os.Stdout) }
	if *rewordDir != "" {
		run = func() error { return reword(ctx, ".", *rewordDir, flag.Args(), os.Stdout) }
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

// mutate tries every mutation of dir on copies of the checkout in root and reports each in a line.
func mutate(ctx context.Context, root, dir, focus string, workers int, out io.Writer) (err error) {
	root, err = filepath.Abs(root)
	if err != nil {
		return err
	}
	mutations, err := read(dir, focus)
	if err != nil {
		return err
	}
	tests, err := findTests(ctx, root)
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
	run := &runner{ctx: ctx, tests: tests, healthy: map[string]*sync.Once{}, wrong: map[string]string{}}
	var working sync.WaitGroup
	for i := range min(workers, len(mutations)) {
		copied, err := copyTree(ctx, root, filepath.Join(scratch, strconv.Itoa(i)))
		if err != nil {
			return err
		}
		working.Go(func() {
			for m := range queue {
				if tried := run.try(copied, m); ctx.Err() == nil { // one that was cut off says nothing
					reports <- tried
				}
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
		fmt.Fprintf(out, "%-16s %s (%s): %s\n", r.outcome, r.Name, r.took.Round(time.Second/10), r.Removes)
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
		return fmt.Errorf("%d of %d mutations survived or could not be tried", len(mutations)-killed, len(mutations))
	}
	return nil
}

// report is what became of one mutation.
type report struct {
	mutation
	outcome string // killed, SURVIVED, does not apply, does not build, bad test
	said    string // by the tools
	took    time.Duration
}

// runner knows which tests pass without a mutation: one that fails anyway notices nothing.
type runner struct {
	ctx     context.Context
	tests   map[string][]string // where each test is declared
	mu      sync.Mutex
	healthy map[string]*sync.Once
	wrong   map[string]string // by command: why it proves nothing
}

func (r *runner) try(t tree, m mutation) (rep report) {
	began := time.Now()
	rep.mutation = m
	defer func() { rep.took = time.Since(began) }()
	command, err := m.command(r.tests)
	if err != nil {
		rep.outcome, rep.said = "bad test", err.Error()
		return rep
	}
	line := strings.Join(command, " ")
	if why := r.check(t, command); why != "" {
		rep.outcome, rep.said = "bad test", why
		return rep
	}
	restore, err := t.apply(m)
	if err != nil {
		rep.outcome, rep.said = "does not apply", err.Error()
		return rep
	}
	v, said := t.run(r.ctx, command)
	if err := restore(); err != nil {
		rep.outcome, rep.said = "does not apply", "taking it back: "+err.Error()
		return rep
	}
	switch v {
	case failed:
		rep.outcome = "killed"
	case passed:
		rep.outcome, rep.said = "SURVIVED", "still passes: "+line
	case notBuilt:
		rep.outcome, rep.said = "does not build", said
	case notRun:
		rep.outcome, rep.said = "bad test", "with the mutation no test ran: "+line
	}
	return rep
}

// check runs the test without any mutation, once for each command.
func (r *runner) check(t tree, command []string) string {
	key := strings.Join(command, " ")
	r.mu.Lock()
	once := r.healthy[key]
	if once == nil {
		once = &sync.Once{}
		r.healthy[key] = once
	}
	r.mu.Unlock()
	once.Do(func() {
		v, said := t.run(r.ctx, command)
		why := map[verdict]string{
			failed:   "fails without the mutation:\n" + said,
			notBuilt: "does not build without the mutation:\n" + said,
			notRun:   "no test matches: " + key,
		}[v]
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
