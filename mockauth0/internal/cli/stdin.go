package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// errStdinClosed is the cause with which a context ends when standard input has closed.
var errStdinClosed = errors.New("standard input has closed")

// untilStdinCloses returns a context that ends when standard input does: whoever started the command has ended then, or wants it
// to end. What comes there until then is read and dropped. No standard input counts as a closed one.
func (a *app) untilStdinCloses(ctx context.Context) (until context.Context, stop func()) {
	until, cancel := context.WithCancelCause(ctx)
	if a.stdio.In == nil {
		cancel(errStdinClosed)
		return until, func() {}
	}
	go func() {
		// However it ends, nothing more comes. A read that waits cannot be ended: it lasts as long as the process.
		_, _ = io.Copy(io.Discard, a.stdio.In)
		cancel(errStdinClosed)
	}()
	return until, func() { cancel(context.Canceled) }
}

// endedByStdin tells a person that closed standard input ended the command, which is no error. ctx is of untilStdinCloses.
func (a *app) endedByStdin(ctx context.Context, err error) error {
	if !errors.Is(context.Cause(ctx), errStdinClosed) {
		return err
	}
	fmt.Fprintln(a.stdio.Err, "standard input has closed, so this ends (--exit-with-stdin)")
	if interrupted(ctx, err) {
		return nil
	}
	return err
}
