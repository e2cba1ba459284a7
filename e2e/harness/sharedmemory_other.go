//go:build !linux

package harness

// sharedMemoryFlags has nothing to do where /dev/shm does not exist.
func sharedMemoryFlags() []string { return nil }
