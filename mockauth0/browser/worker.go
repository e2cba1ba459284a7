package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-rod/rod/lib/proto"
)

// pagesWorker is the kind of a worker that a page, or another such worker, starts for itself with new Worker. SDKs keep refresh
// tokens in one.
const pagesWorker = "worker"

// startWorker lets a worker run, with the clock in it before its first statement.
func (t *target) startWorker(ctx context.Context) {
	ctx, cancel := context.WithTimeoutCause(ctx, t.world.options.Patience, errors.New("its script did not begin"))
	defer cancel()
	err := t.beginOnClock(ctx)
	if err == nil {
		return
	}
	t.mu.Lock()
	t.realTime = true
	t.mu.Unlock()
	select {
	case <-t.gone: // it needs no clock
	default:
		t.world.keepsRealTime(t, ": "+err.Error())
	}
}

// beginOnClock puts the clock into a worker that waits for its debugger. Such a worker has not got all of its globals yet, so that it
// runs on to its first statement and is stopped there. It goes on from there also when that takes longer than ctx.
func (t *target) beginOnClock(ctx context.Context) error {
	stop, err := t.runToFirstStatement(ctx)
	if err == nil {
		err = t.atFirstStatement(ctx)
	}
	stopped := t.stopped.Load()
	if err == nil && !stopped {
		err = t.unstop(ctx, stop, false) // or the clock's own script would be stopped
	}
	if err == nil {
		err = t.setWorkerClock(ctx)
	}
	if stopped || err != nil {
		after, cancel := t.world.patience()
		defer cancel()
		if goOn := t.unstop(after, stop, true); stopped { // else there is nothing to go on from, as a rule
			err = errors.Join(err, goOn)
		}
	}
	return err
}

// runToFirstStatement lets the worker run, in one round trip, and gives the stop that it will come to.
func (t *target) runToFirstStatement(ctx context.Context) (proto.DebuggerBreakpointID, error) {
	answers, err := t.on(ctx).answers(
		of(proto.DebuggerEnable{}),
		of(proto.DebuggerSetInstrumentationBreakpoint{
			Instrumentation: proto.DebuggerSetInstrumentationBreakpointInstrumentationBeforeScriptExecution}),
		of(proto.RuntimeRunIfWaitingForDebugger{}),
	)
	if err != nil {
		return "", err
	}
	var set proto.DebuggerSetInstrumentationBreakpointResult
	if err := json.Unmarshal(answers[1], &set); err != nil {
		return "", fmt.Errorf("stop at its first statement: %w", err)
	}
	return set.BreakpointID, nil
}

// unstop takes the stop away. The debugger stays enabled, and is to stop at nothing: Chromium 156 crashes in a later garbage
// collection when it is disabled while a worker is stopped.
func (t *target) unstop(ctx context.Context, stop proto.DebuggerBreakpointID, stopped bool) error {
	commands := []command{of(proto.DebuggerRemoveBreakpoint{BreakpointID: stop}), of(proto.DebuggerSetSkipAllPauses{Skip: true})}
	if stopped {
		commands = append(commands, of(proto.DebuggerResume{}))
	}
	return t.on(ctx).batch(commands...)
}

// atFirstStatement waits until the worker has stopped there, or has a script of which no statement can run.
func (t *target) atFirstStatement(ctx context.Context) error {
	select {
	case <-t.begun:
		return nil
	case <-t.gone:
		return errTargetGone
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// setWorkerClock puts the clock in. Time may be moved meanwhile: where the clock stands is said again until it is still so
// afterwards.
func (t *target) setWorkerClock(ctx context.Context) error {
	source, set := clockScript(), ""
	for set != t.world.setting(t.page) {
		set = t.world.setting(t.page)
		answer, err := proto.RuntimeEvaluate{Expression: source + t.world.beginScript(t)}.Call(t.on(ctx))
		if err != nil {
			return fmt.Errorf("put the clock into it: %w", err)
		}
		if answer.ExceptionDetails != nil {
			return fmt.Errorf("put the clock into it: %s", exceptionText(answer.ExceptionDetails))
		}
		source = ""
	}
	return nil
}

// keepsRealTime notes a worker whose clock the World does not move.
func (w *World) keepsRealTime(t *target, why string) {
	if !strings.Contains(string(t.kind), "work") {
		return // the browser's own, such as its bar for addresses
	}
	text := strings.ReplaceAll(string(t.kind), "_", " ") + " " + t.address + why
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Contains(w.realTime, text) {
		w.realTime = append(w.realTime, text)
	}
}

// OnRealTime lists what runs scripts in the World and keeps real time, by kind and address: service workers and shared workers, which
// belong to several pages at once, and worklets. Advance does not fire their timers, and their Date stays where it is. The
// workers that a page starts with new Worker move with the page.
func (w *World) OnRealTime() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.realTime)
}

// starting counts the workers whose script is about to begin. One that waits for the network is not among them: its requests
// count, and the tenant may hold them back.
func (w *World) starting() (n int) {
	w.mu.Lock()
	all := slices.Clone(w.targets)
	w.mu.Unlock()
	for _, t := range all {
		if t.kind == pagesWorker && !t.isReady() && !w.traffic.awaits(t) {
			n++
		}
	}
	return n
}

func (t *target) isReady() bool {
	select {
	case <-t.ready:
		return true
	case <-t.gone:
		return true
	default:
		return false
	}
}
