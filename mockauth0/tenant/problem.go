package tenant

import (
	"fmt"
	"strings"

	"renewal.example/mockauth0/internal/strict"
)

// String gives "path/tenant.yaml:14:5: what is wrong and what was expected".
func (p Problem) String() string {
	switch {
	case p.File == "":
		return p.Message
	case p.Line == 0:
		return p.File + ": " + p.Message
	case p.Column == 0:
		return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
}

// LoadError is the error of Load and LoadDir. errors.As finds the Problems in it too.
type LoadError struct {
	Problems Problems // everything that is wrong; never empty
	// Warnings is what would have been tolerated. An unknown key such as "clientz" may be why something else is
	// not found, so people want to read these first.
	Warnings Problems
}

// Error gives one line for each warning, marked as one, and then for each problem.
func (e *LoadError) Error() string {
	var b strings.Builder
	for _, w := range e.Warnings {
		b.WriteString("warning: " + w.String() + "\n")
	}
	return b.String() + e.Problems.Error()
}

// Unwrap gives the Problems.
func (e *LoadError) Unwrap() error { return e.Problems }

// Problems is everything that is wrong, sorted by file and line: the error of Validate, and what a LoadError holds.
type Problems []Problem

// Error gives one line for each problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// problemsOf are findings in the form of this package.
func problemsOf(found []strict.Problem) (out Problems) {
	for _, p := range found {
		out = append(out, Problem(p))
	}
	return out
}
