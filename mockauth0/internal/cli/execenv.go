package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/names"
)

// commandEnv is the environment of a command that exec runs: this process's own, and over it the settings of the tenant. What the
// command trusts, and only it reads, is in files of scratch. moved nil: its clock is not moved.
func (a *app) commandEnv(server *mockauth0.Server, facts envFacts, formats []envFormat, moved *movedClock, scratch string) (
	[]string, error,
) {
	settings := ownNames(facts)
	for _, format := range formats {
		if !format.code && format.name != "dotenv" && format.name != "shell" { // which have these names too
			settings = append(settings, format.variables(facts)...)
		}
	}
	trusted, err := a.trustFiles(server.CA(), scratch)
	if err != nil {
		return nil, err
	}
	settings = append(settings, trusted...)
	settings = append(settings, variable{controlAddressVariable, controlAddress(server)})
	if moved != nil {
		settings = append(append(settings, moved.variables()...), a.loaded(*moved)...)
	}
	return a.environment(settings), nil
}

// environment is this process's own for a command of somebody else's, and over it the settings that have a value.
func (a *app) environment(settings []variable) []string {
	var env []string
	if a.env.Environ != nil {
		env = a.env.Environ()
	}
	for _, v := range settings {
		if v.value != "" {
			env = append(env, v.name+"="+v.value)
		}
	}
	return env
}

// scratch makes a directory for files that a command of somebody else's reads. name is of the command that runs it.
func (a *app) scratch(name string) (dir string, remove func(), err error) {
	dir, err = os.MkdirTemp("", "mockauth0-"+name+"-")
	if err != nil {
		return "", nil, notWritten("%s keeps files for the command in a directory of its own, and cannot make one: %w; name a folder for "+
			"temporary files that can be written, with TMPDIR (on Windows with TEMP)", name, err)
	}
	return dir, func() {
		if err := os.RemoveAll(dir); err != nil {
			a.warn("a directory is left behind: %v", err)
		}
	}, nil
}

// joined is a list of an environment variable, whose first element is new.
func joined(separator, first, rest string) string {
	if rest == "" {
		return first
	}
	return first + separator + rest
}

// controlAddress is where a program of this machine finds the control API, whatever domain the tenant has.
func controlAddress(server *mockauth0.Server) string {
	around := detourTo(server)
	if around == nil {
		return server.URL() + names.ControlPath
	}
	scheme, _, _ := strings.Cut(server.URL(), "://")
	return scheme + "://" + around.address + names.ControlPath
}

// trustFiles writes whom a command trusts: the CA of the tenant, and everybody whom it would trust without exec.
func (a *app) trustFiles(ca mockauth0.CA, scratch string) ([]variable, error) {
	roots := a.readable("SSL_CERT_FILE")
	if roots == nil {
		roots = systemRoots()
	}
	var set []variable
	for _, trust := range []struct {
		name  string
		base  []byte // where the person's own environment names no file
		asked bool   // only where it names one
	}{
		{"NODE_EXTRA_CA_CERTS", nil, false}, // Node adds these to roots of its own
		{"SSL_CERT_FILE", roots, false},
		{"REQUESTS_CA_BUNDLE", roots, false},
		{"CURL_CA_BUNDLE", roots, true}, // which curl takes before SSL_CERT_FILE
	} {
		base := a.readable(trust.name)
		if trust.asked && base == nil {
			continue
		}
		if base == nil {
			base = trust.base
		}
		path := filepath.Join(scratch, strings.ToLower(trust.name)+".pem")
		if err := os.WriteFile(path, pemFiles(base, ca.PEM()), 0o600); err != nil {
			return nil, notWritten("the certificates that the command trusts could not be written: %w", err)
		}
		set = append(set, variable{trust.name, path})
	}
	return set, nil
}

// readable is the content of the file that an environment variable names; nil: there is none.
func (a *app) readable(name string) []byte {
	path := a.env.get(name)
	if path == "" {
		return nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		a.warn("%s is ignored: %v", name, err)
		return nil
	}
	return content
}

// systemRoots are the certificates that the system trusts, as far as they are in a file: those of Linux distributions, and of macOS
// and BSD. On Windows programs find them elsewhere, beside what SSL_CERT_FILE names.
func systemRoots() []byte {
	for _, path := range []string{
		"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
		"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem", "/usr/local/etc/ssl/cert.pem",
	} {
		if content, err := os.ReadFile(path); err == nil {
			return content
		}
	}
	return nil
}

// pemFiles is one file with what several hold.
func pemFiles(contents ...[]byte) []byte {
	var all bytes.Buffer
	for _, content := range contents {
		all.Write(bytes.TrimSpace(content))
		all.WriteByte('\n')
	}
	return bytes.TrimLeft(all.Bytes(), "\n")
}
