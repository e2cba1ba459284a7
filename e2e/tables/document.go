package tables

import (
	"fmt"
	"os"
	"strings"
)

// Update puts a text into the generated part of a document, which belongs to the make target of this name. With check it
// writes nothing: a document that would change is an error.
func Update(document, target, text string, check bool) error {
	old, err := os.ReadFile(document)
	if err != nil {
		return err
	}
	written, err := Between(string(old), target, text)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", document, err)
	case written == string(old):
		return nil
	case check:
		return fmt.Errorf("%s is out of date: run `make %s` and commit it", document, target)
	}
	return os.WriteFile(document, []byte(written), 0o644)
}

// Marks are the lines around the generated part of a document.
func Marks(target string) (begin, end string) {
	return "<!-- written by `make " + target + "` -->", "<!-- end of what `make " + target + "` writes -->"
}

// Between gives a document with its generated part replaced.
func Between(document, target, text string) (string, error) {
	begin, end := Marks(target)
	before, rest, found := strings.Cut(document, begin)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		return "", fmt.Errorf("no place for the table: put these two lines where it shall stand\n%s\n%s", begin, end)
	}
	return before + begin + "\n" + text + end + after, nil
}
