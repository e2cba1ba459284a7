package faults

import (
	"errors"
	"fmt"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/httpx"
)

// The connection seam is apart from the others since no answer can express what happens there: a client sees a network
// error with neither status nor headers, and other code of it runs than for any answer.
func newReset(*fault.Effect) fmt.Stringer { return reset{} }

func newHandshake(*fault.Effect) fmt.Stringer { return noHandshake{} }

// reset breaks the connection of a request off, with all else that it carries by HTTP/2.
type reset struct{}

func (reset) String() string { return "connection reset" }

func (reset) BeforeCommit(*httpx.Exchange) (*httpx.Result, error) { return nil, httpx.ErrReset }

func (reset) AfterCommit(*httpx.Exchange, *httpx.Result) (*httpx.Result, error) {
	return nil, httpx.ErrReset
}

// noHandshake refuses the TLS handshakes of new connections that name the tenant.
type noHandshake struct{}

func (noHandshake) String() string { return "TLS handshake failed" }

func (noHandshake) Handshake() error { return errors.New("a fault wants the TLS handshake to fail") }
