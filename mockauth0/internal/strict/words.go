package strict

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Nearest gives the known word that a mistyped one is likely to mean, or "".
func Nearest(word string, known []string) string {
	if len(word) > 64 {
		return ""
	}
	best, bestDistance := "", 1+max(2, len(word)/3)
	for _, candidate := range known {
		if d := Distance(strings.ToLower(word), strings.ToLower(candidate)); d < bestDistance {
			best, bestDistance = candidate, d
		}
	}
	return best
}

// Distance counts insertions, deletions and replacements of characters.
func Distance(a, b string) int {
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

// DidYouMean ends a message with the nearest known word, or with the list when it is short.
func DidYouMean(word string, known []string) string {
	if near := Nearest(word, known); near != "" {
		return "; did you mean " + Quoted(near) + "?"
	}
	if len(known) > 0 && len(known) <= 12 {
		return "; expected " + OneOf(known)
	}
	return ""
}

// ExpectedOf ends the message about a name that leads nowhere; known are the names there are, of the entries of section.
func ExpectedOf(section, word string, known []string) string {
	hint := DidYouMean(word, known)
	switch {
	case hint != "":
		return hint
	case len(known) == 0:
		return "; expected an entry of " + section + ", but " + section + " is missing or empty"
	}
	return "; expected one of the " + strconv.Itoa(len(known)) + " entries of " + section
}

// OneOf writes "a", "a or b", "a, b or c".
func OneOf(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// Quoted is a word in quotes, shortened.
func Quoted(s string) string { return fmt.Sprintf("%q", Shorten(s)) }

// Shorten keeps messages readable when a value is very long.
func Shorten(s string) string {
	const most = 120
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
