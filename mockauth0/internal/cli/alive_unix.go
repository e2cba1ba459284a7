//go:build unix

package cli

import (
	"errors"
	"syscall"
)

// ProcessAlive tells whether there is a process with this id.
func ProcessAlive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM) // EPERM: it is another user's
}
