// Package terminal takes out of text what would steer a terminal, or show text in another order than it has. Much of what a
// tenant tells was sent by somebody else: a path, a client's name, what a page wrote to its console.
package terminal

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// steers tells the characters that a terminal acts on: controls of both sets (C0 and C1), separators of lines and paragraphs, and
// marks of direction (https://www.unicode.org/reports/tr9/, https://trojansource.codes).
func steers(c rune) bool {
	switch c {
	case '\n', '\t':
		return false
	case '\u2028', '\u2029':
		return true
	}
	return unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c)
}

// Text is the text with a replacement character for each character that steers a terminal, and for bytes that are no UTF-8: some
// terminals take those for controls, too. Line feeds and tabs stay.
func Text(text string) string {
	return strings.Map(func(c rune) rune {
		if steers(c) {
			return unicode.ReplacementChar
		}
		return c
	}, text)
}

// JSON is JSON text with an escape sequence for each character in its strings that steers a terminal. It means the same.
func JSON(text []byte) []byte {
	if !bytes.ContainsFunc(text, steers) {
		return text
	}
	out := make([]byte, 0, len(text)+64)
	for len(text) > 0 {
		c, n := utf8.DecodeRune(text)
		if steers(c) && c != '\r' { // outside of strings a carriage return is white space, and in them it is escaped
			out = fmt.Appendf(out, `\u%04x`, c)
		} else {
			out = append(out, text[:n]...)
		}
		text = text[n:]
	}
	return out
}

// Writer writes each piece of text to w as Text makes it.
func Writer(w io.Writer) io.Writer {
	return writer{w, func(p []byte) []byte { return []byte(Text(string(p))) }}
}

// JSONWriter writes each piece of JSON to w as JSON makes it. Pieces must not end in the middle of a character.
func JSONWriter(w io.Writer) io.Writer { return writer{w, JSON} }

type writer struct {
	to     io.Writer
	change func([]byte) []byte
}

func (w writer) Write(p []byte) (int, error) {
	if _, err := w.to.Write(w.change(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}
