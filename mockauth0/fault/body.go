package fault

// Values of Effect.Body.
const (
	BodyTruncated = "truncated" // half of the body arrives, of which Content-Length promises the whole; then the connection breaks off
	BodyGarbage   = "garbage"   // bytes that are no text in any encoding
	BodyEmpty     = "empty"     // none
)

var bodyKind = kind{
	name:  "body",
	given: func(e *Effect) bool { return e.Body != "" },
	check: func(e *Effect, p *Problems) { among(p, "do.body", e.Body, BodyTruncated, BodyGarbage, BodyEmpty) },
}
