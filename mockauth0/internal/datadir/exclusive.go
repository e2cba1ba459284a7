package datadir

import (
	"errors"
	"fmt"
	"os"
	"time"

	"renewal.example/mockauth0/internal/clock"
)

// lockExclusive is the lock of systems without flock: whoever creates the file beside path holds it.
// A crash leaves the file behind; it is never removed on a guess, since two guessers would both win.
func lockExclusive(path string, patience time.Duration) (unlock func(), err error) {
	path += ".held"
	for deadline := clock.Wall().Add(patience); ; <-clock.WallAfter(20 * time.Millisecond) {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, Private)
		if err == nil {
			f.Close()
			return func() { os.Remove(path) }, nil
		}
		// Windows answers "access denied" for a file that is just being removed.
		if !errors.Is(err, os.ErrExist) && !errors.Is(err, os.ErrPermission) {
			return nil, err
		}
		if clock.Wall().After(deadline) {
			return nil, fmt.Errorf("%s was there for %s (%w); if no mockauth0 is starting now, delete that file", path, patience, err)
		}
	}
}
