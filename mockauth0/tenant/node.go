package tenant

import (
	"strconv"
	"strings"
)

// node is a value in a file with its position; YAML and JSON are both read into it.
type node struct {
	kind         kind
	text         string // of scalars, as a person wrote it without quotes
	line, column int
	source       *source  // where that is; nil: in the file that is being read
	items        []*node  // of a list
	members      []member // of an object, in file order, without duplicates
}

type member struct {
	key          string
	line, column int
	value        *node
}

type kind int

const (
	kindNull kind = iota
	kindString
	kindInteger
	kindNumber
	kindBool
	kindList
	kindObject
)

func (k kind) String() string {
	return [...]string{"null", "a string", "an integer", "a number", "true or false", "a list", "an object"}[k]
}

// describe says what was found: `a string ("x")`.
func (n *node) describe() string {
	switch n.kind {
	case kindString:
		return "the string " + quoted(n.text)
	case kindInteger, kindNumber:
		return "the number " + shorten(n.text)
	case kindBool:
		return n.text
	}
	return n.kind.String()
}

// plain gives the value as encoding/json would, for metadata that is kept as it is.
func (n *node) plain() any {
	switch n.kind {
	case kindString:
		return n.text
	case kindInteger, kindNumber:
		if f, err := strconv.ParseFloat(n.text, 64); err == nil {
			return f
		}
		return n.text
	case kindBool:
		return n.text == "true"
	case kindList:
		list := make([]any, len(n.items))
		for i, item := range n.items {
			list[i] = item.plain()
		}
		return list
	case kindObject:
		return n.plainObject()
	}
	return nil
}

func (n *node) plainObject() map[string]any {
	object := make(map[string]any, len(n.members))
	for _, m := range n.members {
		object[m.key] = m.value.plain()
	}
	return object
}

// nearest gives the known word that a mistyped one is likely to mean, or "".
func nearest(word string, known []string) string {
	if len(word) > 64 {
		return ""
	}
	best, bestDistance := "", 1+max(2, len(word)/3)
	for _, candidate := range known {
		if d := editDistance(strings.ToLower(word), strings.ToLower(candidate)); d < bestDistance {
			best, bestDistance = candidate, d
		}
	}
	return best
}

// editDistance counts insertions, deletions and replacements of characters.
func editDistance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(y)]
}

// didYouMean ends a message with the nearest known word, or with the list when it is short.
func didYouMean(word string, known []string) string {
	if near := nearest(word, known); near != "" {
		return "; did you mean " + quoted(near) + "?"
	}
	if len(known) > 0 && len(known) <= 12 {
		return "; expected " + oneOf(known)
	}
	return ""
}

// expectedOf ends the message about a name that leads nowhere; known are the names there are, of the entries of section.
func expectedOf(section, word string, known []string) string {
	hint := didYouMean(word, known)
	switch {
	case hint != "":
		return hint
	case len(known) == 0:
		return "; expected an entry of " + section + ", but " + section + " is missing or empty"
	}
	return "; expected one of the " + strconv.Itoa(len(known)) + " entries of " + section
}

// oneOf writes "a", "a or b", "a, b or c".
func oneOf(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
