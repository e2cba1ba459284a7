// Command mockauth0 is a mock Auth0 tenant for tests and for your own machine. See `mockauth0 help`.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"renewal.example/mockauth0/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	environment := cli.Environment{
		Lookup: cli.LookupProcess, Open: cli.OpenProgram, GOOS: runtime.GOOS, UID: os.Getuid(), PID: os.Getpid(), Program: os.Args[0],
	}
	os.Exit(cli.Run(ctx, os.Args[1:], environment, cli.Stdio{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}
