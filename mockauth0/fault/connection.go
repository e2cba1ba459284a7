package fault

// Values of Effect.Connection. A client sees a network error, with neither status nor headers.
const (
	ConnectionReset = "reset" // the connection of a request breaks off, with all else that it carries by HTTP/2
	// ConnectionTLS makes the TLS handshakes of new connections that name the tenant fail. Those that a client has are closed when the
	// fault is armed, and times counts handshakes: a browser may try one more than it has requests. A client that reaches the
	// server by its address names nobody and is left alone, so that the control API stays within reach:
	// curl -X DELETE https://127.0.0.1:<port>/__mock/v1/faults.
	ConnectionTLS = "tls"
)

var resetKind = kind{
	name:  "connection",
	given: func(e *Effect) bool { return e.Connection != "" && e.Connection != ConnectionTLS },
	check: func(e *Effect, p *Problems) { among(p, "do.connection", e.Connection, ConnectionReset, ConnectionTLS) },
	timed: true,
}

var tlsKind = kind{
	name:  "connection",
	given: func(e *Effect) bool { return e.Connection == ConnectionTLS },
	acts:  "on new connections, before there is a request", where: []string{}, known: []string{},
}
