package browser

import "syscall"

// sharedMemoryFlags keeps Chromium's shared memory out of /dev/shm where that is small, as in containers: a renderer
// dies when it is full. Where there is room it is much faster than files in the temp directory.
func sharedMemoryFlags() []string {
	const enough = 512 << 20 // bytes
	var at syscall.Statfs_t
	if err := syscall.Statfs("/dev/shm", &at); err == nil && at.Bavail*uint64(at.Bsize) >= enough {
		return nil
	}
	return []string{"--disable-dev-shm-usage"}
}
