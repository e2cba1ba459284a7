// Package jsonpull reads JSON of any size in the memory of one value: the caller names the members it wants, everything
// else is passed over without being kept. Every mistake is told with its line, column and offset.
package jsonpull

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Kind is the kind of a JSON value.
type Kind byte

// The kinds of values.
const (
	Object Kind = iota + 1
	Array
	String
	Number
	Literal // true, false and null
)

func (k Kind) String() string {
	return [...]string{"nothing", "an object", "a list", "text", "a number", "true, false or null"}[k]
}

const (
	maxDepth  = 200
	maxKey    = 512
	maxNumber = 64
)

// SyntaxError says where the text stops being JSON.
type SyntaxError struct {
	Line, Column int   // from 1; the column counts bytes
	Offset       int64 // bytes before it
	Message      string
	Ended        bool // the text ends too early: the file was cut
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d (offset %d): %s", e.Line, e.Column, e.Offset, e.Message)
}

// Reader pulls values from a stream.
type Reader struct {
	in      *bufio.Reader
	line    int
	begin   int64 // offset at which the line begins
	offset  int64
	scratch []byte
	depth   int
}

// New reads from in. A byte order mark is passed over (HAR 1.2 allows one).
func New(in io.Reader) *Reader {
	size := 64 << 10
	if short, ok := in.(interface{ Len() int }); ok { // a line of many, say
		size = min(size, short.Len())
	}
	r := &Reader{in: bufio.NewReaderSize(in, size), line: 1}
	if mark, err := r.in.Peek(3); err == nil && bytes.Equal(mark, []byte("\xEF\xBB\xBF")) {
		r.advance(3)
	}
	return r
}

// Line is where the reader is.
func (r *Reader) Line() int { return r.line }

// Offset is how many bytes were read.
func (r *Reader) Offset() int64 { return r.offset }

func (r *Reader) advance(n int) {
	discarded, _ := r.in.Discard(n) // what was peeked at is there
	r.offset += int64(discarded)
}

func (r *Reader) fail(format string, args ...any) error {
	return &SyntaxError{Line: r.line, Column: int(r.offset-r.begin) + 1, Offset: r.offset, Message: fmt.Sprintf(format, args...)}
}

// broken is the error of the stream, or says that it ended.
func (r *Reader) broken(err error) error {
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("reading at offset %d: %w", r.offset, err)
	}
	return &SyntaxError{
		Line: r.line, Column: int(r.offset-r.begin) + 1, Offset: r.offset, Message: "the file ends here, in the middle of a value", Ended: true,
	}
}

// next is the next byte that is not white space, which stays unread.
func (r *Reader) next() (byte, error) {
	for {
		b, err := r.in.Peek(1)
		if err != nil {
			return 0, err
		}
		switch b[0] {
		case ' ', '\t', '\r':
		case '\n':
			r.line++
			r.begin = r.offset + 1
		default:
			return b[0], nil
		}
		r.advance(1)
	}
}

// Peek tells the kind of the next value; io.EOF when there is none.
func (r *Reader) Peek() (Kind, error) {
	b, err := r.next()
	if err != nil {
		if errors.Is(err, io.EOF) {
			return 0, io.EOF
		}
		return 0, r.broken(err)
	}
	switch {
	case b == '{':
		return Object, nil
	case b == '[':
		return Array, nil
	case b == '"':
		return String, nil
	case b == '-' || b >= '0' && b <= '9':
		return Number, nil
	case b == 't' || b == 'f' || b == 'n':
		return Literal, nil
	}
	return 0, r.fail("%s is no JSON value", quoted(b))
}

func quoted(b byte) string {
	if b < ' ' || b > '~' {
		return fmt.Sprintf("the byte 0x%02X", b)
	}
	return fmt.Sprintf("%q", string(rune(b)))
}

func (r *Reader) must(want Kind) error {
	kind, err := r.Peek()
	if errors.Is(err, io.EOF) {
		return r.broken(err)
	}
	if err != nil {
		return err
	}
	if kind != want {
		return r.fail("%s where %s is expected", kind, want)
	}
	return nil
}

func (r *Reader) enter() error {
	if r.depth++; r.depth > maxDepth {
		return r.fail("values are nested more than %d deep", maxDepth)
	}
	r.advance(1)
	return nil
}

