package support

import (
	"fmt"
	"os"
)

// Rewrite gives a document the text that put makes of it. With check it writes nothing: a document that would change is an
// error, which ends with stale: what the document does not say, and what to do about it.
func Rewrite(document string, check bool, stale string, put func(old string) (string, error)) error {
	old, err := os.ReadFile(document)
	if err != nil {
		return err
	}
	text, err := put(string(old))
	if err != nil {
		return fmt.Errorf("%s: %w", document, err)
	}
	switch {
	case text == string(old):
		return nil
	case check:
		return fmt.Errorf("%s %s", document, stale)
	}
	return os.WriteFile(document, []byte(text), 0o644)
}
