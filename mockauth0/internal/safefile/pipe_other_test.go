//go:build !unix

package safefile

import "errors"

func makePipe(string) error { return errors.ErrUnsupported }
