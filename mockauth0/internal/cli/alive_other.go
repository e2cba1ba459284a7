//go:build !unix

package cli

import "os"

// ProcessAlive tells whether there is a process with this id.
func ProcessAlive(pid int) bool {
	process, err := os.FindProcess(pid) // which opens it
	if err != nil {
		return false
	}
	_ = process.Release() // nothing was done with it
	return true
}
