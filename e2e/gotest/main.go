// Command gotest is go test for targets that select tests by name or package: it fails when no test ran. A test that was
// renamed or moved away would leave such a target green for ever.
//
// It takes the arguments of go test and shows what go test shows; -tests=TestOne,TestTwo stands for a -run of these names,
// of which each must run. Each package that is named, and the whole of those that
// a pattern with ... matches, must run at least one test or benchmark that does not skip itself.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, ".", os.Args[1:], os.Stdout, os.Stderr)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		os.Exit(max(1, exit.ExitCode())) // go test has said why
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gotest:", err)
		os.Exit(1)
	}
}

const namesFlag = "-tests="

// run runs go test in dir and counts.
func run(ctx context.Context, dir string, args []string, out, errs io.Writer) error {
	var wanted []string
	if len(args) > 0 && strings.HasPrefix(args[0], namesFlag) {
		wanted = strings.Split(strings.TrimPrefix(args[0], namesFlag), ",")
		args = append([]string{"-run", "^(" + strings.Join(wanted, "|") + ")$"}, args[1:]...)
	}
	cmd := exec.CommandContext(ctx, "go", append([]string{"test", "-json"}, args...)...)
	cmd.Dir = dir
	cmd.Stderr = errs
	events, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	c := counter{
		out: out, verbose: slices.Contains(args, "-v"), held: map[string]*bytes.Buffer{}, ran: map[string]int{}, tests: map[string]bool{},
	}
	lines := bufio.NewScanner(events)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		c.take(lines.Bytes())
	}
	_, _ = io.Copy(io.Discard, events)
	if err := errors.Join(lines.Err(), cmd.Wait()); err != nil {
		return err
	}
	for _, name := range wanted {
		if !c.tests[name] {
			return fmt.Errorf("%s did not run: go test %s", name, strings.Join(args, " "))
		}
	}
	return c.enough(args)
}

// event is a line of go test -json (go doc test2json).
type event struct{ Action, Package, Test, Output string }

type counter struct {
	out     io.Writer
	verbose bool
	held    map[string]*bytes.Buffer // what tests print, until they are known to have failed
	ran     map[string]int           // tests by package; 0: it has none that ran
	tests   map[string]bool          // names of those that ran
}

func (c *counter) take(line []byte) {
	var e event
	if json.Unmarshal(line, &e) != nil {
		fmt.Fprintf(c.out, "%s\n", line)
		return
	}
	key := e.Package + " " + e.Test
	switch e.Action {
	case "start":
		c.ran[e.Package] += 0
	case "output", "build-output":
		if strings.Contains(e.Output, " ns/op") { // a benchmark has no line of its own for its end; its own figures may follow
			c.ran[e.Package]++
		}
		c.print(key, e)
	case "pass", "fail":
		if e.Test != "" && !strings.Contains(e.Test, "/") {
			c.ran[e.Package]++
			c.tests[e.Test] = true
		}
		if held := c.held[key]; held != nil && e.Action == "fail" {
			_, _ = held.WriteTo(c.out)
		}
		delete(c.held, key)
	case "skip":
		delete(c.held, key)
	}
}

// print shows what the package says at once, and what a test says when it fails, as go test does without -v.
func (c *counter) print(key string, e event) {
	switch {
	case !c.verbose && (strings.HasPrefix(e.Output, "=== ") || strings.TrimSpace(e.Output) == e.Test && e.Test != ""):
		return
	case c.verbose || e.Test == "" || strings.HasPrefix(e.Test, "Benchmark"):
		_, _ = io.WriteString(c.out, e.Output)
		return
	}
	if c.held[key] == nil {
		c.held[key] = &bytes.Buffer{}
	}
	c.held[key].WriteString(e.Output)
}

// enough tells whether tests ran wherever they were looked for.
func (c *counter) enough(args []string) error {
	line := strings.Join(args, " ")
	total := 0
	for _, n := range c.ran {
		total += n
	}
	if total == 0 {
		return fmt.Errorf("no test ran: go test %s", line)
	}
	if slices.ContainsFunc(args, func(a string) bool { return strings.HasSuffix(a, "...") }) {
		return nil
	}
	for name, n := range c.ran {
		if n == 0 {
			return fmt.Errorf("no test ran in %s: go test %s", name, line)
		}
	}
	return nil
}
