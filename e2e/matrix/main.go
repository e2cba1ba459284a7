// Command matrix puts the table of the SDKs that work into a document, from the JSON report of a run of the specs.
// `make matrix` starts it; with -check it only tells whether the document is up to date.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"

	"renewal.example/e2e/support"
)

func main() {
	check := flag.Bool("check", false, "do not write: fail when the document is out of date")
	flag.Parse()
	if flag.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: matrix [-check] REPORT.json DOCUMENT")
		os.Exit(2)
	}
	if err := update(flag.Arg(0), flag.Arg(1), *check); err != nil {
		fmt.Fprintln(os.Stderr, "matrix:", err)
		os.Exit(1)
	}
}

func update(report, document string, check bool) error {
	file, err := os.Open(report)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("there is no %s: run `make e2e-sdk` first", report)
	}
	if err != nil {
		return err
	}
	defer file.Close()
	results, err := support.Read(file)
	if err != nil {
		return fmt.Errorf("%s: %w", report, err)
	}
	return support.Rewrite(document, check, "does not say what the run proved: run `make matrix` and commit it", func(old string) (string, error) {
		return support.Put(old, results)
	})
}
