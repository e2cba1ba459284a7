package fault

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Duration is a time.Duration that is written as text, "2s".
type Duration time.Duration

// MarshalJSON writes the duration as text.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }

// UnmarshalJSON reads "1m30s" and refuses bare numbers, whose unit nobody can see.
func (d *Duration) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("a duration is text with a unit, such as \"2s\" or \"1m30s\"; got %s", b)
	}
	v, err := time.ParseDuration(s)
	if err != nil {
		return fmt.Errorf("%q %s", s, noDuration(s))
	}
	*d = Duration(v)
	return nil
}

// noDuration says what is wrong with a text that time.ParseDuration does not take.
func noDuration(text string) string {
	zeros := strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return '0'
		}
		return c
	}, text)
	if _, err := time.ParseDuration(zeros); err == nil { // its form is right
		return "is too long: a duration is 2562047h at most, which is 292 years"
	}
	return `is no duration: write it as "2s" or "1m30s"`
}
