package fault

var latencyKind = kind{
	name:  "latency",
	given: func(e *Effect) bool { return e.Latency != 0 },
	check: func(e *Effect, p *Problems) {
		switch {
		case e.Latency < 0:
			p.add("do.latency", "do.latency is negative")
		case e.Jitter < 0:
			p.add("do.jitter", "do.jitter is negative")
		case e.Jitter > e.Latency:
			p.add("do.jitter", "do.jitter is longer than do.latency, so that some answers would have to come before their requests")
		}
	},
	timed: true,
}
