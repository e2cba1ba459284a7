package jsonpull

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// tree reads a whole value, for comparison with encoding/json.
func tree(r *Reader) (any, error) {
	kind, err := r.Peek()
	if err != nil {
		return nil, err
	}
	switch kind {
	case Object:
		m := map[string]any{}
		return m, r.Object(func(key string) error {
			v, err := tree(r)
			m[key] = v
			return err
		})
	case Array:
		list := []any{}
		err := r.Array(func() error {
			v, err := tree(r)
			list = append(list, v)
			return err
		})
		return list, err
	case String:
		text, _, err := r.Text(1 << 20)
		return text, err
	case Number:
		text, _, err := r.Text(100)
		if err != nil {
			return nil, err
		}
		f, err := strconv.ParseFloat(text, 64)
		return f, err
	}
	text, _, err := r.Text(100)
	return map[string]any{"true": true, "false": false, "": nil}[text], err
}

func TestReadsWhatEncodingJSONReads(t *testing.T) {
	for _, text := range []string{
		`{}`, `[]`, `""`, `0`, `-1.5e+3`, `null`, ` [ true , false , null ] `, `{"a":{"b":[1,2,{"c":"d"}]},"e":""}`,
		`"\"\\\/\b\f\n\r\t\u00e9\u20ac\ud83d\ude00"`, `"\ud83d alone"`, "\"\xff\"", `"é€😀"`,
	} {
		var want any
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			t.Fatal(text, err)
		}
		r := New(strings.NewReader(text))
		got, err := tree(r)
		if err == nil {
			err = r.End()
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %#v (%v), want %#v", text, got, err, want)
		}
		if err := New(strings.NewReader(text)).Skip(); err != nil {
			t.Errorf("skipping %s: %v", text, err)
		}
	}
}

func TestMistakesHaveAPlace(t *testing.T) {
	for _, tc := range []struct {
		text, want string
		ended      bool
	}{
		{"{\n  \"a\": 1,\n}", `line 3, column 1 (offset 12): a comma with nothing after it`, false},
		{"[1 2]", `line 1, column 4 (offset 3): "2" where a comma or "]" is expected`, false},
		{`{"a" 1}`, `column 6 (offset 5): "1" where a colon is expected`, false},
		{`{1:2}`, `a number where text is expected`, false},
		{`[tru]`, `"tru" is no JSON value`, false},
		{`[01]`, `"01" is no JSON value`, false},
		{`[-]`, `"-" is no JSON value`, false},
		{`[1.]`, `"1." is no JSON value`, false},
		{"[\"a\nb\"]", `the byte 0x0A inside of text`, false},
		{`["\x"]`, `a backslash before "x"`, false},
		{`["\u12g4"]`, `no hexadecimal digit`, false},
		{`<html>`, `"<" is no JSON value`, false},
		{`[] []`, `"[" after the end of the document`, false},
		{strings.Repeat("[", 500), `nested more than 200 deep`, false},
		{strings.Repeat("9", 100), `a number of more than 64 characters`, false},
		{`{"a": "b`, `line 1, column 9 (offset 8): the file ends here`, true},
		{"[\"ab\n", `the file ends here`, true},
		{`[1,`, `the file ends here`, true},
		{`{"a"`, `the file ends here`, true},
		{`["\u12`, `the file ends here`, true},
		{`[tr`, `the file ends here`, true},
	} {
		r := New(strings.NewReader(tc.text))
		err := r.Skip()
		if err == nil {
			err = r.End()
		}
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || !strings.Contains(err.Error(), tc.want) || syntax.Ended != tc.ended {
			t.Errorf("%.40q: %v (%v), want %s", tc.text, err, syntax, tc.want)
		}
	}
}

