package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"

	"renewal.example/fixtures"
	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/tenant"
)

const (
	defaultListen = "127.0.0.1:4443"
	fixtureName   = "tutorial" // served when no directory is given
)

// load reads a tenant directory, or the built-in tutorial tenant when dir is empty. Its error
// holds tenant.Problems when the directory is wrong. Warnings go to stderr, whether it is wrong or not.
func (a *app) load(ctx context.Context, dir string, strict bool) (*tenant.Config, error) {
	values, err := a.keywords()
	if err != nil {
		return nil, err
	}
	options := tenant.LoadOptions{Env: values, Strict: strict}
	t, err := interruptibly(ctx, func() (*tenant.Config, error) {
		if dir == "" {
			return builtIn(options)
		}
		return tenant.LoadDir(dir, options)
	})
	var failed *tenant.LoadError
	if errors.As(err, &failed) {
		a.warnAll(failed.Warnings) // first, since they may tell what led to the problems
	}
	if err != nil {
		return nil, err
	}
	a.warnAll(t.Warnings)
	return t, nil
}

// tenantOf is the tenant of a directory that a person may name; nil: none is named.
func (a *app) tenantOf(ctx context.Context, dir string) (*tenant.Config, error) {
	if dir == "" {
		return nil, nil
	}
	return a.load(ctx, dir, false)
}

func (a *app) warnAll(warnings tenant.Problems) {
	for _, w := range warnings {
		a.warn("%s", w)
	}
}

func builtIn(options tenant.LoadOptions) (*tenant.Config, error) {
	dir, err := fixtures.Tenant(fixtureName)
	if err != nil {
		return nil, err
	}
	return tenant.Load(dir, fixtureName, options)
}

// listenAddress decides where to listen: the flag, mock.yaml, or 127.0.0.1:4443.
func listenAddress(flag string, t *tenant.Config) (string, error) {
	switch {
	case flag != "":
		return checkedAddress("--listen", flag)
	case t.Mock.Listen != "":
		return checkedAddress("listen in mock.yaml", t.Mock.Listen)
	default:
		return defaultListen, nil
	}
}

// checkedAddress refuses what is not HOST:PORT; name is the flag that gave it.
func checkedAddress(name, address string) (string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", refuse("%s is %q; expected HOST:PORT, such as %s (port 0: any free port)", name, address, defaultListen)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return "", refuse("%s has the port %q; expected a number from 0 (any free port) to 65535", name, port)
	}
	if host == "" {
		return "", refuse("%s is %q, which names no host; use 127.0.0.1:%s, or 0.0.0.0:%s to be reachable from other machines", name,
			address, port, port)
	}
	return address, nil
}

func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	return httpx.LoopbackName(host)
}

// domainOf is the domain that `serve` would have for this tenant, without starting it, as the server writes it.
func domainOf(flag, listen string, t *tenant.Config) string {
	scheme, host := domain.Split(flag)
	if host = cmp.Or(host, t.Mock.Domain); host == "" || host == domain.Auto {
		host = "localhost"
		if _, port, err := net.SplitHostPort(listen); err == nil {
			host = net.JoinHostPort(host, port)
		}
	}
	return domain.New(host, cmp.Or(scheme, t.Mock.Scheme) == domain.HTTP).String()
}

func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
