package reconstruct

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/har"
	"renewal.example/mockauth0/internal/recording"
	"renewal.example/mockauth0/internal/tenantlog"
)

// Whatever a HAR holds: no panic, no hang, a tenant that loads or an error, and none of the secrets of the seeds in anything
// that is printed or written.
func FuzzHAR(f *testing.F) {
	for _, content := range seeds(f, "../har/testdata/*.har") {
		var file struct {
			Log struct{ Entries []json.RawMessage }
		}
		if err := json.Unmarshal(bytes.TrimPrefix(content, []byte("\xEF\xBB\xBF")), &file); err != nil {
			f.Fatal(err)
		}
		for _, entry := range file.Log.Entries { // one each: the fuzzer is slow to make large inputs smaller
			f.Add([]byte(`{"log":{"version":"1.2","creator":{"name":"x","version":"1"},"entries":[` + compact(f, entry) + `]}}`))
		}
	}
	for _, text := range []string{
		`{"log":{"entries":[{"request":{"method":"GET","url":"https://a.auth0.com/authorize?client_id=c&prompt=none","headers":[null,1,{"name":"Cookie","value":"auth0"}]},"response":null}]}}`,
		`{"log":{"entries":[{"request":{"method":"POST","url":"https://a.auth0.com/oauth/token","postData":{"text":"e30=","encoding":"base64"}},"response":{"status":"200","content":{"text":"%%%","encoding":"base64"}}}]}}`,
		"\xEF\xBB\xBF" + `{"log":{"entries":[1,[],"x"]}}`, `{"log":{"entries":[{"request":{"url":"https://[::1]:99999/authorize"}}]}`,
	} {
		f.Add([]byte(text))
	}
	known := secretsOf(f, "../har/testdata/secrets.txt")
	f.Fuzz(func(t *testing.T, content []byte) {
		fuzzed(t, content, known, func(in io.Reader, red *recording.Redactor) (*recording.Recording, error) {
			return har.Read(in, red, har.Options{})
		})
	})
}

// The same of a tenant's log.
func FuzzLogs(f *testing.F) {
	for _, content := range seeds(f, "../tenantlog/testdata/*.ndjson") {
		for line := range bytes.Lines(content) {
			f.Add(line)
		}
		f.Add(content[:min(len(content), 3000)])
	}
	for _, content := range seeds(f, "../tenantlog/testdata/collectors/*.json") {
		f.Add(content)
	}
	for _, text := range []string{
		`[{"type":"fsa","date":{"$date":1}}]`, "{\"type\":\"f\",\"log_id\":\"1\",\"details\":{\"error\":{\"payload\":{\"status\":\"x\"}}}}\n[]\n",
		`{"logs":[{"type":"w","log_id":1}]}`,
		`{"records":[{"data":"eyJ0eXBlIjoiZnNhIiwiZGF0ZSI6IjIwMjYtMDUtMDFUMTA6MDA6MDArMDIifQ=="}]}{"_raw":"{\"type\":\"slo\",\"date\":1}{"}`,
		`{"fields":{"a.b.type":["f"],"a.b.date":["20260501T100000Z"],"a.b.details.qs.prompt":["none"]}},{"results":[[{"value":"[{}]"}]]}`,
	} {
		f.Add([]byte(text))
	}
	known := secretsOf(f, "../tenantlog/testdata/secrets.txt")
	f.Fuzz(func(t *testing.T, content []byte) { fuzzed(t, content, known, tenantlog.Read) })
}

func seeds(f *testing.F, pattern string) (contents [][]byte) {
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		f.Fatal(pattern, err)
	}
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		contents = append(contents, content)
	}
	return contents
}

func compact(f *testing.F, raw []byte) string {
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		f.Fatal(err)
	}
	return b.String()
}

// secretsOf are the secrets of the seeds that can be recognized wherever a fuzzer puts them: tokens, codes, cookies, addresses. Names
// and passwords made of words are known by their place only.
func secretsOf(f *testing.F, name string) []string {
	content, err := os.ReadFile(name)
	if err != nil {
		f.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(content)) {
		if line = strings.TrimSpace(line); len(line) >= 20 && !strings.Contains(line, " ") {
			out = append(out, line)
		}
	}
	return out
}

func fuzzed(t *testing.T, content []byte, secrets []string, read func(io.Reader, *recording.Redactor) (*recording.Recording, error)) {
	rec, err := read(bytes.NewReader(content), recording.NewRedactor())
	var output strings.Builder
	fmt.Fprintln(&output, err)
	var clients []string
	if err == nil {
		a, err := Analyse(rec, "fuzzed", stock(t))
		if err != nil {
			t.Fatalf("a recording that was read becomes no tenant: %v", err)
		}
		encoded, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		output.Write(encoded)
		for _, f := range a.Files {
			output.Write(f.Text)
		}
		for _, c := range a.Tenant.Clients {
			clients = append(clients, c.ID)
		}
	}
	if rec != nil {
		fmt.Fprintln(&output, rec.Notes, rec.Skipped, rec.Hosts)
	}
	said := output.String()
	if len(said) > 100*len(content)+1<<20 {
		t.Errorf("%d bytes are written of %d", len(said), len(content))
	}
	for _, secret := range secrets {
		if strings.Contains(said, secret) && !strings.Contains(strings.Join(clients, "\n"), secret) { // a file may call anything a client id
			t.Errorf("%q is written", secret)
		}
	}
}
