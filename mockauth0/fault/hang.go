package fault

var hangKind = kind{
	name:  "hang",
	given: func(e *Effect) bool { return e.Hang },
	timed: true,
}
