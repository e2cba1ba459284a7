//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package datadir

import (
	"errors"
	"os"
	"syscall"

	"renewal.example/mockauth0/internal/safefile"
)

// lockPatience is without end: the kernel gives an flock back when a process dies, so nothing is ever stale.
const lockPatience = 0

// nonBlocking is the flag with which a named pipe is not waited for.
const nonBlocking = syscall.O_NONBLOCK

func tryLock(path string) (unlock func(), err error) {
	if _, err := safefile.Exists(path); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, Private)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = errHeld
		}
		return nil, err
	}
	return func() { f.Close() }, nil
}
