package cli

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/names"
)

// nodeFollower moves the clock of a Node program.
//
//go:embed nodeclock/follow.mjs
var nodeFollower []byte

// movedClock is how programs are told to go by the tenant's clock. Its files are in one directory.
type movedClock struct {
	dir     string
	control string // address of the control API
	clock   string // the control API of another tenant, whose clock they go by; "": that of control
	caFile  string // for the control API
	libfake string // path of libfaketime; "": it is not used
	noFake  string // why not, for people
}

// movedClockOf has a command go by a tenant's clock, with what it reads in scratch.
func (a *app) movedClockOf(ctx context.Context, server *mockauth0.Server, scratch string) (m movedClock, err error) {
	ca := filepath.Join(scratch, "control-ca.pem")
	if err := os.WriteFile(ca, server.CA().PEM(), 0o600); err != nil {
		return m, notWritten("the certificate of the control API: %w", err)
	}
	return a.newMovedClock(ctx, scratch, controlAddress(server), ca)
}

// keepInStep says what moves, and keeps it in step with a tenant until stop.
func (a *app) keepInStep(server *mockauth0.Server, m movedClock) (stop func()) {
	fmt.Fprintf(a.stdio.Err, "mockauth0: %s.\n", m.describe())
	before := sharedByLibfaketime()
	keeps := a.keepFakeTime(server, m)
	return func() {
		keeps()
		a.cleanUpAfterLibfaketime(before)
	}
}

// newMovedClock writes what Node programs need into dir.
func (a *app) newMovedClock(ctx context.Context, dir, control, caFile string) (movedClock, error) {
	m := movedClock{dir: dir, control: control, caFile: caFile}
	var err error
	if m.libfake, m.noFake, err = a.libfaketime(ctx); err != nil {
		return m, err
	}
	if err := os.WriteFile(m.nodeFile(), nodeFollower, 0o600); err != nil {
		return m, notWritten("the module that moves the clock of Node programs: %w", err)
	}
	return m, nil
}

// The files in the directory.
func (m movedClock) nodeFile() string { return filepath.Join(m.dir, "follow.mjs") }
func (m movedClock) timeFile() string { return filepath.Join(m.dir, "faketime") }

// nodeOptions has Node load the follower before anything else: a file's URL has no blank, which would part the options.
func (m movedClock) nodeOptions() string {
	path := filepath.ToSlash(m.nodeFile())
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // of a drive
	}
	return "--import " + (&url.URL{Scheme: "file", Path: path}).String()
}

// variables are the settings, but for the two that add to what may be there already: NODE_OPTIONS and LD_PRELOAD.
func (m movedClock) variables() []variable {
	list := []variable{{controlAddressVariable, m.control}, {"MOCKAUTH0_CLOCK", m.clock}, {"MOCKAUTH0_CA", m.caFile}}
	if m.libfake == "" {
		return list
	}
	return append(list,
		variable{"FAKETIME_TIMESTAMP_FILE", m.timeFile()},
		variable{"FAKETIME_NO_CACHE", "1"}, // it reads the file each time
		variable{"FAKETIME_FMT", "%s"},     // a time that stands still is in seconds since 1970
		variable{"FAKETIME_SKIP_CMDS", strings.Join(leftAlone(), ",")},
		// Or waits and timers would end with each move, and not at all while the time stands still. Newer ones know the second name.
		variable{"DONT_FAKE_MONOTONIC", "1"}, variable{"FAKETIME_DONT_FAKE_MONOTONIC", "1"},
	)
}

// loaded are the settings that have programs load what moves their clocks, before what the person's own environment has them load.
func (a *app) loaded(m movedClock) []variable {
	list := []variable{{"NODE_OPTIONS", joined(" ", m.nodeOptions(), a.env.get("NODE_OPTIONS"))}}
	if m.libfake != "" {
		list = append(list, variable{"LD_PRELOAD", joined(":", m.libfake, a.env.get("LD_PRELOAD"))})
	}
	return list
}

