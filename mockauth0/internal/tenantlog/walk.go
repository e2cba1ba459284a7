package tenantlog

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"renewal.example/mockauth0/internal/jsonpull"
)

// Limits of what collectors wrap around records.
const (
	maxWrapped  = 20      // objects and lists inside of each other
	maxTexts    = 3       // JSON as text inside of JSON
	maxUnpacked = 8 << 20 // bytes of text that was packed
)

// place says where in the file a value stands. The zero value: the reader of the file knows.
type place struct{ line int }

func (p place) or(pull *jsonpull.Reader) place {
	if p.line == 0 {
		return place{pull.Line()}
	}
	return p
}

// wrapping counts what is around a value.
type wrapping struct {
	values, texts int
	list          bool // if it is a list, it is one of records
	entry         bool // of such a list, or of the file: one without a record is worth a word
}

func (w wrapping) inner(list, entry bool) wrapping {
	return wrapping{w.values + 1, w.texts, list, entry}
}

// values looks through one value or several after each other.
func (f *file) values(pull *jsonpull.Reader, at place) error {
	for {
		if _, err := pull.Peek(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if err := f.walk(pull, at, wrapping{list: true, entry: true}); err != nil {
			return err
		}
		pull.Comma()
	}
}

// isList tells the names under which exports and collectors list records.
func isList(name string) bool {
	return slices.Contains([]string{
		"logs", "events", "Records", "records", "hits", "data", "results", "result", "entries", "messages", "logEvents", "rows",
	}, name)
}

// ofRecord tells members of a record that are objects or lists themselves; all others may hold records. A name with a path in it
// is that of a value deep in a record.
func ofRecord(name string) bool {
	return strings.Contains(name, ".") ||
		slices.Contains([]string{"details", "auth0_client", "date", "_id", "log_id", "scope", "audience", "location_info"}, name)
}

// walk looks for records in the next value: it is one, holds some, or is text that holds some. Collectors wrap records in
// objects of their own, deliver them in lists, and keep them as text, which may be packed.
func (f *file) walk(pull *jsonpull.Reader, at place, in wrapping) error {
	kind, err := pull.Peek()
	if err != nil {
		return err
	}
	here := at.or(pull)
	records, told := f.records, f.told
	long := false
	switch {
	case in.values > maxWrapped:
		return pull.Skip()
	case kind == jsonpull.Array:
		err = pull.Array(func() error { return f.walk(pull, at, in.inner(false, in.list)) })
	case kind == jsonpull.Object:
		long, err = f.object(pull, at, in)
	case kind == jsonpull.String:
		var text string
		text, _, err = pull.Text(maxRecord)
		f.text(text, here, in)
	default:
		err = pull.Skip()
	}
	if err == nil && in.entry && f.records == records && f.told == told {
		f.told++
		if long {
			f.skip("line %d has more than %d bytes", here.line, maxRecord)
		} else {
			f.skip("line %d holds no log record: an object with type and date is expected", here.line)
		}
	}
	return err
}

// object is a record, or is around some. long tells that not all of it was kept.
func (f *file) object(pull *jsonpull.Reader, at place, in wrapping) (long bool, err error) {
	here, before := at.or(pull), f.records
	own := map[string]any{}
	left := maxRecord
	err = pull.Object(func(key string) error {
		kind, err := pull.Peek()
		if err == nil && (kind == jsonpull.Array || kind == jsonpull.Object) && !ofRecord(key) {
			list := isList(key) && kind == jsonpull.Array && in.texts == 0
			if list {
				f.told++ // of its entries, if at all
			}
			return f.walk(pull, at, in.inner(list, false))
		}
		begin := pull.Offset()
		value, cut, err := pull.Value(max(left, 0))
		left -= len(key) + int(pull.Offset()-begin)
		if long = long || cut; !cut {
			own[key] = value
		}
		return err
	})
	f.har = f.har || own["startedDateTime"] != nil
	switch {
	case err != nil:
	case isRecord(own) && (own["date"] != nil || f.records == before):
		f.take(own, here.line)
	case f.records == before:
		f.inside(own, here, in)
	}
	return long, err
}

// isRecord tells a record of the log.
func isRecord(m map[string]any) bool {
	kind, ok := m["type"].(string)
	return ok && kind != "" && (m["date"] != nil || m["log_id"] != nil || m["_id"] != nil)
}

// inside looks for records in what an object holds as text, or as members with the path in their names.
func (f *file) inside(own map[string]any, at place, in wrapping) {
	before := f.records
	for _, name := range slices.Sorted(maps.Keys(own)) {
		if text, ok := own[name].(string); ok {
			f.text(text, at, in)
		} else if inner, ok := own[name].(map[string]any); ok && isRecord(inner) {
			f.take(inner, at.line)
		}
	}
	if record := flattened(own); f.records == before && record != nil {
		f.take(record, at.line)
	}
}

// text looks for records in text that is JSON.
func (f *file) text(text string, at place, in wrapping) {
	if in.texts >= maxTexts {
		return
	}
	text = unpacked(strings.TrimSpace(text), in.texts == 0)
	if text == "" || text[0] != '{' && text[0] != '[' {
		return
	}
	pull := jsonpull.New(strings.NewReader(text))
	for {
		if err := f.walk(pull, at, wrapping{values: in.values + 1, texts: in.texts + 1}); err != nil {
			return // no JSON, or its end: what was found before it counts
		}
	}
}

// unpacked is text as it is, or what base64 holds: JSON, as Firehose and Kinesis deliver it, or gzip of it, as CloudWatch Logs
// does.
func unpacked(text string, gzipped bool) string {
	if len(text) < 40 || !strings.HasPrefix(text, "ey") && !strings.HasPrefix(text, "W") && !strings.HasPrefix(text, "H4sI") {
		return text
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return text
	}
	if !bytes.HasPrefix(raw, []byte("\x1f\x8b")) {
		return string(raw)
	}
	packed, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil || !gzipped {
		return ""
	}
	plain, _ := io.ReadAll(io.LimitReader(packed, maxUnpacked)) // as far as it goes
	return string(plain)
}

// flattened is a record of which each member has its path in its name ("data.type", "auth0.logs.data.client_id"), as search
// results show it; nil when there is none.
func flattened(own map[string]any) map[string]any {
	prefix, found := "", false
	for name := range own {
		before, ok := strings.CutSuffix(name, ".type")
		if !ok || own[before+".date"] == nil && own[before+".log_id"] == nil {
			continue
		}
		if !found || len(before) < len(prefix) || len(before) == len(prefix) && before < prefix {
			prefix, found = before, true
		}
	}
	if !found {
		return nil
	}
	record := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(own)) {
		if path, ok := strings.CutPrefix(name, prefix+"."); ok {
			put(record, strings.SplitN(path, ".", maxWrapped), own[name])
		}
	}
	if !isRecord(record) {
		return nil
	}
	return record
}

// put sets a member by its path. A list of one is its entry: that is how Elasticsearch gives fields.
func put(m map[string]any, path []string, value any) {
	if list, ok := value.([]any); ok && len(list) == 1 {
		value = list[0]
	}
	if len(path) == 1 {
		m[path[0]] = value
		return
	}
	inner, ok := m[path[0]].(map[string]any)
	if !ok {
		inner = map[string]any{}
		m[path[0]] = inner
	}
	put(inner, path[1:], value)
}
