package datadir

import (
	"errors"
	"fmt"
	"os"
)

// tryExclusive is the lock of systems without flock: whoever creates the file beside path holds it.
// A crash leaves the file behind; it is never removed on a guess, since two guessers would both win.
func tryExclusive(path string) (unlock func(), err error) {
	path += ".held"
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, Private)
	if err == nil {
		f.Close()
		return func() { os.Remove(path) }, nil
	}
	// Windows answers "access denied" for a file that is just being removed.
	if errors.Is(err, os.ErrExist) || errors.Is(err, os.ErrPermission) {
		return nil, fmt.Errorf("%w: %s is there (%w); if no mockauth0 is starting now, delete that file", errHeld, path, err)
	}
	return nil, err
}