// leftAlone are programs that libfaketime does not move: Node follows by the module, and browsers have a clock of their own in tests.
func leftAlone() []string {
	return []string{"node", "chrome", "chromium", "chromium-browser", "chrome-headless-shell", "headless_shell", "firefox", "firefox-bin"}
}

// describe says what moves and what does not, in one line.
func (m movedClock) describe() string {
	if m.libfake == "" {
		return "Node programs go by the tenant's clock, their timers excepted. Others keep real time: " + m.noFake
	}
	return "Node programs go by the tenant's clock, and others by libfaketime, timers excepted. Browsers, and programs that are linked " +
		"statically, such as those in Go, keep real time"
}

// keepFakeTime writes the tenant's time for libfaketime, now and with each move, until stop.
func (a *app) keepFakeTime(server *mockauth0.Server, m movedClock) (stop func()) {
	if m.libfake == "" {
		return func() {}
	}
	stopped := server.FollowClock("libfaketime", func(at mockauth0.ClockState) {
		if err := replace(m.timeFile(), fakeTime(at)); err != nil {
			a.warn("libfaketime goes by another time than the tenant: %v", err)
		}
	})
	return func() {
		stopped()
		_ = os.Remove(m.timeFile()) // without it, libfaketime goes by real time
	}
}

// cleanUpAfterLibfaketime removes what programs that it moved have left behind, once they have ended. before is what was there before
// them.
func (a *app) cleanUpAfterLibfaketime(before []string) {
	for _, path := range sharedByLibfaketime() {
		if !slices.Contains(before, path) && !a.aliveOf(path) {
			_ = os.Remove(path) // another user's stays
		}
	}
}

// sharedByLibfaketime are the files of memory that programs share with those that they start. A shell leaves its own behind.
func sharedByLibfaketime() (paths []string) {
	for _, pattern := range []string{"/dev/shm/faketime_shm_*", "/dev/shm/sem.faketime_sem_*"} {
		found, _ := filepath.Glob(pattern) // the patterns are right
		paths = append(paths, found...)
	}
	return paths
}

// aliveOf tells whether the process runs whose id a file's name ends with.
func (a *app) aliveOf(path string) bool {
	pid, err := strconv.Atoi(path[strings.LastIndex(path, "_")+1:])
	return err != nil || a.env.Alive == nil || a.env.Alive(pid)
}

// fakeTime is a time as libfaketime reads it: how far it is ahead of real time, or where it stands still.
func fakeTime(at mockauth0.ClockState) string {
	if at.Frozen {
		return fmt.Sprintf("%d\n", at.Now.Unix())
	}
	return fmt.Sprintf("%+.3f\n", at.Offset.Seconds())
}

// replace writes a file at once: whoever reads it meets the old text or the new one.
func replace(path, text string) error {
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// clockDirectory makes the place for files about a tenant's clock, for programs that exec does not start.
func (a *app) clockDirectory(at domain.Domain) (string, error) {
	dir, err := a.dataDirectory()
	if err != nil {
		return "", err
	}
	safe := func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '-' {
			return r
		}
		return '_'
	}
	dir = filepath.Join(dir, "clock", strings.Map(safe, strings.ToLower(at.Host)))
	return dir, os.MkdirAll(dir, 0o700)
}

// clockLines are lines for a shell, whose programs then go by the clock of the tenant that serve has at a domain.
func (a *app) clockLines(ctx context.Context, at domain.Domain, listen, caFile string) (string, error) {
	dir, err := a.clockDirectory(at)
	if err != nil {
		return "", notWritten("the module that moves the clock of Node programs: %w", err)
	}
	m, err := a.newMovedClock(ctx, dir, controlOf(at, listen), caFile)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# %s.\n", m.describe())
	for _, v := range m.variables() {
		if v.value != "" {
			b.WriteString(exported(v.name, v.value) + "\n")
		}
	}
	fmt.Fprintf(&b, "export NODE_OPTIONS=%s\"${NODE_OPTIONS:+ $NODE_OPTIONS}\"\n", shellWord(m.nodeOptions()))
	if m.libfake != "" {
		b.WriteString("# `mockauth0 serve` keeps the file of libfaketime in step. Use a terminal of its own: every program in it goes by that time.\n")
		fmt.Fprintf(&b, "export LD_PRELOAD=%s\"${LD_PRELOAD:+:$LD_PRELOAD}\"\n", shellWord(m.libfake))
	}
	return b.String(), nil
}

