package browser

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// Kind says what sort of browser is driven.
type Kind int

const (
	// Shell is chromium-headless-shell: two to three times faster than Full. It has no back/forward cache, no hidden
	// background tabs and no popup blocker. The default.
	Shell Kind = iota
	// Full is the whole of Chromium or Chrome, headless unless Options.Headed.
	Full
)

// String is "shell" or "full".
func (k Kind) String() string {
	if k == Full {
		return "full"
	}
	return "shell"
}

// ErrNotDrivable is in the chain of the error of Find and Launch on an operating system whose browsers this package cannot drive.
var ErrNotDrivable = errors.New("mockauth0 cannot drive a browser")

const installLine = "apt-get install -y --no-install-recommends chromium chromium-headless-shell"

func shellNames() []string {
	return []string{"chromium-headless-shell", "chrome-headless-shell", "headless_shell"}
}

func fullNames() []string {
	return []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"}
}

// Find returns the executable that Launch would start for these options, and its kind. A missing shell
// falls back to a full browser; a missing full browser does not fall back to the shell, which cannot stand in for it.
// The error names the command that installs one.
func Find(o Options) (path string, kind Kind, err error) {
	if err := drivable(); err != nil {
		return "", 0, err
	}
	if o.Path != "" {
		found, err := exec.LookPath(o.Path)
		if err != nil {
			return "", 0, fmt.Errorf("the browser %q cannot be started: %w; correct its path (MOCKAUTH0_BROWSER), or install one with\n  %s", o.Path,
				errors.Unwrap(err), installLine)
		}
		if strings.Contains(filepath.Base(found), "headless") {
			return found, Shell, nil
		}
		return found, Full, nil
	}
	if o.Kind == Shell && !o.Headed {
		for _, name := range shellNames() {
			if found, err := exec.LookPath(name); err == nil {
				return found, Shell, nil
			}
		}
	}
	for _, name := range fullNames() {
		if found, err := exec.LookPath(name); err == nil {
			return found, Full, nil
		}
	}
	return "", 0, fmt.Errorf("no %s browser found; install one with\n  %s", o.Kind, installLine)
}
