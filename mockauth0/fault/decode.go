package fault

import (
	"go.yaml.in/yaml/v3"

	"renewal.example/mockauth0/internal/strict"
)

// Decode reads one fault from JSON, strictly, and validates it. Its error is Problems.
func Decode(b []byte) (Fault, error) {
	n, err := strict.FromText(b).ParseJSON()
	return read(n, err, "the body is empty: send one fault as a JSON object", "JSON value")
}

// DecodeYAML is Decode for a text in YAML that is one fault.
func DecodeYAML(b []byte) (Fault, error) {
	n, err := strict.FromText(b).ParseYAML()
	return read(n, err, "the text is empty: write one fault", "document")
}

// FromYAML reads one fault from a node of a YAML document, strictly, and validates it. Its error is Problems: everything that
// is wrong at once, each with the line and the column of the node's document.
func FromYAML(n *yaml.Node) (Fault, error) {
	parsed, err := strict.FromYAML(n)
	return read(parsed, err, "", "")
}

// read takes what a parser gave: a node, what is wrong with the text, or both.
func read(n *strict.Node, wrong *strict.SyntaxError, empty, one string) (Fault, error) {
	d := &decoder{places: map[string]*strict.Node{}}
	if wrong != nil {
		p := Problem{Line: wrong.Line, Column: wrong.Column}
		switch wrong.Kind {
		case strict.Empty:
			p = Problem{Message: empty}
		case strict.Second:
			p.Message = "one fault at a time: there is more after the first " + one
		case strict.TooLarge:
			p.Message = "the fault is nested too deeply, or its aliases make it too large"
		case strict.EndsEarly:
			p.Message = "the fault is not valid " + wrong.Form + ": unexpected EOF" + wrong.Why
		case strict.Tab:
			p.Message = "the fault is not valid YAML: a tab is used for indentation; YAML expects spaces"
		default:
			p.Message = "the fault is not valid " + wrong.Form + ": " + wrong.Why
		}
		d.problems = append(d.problems, p)
	}
	if n == nil {
		return Fault{}, d.problems.err()
	}
	return d.fault(n)
}

// fault reads and validates a whole fault.
func (d *decoder) fault(n *strict.Node) (Fault, error) {
	f := Fault{}
	d.read(n, &f)
	if len(d.problems) == 0 { // what could not be read would only be reported once more, as missing
		d.problems = append(d.problems, f.problems()...)
	}
	for i := range d.problems {
		d.locate(&d.problems[i])
	}
	return f, d.problems.err()
}
