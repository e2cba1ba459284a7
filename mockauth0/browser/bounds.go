package browser

import (
	"fmt"
	"slices"

	"renewal.example/mockauth0/internal/harfile"
)

// DefaultEvidence is how many bytes a folder of evidence may have.
const DefaultEvidence = 8 << 20

// MaxEvidencePage is how many bytes the page of evidence may have, with its pictures.
const MaxEvidencePage = 5 << 20

const (
	longestText  = 32 << 10 // of a body, or of what is under a line; more of it nobody reads
	perHAR       = 4        // the HAR gets a fourth of the folder,
	perShots     = 4        // and so do the pictures; the page has its own bound,
	perList      = 16       // each of the lists a sixteenth
	escaping     = 2        // text grows when it is written as JSON or HTML, by less than this as a rule
	entryPadding = 512      // names and numbers of an entry
)

// cut is the beginning of a text that is longer than people read.
func cut(text string) string {
	if len(text) <= longestText {
		return text
	}
	return text[:longestText] + fmt.Sprintf("… (%d bytes more)", len(text)-longestText)
}

// newest are the last of a list that fit into so many bytes, without those that alone are more; left is how many do not fit.
func newest[T any](list []T, budget int, size func(T) int) (kept []T, left int) {
	kept = make([]T, 0, len(list))
	rest := budget
	for i := len(list) - 1; i >= 0; i-- {
		needs := escaping * (size(list[i]) + entryPadding)
		if needs > budget {
			left++
			continue
		}
		if rest -= needs; rest < 0 {
			left += i + 1
			break
		}
		kept = append(kept, list[i])
	}
	slices.Reverse(kept)
	return kept, left
}

// bound leaves out of what was gathered what is more than so many bytes: the oldest of each list.
func (g *gathered) bound(most int) {
	note := func(what string, left int) {
		if left > 0 {
			g.left = append(g.left, fmt.Sprintf("%d %s", left, what))
		}
	}
	entries := g.har.Log.Entries
	for i := range entries {
		if entries[i].Request.PostData != nil {
			entries[i].Request.PostData.Text = cut(entries[i].Request.PostData.Text)
		}
		entries[i].Response.Content.Text = cut(entries[i].Response.Content.Text)
	}
	for i := range g.lines {
		g.lines[i].Text, g.lines[i].Details = cut(g.lines[i].Text), cut(g.lines[i].Details)
	}
	for i := range g.console {
		g.console[i].Text = cut(g.console[i].Text)
	}
	var left int
	g.har.Log.Entries, left = newest(entries, most/perHAR, entrySize)
	note("requests of the HAR", left)
	g.console, left = newest(g.console, most/perList, func(e ConsoleEntry) int { return len(e.Text) + len(e.Where) })
	note("entries of the console", left)
	g.messages, left = newest(g.messages, most/perList, func(m Message) int { return len(m.Data) + len(m.Refusal) })
	note("messages", left)
	g.tenant, left = newest(g.tenant, most/perList, func(e TenantEvent) int { return len(e.Text) + len(e.Raw) })
	note("events of the tenant", left)
	g.boundShots(most / perShots)
}

func entrySize(e harfile.Entry) int {
	size := len(e.Request.URL) + len(e.Response.RedirectURL) + len(e.Response.Content.Text)
	if e.Request.PostData != nil {
		size += len(e.Request.PostData.Text)
	}
	for _, pairs := range [][]harfile.Pair{
		e.Request.Headers, e.Request.Cookies, e.Request.QueryString, e.Response.Headers, e.Response.Cookies,
	} {
		for _, p := range pairs {
			size += len(p.Name) + len(p.Value) + len(`{"name":"","value":""}`)
		}
	}
	return size
}

// boundShots leaves out the pictures that do not fit. Each is there twice: as a file, and in the page.
func (g *gathered) boundShots(budget int) {
	for i := range g.shots {
		shot := &g.shots[i]
		if size := len(shot.png)*7/3 + 1; size <= budget {
			budget -= size
		} else if len(shot.png) > 0 {
			shot.Lost = fmt.Sprintf("its %d bytes do not fit into the evidence", len(shot.png))
			shot.png = nil
		}
	}
}

// cloned lets what was gathered be changed: its lists belong to the World.
func (g *gathered) cloned() {
	g.messages, g.tenant, g.diagnoses, g.refused =
		slices.Clone(g.messages), slices.Clone(g.tenant), slices.Clone(g.diagnoses), slices.Clone(g.refused)
}
