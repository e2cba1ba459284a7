// Package tenantlog reads exports of an Auth0 tenant's log: lists of JSON objects, or one after the other, as the dashboard, the
// Management API, Auth0's CLI, log streams and their collectors write them. What it keeps is without secrets and without people.
package tenantlog

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/jsonpull"
	"renewal.example/mockauth0/internal/recording"
)

// Limits of a file.
const (
	MaxSize   = 4 << 30  // bytes, unpacked
	firstLook = 64 << 10 // bytes by which the form of a file is known
	maxRecord = 1 << 20  // bytes of one record that are read
	maxListed = 20       // bad lines that are listed one by one
	maxTypes  = 500      // types of records that are counted; Auth0 has about 200
	maxHosts  = 100      // hosts that are counted
	maxSeen   = 1 << 18  // ids of records that are remembered

	shortestID = 20 // of a record; what is shorter was made up by somebody, and may be there twice
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
	told    int             // values without a record of which enough is said
	undated int             // records without a date that can be read
	twice   int             // records that are in the file once more
	seen    map[string]bool // ids of records
	numbers []int           // of the records that became exchanges, from 1
	newest  int             // line of the newest record
	shared  bool            // several records are on one line
	left    int             // bad lines beyond maxListed
	har     bool            // it has what only a HAR has
}

// Read reads an export. A line that cannot be read is listed and passed over; only a file with no record at all is an error.
func Read(in io.Reader, red *recording.Redactor) (*recording.Recording, error) {
	buffered := bufio.NewReaderSize(in, firstLook)
	head, err := buffered.Peek(firstLook)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, err
	}
	if bytes.HasPrefix(head, []byte("\x1f\x8b")) {
		unzipped, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, notLog("the file begins as gzip does, but cannot be unpacked: %v", err)
		}
		buffered = bufio.NewReaderSize(unzipped, firstLook)
		if head, err = buffered.Peek(firstLook); err != nil && !errors.Is(err, io.EOF) {
			return nil, notLog("the file begins as gzip does, but cannot be unpacked: %v", err)
		}
	}
	f := &file{
		red: red, rec: &recording.Recording{Kind: "tenant log"}, types: map[event.LogCode]int{}, hosts: map[string]int{},
		seen: map[string]bool{},
	}
	limited := &io.LimitedReader{R: buffered, N: MaxSize}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")
	switch {
	case len(text) == 0 && len(head) < firstLook:
		return nil, notLog("the file is empty")
	case bytes.HasPrefix(text, []byte("PK\x03\x04")):
		return nil, notLog("the file is a zip archive: unpack it, and import what is in it")
	case bytes.HasPrefix(text, []byte("\xFF\xFE")) || bytes.HasPrefix(text, []byte("\xFE\xFF")):
		return nil, notLog("the file is UTF-16; a log export is UTF-8: save it as UTF-8")
	case len(text) > 0 && text[0] != '[' && text[0] != '{':
		return nil, notLog("the file is no log export: it begins with %q, where [ or { is expected%s", string(text[:1]), advice(text))
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

// advice says what to do with a file that is no JSON.
func advice(text []byte) string {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	if bytes.IndexByte(text, 0) >= 0 {
		return ". It is binary: export the log as JSON"
	}
	if bytes.Count(line, []byte(",")) > 2 {
		return ". It looks like CSV: export the log as JSON"
	}
	return ". Export the log as JSON, as the Management API (/api/v2/logs) and log streams write it"
}

// oneALine tells a file with whole values on its lines from one document over many lines, by its first line.
func oneALine(text []byte) bool {
	line, _, more := bytes.Cut(text, []byte("\n"))
	line = bytes.TrimSpace(line)
	if text[0] != '{' || !more {
		return text[0] == '{'
	}
	var err error
	for pull := jsonpull.New(bytes.NewReader(line)); err == nil; pull.Comma() {
		err = pull.Skip()
	}
	var syntax *jsonpull.SyntaxError
	goesOn := errors.As(err, &syntax) && syntax.Ended && int(syntax.Offset) == len(line) && bytes.ContainsAny(line[len(line)-1:], ",[{")
	return !goesOn
}

// lines reads a file line by line, so that a line that is broken costs no other.
func (f *file) lines(in io.Reader) error {
	reader := bufio.NewReaderSize(in, 64<<10)
	for number := 1; ; number++ {
		one := &line{in: reader}
		if err := f.line(number, one); err != nil {
			return err
		}
		if last, err := one.rest(); last || err != nil {
			return err
		}
	}
}

// line reads what is on a line: one value, or several after each other, as Firehose writes them.
func (f *file) line(number int, in io.Reader) error {
	pull := jsonpull.New(in)
	err := f.values(pull, place{number})
	var syntax *jsonpull.SyntaxError
	if errors.As(err, &syntax) {
		f.skip("line %d, column %d is no JSON: %s", number, syntax.Column, syntax.Message)
		return nil
	}
	return err
}

// line is one line of a file as a stream: it may be longer than what fits into memory.
type line struct {
	in          *bufio.Reader
	ended, last bool // the line's end was read; it is the file's too
}

// Read gives what is on the line, without its line feed.
func (l *line) Read(p []byte) (int, error) {
	if l.ended {
		return 0, io.EOF
	}
	if _, err := l.in.Peek(1); err != nil {
		l.ended, l.last = true, errors.Is(err, io.EOF)
		return 0, err
	}
	chunk, _ := l.in.Peek(min(l.in.Buffered(), len(p))) // what is buffered is there
	n, used := len(chunk), len(chunk)
	if feed := bytes.IndexByte(chunk, '\n'); feed >= 0 {
		n, used, l.ended = feed, feed+1, true
	}
	copy(p, chunk[:n])
	if _, err := l.in.Discard(used); err != nil {
		return n, err
	}
	if l.ended {
		return n, io.EOF
	}
	return n, nil
}

// rest passes over what is left of the line, and tells whether it was the last one.
func (l *line) rest() (last bool, err error) {
	_, err = io.Copy(io.Discard, l)
	return l.last, err
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
	err := f.values(jsonpull.New(in), place{})
	var syntax *jsonpull.SyntaxError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &syntax):
		return err
	case f.records == 0:
		return notLog("the file is no log export: %s", f.red.Text(syntax.Error()))
	}
	f.rec.Broken = true
	if syntax.Ended {
		f.rec.Note(fmt.Sprintf("the file was cut off at line %d, column %d (offset %d), after %s; what was read is used", syntax.Line,
			syntax.Column, syntax.Offset, recording.Counted(f.records, "record", "records")))
	} else {
		f.rec.Note(fmt.Sprintf("the file is damaged at line %d, column %d (offset %d), after %s; what was read is used: %s", syntax.Line,
			syntax.Column, syntax.Offset, recording.Counted(f.records, "record", "records"), f.red.Text(syntax.Message)))
	}
	return nil
}

