// Package strict reads YAML and JSON that people write, and says with line and column everything that is wrong with it: a key
// that nobody knows comes with the nearest known name. Tenant directories, faults and scenarios are read by it.
//
// Parsing makes Nodes. What a file may hold is decided by who reads them: an Object notes which keys were asked for, and Finish
// reports the others.
package strict

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
)

// Problem is one thing that is wrong in a file.
type Problem struct {
	File         string // as printed; "" for a text that is no file
	Line, Column int    // from 1; 0 when the whole file is meant
	Message      string // what is wrong, and what was expected
}

// Findings collects what the readers and the checks find.
type Findings struct {
	Strict   bool // unknown keys of files that Auth0 defines are errors too
	Errors   []Problem
	Warnings []Problem
}

// Refuse adds an error.
func (f *Findings) Refuse(p Place, format string, args ...any) {
	f.Errors = p.add(f.Errors, fmt.Sprintf(format, args...))
}

// Warn adds a warning.
func (f *Findings) Warn(p Place, format string, args ...any) {
	f.Warnings = p.add(f.Warnings, fmt.Sprintf(format, args...))
}

// Sort puts both lists into the order of file, line and column.
func (f *Findings) Sort() {
	Sort(f.Errors)
	Sort(f.Warnings)
}

// Sort puts problems into the order of file, line and column.
func Sort(list []Problem) {
	slices.SortStableFunc(list, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// Place is where something stands. The zero Place adds problems without a position.
type Place struct {
	source       *Source
	file         string // used when source is nil
	line, column int    // in the source's text, after its markers were replaced
}

// Whole is a file as a whole, or another thing that has a name and no lines.
func Whole(file string) Place { return Place{file: file} }

// InText reports whether the place is in a text, and not just a name.
func (p Place) InText() bool { return p.source != nil }

func (p Place) add(list []Problem, message string) []Problem {
	if p.source == nil {
		return append(list, Problem{File: p.file, Message: message})
	}
	line, column := p.source.original(p.line, p.column)
	if p.source.unresolved[line] {
		return list // the marker without a value on this line is reported already; the rest follows from it
	}
	return append(list, Problem{File: p.source.File, Line: line, Column: column, Message: message})
}

// String is for "first at tenant.yaml:3" inside of a message.
func (p Place) String() string {
	if p.source == nil {
		return p.file
	}
	line, _ := p.source.original(p.line, p.column)
	return fmt.Sprintf("%s:%d", filepath.Base(p.source.File), line)
}
