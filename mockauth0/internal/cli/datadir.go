package cli

import (
	"errors"
	"fmt"
	"path/filepath"

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
// with a warning: a read-only home must not stop anybody's test. domain is the flag --domain.
func (a *app) trust(t *tenant.Config, domain string) (*localca.Authority, *keys.Pool, error) {
	if domain != "" {
		if err := tenant.CheckDomain(domain); err != nil {
			return nil, nil, refuse("--domain is %w", err)
		}
	}
	dir, err := a.dataDirectory()
	if err != nil {
		a.warn("%v", err)
		ca, err := localca.Temporary()
		return ca, keys.NewPool(""), err
	}
	ca, warning := localca.OpenOrTemporary(dir, certifiedDomains(t, domain))
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
	return ca, keys.NewPool(dir), nil
}

// certifiedDomains are the names beyond this machine's own that the CA has to sign for.
func certifiedDomains(t *tenant.Config, domain string) []string {
	if domain == "" && t != nil {
		domain = t.Mock.Domain
	}
	var names []string
	if domain != "" && domain != autoDomain {
		names = append(names, domain)
	}
	if t != nil && t.Mock.CustomDomain != "" {
		names = append(names, t.Mock.CustomDomain)
	}
	return names
}
