package strict

import "fmt"

// SyntaxError is why a text is no document.
type SyntaxError struct {
	Kind         SyntaxKind
	Line, Column int    // in the text that was parsed
	Form         string // YAML or JSON
	Why          string // of Invalid: what the parser says; of EndsEarly and Second: the end of the sentence
}

// SyntaxKind is what is wrong with a text as a whole.
type SyntaxKind int

// The kinds of SyntaxError.
const (
	Empty     SyntaxKind = iota // there is nothing in it
	Invalid                     // it cannot be parsed
	Tab                         // a line is indented with a tab, which YAML forbids
	EndsEarly                   // something that was opened is never closed
	Second                      // there is more after the first document
	TooLarge                    // nested too deeply, or made enormous by aliases
)

// message is for a file.
func (e *SyntaxError) message() string {
	switch e.Kind {
	case Empty:
		return "the file is empty"
	case Tab:
		return "a tab is used for indentation; YAML expects spaces"
	case EndsEarly:
		return fmt.Sprintf("this is not valid %s: the file ends too early%s", e.Form, e.Why)
	case Second:
		if e.Form == "JSON" {
			break // there are no documents in JSON
		}
		return fmt.Sprintf("a second %s document begins here; expected one in a file", e.Form)
	case TooLarge:
		return "the document is nested too deeply or its aliases make it too large; expected a plain document"
	}
	return fmt.Sprintf("this is not valid %s: %s", e.Form, e.Why)
}

// maxDepth and maxNodes end a document that aliases make enormous; nothing that people write comes near them.
const (
	maxNodes = 500_000
	maxDepth = 200
)

// Report refuses a syntax error of the source, in the words for a file.
func (s *Source) Report(e *SyntaxError, found *Findings) {
	found.Refuse(s.At(e.Line, e.Column), "%s", e.message())
}

// ReportKeys refuses, in all objects of a document, keys that are given twice or are no names.
func (s *Source) ReportKeys(n *Node, found *Findings) {
	for _, k := range n.Rejected {
		if k.First == 0 {
			found.Refuse(s.At(k.Line, k.Column), "a key is not a plain word; expected a name")
			continue
		}
		found.Refuse(s.At(k.Line, k.Column), "the key %s is given twice, first at %v; expected it once", Quoted(k.Key), s.At(k.First, 1))
	}
	for _, item := range n.Items {
		s.ReportKeys(item, found)
	}
	for _, m := range n.Members {
		s.ReportKeys(m.Value, found)
	}
}
