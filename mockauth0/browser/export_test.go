package browser

import (
	"os"
	"os/exec"
)

// ProxyOf is the address of a World's proxy.
func ProxyOf(w *World) string { return w.proxy.listener.Addr().String() }

// Group makes a browser that a test starts the leader of a group of processes; KillGroup ends all of them. The program of a
// distribution may be a script, whose end does not end the browser.
func Group(command *exec.Cmd, nothing *os.File) { attach(command, nothing, nothing) }

// KillGroup ends all processes of a group.
func KillGroup(command *exec.Cmd) { killAll(command) }
