// Package valid says whether values that tenant files and requests both carry have the right form.
package valid

import "strings"

// EmailAddress is a loose check: something on both sides of one @.
func EmailAddress(text string) bool {
	local, host, _ := strings.Cut(text, "@")
	return local != "" && host != "" && !strings.ContainsAny(host, "@") && !strings.ContainsAny(text, " \t\r\n")
}
