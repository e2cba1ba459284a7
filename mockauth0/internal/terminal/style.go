package terminal

import (
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Style is what a terminal shows beyond plain text. The zero value is none: a file, a pipe, a log.
type Style struct {
	Color bool // bold, faint and colours (ECMA-48 SGR)
	Links bool // addresses that can be clicked (OSC 8, https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda)
	Width int  // columns; 0: lines are not broken
}

// Marks stand in a text for what a terminal shows beyond it. They are Unicode noncharacters, which no text of somebody else's has a
// use for. One that has them all the same gets a colour, and no more: they cannot move a cursor, nor lead an address elsewhere.
const (
	markBold = '\uFDD0' + iota
	markFaint
	markRed
	markGreen
	markYellow
	markLink
	markEnd     // of all but a link
	markLinkEnd // of a link
)

// Bold marks a text for Styled, which shows it so or leaves it plain. It, Faint, Red, Green and Yellow cannot be nested.
func Bold(text string) string { return marked(markBold, text) }

// Faint marks what matters less.
func Faint(text string) string { return marked(markFaint, text) }

// Red marks what failed.
func Red(text string) string { return marked(markRed, text) }

// Green marks what went well.
func Green(text string) string { return marked(markGreen, text) }

// Yellow marks what to mind.
func Yellow(text string) string { return marked(markYellow, text) }

func marked(mark rune, text string) string { return string(mark) + text + string(markEnd) }

// Link marks an address that can be clicked. What is seen is the address itself.
func Link(address string) string { return string(markLink) + address + string(markLinkEnd) }

func isMark(c rune) bool { return c >= markBold && c <= markLinkEnd }

// Plain is a text without its marks.
func Plain(text string) string {
	return strings.Map(func(c rune) rune {
		if isMark(c) {
			return -1
		}
		return c
	}, text)
}

// Styled writes each piece of text to w as Text makes it, with its marks as s can show them.
func Styled(w io.Writer, s Style) io.Writer {
	return writer{w, func(p []byte) []byte { return []byte(s.render(string(p))) }}
}

func (s Style) render(text string) string {
	if !strings.ContainsFunc(text, isMark) {
		return Text(text)
	}
	var b strings.Builder
	for len(text) > 0 {
		c, n := utf8.DecodeRuneInString(text)
		if c == markLink {
			address, rest, whole := strings.Cut(text[n:], string(markLinkEnd))
			if whole {
				b.WriteString(s.link(Text(Plain(address))))
				text = rest
				continue
			}
		}
		switch {
		case isMark(c):
			if s.Color {
				b.WriteString(sgr(c))
			}
		case c == utf8.RuneError && n == 1:
			b.WriteRune(unicode.ReplacementChar)
		default:
			b.WriteString(Text(text[:n]))
		}
		text = text[n:]
	}
	return b.String()
}

func (s Style) link(address string) string {
	if !s.Links ||
		!strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "file://") ||
		strings.ContainsFunc(address, func(c rune) bool { return c <= ' ' || c > '~' }) { // an OSC sequence is printable ASCII
		return address
	}
	return "\x1b]8;;" + address + "\x1b\\" + address + "\x1b]8;;\x1b\\"
}

func sgr(mark rune) string {
	switch mark {
	case markBold:
		return "\x1b[1m"
	case markFaint:
		return "\x1b[2m"
	case markRed:
		return "\x1b[31m"
	case markGreen:
		return "\x1b[32m"
	case markYellow:
		return "\x1b[33m"
	case markEnd:
		return "\x1b[0m"
	}
	return ""
}

// narrowest is the width below which breaking lines makes a text harder to read.
const narrowest = 40

// Wrap breaks a text at spaces, so that no line has more than width columns, if that can be: a word stays whole. Further lines begin
// with indent. first is how many columns of the first line are taken. A width of 0 breaks nothing; one below 40 counts as 40.
func Wrap(text string, width, first int, indent string) string {
	if width <= 0 {
		return text
	}
	width = max(width, narrowest)
	var b strings.Builder
	column := first
	for i, word := range strings.Fields(text) {
		columns := utf8.RuneCountInString(Plain(word))
		switch {
		case i == 0:
		case column+1+columns > width:
			b.WriteString("\n" + indent)
			column = utf8.RuneCountInString(indent)
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += columns
	}
	return b.String()
}
