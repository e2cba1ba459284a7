package cli

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// OpenProgram is the Opener that starts a real program. When it fails, the error holds the last lines of its stderr.
func OpenProgram(ctx context.Context, program string, args []string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	var said ending
	cmd.Stderr = &said
	cmd.WaitDelay = time.Second // a browser leaves processes behind that keep stderr open
	err := cmd.Run()
	if err == nil || errors.Is(err, exec.ErrWaitDelay) {
		return nil
	}
	err = fmt.Errorf("%s ended early: %w", program, err)
	if lines := said.lines(); len(lines) > 0 {
		err = fmt.Errorf("%w; the last it said:\n  %s", err, strings.Join(lines, "\n  "))
	}
	return err
}

// ending keeps the end of what is written to it.
type ending struct{ kept []byte }

func (e *ending) Write(b []byte) (int, error) {
	const most = 8 << 10
	e.kept = append(e.kept, b...)
	if len(e.kept) > most {
		e.kept = append([]byte(nil), e.kept[len(e.kept)-most:]...)
	}
	return len(b), nil
}

// lines are the last few that are not empty.
func (e *ending) lines() []string {
	const most = 5
	var lines []string
	for line := range strings.Lines(string(e.kept)) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines[max(0, len(lines)-most):]
}
