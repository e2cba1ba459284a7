package fault

// Response modes, for Match.ResponseMode and Effect.ResponseMode.
const (
	ModeQuery      = "query"       // OAuth 2.0 Multiple Response Type Encoding Practices §2.1
	ModeFragment   = "fragment"    // the same
	ModeFormPost   = "form_post"   // OAuth 2.0 Form Post Response Mode
	ModeWebMessage = "web_message" // draft-sakimura-oauth-wmrm: a page posts the response to the page that framed it
)

var modes = []string{ModeQuery, ModeFragment, ModeFormPost, ModeWebMessage}

var responseModeKind = kind{
	name:  "response_mode",
	given: func(e *Effect) bool { return e.ResponseMode != "" },
	check: func(e *Effect, p *Problems) { among(p, "do.response_mode", e.ResponseMode, modes...) },
	acts:  responding, where: answering,
}
