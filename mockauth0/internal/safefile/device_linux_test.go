package safefile

import "syscall"

// makeDevice makes what /dev/null is; only root may.
func makeDevice(path string) error { return syscall.Mknod(path, syscall.S_IFCHR|0o600, 1<<8|3) }
