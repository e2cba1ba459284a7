package check

import (
	"fmt"
	"strings"
)

// Document is the part of CHECK.md that lists the checks, in Markdown.
func Document() string {
	var b strings.Builder
	for _, c := range All() {
		fmt.Fprintf(&b, "\n### %s\n", c.ID)
		fmt.Fprintf(&b, "%s\n", c.Title)
		fmt.Fprintf(&b, "- severity: %s\n- applies to: %s\n- why: %s\n- remedy: %s\n", c.Severity, c.Applies, c.Why, c.Remedy)
	}
	return b.String()
}
