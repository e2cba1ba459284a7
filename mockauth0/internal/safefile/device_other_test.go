//go:build !linux

package safefile

import "errors"

func makeDevice(string) error { return errors.ErrUnsupported }
