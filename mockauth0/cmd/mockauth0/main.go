// Command mockauth0 is a mock Auth0 tenant for tests and for your own machine. See `mockauth0 help`.
package main

import (
	"context"
	"os"
	"runtime"

	"renewal.example/mockauth0/internal/cli"
)

func main() {
	ctx, _ := cli.WithSignals(cli.WithLifeline(context.Background()))
	environment := cli.Environment{
		Lookup: cli.LookupProcess, Environ: cli.EnvironProcess, Open: cli.OpenProgram, GOOS: runtime.GOOS, UID: os.Getuid(),
		PID: os.Getpid(), Alive: cli.ProcessAlive, Program: os.Args[0],
	}
	os.Exit(cli.Run(ctx, os.Args[1:], environment, cli.Stdio{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}
