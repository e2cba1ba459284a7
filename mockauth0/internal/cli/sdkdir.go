package cli

import (
	"os"
	"path/filepath"
)

// sdkDir is the node_modules folder with the SDKs: the one that the person named, that of the checkout in the current
// folder, or that of the checkout in which this program was built, which lies in its .build.
func sdkDir(named string) string {
	if named != "" {
		return named
	}
	const modules = "web/node_modules"
	if exists(modules) {
		return modules
	}
	if self, err := os.Executable(); err == nil {
		if there := filepath.Join(filepath.Dir(filepath.Dir(self)), filepath.FromSlash(modules)); exists(there) {
			return there
		}
	}
	return modules
}

func exists(folder string) bool {
	_, err := os.Stat(folder)
	return err == nil
}
