package scrub

import (
	"bytes"
	"encoding/json"
)

// JSON is JSON text without secrets; its order and its white space stay. What is no JSON is treated as text.
func (s *Scrubber) JSON(raw []byte) []byte {
	if !json.Valid(raw) {
		return []byte(s.Text(string(raw)))
	}
	var out bytes.Buffer
	name := ""        // of the member whose value comes next
	var around []byte // the brackets that are open
	for i := 0; i < len(raw); i++ {
		if raw[i] != '"' {
			switch c := raw[i]; c {
			case '{', '[':
				around = append(around, c)
			case '}', ']':
				around = around[:len(around)-1]
			}
			if raw[i] == '{' || raw[i] == '}' || raw[i] == ',' && !bytes.HasSuffix(around, []byte("[")) { // a list is all of its member
				name = ""
			}
			out.WriteByte(raw[i])
			continue
		}
		end := endOfString(raw, i)
		var text string
		if json.Unmarshal(raw[i:end], &text) != nil {
			text = "" // cannot be, in valid JSON
		}
		if key := bytes.HasPrefix(bytes.TrimLeft(raw[end:], " \t\r\n"), []byte(":")); key {
			name = text
			text = s.Text(text)
		} else {
			text = s.ParamValue(name, text)
		}
		out.Write(jsonString(text))
		i = end - 1
	}
	return out.Bytes()
}

// endOfString is where the string that begins at i ends.
func endOfString(raw []byte, i int) int {
	for i++; raw[i] != '"'; i++ {
		if raw[i] == '\\' {
			i++
		}
	}
	return i + 1
}

func jsonString(text string) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string always encodes
	return bytes.TrimRight(out.Bytes(), "\n")
}

// LearnJSON remembers the secrets in the members of JSON text, and in the texts that it holds. What is no JSON is treated as text.
func (s *Scrubber) LearnJSON(raw []byte) {
	var value any
	if json.Unmarshal(raw, &value) != nil {
		s.Learn(string(raw))
		return
	}
	s.learnValue("", value)
}

func (s *Scrubber) learnValue(name string, value any) {
	switch v := value.(type) {
	case string:
		s.Param(name, v)
		s.Learn(v)
	case []any:
		for _, one := range v {
			s.learnValue(name, one)
		}
	case map[string]any:
		for name, one := range v {
			s.learnValue(name, one)
		}
	}
}
