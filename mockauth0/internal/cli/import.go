package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"renewal.example/fixtures"
	"renewal.example/mockauth0/internal/har"
	"renewal.example/mockauth0/internal/reconstruct"
	"renewal.example/mockauth0/internal/recording"
	"renewal.example/mockauth0/internal/tenantlog"
)

// importFlags are those of both imports.
type importFlags struct {
	out     string
	force   bool
	dryRun  bool
	json    bool
	domains []string
}

func (a *app) importCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import",
		Short: "Diagnose what happened in production, and make scenarios of it",
		Long: "import reads what happened with a real tenant and says why renewals failed. It writes a tenant directory, and\n" +
			"scenarios that fail for your app in the same way. It leaves out tokens, codes, cookies, passwords and people.",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				if near := likeCommand(cmd, args[0]); near != "" {
					return refuse("import cannot read %q; did you mean import %s FILE?", args[0], near)
				}
				return refuse("import cannot read %q; expected import har FILE or import logs FILE", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.importHARCommand(), a.importLogsCommand())
	return cmd
}

func (a *app) importHARCommand() *cobra.Command {
	var flags importFlags
	cmd := &cobra.Command{
		Use:   "har FILE",
		Short: "From a HAR that a browser or a proxy recorded",
		Long: "import har reads a HAR of Chrome, Edge, Firefox, Safari, Charles, Fiddler or Playwright (.har, also gzipped). It finds\n" +
			"the requests to the Auth0 tenant, and diagnoses every renewal that failed. To record a HAR, open the network panel,\n" +
			"choose Preserve log, wait for the failure, and save all as HAR with content. FILE may be - for standard input.",
		Example: lines("mockauth0 import har login.har", "mockauth0 import har login.har --domain login.acme.com --out ./acme",
			"mockauth0 import har login.har --json"),
		Args: oneFile("har"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.importFile(cmd.Context(), args[0], flags, func(in io.Reader, red *recording.Redactor) (*recording.Recording, error) {
				return har.Read(in, red, har.Options{Domains: flags.domains})
			})
		},
	}
	flags.add(cmd)
	cmd.Flags().StringArrayVar(&flags.domains, "domain", nil,
		"the tenant's domain, if nothing in the HAR shows it; may be given several times")
	return cmd
}

func (a *app) importLogsCommand() *cobra.Command {
	var flags importFlags
	cmd := &cobra.Command{
		Use:   "logs FILE",
		Short: "From an export of the tenant's log",
		Long: "import logs reads the log of a tenant, as the dashboard, Auth0's CLI, /api/v2/logs or a log stream gives it: a JSON\n" +
			"list, or JSON objects one after the other (also gzipped). It finds the records also inside of what collectors wrap\n" +
			"around them: EventBridge, Firehose, CloudWatch, Splunk, Sumo Logic, Elasticsearch, Datadog, Google Cloud, and the\n" +
			"like. FILE may be - for standard input.",
		Example: lines("mockauth0 import logs tenant.ndjson", "auth0 logs list --json | mockauth0 import logs -"),
		Args:    oneFile("logs"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.importFile(cmd.Context(), args[0], flags, tenantlog.Read)
		},
	}
	flags.add(cmd)
	return cmd
}

func (f *importFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.out, "out", "imported", "directory for the tenant and the scenarios")
	cmd.Flags().BoolVar(&f.force, "force", false, "replace files that exist")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "diagnose only: write nothing")
	cmd.Flags().BoolVar(&f.json, "json", false, "print what was found as JSON")
}

func oneFile(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return refuse("import %s takes one file, and you gave %d arguments", what, len(args))
		}
		return nil
	}
}

// importFile reads a file, writes what follows from it and prints what it tells. It tells that too where nothing can be written.
func (a *app) importFile(ctx context.Context, name string, flags importFlags, read importReader) error {
	found, err := interruptibly(ctx, func() (*reconstruct.Analysis, error) { return a.analyse(name, read) })
	if err != nil {
		return err
	}
	var unwritten error
	if !flags.dryRun {
		found.Written, unwritten = writeFiles(flags, found.Files)
	}
	if len(found.Written) == 0 {
		for _, f := range found.Failures {
			f.Scenario = "" // there is none
		}
	}
	if !flags.json {
		a.printImport(found, flags.out)
	} else if err := a.printJSON(found); err != nil {
		return err
	}
	return unwritten
}

// importReader reads one kind of file.
type importReader func(io.Reader, *recording.Redactor) (*recording.Recording, error)

// analyse reads a file and finds out what it tells. It may take long, and wait for standard input or a named pipe.
func (a *app) analyse(name string, read importReader) (*reconstruct.Analysis, error) {
	in, source, err := a.importSource(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	rec, err := read(in, recording.NewRedactor())
	if err != nil {
		return nil, a.explainImport(rec, source, err)
	}
	stock, err := scenarioStock()
	if err != nil {
		return nil, err
	}
	return reconstruct.Analyse(rec, source, stock)
}

// scenarioStock is what comes with the program.
func scenarioStock() (s reconstruct.Stock, err error) {
	if s.Base, err = fixtures.Tenant(fixtureName); err != nil {
		return s, err
	}
	s.Catalogue, err = fixtures.Scenarios()
	return s, err
}

// importSource opens the file; source is how messages and the files written name it.
func (a *app) importSource(name string) (in io.ReadCloser, source string, err error) {
	if name == "-" {
		return io.NopCloser(a.stdio.In), "standard input", nil
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil, "", refuse("%s cannot be read: %w", name, errors.Unwrap(err))
	}
	if info.IsDir() {
		return nil, "", refuse("%s is a directory; expected a file", name)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, "", refuse("%s cannot be read: %w", name, errors.Unwrap(err))
	}
	return file, recording.NewRedactor().Text(filepath.Base(name)), nil
}

// explainImport tells what is wrong with the file, and what was noted before.
func (a *app) explainImport(rec *recording.Recording, source string, err error) error {
	if rec != nil {
		for _, note := range append(rec.Notes, rec.Skipped...) {
			a.warn("%s: %s", source, note)
		}
	}
	return refused{fmt.Errorf("%s: %w", source, err)}
}
