package support

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// NPM is the version of a package in a node_modules folder.
func NPM(modules, name string) (string, error) {
	text, err := os.ReadFile(filepath.Join(modules, name, "package.json"))
	var about struct{ Version string }
	if err == nil {
		err = json.Unmarshal(text, &about)
	}
	if err != nil {
		return "", fmt.Errorf("the version of %s cannot be read: %w; run `npm ci` in the folder of %s", name, err, modules)
	}
	return about.Version, nil
}

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
