//go:build !unix

package browser

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
)

// drivable is nil where this package can drive a browser. A browser is driven through two inherited pipes, and its processes
// end as a group; neither is done here yet.
func drivable() error {
	return fmt.Errorf("%w on %s: run this on Linux or macOS; on Windows, the Windows Subsystem for Linux will do",
		ErrNotDrivable, runtime.GOOS)
}

func attach(*exec.Cmd, *os.File, *os.File) {}

func killAll(command *exec.Cmd) { _ = command.Process.Kill() }
