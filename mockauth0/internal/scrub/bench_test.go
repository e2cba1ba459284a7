package scrub

import (
	"strings"
	"testing"
)

// What a run saw is many megabytes, and all of it is looked through.
func BenchmarkScrub(b *testing.B) {
	body := strings.Repeat(`{"items":[{"name":"a plain value","href":"https://a.test/x?state=1&amp;y=%2Fz","n":1.5}]} `, 1000)
	for _, bc := range []struct {
		name string
		do   func(*Scrubber, string)
	}{{"learn", (*Scrubber).Learn}, {"text", func(s *Scrubber, text string) { s.Text(text) }}} {
		b.Run(bc.name, func(b *testing.B) {
			s := new(Scrubber)
			s.Learn("password=Analytical-Engine-1&code=" + code)
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				bc.do(s, body)
			}
		})
	}
}
