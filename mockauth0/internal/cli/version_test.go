package cli

import (
	"runtime/debug"
	"testing"
)

func TestVersionLine(t *testing.T) {
	build := func(version string, settings ...string) *debug.BuildInfo {
		b := &debug.BuildInfo{Main: debug.Module{Version: version}}
		for i := 0; i < len(settings); i += 2 {
			b.Settings = append(b.Settings, debug.BuildSetting{Key: settings[i], Value: settings[i+1]})
		}
		return b
	}
	const commit, at = "0123456789abcdef0123456789abcdef01234567", "2026-11-30T13:33:11Z"
	for _, tc := range []struct {
		name  string
		build *debug.BuildInfo
		want  string
	}{
		{"a release", build("v1.2.0", "vcs.revision", commit, "vcs.time", at, "vcs.modified", "false"),
			"mockauth0 v1.2.0 linux/amd64 go1.26, commit 0123456789ab of 2026-11-30"},
		{"a clone", build("v0.0.0-20261130133311-0123456789ab", "vcs.revision", commit, "vcs.time", at, "vcs.modified", "false"),
			"mockauth0 devel linux/amd64 go1.26, commit 0123456789ab of 2026-11-30"},
		{"a clone with changes",
			build("v0.0.0-20261130133311-0123456789ab+dirty", "vcs.revision", commit, "vcs.time", at, "vcs.modified", "true"),
			"mockauth0 devel linux/amd64 go1.26, commit 0123456789ab of 2026-11-30, with changes"},
		{"a clone after a release", build("v1.2.1-0.20261130133311-0123456789ab", "vcs.revision", commit),
			"mockauth0 devel linux/amd64 go1.26, commit 0123456789ab"},
		{"a release candidate", build("v1.2.0-rc.1", "vcs.revision", commit), "mockauth0 v1.2.0-rc.1 linux/amd64 go1.26, commit 0123456789ab"},
		{"go install of a commit", build("v0.0.0-20261130133311-0123456789ab"), "mockauth0 devel linux/amd64 go1.26, commit 0123456789ab"},
		{"go install of a release", build("v1.2.0"),
			"mockauth0 v1.2.0 linux/amd64 go1.26, commit not known: it was built without version control"},
		{"no version control", build("(devel)"), "mockauth0 devel linux/amd64 go1.26, commit not known: it was built without version control"},
		{"no build information", nil, "mockauth0 devel linux/amd64 go1.26, commit not known: it was built without version control"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := versionLine(tc.build, "linux/amd64", "go1.26"); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}
