package fault

// Values of Effect.Post.
const (
	PostTwice   = "twice"   // the page posts its response two times
	PostNever   = "never"   // it posts nothing
	PostForeign = "foreign" // a message that is no authorization response comes first
)

var postKind = kind{
	name:  "post",
	given: func(e *Effect) bool { return e.Post != "" },
	check: func(e *Effect, p *Problems) { among(p, "do.post", e.Post, PostTwice, PostNever, PostForeign) },
	acts:  responding, where: answering,
}
