package explain

import (
	"slices"

	"renewal.example/mockauth0/diagnosis"
)

// byReload knows what people say of an app whose login does not outlive a reload: no SDK has a text for it.
func byReload(r reading) (answer, bool) {
	reloads := r.has("reload", "reloads", "reloading", "reloaded", "f5") ||
		r.has("refresh", "refreshes", "refreshing", "refreshed") && (r.has("page", "browser", "window", "tab") || r.has("isauthenticated"))
	loses := r.has("isauthenticated", "logout", "lost", "lose", "loses", "relogin") || r.saysLoggedOut()
	if !reloads || !loses {
		return answer{}, false
	}
	return answer{
		meaning: "The login does not outlive a reload. Most SDKs keep tokens in memory, and ask the tenant again when the page has loaded; " +
			"that request fails, or the app looks before it is answered.",
		guess: true,
		causes: codes{
			diagnosis.ThirdPartyCookiesBlocked, diagnosis.RefreshTokenMissing, diagnosis.DevKeys, diagnosis.WebOriginMissing,
			diagnosis.MFADemanded, diagnosis.NoSession,
		},
		ask: []string{
			"Does the app wait until the SDK has loaded (isLoading is false) before it looks at isAuthenticated?",
			"Look at the request to /authorize with prompt=none, or to /oauth/token, that follows the reload in the network panel: its answer " +
				"has the error.",
		},
	}, true
}

// saysLoggedOut tells whether the text says that somebody is not logged in any more: log, logs or logged, and out after it, or not
// before it.
func (r reading) saysLoggedOut() bool {
	for i, w := range r.words {
		switch w {
		case "log", "logs", "logged", "signed", "logging", "login":
			if slices.Contains(r.words[i:min(i+3, len(r.words))], "out") || i > 0 && r.words[i-1] == "not" || w == "login" {
				return true
			}
		}
	}
	return false
}
