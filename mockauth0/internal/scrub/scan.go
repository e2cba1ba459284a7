package scrub

import "strings"

// assignment is a place in a text where something is given a value: name=value, name%3Dvalue, "name": "value" and the same in JSON
// that is in a string.
type assignment struct {
	name     string
	from, to int // of the value
}

// assignments calls each for every secret that a text gives a value to, in order. It is written by hand because all that a run saw
// goes through it, and a regular expression takes twenty times as long.
func assignments(text string, each func(assignment)) {
	for i := 0; i < len(text); i++ {
		a, ok := assignment{}, false
		switch text[i] {
		case '=':
			a, ok = parameterAt(text, i, i+1, false)
		case '%':
			if len(text) > i+2 && text[i+1] == '3' && text[i+2]|0x20 == 'd' {
				a, ok = parameterAt(text, i, i+3, true)
			}
		case ':':
			a, ok = memberAt(text, i)
		}
		if ok && a.to > a.from && secretName(a.name) {
			each(a)
			i = a.to - 1
		}
	}
}

// parameterAt is the parameter whose name ends at end, and whose value begins at from.
func parameterAt(text string, end, from int, encoded bool) (a assignment, ok bool) {
	begin := nameBefore(text, end)
	if at := begin - 2; at >= 0 && text[at] == '%' && begin < end && text[begin-1] == '3' && text[begin]|0x20 == 'f' {
		begin++ // %3F, a question mark
	}
	if begin == end || begin > 0 && !opens(text, begin) {
		return a, false
	}
	a = assignment{name: text[begin:end], from: from, to: from}
	for a.to < len(text) && !strings.ContainsRune("& \t\r\n\"'<>#;\\)", rune(text[a.to])) {
		if encoded && text[a.to] == '%' && len(text) > a.to+2 && text[a.to+1] == '2' && (text[a.to+2] == '6' || text[a.to+2] == '3') {
			break // %26 or %23
		}
		a.to++
	}
	return a, true
}

// opens tells whether a name may begin at i: after a separator, plain or percent-encoded.
func opens(text string, i int) bool {
	switch c := text[i-1]; {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		return i >= 3 && text[i-3] == '%'
	case c == '-', c == '.', c == '$', c >= 0x80:
		return false
	}
	return true
}

func nameBefore(text string, end int) (begin int) {
	begin = end
	for begin > 0 && (text[begin-1] == '_' || text[begin-1]|0x20 >= 'a' && text[begin-1]|0x20 <= 'z') {
		begin--
	}
	return begin
}

// memberAt is the member of JSON whose colon is at i.
func memberAt(text string, i int) (a assignment, ok bool) {
	end := i
	for end > 0 && blank(text[end-1]) {
		end--
	}
	if end == 0 || text[end-1] != '"' {
		return a, false
	}
	end--
	quote := `"`
	if end > 0 && text[end-1] == '\\' {
		end--
		quote = `\"`
	}
	begin := nameBefore(text, end)
	from := i + 1
	for from < len(text) && blank(text[from]) {
		from++
	}
	if begin == end || !strings.HasSuffix(text[:begin], quote) || !strings.HasPrefix(text[from:], quote) {
		return a, false
	}
	a = assignment{name: text[begin:end], from: from + len(quote)}
	for a.to = a.from; a.to < len(text) && !strings.HasPrefix(text[a.to:], quote) && text[a.to] != '"'; a.to++ {
		if text[a.to] == '\\' {
			a.to++
		}
	}
	a.to = min(a.to, len(text))
	return a, true
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
