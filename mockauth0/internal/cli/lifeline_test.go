//go:build unix

package cli

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/clock"
)

// TestEverythingEndsWithTheLifeline, which nothing that the program runs inherits or hears of.
func TestEverythingEndsWithTheLifeline(t *testing.T) {
	for name, args := range map[string][]string{
		"serve": {"serve", "--listen", "127.0.0.1:0"},
		"exec":  {"exec", "--", "sh", "-c", `echo "lifeline: <$MOCKAUTH0_LIFELINE> at $$"; test -e /dev/fd/3 && echo it is open; sleep 60`},
	} {
		t.Run(name, func(t *testing.T) {
			there, here, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer here.Close()
			p := startProgram(t, t.TempDir(), func(c *exec.Cmd) {
				c.ExtraFiles = []*os.File{there}
				c.Env = append(c.Env, lifeline+"=3")
			}, args...)
			there.Close()
			if name == "exec" {
				p.waitFor(t, p.stdout, `lifeline: <> at \d+`)
			} else {
				p.waitFor(t, p.stderr, "Ctrl-C ends it")
			}
			here.Close()
			select {
			case <-p.gone:
			case <-clock.WallAfter(patience):
				t.Fatalf("it did not end when its lifeline closed: %s", p.stderr)
			}
			if name == "exec" && strings.Contains(p.stdout.String(), "it is open") {
				t.Errorf("the command got the lifeline: %s", p.stdout)
			}
		})
	}
}
