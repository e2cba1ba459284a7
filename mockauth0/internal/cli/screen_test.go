package cli

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/terminal"
)

func TestColourAndLinksAreForTerminalsThatHaveThem(t *testing.T) {
	for _, tc := range []struct {
		vars          string // NAME=VALUE, separated by spaces
		goos          string
		color, linked bool
		forced        bool // also where it goes to a file
	}{
		{"TERM=xterm-256color", "linux", true, false, false},
		{"", "linux", false, false, false},
		{"TERM=dumb", "linux", false, false, false},
		{"TERM=dumb TERM_PROGRAM=vscode", "linux", false, false, false},
		{"TERM=xterm NO_COLOR=1", "linux", false, false, false},
		{"TERM=xterm NO_COLOR=1 CLICOLOR_FORCE=1", "linux", false, false, false},
		{"TERM=xterm CLICOLOR=0", "linux", false, false, false},
		{"TERM=dumb CLICOLOR_FORCE=1", "linux", true, false, true},
		{"CLICOLOR_FORCE=1", "linux", true, false, true},
		{"CLICOLOR_FORCE=0", "linux", false, false, false},
		{"TERM=xterm-256color VTE_VERSION=6800", "linux", true, true, false},
		{"TERM=xterm-256color VTE_VERSION=4600", "linux", true, false, false},
		{"TERM=xterm-256color VTE_VERSION=6800 TMUX=/tmp/t", "linux", true, false, false},
		{"TERM=screen-256color TERM_PROGRAM=iTerm.app", "darwin", true, false, false},
		{"TERM=xterm-256color TERM_PROGRAM=iTerm.app", "darwin", true, true, false},
		{"TERM=xterm-256color TERM_PROGRAM=Apple_Terminal", "darwin", true, false, false},
		{"TERM=xterm-kitty", "linux", true, true, false},
		{"", "windows", false, false, false},
		{"WT_SESSION=1", "windows", true, true, false},
	} {
		e := Environment{GOOS: tc.goos, Lookup: func(name string) (string, bool) {
			for pair := range strings.FieldsSeq(tc.vars) {
				if n, value, _ := strings.Cut(pair, "="); n == name {
					return value, true
				}
			}
			return "", false
		}}
		if color, linked := e.showsColor(), e.showsLinks(); color != tc.color || linked != tc.linked {
			t.Errorf("%s %s: colour %v, links %v; want %v, %v", tc.goos, tc.vars, color, linked, tc.color, tc.linked)
		}
		if got := e.styleOf(&bytes.Buffer{}); got != (terminal.Style{Color: tc.forced}) {
			t.Errorf("%s %s: to a file it is %+v", tc.goos, tc.vars, got)
		}
	}
}

func TestTheLogIsLinesForPeople(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(peopleLog{to: styled{terminal.Styled(&out, terminal.Style{}), terminal.Style{}}})
	log.Debug("nobody reads this")
	log.With("dir", "./acme").Warn("it is gone", "why", errors.New("no such file"), "empty", "")
	log.Info("it is back", "clients", 2, "steps", `renew, "twice"`)
	log.Error("foreign \x1b[31m text", "path", "a\x1b]0;b")
	lines := strings.Split(out.String(), "\n")
	for i, want := range []string{
		` warning: it is gone  dir=./acme why="no such file" empty=""`, ` it is back  clients=2 steps="renew, \"twice\""`,
		" error: foreign \uFFFD[31m text  path=\"a\\x1b]0;b\"",
	} {
		when, rest := lines[i][:len("15:04:05")], lines[i][len("15:04:05"):]
		if _, err := time.Parse(clockForm, when); err != nil || rest != want {
			t.Errorf("line %d is %q (%v), want the time and %q", i, lines[i], err, want)
		}
	}
	if len(lines) != 4 {
		t.Errorf("%d lines", len(lines)-1)
	}
}
