// Package pattern holds regular expressions that are compiled at their first use. A command that needs none of them does not pay for
// them.
package pattern

import (
	"regexp"
	"sync"
)

// Lazy gives the expression, compiled once. It panics at the first use when the expression is wrong.
func Lazy(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