// controlOf is the address of the control API of a tenant that serve has or will have.
func controlOf(at domain.Domain, listen string) string {
	if host, _ := splitDomain(at.Host); !leadsHere(host) {
		return domain.New(dialable(listen), at.Plain).URL() + names.ControlPath
	}
	return at.URL() + names.ControlPath
}

// keepClockFile keeps the file in step that env --move-clock names for libfaketime, where that is installed.
func (a *app) keepClockFile(server *mockauth0.Server) (stop func()) {
	nothing := func() {}
	lib := cmp.Or(a.env.get(libfaketimeVariable), installedLibfaketime())
	if a.env.GOOS != "linux" || lib == "" || lib == noLibfaketime {
		return nothing
	}
	dir, err := a.clockDirectory(atDomain(server.Domain()))
	if err != nil {
		return nothing // start has warned of the data directory
	}
	return a.keepFakeTime(server, movedClock{dir: dir, libfake: lib})
}

// libfaketimeVariable names a libfaketime to use, whatever is found.
const libfaketimeVariable = "MOCKAUTH0_LIBFAKETIME"

// noLibfaketime is what the variable says of a tenant that no program follows by libfaketime.
const noLibfaketime = "off"

// libfaketime is where it is, or why it is not used. A path that somebody named must be there: each program would say that it is not,
// and keep real time.
func (a *app) libfaketime(ctx context.Context) (path, whyNot string, err error) {
	switch path := a.env.get(libfaketimeVariable); path {
	case "":
	case noLibfaketime:
		return "", libfaketimeVariable + " is " + noLibfaketime, nil
	default:
		at, err := filepath.Abs(a.path(path)) // the loader looks elsewhere for a bare name
		if err == nil {
			_, err = os.Stat(at)
		}
		if err != nil {
			return "", "", refuse("%s names %s, and there is no such file: correct it, or leave it out", libfaketimeVariable, path)
		}
		return at, "", nil
	}
	if a.env.GOOS != "linux" {
		return "", "libfaketime is used on Linux only", nil
	}
	path = installedLibfaketime()
	switch {
	case path == "":
		return "", "libfaketime is not installed (Debian, Ubuntu: apt-get install faketime)", nil
	case breaksWaits(ctx, path):
		return "", "the installed libfaketime makes programs fail that wait, such as Python's time.sleep " +
			"(https://github.com/wolfcw/libfaketime/issues/426); install a newer one, or use it all the same with " +
			libfaketimeVariable + "=" + path, nil
	}
	return path, "", nil
}

// installedLibfaketime is where Linux distributions have it; "": nowhere.
func installedLibfaketime() string {
	triple := map[string]string{"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}[runtime.GOARCH]
	for _, name := range []string{"libfaketimeMT.so.1", "libfaketime.so.1"} { // MT: for programs with threads
		for _, dir := range []string{"/usr/lib/" + triple, "/usr/lib64", "/usr/lib", "/usr/local/lib"} {
			path := filepath.Join(dir, "faketime", name)
			if _, err := os.Stat(path); err == nil {
				return path
			}
		}
	}
	return ""
}

// breaksWaits tells whether a libfaketime has the fault of 0.9.10, by a program that shows it. Where there is no Python, who knows.
func breaksWaits(ctx context.Context, path string) bool {
	python, err := exec.LookPath("python3")
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, python, "-S", "-c", "import time; time.sleep(0.001)")
	cmd.Env = []string{"LD_PRELOAD=" + path, "FAKETIME=+1h", "DONT_FAKE_MONOTONIC=1", "FAKETIME_DONT_FAKE_MONOTONIC=1"}
	return cmd.Run() != nil
}
