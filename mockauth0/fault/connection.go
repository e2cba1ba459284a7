package fault

import (
	"errors"

	"renewal.example/mockauth0/internal/httpx"
)

// The connection seam is apart from the others since no answer can express what happens there: a client sees a network
// error with neither status nor headers, and other code of it runs than for any answer.

func resetGroup() group {
	return group{
		name:  "connection",
		given: func(e *Effect) bool { return e.Connection != "" && e.Connection != "tls" },
		check: func(e *Effect, p *Problems) { among(p, "do.connection", e.Connection, "reset", "tls") },
		build: func(*Effect) any { return reset{} },
		seam:  httpx.SeamHTTP, timed: true, ends: true,
	}
}

// reset breaks the connection of a request off, with all else that it carries by HTTP/2.
type reset struct{}

func (reset) String() string { return "connection reset" }

func (reset) BeforeCommit(*httpx.Exchange) (*httpx.Result, error) { return nil, httpx.ErrReset }

func (reset) AfterCommit(*httpx.Exchange, *httpx.Result) (*httpx.Result, error) {
	return nil, httpx.ErrReset
}

func tlsGroup() group {
	return group{
		name:  "connection",
		given: func(e *Effect) bool { return e.Connection == "tls" },
		build: func(*Effect) any { return noHandshake{} },
		seam:  httpx.SeamHandshake, acts: "on new connections, before there is a request", where: []string{}, known: []string{}, ends: true,
	}
}

// noHandshake refuses the TLS handshakes of new connections that name the tenant. Those that a client has are closed when the
// fault is armed, and times counts handshakes: a browser may try one more than it has requests. A client that reaches the
// server by its address names nobody and is left alone, so that the control API stays within reach:
// curl -H 'Host: <domain>' https://127.0.0.1:<port>/__mock/v1/faults.
type noHandshake struct{}

func (noHandshake) String() string { return "TLS handshake failed" }

func (noHandshake) Handshake() error { return errors.New("a fault wants the TLS handshake to fail") }