func TestABrokenStreamIsNoEndOfFile(t *testing.T) {
	err := New(io.MultiReader(strings.NewReader(`["a", "`), failing{})).Skip()
	var syntax *SyntaxError
	if err == nil || errors.As(err, &syntax) || !strings.Contains(err.Error(), "the disk is gone") {
		t.Errorf("got %v", err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }

func TestAByteOrderMarkIsPassedOver(t *testing.T) {
	if got, err := tree(New(strings.NewReader("\xEF\xBB\xBF[1]"))); err != nil || fmt.Sprint(got) != "[1]" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestTextIsCut(t *testing.T) {
	text, cut, err := New(strings.NewReader(`"abcé"`)).Text(4)
	if err != nil || !cut || text != "abc\uFFFD" {
		t.Errorf("got %q, %v, %v", text, cut, err)
	}
	if text, cut, err = New(strings.NewReader(`"abcd"`)).Text(4); err != nil || cut || text != "abcd" {
		t.Errorf("got %q, %v, %v", text, cut, err)
	}
}

func TestAValueIsReadAsFarAsItsLimit(t *testing.T) {
	const text = `{"a":[1,true,null,{"b":"c"}],"d":"efgh"}`
	value, cut, err := New(strings.NewReader(text)).Value(1000)
	if want := `map[a:[1 true <nil> map[b:c]] d:efgh]`; err != nil || cut || fmt.Sprint(value) != want {
		t.Errorf("got %v, %v, %v, want %s", value, cut, err, want)
	}
	for limit := range 120 {
		r := New(strings.NewReader(text + "7"))
		value, cut, err := r.Value(limit)
		if err != nil || len(fmt.Sprint(value)) > limit+30 {
			t.Fatalf("limit %d: %v, %v, %v", limit, value, cut, err)
		}
		if rest, _, err := r.Text(10); rest != "7" {
			t.Fatalf("limit %d: the value was not read to its end: %q, %v", limit, rest, err)
		}
	}
}

// repeated is a stream that is larger than it costs.
type repeated struct {
	part string
	left int
	rest string
}

func (s *repeated) Read(p []byte) (int, error) {
	if s.rest == "" {
		if s.left == 0 {
			return 0, io.EOF
		}
		s.left--
		s.rest = s.part
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

func TestLargeTextCostsNoMemory(t *testing.T) {
	in := io.MultiReader(strings.NewReader(`{"body":"`), &repeated{
		part: strings.Repeat("x", 1<<20), left: 256,
	}, strings.NewReader(`","after":"here"}`))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	seen := ""
	r := New(in)
	err := r.Object(func(key string) error {
		if key == "after" {
			var err error
			seen, _, err = r.Text(10)
			return err
		}
		text, cut, err := r.Text(1000)
		if !cut || len(text) != 1000 {
			t.Errorf("%d bytes, cut %v", len(text), cut)
		}
		return err
	})
	runtime.ReadMemStats(&after)
	if err != nil || seen != "here" {
		t.Errorf("got %q, %v", seen, err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
		t.Errorf("%d bytes were allocated for a text of 256 MB of which 1000 are wanted", used)
	}
}

// Whatever encoding/json takes is read alike; what it refuses is refused, and nothing panics.
func FuzzPull(f *testing.F) {
	for _, seed := range []string{`{"a":[1,"b",null]}`, `[1e5,-0]`, `"\ud83d\ude00"`, `{"a":`, `[1,]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var want any
		refused := json.Unmarshal(text, &want)
		r := New(strings.NewReader(string(text)))
		_, err := tree(r)
		if err == nil {
			err = r.End()
		}
		if refused == nil && err != nil && !strings.Contains(err.Error(), "more than") && !strings.Contains(err.Error(), "value out of range") {
			t.Errorf("%q is JSON, but: %v", text, err)
		}
		if refused != nil && err == nil && !strings.HasPrefix(string(text), "\xEF\xBB\xBF") &&
			!errors.As(refused, new(*json.UnmarshalTypeError)) {
			t.Errorf("%q is no JSON (%v), but was read", text, refused)
		}
	})
}
