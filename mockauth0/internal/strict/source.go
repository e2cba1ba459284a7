package strict

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"unicode/utf8"
)

const maxFileSize = 16 << 20

// Source is the text of one file, its markers replaced, with the way back to the positions a person sees.
type Source struct {
	File       string // as printed in problems
	written    []byte // as in the file, without a byte order mark
	Text       []byte // with markers replaced
	edits      []edit // in order
	unresolved map[int]bool
}

// edit is one replaced marker: text[at:at+length] stands where written[from:from+old] stood.
type edit struct{ at, length, from, old int }

// Read gives nil when the file is absent or unusable; the latter is reported.
func Read(fsys fs.FS, name, printed string, env func(string) (string, bool), found *Findings) *Source {
	whole := Whole(printed)
	content, err := ReadLimited(fsys, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.Is(err, errTooLarge):
		found.Refuse(whole, "is larger than 16 MiB; expected a configuration file")
		return nil
	case err != nil:
		found.Refuse(whole, "cannot be read: %v", UnwrapPath(err))
		return nil
	}
	if bytes.HasPrefix(content, []byte{0xff, 0xfe}) || bytes.HasPrefix(content, []byte{0xfe, 0xff}) {
		found.Refuse(whole, "is UTF-16 text; expected UTF-8: save it with that encoding")
		return nil
	}
	s := &Source{File: printed, written: bytes.TrimPrefix(content, []byte("\xef\xbb\xbf")), unresolved: map[int]bool{}}
	s.Text = s.written
	if at := firstBadByte(s.written); at >= 0 {
		line, column := positionOf(s.written, at)
		found.Refuse(s.At(line, column),
			"the byte 0x%02x is not valid here; expected UTF-8 text: save the file with that encoding", s.written[at])
		return nil
	}
	s.replaceMarkers(env, found)
	return s
}

var errTooLarge = errors.New("too large")

// ReadLimited reads a file of at most 16 MiB that is nothing but a file.
func ReadLimited(fsys fs.FS, name string) ([]byte, error) {
	// Asked before it is opened: a pipe without a writer would never open.
	switch info, err := fs.Stat(fsys, name); {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, errors.New("it is a directory; expected a file")
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no regular file (a pipe, a socket or a device); expected a file")
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	if err == nil && len(content) > maxFileSize {
		return nil, errTooLarge
	}
	return content, err
}

// UnwrapPath drops "open tenant.yaml:", since the problem names the file already.
func UnwrapPath(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

// firstBadByte finds what is not UTF-8 or a NUL; -1 when there is none.
func firstBadByte(text []byte) int {
	for i := 0; i < len(text); {
		if text[i] == 0 {
			return i
		}
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// original turns a position in text into the one in the file as written.
func (s *Source) original(line, column int) (int, int) {
	if len(s.edits) == 0 || line == 0 {
		return line, column
	}
	offset := offsetOf(s.Text, line, column)
	shift := 0
	for _, e := range s.edits {
		if offset < e.at {
			break
		}
		if offset < e.at+e.length {
			return positionOf(s.written, e.from)
		}
		shift = e.from + e.old - e.at - e.length
	}
	return positionOf(s.written, offset+shift)
}

// positionOf and offsetOf count lines as YAML does for the usual line ends, and columns in characters from 1.
func positionOf(text []byte, offset int) (line, column int) {
	return (&cursor{text: text, line: 1, column: 1}).forward(offset)
}

func offsetOf(text []byte, line, column int) int {
	c := &cursor{text: text, line: 1, column: 1}
	for c.offset < len(text) && (c.line < line || c.line == line && c.column < column) {
		c.step()
	}
	return c.offset
}

// cursor walks through a text and knows its position; it only goes forward.
type cursor struct {
	text                 []byte
	offset, line, column int
}

func (c *cursor) forward(offset int) (line, column int) {
	for c.offset < offset && c.offset < len(c.text) {
		c.step()
	}
	return c.line, c.column
}

func (c *cursor) step() {
	r, size := utf8.DecodeRune(c.text[c.offset:])
	c.offset += size
	switch {
	case r == '\r' && c.offset < len(c.text) && c.text[c.offset] == '\n':
		c.column++ // the line ends with the \n that follows
	case r == '\n' || r == '\r':
		c.line++
		c.column = 1
	default:
		c.column++
	}
}

// At is a place in the source's text.
func (s *Source) At(line, column int) Place { return Place{source: s, line: line, column: column} }

// FromText is a source that is no file: its problems have lines and no name.
func FromText(text []byte) *Source { return &Source{written: text, Text: text} }
