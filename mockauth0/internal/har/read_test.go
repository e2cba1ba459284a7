package har

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/recording"
	"renewal.example/mockauth0/internal/recording/recordingtest"
)

var update = flag.Bool("update", false, "write testdata/*.golden anew")

func read(t testing.TB, name string, opts Options) (*recording.Recording, error) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return Read(bytes.NewReader(content), recording.NewRedactor(), opts)
}

func secrets(t testing.TB) []string {
	t.Helper()
	content, err := os.ReadFile("testdata/secrets.txt")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(content)), "\n")
}

// Each flavour is read alike; the golden files hold what is known of each exchange, so that a person can read it.
func TestEveryFlavourIsRead(t *testing.T) {
	for _, name := range []string{
		"chrome-cookies-blocked", "chrome-sanitized-web-origin", "chrome-without-bodies", "firefox-refresh-reuse", "playwright-custom-domain",
		"charles-rate-limited",
	} {
		t.Run(name, func(t *testing.T) {
			rec, err := read(t, name+".har", Options{})
			if err != nil {
				t.Fatal(err)
			}
			recordingtest.Golden(t, filepath.Join("testdata", name+".golden"), rec, *update)
		})
	}
}

func TestNothingSecretIsKept(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.har")
	if len(files) < 6 {
		t.Fatal("the fixtures are gone")
	}
	for _, file := range files {
		rec, err := read(t, filepath.Base(file), Options{})
		if rec == nil {
			t.Fatal(file, err)
		}
		kept := recordingtest.Dump(t, rec) + fmt.Sprint(err)
		for _, secret := range secrets(t) {
			if len(secret) > 5 && strings.Contains(kept, secret) {
				t.Errorf("%s: %q is kept", file, secret)
			}
		}
	}
}

func TestWhatIsNoHARIsRefusedWithAReason(t *testing.T) {
	var unreadable bytes.Buffer
	fmt.Fprint(&unreadable, "\x1f\x8b not really")
	for _, tc := range []struct{ name, content, want string }{
		{"empty", "", "the file is empty"},
		{"white space", " \n\t ", "the file is empty"},
		{"HTML", "<html>", `line 1, column 1 (offset 0): "<" is no JSON value`},
		{"a list", `[{"type":"fsa"}]`, "it holds a list, where {\"log\""},
		{"a text that begins as null does", "not found", `"not" is no JSON value`},
		{"a line with a date", "2026-11-20 09:00:00 GET /", "the file is no HAR: line 1, column"},
		{"a JSON text", `"hello"`, "it holds text, where"},
		{"other JSON", `{"a": 1}`, "it has no member log."},
		{"no entries", `{"log": {"version": "1.2"}}`, "it has no member log.entries"},
		{"zip", "PK\x03\x04...", "zip archive"},
		{"UTF-16", "\xff\xfe{\x00", "UTF-16"},
		{"broken gzip", unreadable.String(), "cannot be unpacked"},
		{"cut off before any entry", `{"log": {"entries": [`, "the file ends here"},
	} {
		_, err := Read(strings.NewReader(tc.content), recording.NewRedactor(), Options{})
		var not *NotHARError
		if !errors.As(err, &not) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %s", tc.name, err, tc.want)
		}
	}
}

