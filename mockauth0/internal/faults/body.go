package faults

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/httpx"
)

func newBody(e *fault.Effect) fmt.Stringer { return body{e.Body} }

// body damages what an answer carries; status and headers stay. A redirect is followed without a look at its body, so it
// is left alone, as is an answer without one.
type body struct{ how string }

func (b body) String() string { return b.how + " body" }

func (b body) concerns(subject any) bool {
	s, ok := subject.(*httpx.Sent)
	return ok && len(s.Body) > 0 && s.Header.Get("Location") == "" &&
		!slices.Contains([]int{http.StatusNoContent, http.StatusNotModified}, s.Status)
}

func (b body) ChangeSent(s *httpx.Sent) {
	switch b.how {
	case fault.BodyEmpty:
		s.Body, s.Cut = nil, false
	case fault.BodyTruncated:
		s.Cut = true
	default: // neither text in any encoding, nor JSON, nor HTML that would show anything
		s.Body = bytes.Repeat([]byte{0xff, 0xfe, 0x00, 0x81, 0x1b, 0xc0}, 16)
	}
}
