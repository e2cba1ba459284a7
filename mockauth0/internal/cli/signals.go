package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// WithSignals returns a context that the first Ctrl-C, SIGTERM or SIGHUP ends, with a Signalled as its cause. A second one ends
// the process at once. SIGHUP counts unless whoever started the process made it ignore that, as nohup does.
func WithSignals(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	which := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		which = append(which, syscall.SIGHUP)
	}
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, which...)
	go func() {
		select {
		case s := <-caught:
			signal.Stop(caught)
			cancel(Signalled{s})
		case <-ctx.Done():
			signal.Stop(caught)
		}
	}()
	return ctx, func() { cancel(context.Canceled) }
}
