package localca

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/datadir"
)

func mustOpen(t testing.TB, dir string, domains ...string) *Authority {
	t.Helper()
	a, err := Open(dir, domains)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestOpenKeepsTheCAAndItsLeaves(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mockauth0")
	first := mustOpen(t, dir)
	if first.Warning() != nil {
		t.Error(first.Warning())
	}
	second := mustOpen(t, dir)
	if !first.Certificate().Equal(second.Certificate()) || first.SPKI() != second.SPKI() || !bytes.Equal(first.PEM(), second.PEM()) {
		t.Error("the second Open has another CA")
	}
	for _, name := range []string{"localhost", "foo.localhost", ""} {
		a, b := certificateFor(t, first, name), certificateFor(t, second, name)
		if !bytes.Equal(a.Certificate[0], b.Certificate[0]) {
			t.Errorf("the certificate of %q changed: a person's click-through would be lost", name)
		}
	}
	if !bytes.Equal(read(t, first.File()), first.PEM()) {
		t.Error("File is not PEM")
	}
	if runtime.GOOS != "windows" {
		for name, want := range map[string]os.FileMode{"": 0o700, "ca-key.pem": 0o600, "ca-leaf.pem": 0o600, "ca.pem": 0o644} {
			if stat, err := os.Stat(filepath.Join(dir, name)); err != nil || stat.Mode().Perm() != want {
				t.Errorf("%q: %v, %v; want %v", name, stat.Mode().Perm(), err, want)
			}
		}
	}
}

func TestFurtherDomainsHaveTheirOwnCA(t *testing.T) {
	dir := t.TempDir()
	first := mustOpen(t, dir)
	before := read(t, filepath.Join(dir, "ca-key.pem"))
	inside := mustOpen(t, dir, "acme.localhost:4443", "tenant.test", "localhost", "127.0.0.1:1", "[::1]:1", "127.3.2.1")
	if inside.File() != first.File() {
		t.Error("names inside the built-in constraint got a CA of their own")
	}
	further := mustOpen(t, dir, "Login.Example.org:443", "192.168.7.9", "localhost")
	again := mustOpen(t, dir, "192.168.7.9:8443", "login.example.org")
	if further.File() == first.File() || further.File() != again.File() || further.SPKI() != again.SPKI() {
		t.Errorf("CA files %s, %s, %s", first.File(), further.File(), again.File())
	}
	if !bytes.Equal(before, read(t, filepath.Join(dir, "ca-key.pem"))) {
		t.Error("the first CA was touched")
	}
	verify(t, further, "login.example.org", true)
	verify(t, further, "a.login.example.org", true)
	verify(t, further, "localhost", true)
	verify(t, further, "example.org", false)
	for _, domain := range []string{"", "a b", "-x.test", "bücher.example", "a..b", "//evil", strings.Repeat("a.", 130) + "test"} {
		if _, err := Open(dir, []string{domain}); err == nil || !strings.Contains(err.Error(), "host name") {
			t.Errorf("domain %q: error %v", domain, err)
		}
	}
}

func TestDamagedFiles(t *testing.T) {
	other := mustOpen(t, t.TempDir(), "example.org")
	otherFile := strings.TrimSuffix(other.File(), ".pem") + "-key.pem"
	const ca, leaf, public = "ca-key.pem", "ca-leaf.pem", "ca.pem"
	cut := func(b []byte) []byte { return b[:len(b)/2] }
	tests := []struct {
		name, file string
		change     func(old []byte) []byte
		wrong      string // part of the error; "": mended by itself, with the same CA
	}{
		{"empty CA", ca, func([]byte) []byte { return nil }, "incomplete"},
		{"half a CA", ca, cut, "incomplete"},
		{"CA without key", ca, func(b []byte) []byte { return b[:bytes.Index(b, []byte("-----BEGIN PRIVATE"))] }, "incomplete"},
		{"damaged certificate", ca, func(b []byte) []byte { b[100] ^= 1; return b }, "cannot be used"},
		{"another CA's constraint", ca, func([]byte) []byte { return read(t, otherFile) }, "name constraints"},
		{"a leaf for a CA", ca, func([]byte) []byte {
			return read(t, filepath.Join(filepath.Dir(otherFile), strings.Replace(filepath.Base(otherFile), "-key", "-leaf", 1)))
		}, "no CA"},
		{"key of another CA", ca, func(b []byte) []byte {
			i := bytes.Index(b, []byte("-----BEGIN PRIVATE"))
			o := read(t, otherFile)
			return append(b[:i:i], o[bytes.Index(o, []byte("-----BEGIN PRIVATE")):]...)
		}, "does not belong"},
		{"half a leaf", leaf, cut, ""},
		{"half a public copy", public, cut, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			before := mustOpen(t, dir)
			path := filepath.Join(dir, test.file)
			broken := test.change(read(t, path))
			if err := os.WriteFile(path, broken, 0o600); err != nil {
				t.Fatal(err)
			}
			after, err := Open(dir, nil)
			if test.wrong == "" {
				if err != nil || after.SPKI() != before.SPKI() || !bytes.Equal(read(t, after.File()), before.PEM()) {
					t.Fatalf("not mended: %v", err)
				}
				verify(t, after, "localhost", true)
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.wrong) || !strings.Contains(err.Error(), path) ||
				!strings.Contains(err.Error(), "delete") {
				t.Errorf("error %v; want %q, the path and what to do", err, test.wrong)
			}
			if !bytes.Equal(read(t, path), broken) {
				t.Error("the file was changed: a person may still want to restore it")
			}
		})
	}
}

