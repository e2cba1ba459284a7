package fault

import (
	"strings"

	"renewal.example/mockauth0/internal/names"
)

// answering are the endpoints from which an authorization response may go to the callback.
var answering = []string{
	names.Authorize, names.Resume, names.Consent, names.Confirmation, names.Organization, names.CrossOriginProof, names.Provider,
}

var errorKind = kind{
	name:  "error",
	given: func(e *Effect) bool { return e.Error != "" },
	check: func(e *Effect, p *Problems) {
		if strings.ContainsFunc(e.Error, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }) {
			p.add("do.error", "do.error %q is no OAuth error code: it has no spaces, quotes or line breaks (RFC 6749 §4.1.2.1)", e.Error)
		}
	},
	acts:  "where an authorization or a token response is sent",
	where: append(answering[:len(answering):len(answering)], names.Token),
}
