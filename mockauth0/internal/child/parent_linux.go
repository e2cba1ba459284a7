package child

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// endWithParent has the kernel end the command when this process ends.
func endWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = unix.SIGTERM }

// adoptOrphans makes this process the parent of what the command leaves behind, so that it can see the end of that. Elsewhere the
// first process is, and in a container that often takes no exit codes.
func adoptOrphans() {
	_ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) // without it, waiting takes longer at worst
}