// Object reads an object and hands each member's name to member, which must read or skip the value.
func (r *Reader) Object(member func(key string) error) error {
	if err := r.must(Object); err != nil {
		return err
	}
	return r.list('}', func() error {
		if err := r.must(String); err != nil {
			return err
		}
		key, _, err := r.text(maxKey)
		if err != nil {
			return err
		}
		b, err := r.next()
		if err != nil {
			return r.broken(err)
		}
		if b != ':' {
			return r.fail("%s where a colon is expected", quoted(b))
		}
		r.advance(1)
		return member(key)
	})
}

// Array reads a list and calls item for each entry, which must read or skip the value.
func (r *Reader) Array(item func() error) error {
	if err := r.must(Array); err != nil {
		return err
	}
	return r.list(']', item)
}

func (r *Reader) list(end byte, one func() error) error {
	if err := r.enter(); err != nil {
		return err
	}
	defer func() { r.depth-- }()
	for first := true; ; first = false {
		b, err := r.next()
		switch {
		case err != nil:
			return r.broken(err)
		case b == end:
			r.advance(1)
			return nil
		case first:
		case b == ',':
			r.advance(1)
			if b, err = r.next(); err != nil {
				return r.broken(err)
			}
			if b == end {
				return r.fail("a comma with nothing after it")
			}
		default:
			return r.fail("%s where a comma or %q is expected", quoted(b), string(rune(end)))
		}
		if err := one(); err != nil {
			return err
		}
	}
}

// Text reads text, a number, true or false as it is written, at most limit bytes of it; cut tells that there was more. null,
// objects and lists are passed over and give "".
func (r *Reader) Text(limit int) (text string, cut bool, err error) {
	kind, err := r.Peek()
	if errors.Is(err, io.EOF) {
		return "", false, r.broken(err)
	}
	if err != nil {
		return "", false, err
	}
	switch kind {
	case String:
		return r.text(limit)
	case Number, Literal:
		text, err = r.word()
		if text == "null" {
			text = ""
		}
		return text, false, err
	default:
		return "", false, r.Skip()
	}
}

// Skip passes over one value.
func (r *Reader) Skip() error {
	kind, err := r.Peek()
	if errors.Is(err, io.EOF) {
		return r.broken(err)
	}
	if err != nil {
		return err
	}
	switch kind {
	case Object:
		return r.Object(func(string) error { return r.Skip() })
	case Array:
		return r.Array(r.Skip)
	case String:
		_, _, err = r.text(0)
	default:
		_, err = r.word()
	}
	return err
}

// Comma passes over a comma between values that are no list: a line of one, say.
func (r *Reader) Comma() {
	if b, err := r.next(); err == nil && b == ',' {
		r.advance(1)
	}
}

// End makes sure that nothing follows.
func (r *Reader) End() error {
	b, err := r.next()
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return r.broken(err)
	}
	return r.fail("%s after the end of the document", quoted(b))
}

// word reads a number or a literal.
func (r *Reader) word() (string, error) {
	var word []byte
	for {
		b, err := r.in.Peek(1)
		if err != nil || strings.IndexByte("+-.", b[0]) < 0 && (b[0]|0x20 < 'a' || b[0]|0x20 > 'z') && (b[0] < '0' || b[0] > '9') {
			break
		}
		if word = append(word, b[0]); len(word) > maxNumber {
			return "", r.fail("a number of more than %d characters", maxNumber)
		}
		r.advance(1)
	}
	switch text := string(word); {
	case text == "true" || text == "false" || text == "null" || number(text):
		return text, nil
	default:
		if _, err := r.in.Peek(1); err != nil {
			return "", r.broken(err)
		}
		return "", r.fail("%q is no JSON value", text)
	}
}

