//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package datadir

import "time"

// lockPatience is how long another may have the lock before its file is taken for one that a crash left.
const lockPatience = 20 * time.Second

// nonBlocking is nothing here: there are no named pipes among files.
const nonBlocking = 0

func tryLock(path string) (unlock func(), err error) { return tryExclusive(path) }
