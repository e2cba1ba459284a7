package browser

import (
	"fmt"
	"slices"
	"strings"

	"renewal.example/mockauth0/internal/harfile"
)

// An app that asks an API every five seconds does so 17,000 times a day. Of what is the same again and again, evidence keeps the
// first and the last, and counts the rest.
const (
	keptFirst = 10
	keptLast  = 40
)

// kind tells what a line is like: lines of one kind say the same for people, apart from their time.
func (l line) kind() string {
	switch {
	case l.Begins, l.Source == "spec":
		return "" // each is something of its own
	case l.exchange == 0:
		return l.Source + " " + l.Text
	}
	return exchangeKind(l.Text)
}

// exchangeKind is the text of an exchange, "GET https://a.test/b?c=d → 200", without what is different each time.
func exchangeKind(text string) string {
	asked, answer, _ := strings.Cut(text, " → ")
	asked, _, _ = strings.Cut(asked, "#")
	asked, _, _ = strings.Cut(asked, "?")
	status, _, _ := strings.Cut(answer, " ")
	return asked + " → " + status
}

// thin leaves out the middle of what there is too often.
func (g *gathered) thin(lines []line) []line {
	total, seen := map[string]int{}, map[string]int{}
	for _, l := range lines {
		total[l.kind()]++
	}
	var order []string
	kept := slices.DeleteFunc(lines, func(l line) bool {
		kind := l.kind()
		if kind == "" || total[kind] <= keptFirst+keptLast {
			return false
		}
		seen[kind]++
		if seen[kind] == 1 {
			order = append(order, kind)
		}
		return seen[kind] > keptFirst && seen[kind] <= total[kind]-keptLast
	})
	for i, kind := range order {
		if i == mostNamed {
			g.left = append(g.left, fmt.Sprintf("the middle of %d others that are the same", len(order)-mostNamed))
			break
		}
		g.left = append(g.left, fmt.Sprintf("%d in the middle of %d: %s", total[kind]-keptFirst-keptLast, total[kind], cutTo(kind, 160)))
	}
	return kept
}

// mostNamed is how many kinds of what was left out are named.
const mostNamed = 12

// archive makes the HAR of the exchanges that are among the lines.
func (g *gathered) archive(w *World, requests []Request) {
	kept := map[int]bool{}
	for _, l := range g.lines {
		kept[l.exchange] = true
	}
	g.har, g.entries = harfile.New("mockauth0 browser"), map[int]*harfile.Entry{}
	g.har.Log.Entries = make([]harfile.Entry, 0, len(kept))
	for i, r := range requests {
		e := entryOf(r)
		if !kept[i+1] {
			g.folded = append(g.folded, e)
			continue
		}
		e.Response.Content = w.content(r)
		g.har.Log.Entries = append(g.har.Log.Entries, e)
		g.entries[i+1] = &g.har.Log.Entries[len(g.har.Log.Entries)-1]
	}
}

// cutTo is a text of at most so many characters.
func cutTo(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}
