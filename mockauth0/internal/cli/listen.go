package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
)

// inUse tells whether an address cannot be listened on because another program does.
func inUse(err error) bool {
	const windowsAddressInUse = syscall.Errno(10048)
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, windowsAddressInUse)
}

// listenSites opens the sites' sockets and checks that the tenant's address is free. It names all that are taken
// at once: another `mockauth0 run` has every one of them.
func listenSites(ctx context.Context, sites []*site, tenant string) error {
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
	for _, s := range taken {
		host, port, _ := net.SplitHostPort(s.address)
		fmt.Fprintf(&list, "\n  port %s is in use (%s): choose another with %s", port, s.address, s.flag)
		fmt.Fprintf(&flags, " %s %s", s.flag, net.JoinHostPort(host, "0"))
	}
	return fmt.Errorf("%s cannot be used; another `mockauth0 run` may be running, or another program has them: stop it, or choose others%s\n"+
		"With port 0 it is any free one:  mockauth0 run%s\nThe same by make:                make run ARGS=%q",
		countOf(len(taken), "address", "addresses"), &list, &flags, strings.TrimSpace(flags.String()))
}
