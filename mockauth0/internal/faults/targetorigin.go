package faults

import (
	"fmt"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/respond"
)

func newTargetOrigin(e *fault.Effect) fmt.Stringer { return targetOrigin{e.TargetOrigin} }

// targetOrigin posts a web_message to another origin than the callback's: the browser drops it.
type targetOrigin struct{ origin string }

func (t targetOrigin) String() string { return "web_message for " + t.origin }

func (t targetOrigin) concerns(subject any) bool { return posts(subject) }

func (t targetOrigin) ChangeResponse(r *respond.Response) { r.Target = t.origin }

// posts reports whether a response is a web_message.
func posts(subject any) bool {
	r, ok := subject.(*respond.Response)
	return ok && r.Mode == oauth.ModeWebMessage
}
