package fault

import (
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/respond"
)

// modes are the response modes that there are.
func modes() []string {
	return []string{string(oauth.ModeQuery), string(oauth.ModeFragment), string(oauth.ModeFormPost), string(oauth.ModeWebMessage)}
}

func responseModeGroup() group {
	return responding("response_mode", func(e *Effect) bool { return e.ResponseMode != "" },
		func(e *Effect, p *Problems) { among(p, "do.response_mode", e.ResponseMode, modes()...) },
		func(e *Effect) any { return responseMode{oauth.Mode(e.ResponseMode)} })
}

// responseMode answers in another mode than the one asked for.
type responseMode struct{ mode oauth.Mode }

func (m responseMode) String() string { return "answered by " + string(m.mode) }

func (m responseMode) concerns(subject any) bool {
	r, ok := subject.(*respond.Response)
	return ok && r.Mode != m.mode
}

func (m responseMode) ChangeResponse(r *respond.Response) { r.Mode = m.mode }
