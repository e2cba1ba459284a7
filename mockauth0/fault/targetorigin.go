package fault

import (
	"net/url"

	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/respond"
)

func targetOriginGroup() group {
	return responding("target_origin", func(e *Effect) bool { return e.TargetOrigin != "" },
		func(e *Effect, p *Problems) {
			u, err := url.Parse(e.TargetOrigin)
			if err != nil || u.Scheme == "" || u.Host == "" || u.Scheme+"://"+u.Host != e.TargetOrigin {
				p.add("do.target_origin", `do.target_origin is %q: give an origin such as "https://other.example", without a path`, e.TargetOrigin)
			}
		},
		func(e *Effect) any { return targetOrigin{e.TargetOrigin} })
}

// targetOrigin posts a web_message to another origin than the callback's: the browser drops it.
type targetOrigin struct{ origin string }

func (t targetOrigin) String() string { return "web_message for " + t.origin }

func (t targetOrigin) concerns(subject any) bool { return posts(subject) }

func (t targetOrigin) ChangeResponse(r *respond.Response) { r.Target = t.origin }

// posts tells whether a response is a web_message.
func posts(subject any) bool {
	r, ok := subject.(*respond.Response)
	return ok && r.Mode == oauth.ModeWebMessage
}
