// Command cmd writes the generated part of a document: `make matrix`, `make catalogue` and `make fidelity` start it. With
// -check it writes nothing and fails when the document is out of date.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"

	"renewal.example/e2e/tables"
	"renewal.example/mockauth0/stage"
)

const usage = `usage: cmd [-check] matrix REPORT.json DOCUMENT
       cmd [-check] catalogue DOCUMENT
       cmd [-check] fidelity FACTS.yaml DOCUMENT`

func main() {
	check := flag.Bool("check", false, "do not write: fail when the document is out of date")
	flag.Usage = func() { fmt.Fprintln(os.Stderr, usage) }
	flag.Parse()
	if err := run(flag.Args(), *check); err != nil {
		fmt.Fprintln(os.Stderr, "tables:", err)
		os.Exit(1)
	}
}

// run makes the table that args name and puts it into its document.
func run(args []string, check bool) error {
	inputs := map[string]int{"matrix": 1, "catalogue": 0, "fidelity": 1}
	if len(args) == 0 {
		return errors.New(usage)
	}
	name, rest := args[0], args[1:]
	if n, known := inputs[name]; !known || len(rest) != n+1 {
		return errors.New(usage)
	}
	var text string
	var err error
	switch name {
	case "matrix":
		text, err = matrix(rest[0])
	case "catalogue":
		text, err = catalogue()
	case "fidelity":
		text, err = fidelity(rest[0])
	}
	if err != nil {
		return err
	}
	return tables.Update(rest[len(rest)-1], name, text, check)
}

func matrix(report string) (string, error) {
	file, err := os.Open(report)
	if errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("there is no %s: run `make e2e-sdk` first", report)
	}
	if err != nil {
		return "", err
	}
	defer file.Close()
	results, err := tables.ReadReport(file)
	if err != nil {
		return "", fmt.Errorf("%s: %w", report, err)
	}
	return tables.Matrix(results)
}

func catalogue() (string, error) {
	source, err := stage.Source()
	if err != nil {
		return "", err
	}
	all, err := source.All()
	if err != nil {
		return "", err
	}
	return tables.Catalogue(all)
}

func fidelity(facts string) (string, error) {
	text, err := os.ReadFile(facts)
	if err != nil {
		return "", err
	}
	out, err := tables.Fidelity(text)
	if err != nil {
		return "", fmt.Errorf("%s: %w", facts, err)
	}
	return out, nil
}
