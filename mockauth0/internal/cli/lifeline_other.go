//go:build !unix

package cli

import "context"

// WithLifeline returns parent: descriptors are not passed on here.
func WithLifeline(parent context.Context) context.Context { return parent }
