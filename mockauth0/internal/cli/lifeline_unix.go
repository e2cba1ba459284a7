//go:build unix

package cli

import (
	"context"
	"errors"
	"os"
	"strconv"
	"syscall"
)

// lifeline names the descriptor that whoever started this process holds the other end of, such as the shim of the npm package.
const lifeline = "MOCKAUTH0_LIFELINE"

var errLifelineClosed = errors.New("the process that started this one has ended")

// WithLifeline returns a context that ends when the lifeline does: the process that started this one has ended then, whatever ended it.
// Without a lifeline, it is parent. Programs that this one runs hear of no lifeline.
func WithLifeline(parent context.Context) context.Context {
	named, ok := os.LookupEnv(lifeline)
	if !ok {
		return parent
	}
	os.Unsetenv(lifeline)
	fd, err := strconv.Atoi(named)
	if err != nil || fd < 3 {
		return parent
	}
	syscall.CloseOnExec(fd)
	ctx, cancel := context.WithCancelCause(parent)
	go func() {
		held := os.NewFile(uintptr(fd), "lifeline")
		defer held.Close()
		for buffer := make([]byte, 64); ; {
			_, err := held.Read(buffer)
			switch {
			case errors.Is(err, syscall.EBADF):
				return // the number was an older process's
			case err != nil:
				cancel(errLifelineClosed)
				return
			}
		}
	}()
	return ctx
}
