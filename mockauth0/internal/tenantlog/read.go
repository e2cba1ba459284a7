// Package tenantlog reads exports of an Auth0 tenant's log: a JSON list or one JSON object a line, as the dashboard, the
// Management API, Auth0's CLI and log streams write them. What it keeps is without secrets and without people.
package tenantlog

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/jsonpull"
	"renewal.example/mockauth0/internal/recording"
)

// Limits of a file.
const (
	MaxSize   = 4 << 30 // bytes, unpacked
	maxRecord = 1 << 20 // bytes of one record that are read
	maxListed = 20      // bad lines that are listed one by one
	maxTypes  = 500     // types of records that are counted; Auth0 has about 200
	maxHosts  = 100     // hosts that are counted
)

// NotLogError says that a file is something else than a tenant's log.
type NotLogError struct{ Why string }

func (e *NotLogError) Error() string { return e.Why }

func notLog(format string, args ...any) error { return &NotLogError{fmt.Sprintf(format, args...)} }

type file struct {
	red     *recording.Redactor
	rec     *recording.Recording
	records int
	types   map[event.LogCode]int
	hosts   map[string]int
	strange int   // objects that are no log records
	numbers []int // of the records that became exchanges, from 1
	newest  int   // line of the newest record
	shared  bool  // several records are on one line
	left    int   // bad lines beyond maxListed
}

// Read reads an export. A line that cannot be read is listed and passed over; only a file with no record at all is an error.
func Read(in io.Reader, red *recording.Redactor) (*recording.Recording, error) {
	buffered := bufio.NewReaderSize(in, 64<<10)
	head, err := buffered.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, err
	}
	if bytes.HasPrefix(head, []byte("\x1f\x8b")) {
		unzipped, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, notLog("the file begins as gzip does, but cannot be unpacked: %v", err)
		}
		buffered = bufio.NewReaderSize(unzipped, 64<<10)
		if head, err = buffered.Peek(512); err != nil && !errors.Is(err, io.EOF) {
			return nil, notLog("the file begins as gzip does, but cannot be unpacked: %v", err)
		}
	}
	f := &file{red: red, rec: &recording.Recording{Kind: "tenant log"}, types: map[event.LogCode]int{}, hosts: map[string]int{}}
	limited := &io.LimitedReader{R: buffered, N: MaxSize}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")
	switch {
	case len(text) == 0 && len(head) < 512:
		return nil, notLog("the file is empty")
	case bytes.HasPrefix(text, []byte("PK\x03\x04")):
		return nil, notLog("the file is a zip archive: unpack it, and import what is in it")
	case len(text) > 0 && text[0] != '[' && text[0] != '{':
		return nil, notLog("the file is no log export: it begins with %q, where [ or { is expected%s", string(text[:1]), comma(text))
	case oneALine(text):
		err = f.lines(limited)
	default:
		err = f.document(limited)
	}
	if err != nil {
		return nil, err
	}
	if limited.N <= 0 {
		return nil, notLog("the file is larger than %d bytes: export a shorter time", int64(MaxSize))
	}
	return f.finish()
}

// comma has advice for a table.
func comma(text []byte) string {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	if bytes.Count(line, []byte(",")) > 2 {
		return ". It looks like CSV: export the log as JSON"
	}
	return ". A HAR is read by: mockauth0 import har"
}

// listed is the list of an object that holds records, as the Management API gives them with totals.
var listed = regexp.MustCompile(`"(logs|events|Records)"\s*:\s*\[`)

// oneALine tells a file with one object a line from one document, over many lines or on one, by its first line.
func oneALine(text []byte) bool {
	line, _, more := bytes.Cut(text, []byte("\n"))
	if text[0] != '{' || listed.Match(line) {
		return false
	}
	line = bytes.TrimSpace(line)
	return !more || bytes.HasSuffix(line, []byte("}")) || len(line) > 2 && !bytes.ContainsAny(line[len(line)-1:], ",[{")
}

// lines reads one object a line.
func (f *file) lines(in io.Reader) error {
	reader := bufio.NewReaderSize(in, 64<<10)
	for number := 1; ; number++ {
		line, long, err := readLine(reader)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		ended := err != nil
		switch line = bytes.TrimSpace(bytes.TrimPrefix(line, []byte("\xEF\xBB\xBF"))); {
		case len(line) == 0:
		case long:
			f.skip("line %d has more than %d bytes", number, maxRecord)
		default:
			f.line(number, bytes.TrimSuffix(line, []byte(",")))
		}
		if ended {
			return nil
		}
	}
}

// readLine reads to the end of the line, and keeps maxRecord bytes of it.
func readLine(reader *bufio.Reader) (line []byte, long bool, err error) {
	for {
		part, err := reader.ReadSlice('\n')
		if room := maxRecord - len(line); len(part) > room {
			part, long = part[:room], true
		}
		line = append(line, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, long, err
		}
	}
}

func (f *file) line(number int, line []byte) {
	pull := jsonpull.New(bytes.NewReader(line))
	value, _, err := pull.Value(maxRecord)
	if err == nil {
		err = pull.End()
	}
	if err != nil {
		var syntax *jsonpull.SyntaxError
		if errors.As(err, &syntax) {
			f.skip("line %d, column %d is no JSON: %s", number, syntax.Column, syntax.Message)
			return
		}
		f.skip("line %d cannot be read", number)
		return
	}
	f.take(value, number)
}

