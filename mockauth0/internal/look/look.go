// Package look holds what the pages that people watch a tenant by look alike in: the page of evidence and the console.
package look

import _ "embed"

//go:embed base.css
var base string

// Base is a style sheet: colours for light and dark, text, lists and tables. It comes before that of a page.
func Base() string { return base }
