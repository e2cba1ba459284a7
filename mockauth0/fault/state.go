package fault

// Values of Effect.State.
const (
	StateMissing = "missing" // the response has no state
	StateWrong   = "wrong"   // it has that of another request
)

var stateKind = kind{
	name:  "state",
	given: func(e *Effect) bool { return e.State != "" },
	check: func(e *Effect, p *Problems) { among(p, "do.state", e.State, StateMissing, StateWrong) },
	acts:  responding, where: answering,
}

// responding is where effects act that change how an authorization response is sent.
const responding = "where an authorization response is sent"