func TestExpiryAndClock(t *testing.T) {
	dir := t.TempDir()
	start := clock.Wall()
	first, err := open(dir, nil, start, datadir.Wait{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := open(dir, nil, start.Add(-48*time.Hour), datadir.Wait{}); err == nil || !strings.Contains(err.Error(), "clock") {
		t.Errorf("before its validity: %v", err)
	}
	soon, err := open(dir, nil, start.Add(leafLife-leafRenewal-backdating-time.Hour), datadir.Wait{})
	if err != nil || !soon.base.Leaf.Equal(first.base.Leaf) {
		t.Errorf("the leaf was renewed too early: %v", err)
	}
	renewed, err := open(dir, nil, start.Add(leafLife-leafRenewal), datadir.Wait{})
	if err != nil || renewed.base.Leaf.Equal(first.base.Leaf) || renewed.SPKI() != first.SPKI() || renewed.Warning() != nil {
		t.Errorf("a leaf that nearly expired was not renewed under the same CA: %v", err)
	}
	last := start.Add(caLife - time.Hour)
	for range 2 { // the leaf ends with its CA and is not made again and again
		a, err := open(dir, nil, last, datadir.Wait{})
		if err != nil || !a.base.Leaf.NotAfter.Equal(a.certificate.NotAfter) {
			t.Fatalf("near the CA's end: %v", err)
		}
		if renewed != nil && a.base.Leaf.Equal(renewed.base.Leaf) {
			t.Error("the old leaf is still served")
		}
		last = last.Add(time.Minute)
	}
	replaced, err := open(dir, nil, start.Add(caLife+time.Hour), datadir.Wait{})
	if err != nil {
		t.Fatal(err)
	}
	if replaced.SPKI() == first.SPKI() || replaced.Warning() == nil || !strings.Contains(replaced.Warning().Error(), replaced.File()) {
		t.Errorf("an expired CA: warning %v", replaced.Warning())
	}
}

func TestUnusableDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"", file, filepath.Join(file, "below")} {
		if _, err := Open(dir, nil); err == nil {
			t.Errorf("Open(%q) succeeded", dir)
		}
		a, warning := OpenOrTemporary(dir, nil, datadir.Wait{})
		if a == nil || a.File() != "" || warning == nil || !strings.Contains(warning.Error(), dir) {
			t.Errorf("OpenOrTemporary(%q): %v, warning %v", dir, a, warning)
		}
	}
	if a, warning := OpenOrTemporary(t.TempDir(), nil, datadir.Wait{}); a.File() == "" || warning != nil {
		t.Errorf("a good directory: file %q, warning %v", a.File(), warning)
	}
}

