//go:build unix

package safefile

import "syscall"

// noFollow are the flags with which a path leads to no other file, and a named pipe is not waited for.
const noFollow = syscall.O_NOFOLLOW | syscall.O_NONBLOCK
