package fault

import "renewal.example/mockauth0/internal/names"

// SessionLost is the Effect.Session that is not found. Any other value is a user.
const SessionLost = "lost"

var sessionKind = kind{
	name:  "session",
	given: func(e *Effect) bool { return e.Session != "" },
	acts:  "where the browser's session is looked for",
	where: []string{names.Authorize, names.Logout, names.OIDCLogout, names.SSOData},
	known: []string{names.FactClient, names.FactPrompt, names.FactResponseMode},
}
