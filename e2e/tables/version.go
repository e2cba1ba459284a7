package tables

import (
	"fmt"
	"os"
	"strings"
)

// Module is the version, without its v, at which a go.mod file requires a module.
func Module(goMod, path string) (string, error) {
	text, err := os.ReadFile(goMod)
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require "))
		if len(words) >= 2 && words[0] == path {
			return strings.TrimPrefix(words[1], "v"), nil
		}
	}
	return "", fmt.Errorf("%s requires no module %s", goMod, path)
}