// number follows the grammar of RFC 8259 §6.
func number(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole := digits(s)
	if whole == 0 || whole > 1 && s[0] == '0' {
		return false
	}
	if s = s[whole:]; strings.HasPrefix(s, ".") {
		n := digits(s[1:])
		if n == 0 {
			return false
		}
		s = s[1+n:]
	}
	if s != "" && (s[0] == 'e' || s[0] == 'E') {
		if s = s[1:]; s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		n := digits(s)
		return n > 0 && n == len(s)
	}
	return s == ""
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// text reads a string and keeps at most limit bytes of it. The part that is not kept costs no memory.
func (r *Reader) text(limit int) (string, bool, error) {
	r.advance(1)
	r.scratch = r.scratch[:0]
	cut := false
	keep := func(b []byte) {
		if room := limit - len(r.scratch); len(b) > room {
			b, cut = b[:max(room, 0)], true
		}
		r.scratch = append(r.scratch, b...)
	}
	for {
		if _, err := r.in.Peek(1); err != nil {
			return "", false, r.broken(err)
		}
		chunk, _ := r.in.Peek(r.in.Buffered())
		plain := 0
		for plain < len(chunk) && chunk[plain] != '"' && chunk[plain] != '\\' && chunk[plain] >= ' ' {
			plain++
		}
		keep(chunk[:plain])
		r.advance(plain)
		if plain == len(chunk) {
			continue
		}
		switch b := chunk[plain]; b {
		case '"':
			r.advance(1)
			if cut || !utf8.Valid(r.scratch) {
				return strings.ToValidUTF8(string(r.scratch), "\uFFFD"), cut, nil
			}
			return string(r.scratch), false, nil
		case '\\':
			letter, err := r.escape()
			if err != nil {
				return "", false, err
			}
			keep(letter)
		default:
			if _, err := r.in.Peek(2); errors.Is(err, io.EOF) { // an editor's final line feed
				return "", false, r.broken(err)
			}
			return "", false, r.fail("%s inside of text, where it must be escaped", quoted(b))
		}
	}
}

// escape reads what a backslash begins.
func (r *Reader) escape() ([]byte, error) {
	b, err := r.in.Peek(2)
	if err != nil {
		return nil, r.broken(err)
	}
	if i := strings.IndexByte(`"\/bfnrt`, b[1]); i >= 0 {
		r.advance(2)
		return []byte{"\"\\/\b\f\n\r\t"[i]}, nil
	}
	if b[1] != 'u' {
		return nil, r.fail("a backslash before %s", quoted(b[1]))
	}
	first, err := r.unit()
	if err != nil || !utf16.IsSurrogate(first) {
		return utf8.AppendRune(nil, first), err
	}
	if more, err := r.in.Peek(2); err != nil || more[0] != '\\' || more[1] != 'u' {
		return utf8.AppendRune(nil, utf8.RuneError), nil // half of a pair
	}
	second, err := r.unit()
	return utf8.AppendRune(nil, utf16.DecodeRune(first, second)), err
}

// unit reads \uXXXX.
func (r *Reader) unit() (rune, error) {
	b, err := r.in.Peek(6)
	if err != nil {
		return 0, r.broken(err)
	}
	var n rune
	for _, c := range b[2:] {
		i := strings.IndexByte("0123456789abcdef", c|0x20)
		if c < '0' || i < 0 {
			return 0, r.fail("\\u with %s, which is no hexadecimal digit", quoted(c))
		}
		n = n<<4 | rune(i)
	}
	r.advance(6)
	return n, nil
}

// Value reads one value as encoding/json would give it (numbers as text), as far as limit bytes go; cut tells that there was
// more, which is passed over.
func (r *Reader) Value(limit int) (value any, cut bool, err error) {
	left := limit
	value, err = r.value(&left)
	return value, left < 0, err
}

func (r *Reader) value(left *int) (any, error) {
	kind, err := r.Peek()
	if errors.Is(err, io.EOF) {
		return nil, r.broken(err)
	}
	if err != nil {
		return nil, err
	}
	const each = 16 // what an entry costs beside its text
	if *left -= each; *left < 0 {
		return nil, r.Skip()
	}
	switch kind {
	case Object:
		members := map[string]any{}
		return members, r.Object(func(key string) error {
			*left -= len(key)
			member, err := r.value(left)
			if *left >= 0 {
				members[key] = member
			}
			return err
		})
	case Array:
		items := []any{}
		err := r.Array(func() error {
			item, err := r.value(left)
			if *left >= 0 {
				items = append(items, item)
			}
			return err
		})
		return items, err
	case String:
		text, cut, err := r.text(*left)
		if *left -= len(text); cut {
			*left = -1
		}
		return text, err
	default:
		word, err := r.word()
		switch word {
		case "true":
			return true, err
		case "false":
			return false, err
		case "null":
			return nil, err
		}
		return word, err
	}
}
