//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package datadir

import "time"

func lockFile(path string) (unlock func(), err error) {
	return lockExclusive(path, 20*time.Second)
}
