package cli

import "flag"

// atLength is for the numbers that the bars speak of; without it the tests of floods send a part of them. See `make flood`.
var atLength = flag.Bool("atlength", false, "send as many requests as the bars speak of")

// floodOf is how many requests a test sends.
func floodOf(full, part int) int {
	if *atLength {
		return full
	}
	return part
}
