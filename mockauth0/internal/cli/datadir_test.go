package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestNobodyGetsACAForAPublicSuffix(t *testing.T) {
	for domain, want := range map[string]bool{
		"com": true, "COM": true, "com.": true, "com:4443": true, "co.uk": true, "github.io": true, "xn--p1ai": true, "eu.auth0.com": false,
		"acme.com": false, "login.acme.co.uk": false, "localhost": false, "login.test": false, "test": false, "intranet": false,
		"10.0.0.1": false, "[fd00::1]:4443": false, "acme.github.io": false,
	} {
		if got := publicSuffix(domain); got != want {
			t.Errorf("publicSuffix(%q) is %v", domain, got)
		}
	}
	dir := t.TempDir()
	for file, text := range map[string]string{"tenant.yaml": "clients: []\n", "mock.yaml": "custom_domain: co.uk\n"} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{
		{"ca", "--domain", "com"}, {"ca", "--tenant", dir}, {"env", "--domain", "com:4443"},
		{"serve", "--listen", "127.0.0.1:0", "--domain", "github.io"},
		{"serve", "--listen", "127.0.0.1:0", "--tenant", dir},
	} {
		data := t.TempDir()
		var stdout bytes.Buffer
		code, stderr := exitsWith(t.Context(), t, &stdout, append(args, "--data-dir", data)...)
		if code != exitRefused || !strings.Contains(stderr, "everybody registers names below") {
			t.Errorf("%q: exit code %d, want %d: %s", args, code, exitRefused, stderr)
		}
		if left, err := os.ReadDir(data); err != nil || len(left) > 0 {
			t.Errorf("%q left %v (%v)", args, left, err)
		}
	}
}

func TestADataDirectoryThatOthersCanWriteIsAWarning(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no mode bits")
	}
	data := t.TempDir()
	for perm, warns := range map[os.FileMode]bool{0o700: false, 0o755: false, 0o775: true, 0o777: true} {
		if err := os.Chmod(data, perm); err != nil {
			t.Fatal(err)
		}
		var stdout bytes.Buffer
		code, stderr := exitsWith(t.Context(), t, &stdout, "ca", "--path", "--data-dir", data)
		if code != exitOK || strings.Contains(stderr, "warning: others can write to the data directory "+data) != warns {
			t.Errorf("%v: exit code %d, stderr %q", perm, code, stderr)
		}
	}
}
