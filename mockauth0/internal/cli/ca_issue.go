package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"renewal.example/mockauth0/internal/localca"
	"renewal.example/mockauth0/internal/safefile"
	"renewal.example/mockauth0/tenant"
)

type caIssueFlags struct {
	tenantDir string
	domain    string
	out       string
	force     bool
}

func (a *app) caIssueCommand() *cobra.Command {
	var flags caIssueFlags
	cmd := &cobra.Command{
		Use:   "issue NAME…",
		Short: "Give a certificate for a dev server",
		Long: "ca issue writes a certificate for the names and its key, and prints both paths on stdout. Give them to your dev server,\n" +
			"so that your app and the tenant are both on https. A name is a host name, a name with *. in front, or an address.\n" +
			"The first one names the files, as mkcert names them: localhost+1.pem and localhost+1-key.pem for two names.\n\n" +
			"The CA signs for localhost, *.localhost, *.test and loopback addresses. For another name say which domain it is\n" +
			"below, with --domain: that domain gets a CA of its own, which you trust on its own.",
		Example: lines(
			"mockauth0 ca issue localhost 127.0.0.1 --out .cert",
			"mockauth0 ca issue app.acme.test '*.acme.test'",
			"mockauth0 ca issue app.dev.acme.com --domain dev.acme.com",
		),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return refuse("ca issue needs a name, such as localhost")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return a.issue(cmd.Context(), args, flags) },
	}
	f := cmd.Flags()
	f.StringVar(&flags.out, "out", ".", "directory for the two files; it is made where it is missing")
	f.BoolVar(&flags.force, "force", false, "replace files that exist")
	f.StringVar(&flags.tenantDir, "tenant", "", "tenant directory: sign with the CA of its domain")
	f.StringVar(&flags.domain, "domain", "", "sign with the CA of this domain, which is also for all names below it")
	return cmd
}

func (a *app) issue(ctx context.Context, names []string, flags caIssueFlags) error {
	ca, err := a.savedCA(ctx, flags.tenantDir, flags.domain)
	if err != nil {
		return err
	}
	issued, err := ca.Issue(names)
	if err != nil {
		return refuse("%w%s", err, ownDomainHint(flags.domain, names))
	}
	certificate, key, err := writeIssued(issued, flags)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(a.stdio.Out, "%s\n%s\n", certificate, key); err != nil {
		return err
	}
	a.printIssued(issued, certificate, key, ca, flags)
	return nil
}

// ownDomainHint ends the refusal of a name that a CA with another domain could sign.
func ownDomainHint(domain string, names []string) string {
	if domain != "" {
		return ""
	}
	for _, name := range names {
		name = strings.TrimPrefix(name, "*.")
		if host, _ := splitDomain(name); host != name || tenant.CheckDomain(name) != nil || publicSuffix(name) {
			return ""
		}
		if !leadsHere(name) && name != "test" && !strings.HasSuffix(name, ".test") {
			return fmt.Sprintf(". For a domain of your own name it with --domain %s: it has a CA of its own", name)
		}
	}
	return ""
}

// writeIssued writes the certificate and the key, or neither.
func writeIssued(issued *localca.Issued, flags caIssueFlags) (certificate, key string, err error) {
	base := filepath.Join(flags.out, issuedName(issued.Names))
	certificate, key = base+".pem", base+"-key.pem"
	var there []string
	for _, path := range []string{certificate, key} {
		exists, err := safefile.Exists(path)
		switch {
		case errors.As(err, new(*safefile.NotRegularError)):
			return "", "", refuse("%w; name another directory with --out", err)
		case err != nil:
			return "", "", notWritten("--out: %w", err)
		}
		if exists {
			there = append(there, path)
		}
	}
	if len(there) > 0 && !flags.force {
		return "", "", refuse("%s there already, and nothing was written: name another directory with --out, or replace with --force",
			areThere(there))
	}
	if err := os.MkdirAll(flags.out, 0o755); err != nil {
		return "", "", notWritten("--out: %w", err)
	}
	write := safefile.Create
	if flags.force {
		write = safefile.Write
	}
	if err := write(key, safefile.Private, issued.Key); err != nil {
		return "", "", notWritten("the key was not saved: %w", err)
	}
	if err := write(certificate, safefile.Public, issued.Certificate); err != nil {
		return "", "", errors.Join(notWritten("the certificate was not saved: %w", err), safefile.Remove(key))
	}
	return certificate, key, nil
}

// issuedName is the files' name without the ending, as mkcert makes it.
func issuedName(names []string) string {
	name := strings.ReplaceAll(strings.ReplaceAll(names[0], ":", "_"), "*", "_wildcard")
	if more := len(names) - 1; more > 0 {
		name += fmt.Sprintf("+%d", more)
	}
	return name
}

// printIssued says how to use the two files.
func (a *app) printIssued(issued *localca.Issued, certificate, key string, ca *localca.Authority, flags caIssueFlags) {
	w := a.stdio.Err
	fmt.Fprintf(
		w,
		"\nFor %s, until %s. Give them to your dev server:\n",
		strings.Join(issued.Names, ", "),
		issued.NotAfter.Format(time.DateOnly),
	)
	cert, private := fromHere(certificate), fromHere(key)
	table(w, [][]string{
		{"vite", fmt.Sprintf("server: { https: { cert: '%s', key: '%s' } }   in vite.config", cert, private)},
		{
			"Next.js",
			"next dev --experimental-https --experimental-https-cert " + shellWord(cert) + " --experimental-https-key " + shellWord(private),
		},
		{"Angular", "ng serve --ssl --ssl-cert " + shellWord(cert) + " --ssl-key " + shellWord(private)},
	})
	words := "ca --install-help"
	if flags.domain != "" {
		words += " --domain " + shellWord(flags.domain)
	}
	if flags.tenantDir != "" {
		words += " --tenant " + shellWord(flags.tenantDir)
	}
	fmt.Fprintf(w, "Browsers accept them once they trust %s: %s\n", ca.File(), a.again(words))
	fmt.Fprintf(w, "Keep the key out of your repository.\n")
	for _, name := range issued.Names {
		if strings.HasPrefix(name, "*.") && strings.Count(name, ".") == 1 {
			a.warn("browsers accept no wildcard right below %s: they refuse %s. Name each host, such as app%s",
				strings.TrimPrefix(name, "*."), name, strings.TrimPrefix(name, "*"))
		}
	}
}

// fromHere is a path as a configuration in the current folder names it.
func fromHere(path string) string {
	if filepath.IsAbs(path) || strings.HasPrefix(path, "..") {
		return filepath.ToSlash(path)
	}
	return "./" + filepath.ToSlash(path)
}
