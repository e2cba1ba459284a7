package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// inUse tells whether an address cannot be listened on because another program does.
func inUse(err error) bool {
	const windowsAddressInUse = syscall.Errno(10048)
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, windowsAddressInUse)
}

// listenSites opens the sites' sockets and checks that the tenant's address is free. It names all that are taken
// at once: another `mockauth0 run` has every one of them. What it advises keeps the flags that were given.
func listenSites(ctx context.Context, sites []*site, tenant string, given []givenFlag) error {
	var listen net.ListenConfig
	held := &site{flag: "--listen", address: tenant}
	defer closeSites([]*site{held}) // for the server, which opens it itself
	var taken []*site
	for _, s := range append([]*site{held}, sites...) {
		address, err := checkedAddress(s.flag, s.address)
		if err != nil {
			return err
		}
		s.socket, err = listen.Listen(ctx, "tcp", address)
		switch {
		case err == nil:
		case inUse(err):
			s.socket = nil
			taken = append(taken, s)
		default:
			s.socket = nil
			return explainListen(err, address, s.flag)
		}
	}
	if len(taken) == 0 {
		return nil
	}
	var list, flags strings.Builder
	moved := map[string]bool{}
	for _, s := range taken {
		moved[s.flag] = true
		host, port, _ := net.SplitHostPort(s.address)
		fmt.Fprintf(&list, "\n  port %s is in use (%s): choose another with %s", port, s.address, s.flag)
		fmt.Fprintf(&flags, " %s %s", s.flag, net.JoinHostPort(host, "0"))
	}
	for _, f := range given {
		if !moved[f.name] {
			fmt.Fprintf(&flags, " %s %s", f.name, shellWord(f.value))
		}
	}
	return fmt.Errorf("%s cannot be used; another `mockauth0 run` may be running, or another program has them: stop it, or choose others%s\n"+
		"With port 0 it is any free one:  mockauth0 run%s\nThe same by make:                make run ARGS=\"%s\"",
		countOf(len(taken), "address", "addresses"), &list, &flags, strings.TrimSpace(flags.String()))
}

// givenFlag is a flag of the command line, with its value.
type givenFlag struct{ name, value string }

func givenFlags(cmd *cobra.Command, names ...string) (given []givenFlag) {
	for _, name := range names {
		if f := cmd.Flags().Lookup(name); f != nil && f.Changed {
			given = append(given, givenFlag{"--" + name, f.Value.String()})
		}
	}
	return given
}