func TestExposedKeyIsClosedAndTold(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("mode bits")
	}
	dir := t.TempDir()
	mustOpen(t, dir)
	path := filepath.Join(dir, "ca-key.pem")
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	a := mustOpen(t, dir)
	if stat, _ := os.Stat(path); stat.Mode().Perm() != 0o600 || a.Warning() == nil {
		t.Errorf("mode %v, warning %v", stat.Mode().Perm(), a.Warning())
	}
}

func TestMissingKeyMakesANewCAAndTellsSo(t *testing.T) {
	dir := t.TempDir()
	first := mustOpen(t, dir)
	if first.Warning() != nil {
		t.Errorf("a first start warns: %v", first.Warning())
	}
	if err := os.Remove(filepath.Join(dir, "ca-key.pem")); err != nil {
		t.Fatal(err)
	}
	second := mustOpen(t, dir)
	if w := second.Warning(); w == nil || !strings.Contains(w.Error(), "key is missing") ||
		!strings.Contains(w.Error(), "trust "+second.File()+" again") {
		t.Errorf("warning %v, want one that says to trust %s again", w, second.File())
	}
	if second.SPKI() == first.SPKI() {
		t.Error("the CA is the old one")
	}
	if w := mustOpen(t, dir).Warning(); w != nil {
		t.Errorf("told twice: %v", w)
	}
}

// childDir makes this test binary a second process that opens the CA in that directory.
const childDir = "LOCALCA_TEST_CHILD_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		a, err := Open(dir, nil)
		if err != nil {
			os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		leaf, _ := a.GetCertificate(&tls.ClientHelloInfo{ServerName: "localhost"})
		os.Stdout.WriteString(a.SPKI() + " " + leaf.Leaf.SerialNumber.String())
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestSeveralStartAtOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	var mu sync.Mutex
	seen := map[string]bool{}
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			var got string
			if i%3 == 0 {
				child := exec.Command(os.Args[0])
				child.Env = append(os.Environ(), childDir+"="+dir)
				child.Stderr = os.Stderr
				out, err := child.Output()
				if err != nil {
					t.Error(err)
				}
				got = string(out)
			} else {
				a, err := Open(dir, nil)
				if err != nil {
					t.Error(err)
					return
				}
				got = a.SPKI() + " " + a.base.Leaf.SerialNumber.String()
			}
			mu.Lock()
			defer mu.Unlock()
			seen[got] = true
		})
	}
	wg.Wait()
	if len(seen) != 1 {
		t.Errorf("%d different CAs or leaves: %v", len(seen), seen)
	}
}

func verify(t *testing.T, a *Authority, name string, want bool) {
	t.Helper()
	leaf := certificateFor(t, a, name)
	_, err := leaf.Leaf.Verify(x509.VerifyOptions{Roots: a.Pool(), DNSName: name, CurrentTime: leaf.Leaf.NotBefore.Add(2 * backdating)})
	if (err == nil) != want {
		t.Errorf("verifying %s: %v, want valid %v", name, err, want)
	}
}

func BenchmarkOpenWarm(b *testing.B) {
	dir := b.TempDir()
	mustOpen(b, dir)
	for b.Loop() {
		mustOpen(b, dir)
	}
}

func BenchmarkTemporary(b *testing.B) {
	for b.Loop() {
		if _, err := Temporary(); err != nil {
			b.Fatal(err)
		}
	}
}
