package datadir

import (
	"errors"
	"fmt"
)

// ErrClaimed is the error of a claim that another process has.
var ErrClaimed = errors.New("another process has it")

// Claim takes a lock file for as long as the process lives, at once or not at all: ErrClaimed. The file stays there, empty. A process
// that is killed loses its claim.
func Claim(path string) (release func(), err error) {
	release, err = claim(path)
	if errors.Is(err, errHeld) {
		return nil, fmt.Errorf("%w: %s", ErrClaimed, path)
	}
	return release, err
}
