//go:build unix

package browser

import (
	"os"
	"os/exec"
	"syscall"
)

// drivable is nil where this package can drive a browser.
func drivable() error { return nil }

// attach hands the browser its ends of the pipes, as descriptors 3 and 4, and makes it the leader of a group of processes.
func attach(command *exec.Cmd, toBrowser, fromBrowser *os.File) {
	command.ExtraFiles = []*os.File{toBrowser, fromBrowser}
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

// killAll ends the whole group, also when its leader has left: a renderer may linger.
func killAll(command *exec.Cmd) {
	_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
}
