package cli

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, and the commit that it was built from",
		Args:  noArguments,
		RunE:  func(*cobra.Command, []string) error { return a.printVersion() },
	}
}

func (a *app) printVersion() error {
	build, _ := debug.ReadBuildInfo()
	_, err := io.WriteString(a.stdio.Out, versionLine(build, runtime.GOOS+"/"+runtime.GOARCH, runtime.Version())+"\n")
	return err
}

// versionLine is what `version` prints: the module's version, or devel between two versions, then the platform, the version of
// Go, and the commit. build is nil where the program has no build information.
func versionLine(build *debug.BuildInfo, platform, goVersion string) string {
	return fmt.Sprintf("mockauth0 %s %s %s, %s", moduleVersion(build), platform, goVersion, commitOf(build))
}

// moduleVersion leaves out what Go makes of a commit between two versions (v0.0.0-20261130133311-0123456789ab+dirty): the commit
// stands beside it.
func moduleVersion(build *debug.BuildInfo) string {
	if build == nil {
		return "devel"
	}
	version, _, _ := strings.Cut(build.Main.Version, "+")
	if version == "" || version == "(devel)" || pseudoCommit(version) != "" {
		return "devel"
	}
	return version
}

// pseudoCommit is the commit of a version that Go made of one: go.dev/ref/mod#pseudo-versions. It is "" for any other version.
func pseudoCommit(version string) string {
	const timestamp, digest = 14, 12
	parts := strings.Split(version, "-")
	last := len(parts) - 1
	if last < 2 || len(parts[last]) != digest || len(parts[last-1]) < timestamp {
		return ""
	}
	time := parts[last-1][len(parts[last-1])-timestamp:]
	if strings.Trim(time, "0123456789") != "" || strings.Trim(parts[last], "0123456789abcdef") != "" {
		return ""
	}
	return parts[last]
}

// commitOf says which commit a program was built from: the one that Go found in the clone, or that is in the version of a module
// that was downloaded.
func commitOf(build *debug.BuildInfo) string {
	if build == nil {
		build = &debug.BuildInfo{}
	}
	settings := map[string]string{}
	for _, setting := range build.Settings {
		settings[setting.Key] = setting.Value
	}
	commit := cmp.Or(settings["vcs.revision"], pseudoCommit(build.Main.Version))
	if commit == "" {
		return "commit not known: it was built without version control"
	}
	said := "commit " + commit[:min(12, len(commit))]
	if day, _, ok := strings.Cut(settings["vcs.time"], "T"); ok {
		said += " of " + day
	}
	if settings["vcs.modified"] == "true" {
		said += ", with changes"
	}
	return said
}
