package cli

import "renewal.example/mockauth0/internal/terminal"

// printable takes out of a text what would steer a terminal, for those who cut it to a length or put it in quotes. Everything that is
// written goes through it anyway.
func printable(text string) string { return terminal.Text(text) }
