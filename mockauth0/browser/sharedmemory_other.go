//go:build !linux

package browser

// sharedMemoryFlags has nothing to do where /dev/shm does not exist.
func sharedMemoryFlags() []string { return nil }