func (f *file) skip(format string, args ...any) {
	if len(f.rec.Skipped) == maxListed {
		f.left++
		return
	}
	f.rec.Skipped = append(f.rec.Skipped, f.red.Text(fmt.Sprintf(format, args...)))
}

// document reads one JSON value or several after each other: a list of records, an object that holds one, or records.
func (f *file) document(in io.Reader) error {
	pull := jsonpull.New(in)
	err := f.values(pull)
	var syntax *jsonpull.SyntaxError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &syntax):
		return err
	case f.records == 0:
		return notLog("the file is no log export: %s", f.red.Text(syntax.Error()))
	case syntax.Ended:
		f.rec.Note(fmt.Sprintf("the file was cut off at line %d, column %d (offset %d), after %s; what was read is used", syntax.Line,
			syntax.Column, syntax.Offset, recording.Counted(f.records, "record", "records")))
	default:
		f.rec.Note(fmt.Sprintf("the file is damaged at line %d, column %d (offset %d), after %s; what was read is used: %s", syntax.Line,
			syntax.Column, syntax.Offset, recording.Counted(f.records, "record", "records"), f.red.Text(syntax.Message)))
	}
	return nil
}

func (f *file) values(pull *jsonpull.Reader) error {
	for {
		kind, err := pull.Peek()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case kind == jsonpull.Array:
			err = f.array(pull)
		case kind == jsonpull.Object:
			err = f.object(pull)
		default:
			err = pull.Skip()
		}
		if err != nil {
			return err
		}
	}
}

func (f *file) array(pull *jsonpull.Reader) error {
	return pull.Array(func() error {
		place := pull.Line()
		value, _, err := pull.Value(maxRecord)
		if err == nil {
			f.take(value, place)
		}
		return err
	})
}

// object is a record, or holds a list of them ({"logs": […], "total": 1}).
func (f *file) object(pull *jsonpull.Reader) error {
	place := pull.Line()
	record := map[string]any{}
	left := maxRecord
	err := pull.Object(func(key string) error {
		if kind, err := pull.Peek(); err == nil && kind == jsonpull.Array && (key == "logs" || key == "events" || key == "Records") {
			return f.array(pull)
		}
		begin := pull.Offset()
		value, cut, err := pull.Value(max(left, 0))
		if left -= len(key) + int(pull.Offset()-begin); !cut {
			record[key] = value
		}
		return err
	})
	if err == nil && len(record) > 0 && f.record(record) != nil {
		f.take(record, place)
	}
	return err
}

// record finds the record in what a log stream wraps around it.
func (f *file) record(value any) map[string]any {
	for range 5 {
		m, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		if kind, ok := m["type"].(string); ok && kind != "" && (m["date"] != nil || m["log_id"] != nil || m["_id"] != nil) {
			return m
		}
		value = nil
		for _, key := range [...]string{"data", "detail", "json", "event", "log", "message"} {
			if inner, ok := m[key].(map[string]any); ok {
				value = inner
				break
			}
		}
	}
	return nil
}

func (f *file) take(value any, place int) {
	record := f.record(value)
	if record == nil {
		f.strange++
		f.skip("line %d holds no log record: an object with type and date is expected", place)
		return
	}
	f.records++
	f.rec.Entries++
	f.shared, f.newest = f.shared || place == f.newest, place
	e := f.exchange(record, place)
	if f.types[e.Log.Type] > 0 || len(f.types) < maxTypes {
		f.types[e.Log.Type]++
	}
	if len(f.rec.Exchanges) >= recording.MaxExchanges {
		f.rec.Left++
		return
	}
	if e.Endpoint != "" {
		f.rec.Exchanges, f.numbers = append(f.rec.Exchanges, e), append(f.numbers, f.records)
	}
}

// count numbers the exchanges by their records, where lines do not tell them apart.
func (f *file) count() {
	if !f.shared {
		return
	}
	f.rec.Unit = "record"
	for i, e := range f.rec.Exchanges {
		e.Place = f.numbers[i]
	}
}

func (f *file) finish() (*recording.Recording, error) {
	rec := f.rec
	if f.left > 0 {
		rec.Skipped = append(rec.Skipped, "and "+recording.Counted(f.left, "more line", "more lines"))
	}
	f.count()
	rec.Finish(f.red)
	if f.records == 0 {
		why := "the file holds no log record: an object with type and date is expected, as the dashboard, the Management API (/api/v2/logs) " +
			"and log streams write them"
		if len(rec.Skipped) > 0 {
			why += "; " + strings.Join(rec.Skipped[:min(3, len(rec.Skipped))], "; ")
		}
		return rec, notLog("%s", why)
	}
	if len(rec.Exchanges) == 0 {
		return rec, &NoneError{Records: f.records, Types: kinds(f.types)}
	}
	if rec.Left > 0 {
		rec.Note(fmt.Sprintf("the log has %s than the %d that are looked at", recording.Counted(rec.Left, "more record", "more records"),
			recording.MaxExchanges))
	}
	rec.CountHosts(f.hosts)
	return rec, nil
}
