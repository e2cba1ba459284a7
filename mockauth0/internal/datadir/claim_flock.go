//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package datadir

func claim(path string) (func(), error) { return tryLock(path) }
