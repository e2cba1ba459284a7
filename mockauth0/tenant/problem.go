package tenant

import (
	"fmt"
	"path/filepath"
	"sort"
	"strings"
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

func (p Problems) sort() {
	sort.SliceStable(p, func(i, j int) bool {
		a, b := p[i], p[j]
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Column < b.Column
	})
}

// findings collects what the readers and the checks find.
type findings struct {
	strict   bool
	errors   Problems
	warnings Problems
}

func (f *findings) refuse(p place, format string, args ...any) {
	f.errors = p.add(f.errors, fmt.Sprintf(format, args...))
}

func (f *findings) warn(p place, format string, args ...any) {
	f.warnings = p.add(f.warnings, fmt.Sprintf(format, args...))
}

// place is where something stands in a file. Its zero value adds problems without a position.
type place struct {
	source       *source
	file         string // used when source is nil
	line, column int    // in the source's text after its markers were replaced
}

func (p place) add(list Problems, message string) Problems {
	if p.source == nil {
		return append(list, Problem{File: p.file, Message: message})
	}
	line, column := p.source.original(p.line, p.column)
	if p.source.unresolved[line] {
		return list // the marker without a value on this line is reported already; the rest follows from it
	}
	return append(list, Problem{File: p.source.file, Line: line, Column: column, Message: message})
}

// String is for "first at tenant.yaml:3" inside of a message.
func (p place) String() string {
	if p.source == nil {
		return p.file
	}
	line, _ := p.source.original(p.line, p.column)
	return fmt.Sprintf("%s:%d", filepath.Base(p.source.file), line)
}
