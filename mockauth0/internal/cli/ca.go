package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"renewal.example/mockauth0/internal/localca"
)

func (a *app) caCommand() *cobra.Command {
	var help, path bool
	var tenantDir, domain string
	cmd := &cobra.Command{
		Use:   "ca",
		Short: "Print the path of the local CA, and how to trust it",
		Long: "ca prints the path of the CA's certificate (PEM) on stdout, and how to trust it on stderr. It makes the CA when there\n" +
			"is none. The CA signs for localhost, *.localhost, *.test and loopback addresses only, so nobody can use it against\n" +
			"other sites. A tenant with a domain of its own has a CA of its own: name it with --tenant or --domain.\n" +
			"`ca issue NAME` gives your app's dev server a certificate of it.",
		Example: lines("mockauth0 ca", "mockauth0 ca --install-help", "mockauth0 ca issue localhost    a certificate for your dev server",
			`curl --cacert "$(mockauth0 ca --path)" https://localhost:4443/.well-known/jwks.json`),
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ca, err := a.savedCA(cmd.Context(), tenantDir, domain)
			if err != nil {
				return err
			}
			if help {
				_, err = fmt.Fprint(a.stdio.Out, a.pasteable(installHelp(ca.File())))
				return err
			}
			if _, err = fmt.Fprintln(a.stdio.Out, ca.File()); err != nil || path {
				return err
			}
			_, err = fmt.Fprint(a.stdio.Err, a.pasteable("\n"+installHelp(ca.File())))
			return err
		},
	}
	f := cmd.Flags()
	f.BoolVar(&help, "install-help", false, "print how to make your system, browser or language trust it")
	f.BoolVar(&path, "path", false, "print the path alone")
	f.StringVar(&tenantDir, "tenant", "", "tenant directory, for a domain of its own")
	f.StringVar(&domain, "domain", "", "the tenant's domain, if mock.yaml does not have it")
	cmd.AddCommand(a.caIssueCommand())
	return cmd
}

// savedCA is the CA of a domain, or of the one that the tenant of a directory has; without both, that of this machine's own names. One
// that is in no file is an error.
func (a *app) savedCA(ctx context.Context, tenantDir, domain string) (*localca.Authority, error) {
	t, err := a.tenantOf(ctx, tenantDir)
	if err != nil {
		return nil, err
	}
	ca, _, err := a.trust(ctx, t, domain)
	if err != nil {
		return nil, err
	}
	if ca.File() == "" {
		return nil, notWritten("the CA cannot be saved, so there is no file to trust: name a directory that you can write to, with " +
			"--data-dir or MOCKAUTH0_DATA_DIR")
	}
	return ca, nil
}

// installHelp is made of commands that can be pasted. Every way to trust is followed by the way back.
func installHelp(file string) string {
	f := shellWord(file)
	return strings.ReplaceAll(strings.TrimLeft(`
The CA of mockauth0 is {CA}
It may sign for this machine's own names only. Its key stays beside it: remove the trust when you no longer need it.

No installation at all: mockauth0 open      starts a browser that trusts it, with a profile of its own

Debian, Ubuntu    sudo cp {CA} /usr/local/share/ca-certificates/mockauth0.crt && sudo update-ca-certificates
                  back: sudo rm /usr/local/share/ca-certificates/mockauth0.crt && sudo update-ca-certificates --fresh
Fedora            sudo cp {CA} /etc/pki/ca-trust/source/anchors/mockauth0.pem && sudo update-ca-trust
                  back: sudo rm /etc/pki/ca-trust/source/anchors/mockauth0.pem && sudo update-ca-trust
macOS             security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db {CA}
                  back: security remove-trusted-cert {CA}
Windows           certutil -user -addstore Root {CA}
                  back: certutil -user -delstore Root mockauth0

Chrome, Chromium  on Linux they have a store of their own (package libnss3-tools):
                  mkdir -p ~/.pki/nssdb && certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n mockauth0 -i {CA}
                  back: certutil -d sql:$HOME/.pki/nssdb -D -n mockauth0
                  on macOS and Windows they use the system's
Firefox           Settings, Privacy & Security, Certificates, View Certificates, Authorities, Import: {CA}
                  or set security.enterprise_roots.enabled in about:config to use the system's

Node              NODE_EXTRA_CA_CERTS={CA} node app.js
Go                SSL_CERT_FILE={CA} ./app          (Linux; it replaces the system's roots)
Python            SSL_CERT_FILE={CA} python app.py  (ssl, httpx);  REQUESTS_CA_BUNDLE={CA}  (requests)
curl              curl --cacert {CA} https://localhost:4443/
`, "\n"), "{CA}", f)
}
