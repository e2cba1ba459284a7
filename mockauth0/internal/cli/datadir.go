package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"

	"golang.org/x/net/publicsuffix"

	"renewal.example/mockauth0/internal/datadir"
	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/keys"
	"renewal.example/mockauth0/internal/localca"
	"renewal.example/mockauth0/tenant"
)

// dataDirectory is where the CA and the signing keys live: --data-dir, $MOCKAUTH0_DATA_DIR, or the place where
// the platform keeps a user's data. It is an error when the environment does not say who the user is.
func (a *app) dataDirectory() (string, error) {
	if a.dataDir != "" {
		return filepath.Abs(a.dataDir)
	}
	if dir := a.env.get("MOCKAUTH0_DATA_DIR"); dir != "" {
		return filepath.Abs(dir)
	}
	return platformDataDirectory(a.env)
}

func platformDataDirectory(env Environment) (string, error) {
	// The XDG specification says to ignore a relative path.
	if dir := env.get("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "mockauth0"), nil
	}
	switch env.GOOS {
	case "windows":
		if dir := env.get("LOCALAPPDATA"); dir != "" {
			return filepath.Join(dir, "mockauth0"), nil
		}
		return "", errors.New("%LOCALAPPDATA% is not set, so there is no place to keep the CA: set MOCKAUTH0_DATA_DIR or give --data-dir")
	case "darwin":
		if home := env.get("HOME"); home != "" {
			return filepath.Join(home, "Library", "Application Support", "mockauth0"), nil
		}
	default:
		if home := env.get("HOME"); home != "" {
			return filepath.Join(home, ".local", "share", "mockauth0"), nil
		}
	}
	return "", errors.New("$HOME is not set, so there is no place to keep the CA: set MOCKAUTH0_DATA_DIR or give --data-dir")
}

// trust opens the CA and the signing keys of the data directory. What cannot be kept is made for this run only,
// with a warning: a read-only home must not stop anybody's test. flag is --domain.
func (a *app) trust(ctx context.Context, t *tenant.Config, flag string) (*localca.Authority, *keys.Pool, error) {
	_, host, err := givenDomain(flag)
	if err != nil {
		return nil, nil, err
	}
	domains := certifiedDomains(t, host)
	for _, name := range domains {
		if publicSuffix(name) {
			return nil, nil, refuse("the domain %s is one that everybody registers names below, and a CA for it could sign for all of them: "+
				"choose one of your own, such as login.acme.test", name)
		}
	}
	dir, err := a.dataDirectory()
	if err != nil {
		a.warn("%v", err)
		ca, err := localca.Temporary()
		return ca, keys.NewPool(""), err
	}
	wait := a.wait(ctx)
	ca, warning := localca.OpenOrTemporary(dir, domains, wait)
	if ca == nil {
		return nil, nil, warning
	}
	if ca.File() == "" {
		dir = ""
		warning = fmt.Errorf("%w; correct that, or name a directory that you can write to, with --data-dir or MOCKAUTH0_DATA_DIR", warning)
	}
	if warning != nil {
		a.warn("%v", warning)
	}
	a.warnOfOpenDirectory(dir)
	return ca, keys.NewWaitingPool(dir, wait), nil
}

// wait lets ctx end the wait for the lock of the data directory, and says what is waited for when it takes a second.
func (a *app) wait(ctx context.Context) datadir.Wait {
	return datadir.Wait{Done: ctx.Done(), Tell: func(dir string) {
		fmt.Fprintf(a.stdio.Err, "waiting for another mockauth0, which has the lock of the data directory %s\n", dir)
	}}
}

// warnOfOpenDirectory says when other accounts can put a CA or a signing key of their own into the data directory.
func (a *app) warnOfOpenDirectory(dir string) {
	if dir == "" {
		return
	}
	if open, err := datadir.OpenToOthers(dir); err == nil && open {
		a.warn("others can write to the data directory %s, and so put a CA of their own there: run chmod go-w %s", dir, shellWord(dir))
	}
}

// publicSuffix tells names such as com, co.uk and github.io, below which different people register theirs
// (https://publicsuffix.org). A single word that is no top-level domain, such as a name of this network, is none.
func publicSuffix(name string) bool {
	host, _ := splitDomain(strings.ToLower(name))
	host = strings.TrimSuffix(host, ".")
	if net.ParseIP(host) != nil {
		return false
	}
	suffix, official := publicsuffix.PublicSuffix(host)
	return suffix == host && (official || strings.Contains(suffix, "."))
}

// certifiedDomains are the names beyond this machine's own that the CA has to sign for.
func certifiedDomains(t *tenant.Config, host string) []string {
	if host == "" && t != nil {
		host = t.Mock.Domain
	}
	var names []string
	if host != "" && host != domain.Auto {
		names = append(names, host)
	}
	if t != nil && t.Mock.CustomDomain != "" {
		names = append(names, t.Mock.CustomDomain)
	}
	return names
}
