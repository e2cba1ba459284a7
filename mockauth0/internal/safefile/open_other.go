//go:build !unix

package safefile

// noFollow is nothing here: that the opened file is the one that was looked at before is what guards against links.
const noFollow = 0
