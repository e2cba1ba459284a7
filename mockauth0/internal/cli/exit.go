package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"renewal.example/mockauth0/internal/datadir"
	"renewal.example/mockauth0/tenant"
)

// Exit codes of Run, the same for every command. `mockauth0 --help` lists them.
const (
	// exitOK: the command did what it was asked for. A command that serves until it is ended has done so when Ctrl-C or
	// SIGTERM ends it.
	exitOK = 0
	// exitFailed: something went wrong while running: no tenant answers, a port is in use, the browser does not start.
	exitFailed = 1
	// exitRefused: the command line is wrong, or what it names: a tenant directory with problems, a recording that cannot be
	// read. Nothing was done.
	exitRefused = 2
	// exitNo: the command answered, and the answer is no: a failure that was not reproduced, a text that nothing explains.
	exitNo = 3
	// exitNotApplicable: the question does not apply: this app cannot fail so.
	exitNotApplicable = 4
	// exitNotWritten: a file, or stdout, could not be written.
	exitNotWritten = 5
	// exitExec: exec failed. Its command did not run: other codes are the command's.
	exitExec = 125
	// exitNotRunnable and exitNoCommand: exec found its command and cannot run it, or there is no such command; as env(1) and shells.
	exitNotRunnable = 126
	exitNoCommand   = 127
	// exitHangup, exitInterrupted and exitTerminated: a signal ended the command before it was done.
	exitHangup      = signalled + int(syscall.SIGHUP)
	exitInterrupted = signalled + int(syscall.SIGINT)
	exitTerminated  = signalled + int(syscall.SIGTERM)
)

// signalled is added to the number of a signal, as shells do.
const signalled = 128

// exitCodes is the table of exit codes, for people.
func exitCodes() []exitCode {
	return []exitCode{
		{exitOK, "done"},
		{exitFailed, "failed"},
		{exitRefused, "wrong usage or bad input; nothing was done"},
		{exitNo, "the answer is no: not reproduced, nothing explains it, or a check found something"},
		{exitNotApplicable, "does not apply: the app cannot fail so"},
		{exitNotWritten, "a file or stdout could not be written"},
		{exitExec, "exec itself failed; its other codes are those of its command"},
		{exitNotRunnable, "the command of exec cannot be run"},
		{exitNoCommand, "there is no such command for exec"},
		{exitHangup, "ended by SIGHUP before it was done"},
		{exitInterrupted, "ended by Ctrl-C (SIGINT) before it was done"},
		{exitTerminated, "ended by SIGTERM before it was done"},
	}
}

type exitCode struct {
	code int
	text string
}

// exitTable is the table as `mockauth0 --help` shows it.
func exitTable() string {
	var b strings.Builder
	for _, e := range exitCodes() {
		fmt.Fprintf(&b, "  %3d  %s\n", e.code, e.text)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// coded is an error that ends the program with a code of its own.
type coded struct {
	code int
	error
}

func (c coded) Unwrap() error { return c.error }

// errNo is the end of a command whose answer is no, when what it printed says so already.
var errNo = errors.New("the answer is no")

// errNotApplicable is the end of a command whose question does not apply, when what it printed says so already.
var errNotApplicable = errors.New("it does not apply")

// answerNo is the error of a command whose answer is no.
func answerNo(err error) error { return coded{exitNo, err} }

// notWritten is the error of a file, or of stdout, that could not be written.
func notWritten(format string, args ...any) error {
	return coded{exitNotWritten, fmt.Errorf(format, args...)}
}

// exitCodeOf is the code that an error ends the program with; ctx is that of the command.
func exitCodeOf(ctx context.Context, err error) int {
	var own coded
	var command commandEnded
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &command):
		return command.code
	case interrupted(ctx, err):
		return signalCode(ctx)
	case errors.As(err, new(tenant.Problems)), errors.As(err, &refused{}):
		return exitRefused
	case errors.Is(err, errNo):
		return exitNo
	case errors.Is(err, errNotApplicable):
		return exitNotApplicable
	case errors.As(err, &own):
		return own.code
	}
	return exitFailed
}

// Signalled is the cause with which a context ends when the process got a signal.
type Signalled struct{ Signal os.Signal }

func (s Signalled) Error() string { return signalName(s.Signal) }

// Is makes it a context.Canceled: net/http gives the cause of a context in place of that.
func (s Signalled) Is(target error) bool { return target == context.Canceled }

func signalName(s os.Signal) string {
	switch s {
	case syscall.SIGHUP:
		return "SIGHUP"
	case syscall.SIGTERM:
		return "SIGTERM"
	}
	return "Ctrl-C"
}

// causeOf is what ended ctx, for people.
func causeOf(ctx context.Context) string {
	var by Signalled
	if errors.As(context.Cause(ctx), &by) {
		return by.Error()
	}
	return "Ctrl-C"
}

// signalCode is the code of the signal that ended ctx; Ctrl-C when nobody says which.
func signalCode(ctx context.Context) int {
	var by Signalled
	if errors.As(context.Cause(ctx), &by) {
		if number, ok := by.Signal.(syscall.Signal); ok {
			return signalled + int(number)
		}
	}
	return exitInterrupted
}

// errInterrupted is the error of a command that was ended before it was done.
var errInterrupted = errors.New("ended before it was done")

// interrupted tells whether an error is the end of ctx and nothing else that went wrong.
func interrupted(ctx context.Context, err error) bool {
	return ctx.Err() != nil &&
		(errors.Is(err, errInterrupted) || errors.Is(err, context.Canceled) || errors.Is(err, datadir.ErrGivenUp))
}

// interruptibly runs f, which may take long or wait, but changes nothing. When ctx ends, it returns at once, and f is left to itself.
func interruptibly[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := f()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, errInterrupted
	}
}