// take keeps a record.
func (f *file) take(record map[string]any, line int) {
	f.records++
	if f.repeated(record) {
		f.twice++
		return
	}
	f.rec.Entries++
	f.shared, f.newest = f.shared || line == f.newest, line
	e := f.exchange(record, line)
	if f.types[e.Log.Type] > 0 || len(f.types) < maxTypes {
		f.types[e.Log.Type]++
	}
	if len(f.rec.Exchanges) >= recording.MaxExchanges {
		f.rec.Left++
		return
	}
	if e.Start.IsZero() {
		f.undated++
	}
	if e.Endpoint != "" {
		f.rec.Exchanges, f.numbers = append(f.rec.Exchanges, e), append(f.numbers, f.records)
	}
}

// repeated tells a record that was in the file before: log streams deliver at least once, and collectors keep the text of a
// record beside its parts.
func (f *file) repeated(record map[string]any) bool {
	id := text(record, "log_id")
	if len(id) < shortestID || recording.Hidden(id) {
		return false
	}
	if f.seen[id] {
		return true
	}
	if len(f.seen) < maxSeen {
		f.seen[id] = true
	}
	return false
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
		said := rec.Skipped
		rec.Skipped = nil // the error speaks for all lines
		if f.har {
			return rec, notLog("the file is a HAR, which a browser recorded, and no tenant's log. It is read by: mockauth0 import har")
		}
		if len(said) > 0 {
			why += "; " + strings.Join(said[:min(3, len(said))], "; ")
		}
		return rec, notLog("%s", why)
	}
	if len(rec.Exchanges) == 0 {
		return rec, &NoneError{Records: f.records, Types: kinds(f.types)}
	}
	if f.twice > 0 {
		rec.Note(recording.Counted(f.twice, "record is in the file twice (by its log_id), and counts once",
			"records are in the file twice (by their log_id), and count once"))
	}
	if f.undated > 0 {
		rec.Note(recording.Counted(f.undated, "record has no date that can be read, and keeps its place in the file",
			"records have no date that can be read, and keep their place in the file"))
	}
	if rec.Left > 0 {
		rec.Note(fmt.Sprintf("the log has %s than the %d that are looked at", recording.Counted(rec.Left, "more record", "more records"),
			recording.MaxExchanges))
	}
	rec.CountHosts(f.hosts)
	return rec, nil
}
