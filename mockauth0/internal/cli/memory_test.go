//go:build linux

package cli

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"renewal.example/mockauth0/internal/httpx"
)

// Bars for a tenant that strangers flood: any page of the web can make a browser send these.
const mayGrow = 64 << 20

// TestStrangersCannotFillTheMemory by requests as big as they may be: thousands of short parameters, or one long value of a
// parameter that means something. Each begins a login that nobody finishes.
func TestStrangersCannotFillTheMemory(t *testing.T) {
	t.Parallel()
	dir := openToAll(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "serve", "--listen", "127.0.0.1:0", "--data-dir", filepath.Join(dir, "data"))
	stdout := newTranscript()
	cmd.Stdout, cmd.Env = stdout, []string{asProcess + "=1"}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	gone := make(chan struct{})
	go func() { _ = cmd.Wait(); close(gone) }()
	defer func() { _ = cmd.Process.Signal(syscall.SIGTERM); <-gone }()
	if !stdout.wait(regexp.MustCompile(`\n`), gone) {
		t.Fatal("it did not start")
	}
	said := announced(t, stdout)
	client := trusting(t, said.CAFile)
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client.Transport.(*http.Transport).MaxIdleConnsPerHost = 4
	before := resident(t, cmd.Process.Pid, "VmRSS")
	requests := floodOf(10_000, 2000)
	flood(t, client, requests, said.Issuer+"authorize?response_type=code&client_id=TutorialSpaClient000000000000001&redirect_uri="+
		url.QueryEscape("http://localhost:5000/callback"))
	after, peak := resident(t, cmd.Process.Pid, "VmRSS"), resident(t, cmd.Process.Pid, "VmHWM")
	res, err := client.Post(said.Control+"/reset", "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	reset := resident(t, cmd.Process.Pid, "VmRSS")
	t.Logf("resident: %d MB at the start, %d MB after %d requests (at most %d MB), %d MB after the reset", before>>20, after>>20,
		requests, peak>>20, reset>>20)
	if grew := after - before; grew > mayGrow {
		t.Errorf("it grew by %d MB", grew>>20)
	}
	if kept := reset - before; kept > mayGrow/4 {
		t.Errorf("%d MB are not given back", kept>>20)
	}
}

// flood sends the hostile requests, four at a time.
func flood(t *testing.T, client *http.Client, requests int, address string) {
	t.Helper()
	var short strings.Builder
	for n := 0; short.Len() < httpx.MaxQuery-len(address)-10; n++ {
		fmt.Fprintf(&short, "&p%d=%d", n, n)
	}
	long := "&state=" + strings.Repeat("s", httpx.MaxQuery-len(address)-10)
	numbers := make(chan int)
	var senders sync.WaitGroup
	for range 4 {
		senders.Go(func() {
			for n := range numbers {
				more := short.String()
				if n%4 == 0 {
					more = long
				}
				res, err := client.Get(address + more)
				if err != nil {
					t.Error(err)
					continue
				}
				if res.Body.Close(); res.StatusCode != http.StatusFound {
					t.Errorf("%s", res.Status)
				}
			}
		})
	}
	for n := range requests {
		numbers <- n
	}
	close(numbers)
	senders.Wait()
}

// resident is a figure of /proc/PID/status in bytes.
func resident(t *testing.T, pid int, name string) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^` + name + `:\s+(\d+) kB$`).FindSubmatch(status)
	if found == nil {
		t.Fatalf("no %s in %s", name, status)
	}
	kB, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	return kB << 10
}
