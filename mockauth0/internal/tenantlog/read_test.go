package tenantlog

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/recording"
	"renewal.example/mockauth0/internal/recording/recordingtest"
)

var update = flag.Bool("update", false, "write testdata/*.golden anew")

func content(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAnExportIsRead(t *testing.T) {
	rec, err := Read(bytes.NewReader(content(t, "logs.ndjson")), recording.NewRedactor())
	if err != nil {
		t.Fatal(err)
	}
	recordingtest.Golden(t, "testdata/logs.golden", rec, *update)
}

// The same records are the same in whatever way they are written.
func TestEveryFormIsReadAlike(t *testing.T) {
	want, err := Read(bytes.NewReader(content(t, "logs.ndjson")), recording.NewRedactor())
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write(content(t, "stream.ndjson"))
	w.Close()
	list := content(t, "logs.json")
	lines := bytes.Split(bytes.TrimSpace(content(t, "logs.ndjson")), []byte("\n"))
	var pretty, wrapped, events bytes.Buffer
	for _, line := range lines {
		json.Indent(&pretty, line, "", "  ")
		pretty.WriteString("\n")
		fmt.Fprintf(&wrapped, "{\"json\":{\"log_id\":\"x\",\"data\":%s}}\r\n", line)
		fmt.Fprintf(&events, "{\"version\":\"0\",\"detail-type\":\"Auth0 log\",\"detail\":{\"log_id\":\"x\",\"data\":%s}}\n", line)
	}
	for name, text := range map[string][]byte{
		"a list": list, "a log stream": content(t, "stream.ndjson"), "gzip": packed.Bytes(), "objects over several lines": pretty.Bytes(),
		"wrapped twice": wrapped.Bytes(), "EventBridge": events.Bytes(),
		"a byte order mark": append([]byte("\xEF\xBB\xBF"), content(t, "logs.ndjson")...),
		"totals":            []byte(`{"start":0,"limit":50,"logs":` + string(list) + `,"total":10}`), "a list on one line": compact(list),
		"totals on one line": append(compact([]byte(`{"length":10,"limit":50,"logs":`+string(list)+`,"start":0}`)), '\n'),
		"no final line feed": bytes.TrimSpace(content(t, "logs.ndjson")),
	} {
		got, err := Read(bytes.NewReader(text), recording.NewRedactor())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, rec := range []*recording.Recording{got, want} {
			rec.Unit = ""
			for _, e := range rec.Exchanges {
				e.Place = 0
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %s", name, recordingtest.Dump(t, got))
		}
	}
}

func compact(list []byte) []byte {
	var b bytes.Buffer
	json.Compact(&b, list)
	return b.Bytes()
}

func TestABadLineIsToldAndPassedOver(t *testing.T) {
	rec, err := Read(bytes.NewReader(content(t, "bad-line.ndjson")), recording.NewRedactor())
	if err != nil || len(rec.Exchanges) != 2 {
		t.Fatalf("%+v, %v", rec, err)
	}
	if len(rec.Skipped) != 2 || !strings.HasPrefix(rec.Skipped[0], "line 2, column 201 is no JSON: ") ||
		!strings.HasPrefix(rec.Skipped[1], "line 4 holds no log record") {
		t.Errorf("skipped: %q", rec.Skipped)
	}
}

func TestALongLineIsPassedOver(t *testing.T) {
	lines := bytes.SplitAfter(content(t, "logs.ndjson"), []byte("\n"))
	text := append(append(bytes.Clone(lines[0]), []byte(`{"x":"`+strings.Repeat("y", 2*maxRecord)+"\"}\n")...), lines[1]...)
	rec, err := Read(bytes.NewReader(text), recording.NewRedactor())
	if err != nil || len(rec.Exchanges) != 2 || len(rec.Skipped) != 1 || !strings.HasPrefix(rec.Skipped[0], "line 2 has more than") {
		t.Errorf("%+v, %v", rec, err)
	}
}

func TestAListThatWasCutOffIsUsedAsFarAsItGoes(t *testing.T) {
	text := content(t, "logs.json")
	rec, err := Read(bytes.NewReader(text[:len(text)/2]), recording.NewRedactor())
	if err != nil || len(rec.Exchanges) < 3 || len(rec.Notes) != 1 || !strings.Contains(rec.Notes[0], "cut off at line ") {
		t.Errorf("%+v, %v", rec, err)
	}
}

func TestWhatIsNoLogIsRefusedWithAReason(t *testing.T) {
	for _, tc := range []struct{ name, content, want string }{
		{"empty", "", "empty"},
		{"white space", "\n \n", "empty"},
		{"text", "hello", `begins with "h"`},
		{"CSV", "log_id,type,date,description\n1,fsa,x,y", "looks like CSV"},
		{"HTML", "<html>", "where [ or { is expected"},
		{"an empty list", "[]", "holds no log record"},
		{"a HAR", `{"log": {"entries": []}}`, "holds no log record"},
		{"a broken list", "[{]", "line 1, column 3"},
		{"lines that are none", "{\"a\":1}\n{\"b\":2}\n", "line 1 holds no log record"},
		{"zip", "PK\x03\x04", "zip archive"},
		{"no gzip", "\x1f\x8b....", "cannot be unpacked"},
	} {
		_, err := Read(strings.NewReader(tc.content), recording.NewRedactor())
		var not *NotLogError
		if !errors.As(err, &not) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %s", tc.name, err, tc.want)
		}
	}
	_, err := Read(bytes.NewReader(content(t, "other.json")), recording.NewRedactor())
	var none *NoneError
	if !errors.As(err, &none) || !strings.Contains(err.Error(), "sapi (1)") {
		t.Errorf("records of other matters: %v", err)
	}
}

func TestNothingSecretIsKept(t *testing.T) {
	for _, name := range []string{"logs.ndjson", "logs.json", "stream.ndjson", "bad-line.ndjson"} {
		rec, err := Read(bytes.NewReader(content(t, name)), recording.NewRedactor())
		kept := recordingtest.Dump(t, rec) + fmt.Sprint(err)
		for _, secret := range strings.Split(strings.TrimSpace(string(content(t, "secrets.txt"))), "\n") {
			if strings.Contains(kept, secret) {
				t.Errorf("%s: %q is kept", name, secret)
			}
		}
	}
}
