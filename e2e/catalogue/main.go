// Command catalogue puts the table of the scenarios into a document. `make catalogue` starts it; with -check it only tells
// whether the document is up to date.
package main

import (
	"flag"
	"fmt"
	"os"

	"renewal.example/e2e/support"
	"renewal.example/mockauth0/stage"
)

// Markers of the part of a document that belongs to the table.
const (
	begin = "<!-- catalogue: written by `make catalogue` from fixtures/scenarios -->"
	end   = "<!-- catalogue: end -->"
)

func main() {
	check := flag.Bool("check", false, "do not write: fail when the document is out of date")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: catalogue [-check] DOCUMENT")
		os.Exit(2)
	}
	if err := update(flag.Arg(0), *check); err != nil {
		fmt.Fprintln(os.Stderr, "catalogue:", err)
		os.Exit(1)
	}
}

func update(document string, check bool) error {
	source, err := stage.Source()
	if err != nil {
		return err
	}
	all, err := source.All()
	if err != nil {
		return err
	}
	return support.Rewrite(document, check, "does not say what fixtures/scenarios says: run `make catalogue` and commit it", func(old string) (string, error) {
		return support.Between(old, begin, end, table(all))
	})
}
