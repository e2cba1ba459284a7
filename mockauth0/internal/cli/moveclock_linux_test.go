package cli

import (
	"bytes"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// movesDate asks the tenant's clock to go on by two hours, and prints what time `date` had before and after.
const movesDate = `date +%s
"$0" -e 'fetch(process.env.MOCKAUTH0_CONTROL + "/clock", {
	method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ advance: "2h" }),
}).then((answer) => { if (!answer.ok) throw new Error(answer.status) })'
date +%s`

// TestLibfaketimeMovesPrograms: those that are not Node's, where it is installed. Where it is not, exec says so, and they keep real time.
func TestLibfaketimeMovesPrograms(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip(err)
	}
	library := installedLibfaketime()
	want, says := 2*3600, "others by libfaketime"
	if library == "" {
		want, says = 0, "Others keep real time: libfaketime is not installed (Debian, Ubuntu: apt-get install faketime)"
		t.Log("libfaketime is not installed, so that it moves programs was not tried")
	}
	var out, said bytes.Buffer
	c := exec.Command(os.Args[0], "exec", "--move-clock", "--", "sh", "-c", movesDate, node)
	// By its name: 0.9.10 is not used otherwise, for a fault in programs that wait, and date does not.
	c.Env = append(os.Environ(), asProcess+"=1", libfaketimeVariable+"="+library, "MOCKAUTH0_DATA_DIR="+t.TempDir())
	c.Stdout, c.Stderr = &out, &said
	if err := c.Run(); err != nil {
		t.Fatalf("%v; %s", err, said.String())
	}
	if !strings.Contains(said.String(), says) {
		t.Errorf("it said %s; want %s", said.String(), says)
	}
	times := strings.Fields(out.String())
	if len(times) != 2 {
		t.Fatalf("it printed %q; %s", out.String(), said.String())
	}
	before, _ := strconv.Atoi(times[0])
	after, _ := strconv.Atoi(times[1])
	if moved := after - before; moved < want || moved > want+60 {
		t.Errorf("date moved by %d s, want %d; %s", moved, want, said.String())
	}
}
