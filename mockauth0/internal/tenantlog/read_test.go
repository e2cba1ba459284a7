package tenantlog

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
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

// alike holds a text to be read as the file logs.ndjson is.
func alike(t *testing.T, name string, text []byte) {
	t.Helper()
	got, err := Read(bytes.NewReader(text), recording.NewRedactor())
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	want, err := Read(bytes.NewReader(content(t, "logs.ndjson")), recording.NewRedactor())
	if err != nil {
		t.Fatal(err)
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

// The same records are the same in whatever way they are written.
func TestEveryFormIsReadAlike(t *testing.T) {
	list := content(t, "logs.json")
	lines := bytes.Split(bytes.TrimSpace(content(t, "logs.ndjson")), []byte("\n"))
	var pretty bytes.Buffer
	for _, line := range lines {
		json.Indent(&pretty, line, "", "  ")
		pretty.WriteString("\n")
	}
	for name, text := range map[string][]byte{
		"a list": list, "a log stream": content(t, "stream.ndjson"), "gzip": gzipped(content(t, "stream.ndjson")),
		"objects over several lines": pretty.Bytes(),
		"a byte order mark":          append([]byte("\xEF\xBB\xBF"), content(t, "logs.ndjson")...),
		"totals": []byte(`{"start":0,"limit":50,"logs":` + string(list) +
			`,"total":10}`), "a list on one line": compact(list),
		"totals on one line":   append(compact([]byte(`{"length":10,"limit":50,"logs":`+string(list)+`,"start":0}`)), '\n'),
		"no final line feed":   bytes.TrimSpace(content(t, "logs.ndjson")),
		"no line feed at all":  bytes.Join(lines, nil),
		"several on each line": slices.Concat(lines[0], lines[1], []byte("\n"), lines[2], []byte("\n"), bytes.Join(lines[3:], nil)),
		"commas between them":  bytes.Join(lines, []byte(",\n")),
		"lists after each other": slices.Concat([]byte("["), bytes.Join(lines[:4], []byte(",")), []byte("]["),
			bytes.Join(lines[4:], []byte(",")), []byte("]")),
		"the parts of a list page": append(compact([]byte(`{"logs":`+string(list)+`}`)), compact([]byte(`{"logs":[]}`))...),
	} {
		alike(t, name, text)
	}
}

// What collectors wrap around a record, or around many, is taken off: the forms are those of their documentation.
func TestWhatCollectorsWrapAroundRecordsIsTakenOff(t *testing.T) {
	lines := bytes.Split(bytes.TrimSpace(content(t, "logs.ndjson")), []byte("\n"))
	record := func(i int) string { return string(lines[i]) }
	stream := func(i int) string {
		return `{"log_id":"900202611200900200000000000000000000000000` + fmt.Sprint(i) + `","data":` + record(i) + `}`
	}
	quoted := func(s string) string { b, _ := json.Marshal(s); return string(b) }
	packed := func(s string) string { return quoted(base64.StdEncoding.EncodeToString([]byte(s))) }
	bridge := func(i int) string {
		return `{"version":"0","id":"x","detail-type":"Auth0 log","source":"aws.partner/auth0.com/acme/auth0.logs","account":"1",` +
			`"time":"2026-05-01T10:00:00Z","region":"us-east-1","resources":[],"detail":` + stream(i) + `}`
	}
	for _, tc := range []struct {
		name              string
		begin, end, comma string
		one               func(i int) string
	}{
		{"webhook, lines", "", "", "\n", stream},
		{"webhook, a list", "[", "]", ",", stream},
		{"wrapped twice", "", "", "\r\n", func(i int) string { return `{"json":` + stream(i) + `}` }},
		{"EventBridge", "", "", "\n", bridge},
		{"Firehose to S3", "", "", "", bridge},
		{"Firehose to an endpoint", `{"requestId":"x","timestamp":1,"records":[`, `]}`, ",", func(i int) string { return `{"data":` + packed(stream(i)) + `}` }},
		{"Kinesis", `{"Records":[`, `]}`, ",", func(i int) string {
			return `{"kinesis":{"partitionKey":"1","data":` + packed(bridge(i)) + `},"eventSource":"aws:kinesis"}`
		}},
		{"Event Grid", "[", "]", ",", func(i int) string {
			return `{"id":"x","eventType":"Auth0.LogEvent","eventTime":"2026-05-01T10:00:00Z","data":` + stream(i) + `}`
		}},
		{"CloudWatch Insights, console", "[", "]", ",", func(i int) string {
			return `{"@timestamp":"2026-05-01 10:00:00.000","@message":` + quoted(bridge(i)) + `}`
		}},
		{"CloudWatch Insights, CLI", `{"results":[`, `],"status":"Complete"}`, ",", func(i int) string {
			return `[{"field":"@timestamp","value":"2026-05-01 10:00:00.000"},{"field":"@message","value":` + quoted(bridge(i)) + `}]`
		}},
		{"CloudWatch filter-log-events", "{\n\"events\": [", `],"searchedLogStreams":[{"logStreamName":"x"}]}`, ",\n", func(i int) string {
			return `{"logStreamName":"x","timestamp":1,"message":` + quoted(bridge(i)) + `,"eventId":"1"}`
		}},
		{"Splunk, JSON lines", "", "", "\n", func(i int) string {
			return `{"preview":false,"offset":0,"result":{"_time":"x","source":"auth0","_raw":` + quoted(stream(i)) + `}}`
		}},
		{"Splunk, results", `{"preview":false,"results":[`, `],"highlighted":{}}`, ",", func(i int) string {
			return `{"_raw":` + quoted(stream(i)) + `,"data.type":"x","data.date":"x","_time":"x"}`
		}},
		{"Splunk HEC", "", "", "", func(i int) string { return `{"time":1,"sourcetype":"auth0","event":` + stream(i) + `}` }},
		{"Sumo Logic", `{"messages":[`, `],"fields":[{"name":"_raw"}]}`, ",", func(i int) string { return `{"map":{"_messageid":"1","_raw":` + quoted(record(i)) + `}}` }},
		{"Sumo Logic, lines", "", "", "\n", func(i int) string { return `{"_messageid":1,"_raw":` + quoted(record(i)) + `}` }},
		{"Elasticsearch", `{"took":1,"hits":{"total":{"value":10},"hits":[`, `]}}`, ",\n", func(i int) string {
			return `{"_index":"logs-auth0","_id":"1","_source":{"@timestamp":"x","auth0":{"logs":` + stream(i) + `}}}`
		}},
		{"Elasticsearch, by Elastic's integration", "", "", "\n", func(i int) string {
			code := typeOf(record(i))
			return `{"_id":"1","_source":{"auth0":{"logs":{"data":` +
				strings.Replace(record(i), `"type": "`+code+`"`, `"type": "Words of Elastic","type_id":"`+code+`"`, 1) + `}}}}`
		}},
		{"Elasticsearch, fields", "", "", "\n", func(i int) string {
			return `{"_index":"x","_id":"1","fields":` + flat(lines[i], "auth0.logs.data.", true) + `}`
		}},
		{"Datadog", "", "", "\n", func(i int) string {
			return `{"id":"A","type":"log","attributes":{"service":"auth0","timestamp":"x","attributes":` + stream(i) + `}}`
		}},
		{"Datadog, a page", `{"data":[`, `],"meta":{"page":{"after":"x"}}}`, ",", func(i int) string {
			return `{"id":"A","type":"log","attributes":{"attributes":` + stream(i) + `,"tags":["a:b"]}}`
		}},
		{"Google Cloud", "[", "]", ",", func(i int) string {
			return `{"insertId":"1","resource":{"type":"global"},"jsonPayload":` + stream(i) + `}`
		}},
		{"Google Cloud, text", "[", "]", ",", func(i int) string {
			return `{"insertId":"1","resource":{"type":"global"},"textPayload":` + quoted(stream(i)) + `}`
		}},
		{"Pub/Sub", "[", "]", ",", func(i int) string { return `{"message":{"data":` + packed(stream(i)) + `,"messageId":"1"}}` }},
		{"Mixpanel", "", "", "\n", func(i int) string { return `{"event":"x","properties":` + record(i) + `}` }},
		{"Segment", "", "", "\n", func(i int) string { return `{"type":"track","messageId":"x","properties":` + record(i) + `}` }},
		{"Loki", `{"status":"success","data":{"resultType":"streams","result":[{"stream":{"app":"auth0"},"values":[`, `]}]}}`, ",", func(i int) string {
			return `["1777629607000000000",` + quoted(stream(i)) + `]`
		}},
		{"a table of paths", "", "", "\n", func(i int) string { return flat(lines[i], "data.", false) }},
	} {
		var parts []string
		for i := range lines {
			parts = append(parts, tc.one(i))
		}
		alike(t, tc.name, []byte(tc.begin+strings.Join(parts, tc.comma)+tc.end))
	}
	var all strings.Builder
	for i := range lines {
		fmt.Fprintf(&all, `{"id":"1","timestamp":1,"message":%s},`, quoted(bridge(i)))
	}
	subscription := gzipped([]byte(`{"messageType":"DATA_MESSAGE","owner":"1","logEvents":[` + strings.TrimSuffix(all.String(), ",") + `]}`))
	alike(t, "CloudWatch Logs subscription", []byte(`{"awslogs":{"data":"`+base64.StdEncoding.EncodeToString(subscription)+`"}}`))
}

// Three records as collectors give them, and as Firehose writes them: one after the other, without a line feed.
func TestFilesOfCollectorsAreRead(t *testing.T) {
	files, err := filepath.Glob("testdata/collectors/*.json")
	if err != nil || len(files) < 9 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		rec, err := Read(bytes.NewReader(content(t, strings.TrimPrefix(file, "testdata/"))), recording.NewRedactor())
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		var got []string
		for _, e := range rec.Exchanges {
			got = append(got, string(e.Log.Type))
		}
		if !slices.Equal(got, []string{"ssa", "fsa", "fertft"}) || len(rec.Skipped) != 0 {
			t.Errorf("%s: %q, skipped %q", file, got, rec.Skipped)
		}
	}
}

func typeOf(record string) string {
	var m struct{ Type string }
	_ = json.Unmarshal([]byte(record), &m)
	return m.Type
}

// flat is a record with the path of each member in its name, and each value in a list where so is asked.
func flat(record []byte, prefix string, listed bool) string {
	var m map[string]any
	_ = json.Unmarshal(record, &m)
	out := map[string]any{}
	var walk func(prefix string, v any)
	walk = func(prefix string, v any) {
		inner, ok := v.(map[string]any)
		if !ok || len(inner) == 0 {
			if _, list := v.([]any); listed && !list {
				v = []any{v}
			}
			out[prefix] = v
			return
		}
		for name, v := range inner {
			walk(prefix+"."+name, v)
		}
	}
	for name, v := range m {
		walk(prefix+name, v)
	}
	b, _ := json.Marshal(out)
	return string(b)
}

func gzipped(text []byte) []byte {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write(text)
	w.Close()
	return packed.Bytes()
}

// A log stream delivers at least once.
func TestARecordThatIsThereTwiceCountsOnce(t *testing.T) {
	one := `{"date":"2026-11-20T08:00:16.000Z","type":"s","client_id":"c","log_id":"90020261120080016000000000000000000000000000000000000001"}`
	rec, err := Read(strings.NewReader(one+one+"\n"+`{"log_id":"x","data":`+one+"}"), recording.NewRedactor())
	if err != nil || len(rec.Exchanges) != 1 || rec.Entries != 1 || len(rec.Notes) != 1 ||
		!strings.Contains(rec.Notes[0], "2 records are in the file twice") {
		t.Errorf("%+v, %v", rec, err)
	}
}

// A mark in place of the ids of records makes no two of them one.
func TestRecordsWhoseIDsWereTakenOutAllCount(t *testing.T) {
	for _, mark := range []string{"[log_id redacted by us]", strings.Repeat("X", 24), strings.Repeat("0", 24), "**************************"} {
		one := `{"date":"2026-11-20T08:00:16.000Z","type":"s","client_id":"c","log_id":"` + mark + `"}` + "\n"
		rec, err := Read(strings.NewReader(one+one+one), recording.NewRedactor())
		if err != nil || len(rec.Exchanges) != 3 || len(rec.Notes) != 0 {
			t.Errorf("%s: %+v, %v", mark, rec, err)
		}
	}
}

// What holds no record is named, also inside of what a collector wraps around a list.
func TestWhatHoldsNoRecordIsTold(t *testing.T) {
	one := `{"date":"2026-11-20T08:00:16.000Z","type":"s","client_id":"c","log_id":"1"}`
	rec, err := Read(strings.NewReader("{\"hits\":{\"hits\":[\n{\"_source\":"+one+"},\n{\"_source\":{\"tags\":[{},{}]}}\n]}}\n"),
		recording.NewRedactor())
	if err != nil || len(rec.Exchanges) != 1 || !slices.Equal(rec.Skipped,
		[]string{"line 3 holds no log record: an object with type and date is expected"}) {
		t.Errorf("%+v, %v", rec, err)
	}
}

// A line of any length is read in the memory of a record.
func TestRecordsOnOneLongLineAreRead(t *testing.T) {
	var all strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&all, `{"date":"2026-11-20T08:00:16.000Z","type":"s","client_id":"c","log_id":"%d","details":{"x":"%0100d"}}`, i, i)
	}
	rec, err := Read(strings.NewReader(all.String()), recording.NewRedactor())
	if err != nil || rec.Entries != 20000 || len(rec.Skipped) != 0 {
		t.Errorf("%d entries, skipped %q, %v", rec.Entries, rec.Skipped, err)
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
		{"a program", "\x7fELF,\x00,a,b,c,d", "It is binary"},
		{"UTF-16", "\xff\xfe[\x00]\x00", "save it as UTF-8"},
		{"HTML", "<html>", "where [ or { is expected"},
		{"an empty list", "[]", "holds no log record"},
		{"a HAR", `{"log": {"entries": [{"startedDateTime": "2026-11-20T09:00:00Z", "request": {"method": "GET"}}]}}`,
			"the file is a HAR, which a browser recorded, and no tenant's log. It is read by: mockauth0 import har"},
		{"a HAR without entries", `{"log": {"entries": []}}`, "holds no log record"},
		{"a broken list", "[{]", "line 1, column 3"},
		{"lines that are none", "{\"a\":1}\n{\"b\":2}\n", "line 1 holds no log record"},
		{"zip", "PK\x03\x04", "zip archive"},
		{"no gzip", "\x1f\x8b....", "cannot be unpacked"},
	} {
		rec, err := Read(strings.NewReader(tc.content), recording.NewRedactor())
		var not *NotLogError
		if !errors.As(err, &not) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %s", tc.name, err, tc.want)
		}
		if rec != nil && len(rec.Skipped) > 0 {
			t.Errorf("%s: the error says it for all lines, and a list of them stands before it: %q", tc.name, rec.Skipped)
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