func TestAFileThatWasCutOffIsUsedAsFarAsItGoes(t *testing.T) {
	content, err := os.ReadFile("testdata/chrome-cookies-blocked.har")
	if err != nil {
		t.Fatal(err)
	}
	rec, err := Read(bytes.NewReader(content[:len(content)*4/5]), recording.NewRedactor(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(rec.Exchanges) < 3 || len(rec.Notes) == 0 || !strings.Contains(rec.Notes[0], "the HAR was cut off at line ") {
		t.Errorf("%d exchanges, notes %q", len(rec.Exchanges), rec.Notes)
	}
}

func TestWithoutATenantTheHostsAreNamed(t *testing.T) {
	_, err := read(t, "no-tenant.har", Options{})
	var none *NoTrafficError
	if !errors.As(err, &none) || none.Entries != 3 || len(none.Hosts) != 3 {
		t.Fatalf("%v", err)
	}
	for _, want := range []string{
		"shows which host is an Auth0 tenant", "3 entries", "app.acme.example (1)", "idp.other.example (1)", "--domain idp.other.example",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoes not say %q", err, want)
		}
	}
	if rec, err := read(t, "no-tenant.har", Options{Domains: []string{"idp.other.example"}}); err != nil || len(rec.Exchanges) != 1 {
		t.Errorf("with --domain: %v", err)
	}
	if _, err := read(t, "no-tenant.har", Options{Domains: []string{"nobody.example"}}); !errors.As(err, &none) ||
		!strings.Contains(err.Error(), "no traffic with nobody.example") {
		t.Errorf("a domain that is not there: %v", err)
	}
	if _, err := Read(strings.NewReader(`{"log":{"entries":[]}}`), recording.NewRedactor(), Options{}); !errors.As(err, &none) ||
		!strings.Contains(err.Error(), "no entries") {
		t.Errorf("without entries: %v", err)
	}
}

func TestGzipIsUnpacked(t *testing.T) {
	content, err := os.ReadFile("testdata/firefox-refresh-reuse.har")
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write(content)
	w.Close()
	rec, err := Read(&packed, recording.NewRedactor(), Options{})
	if err != nil || len(rec.Exchanges) != 4 {
		t.Errorf("%v, %v", rec, err)
	}
}

// A HAR of 256 MB, most of it bodies of other sites, costs no more memory than its largest entry.
func TestALargeFileIsReadInLittleMemory(t *testing.T) {
	content, err := os.ReadFile("testdata/charles-rate-limited.har")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.TrimPrefix(string(content), "\ufeff")
	at := strings.Index(text, `"entries": [`) + len(`"entries": [`)
	big := `{"request":{"method":"GET","url":"https://app.acme.example/big.js"},"response":{"status":200,"content":{"text":"`
	body := strings.Repeat("0123456789abcdef", 1<<16)
	parts := []io.Reader{strings.NewReader(text[:at])}
	for range 16 {
		parts = append(parts, strings.NewReader(big))
		for range 16 {
			parts = append(parts, strings.NewReader(body))
		}
		parts = append(parts, strings.NewReader(`"}}},`))
	}
	parts = append(parts, strings.NewReader(text[at:]))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	rec, err := Read(io.MultiReader(parts...), recording.NewRedactor(), Options{})
	runtime.ReadMemStats(&after)
	if err != nil || rec.Entries != 19 || len(rec.Exchanges) != 3 {
		t.Fatalf("%+v, %v", rec, err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 32<<20 {
		t.Errorf("%d bytes were allocated", used)
	}
}

func TestExchangesAreInTheOrderOfTime(t *testing.T) {
	entry := func(at string) string {
		return fmt.Sprintf(`{"startedDateTime":%q,"request":{"method":"GET","url":"https://acme.auth0.com/authorize?client_id=c"},"response":{"status":302}}`, at)
	}
	rec, err := Read(strings.NewReader(`{"log":{"entries":[`+entry("2026-01-01T10:00:02Z")+","+entry("2026-01-01T12:00:01+02:00")+","+
		entry("yesterday")+`]}}`), recording.NewRedactor(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var places []int
	for _, e := range rec.Exchanges {
		places = append(places, e.Place)
	}
	if !slices.Equal(places, []int{2, 3, 1}) || rec.Exchanges[0].Start.Sub(rec.Exchanges[2].Start) != -time.Second {
		t.Errorf("order %v", places)
	}
	if !slices.ContainsFunc(rec.Notes, func(n string) bool { return strings.Contains(n, "no usable startedDateTime") }) {
		t.Errorf("notes %q", rec.Notes)
	}
}
