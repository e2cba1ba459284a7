package diagnose

import (
	"net/http"
	"slices"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
)

// facts are what the request itself shows, for the words of its causes.
func (x *exchange) facts() (f diagnosis.Facts) {
	add := func(holds bool, fact diagnosis.Facts) {
		if holds {
			f |= fact
		}
	}
	add(x.inFrame(), diagnosis.InFrame)
	add(x.inWindow(), diagnosis.InWindow)
	add(x.asked.Origin != "", diagnosis.FromPage)
	if x.endpoint == names.Token {
		add(true, diagnosis.TokenCall)
		add(x.grant() == names.GrantRefreshToken, diagnosis.OfRefreshToken)
		add(x.grant() == names.GrantAuthorizationCode, diagnosis.OfCode)
	}
	if uri := x.query("redirect_uri"); x.silent() && uri != "" {
		add(loopback(uri), diagnosis.LocalCallback)
		add(!loopback(uri), diagnosis.PublicCallback)
	}
	if x.silent() && x.asked.Query != nil {
		add(x.query("organization") != "", diagnosis.NamesOrganization)
		add(x.query("organization") == "", diagnosis.NamesNone)
	}
	return f
}

// inFrame tells of an answer for a frame: the browser says so, or, where it says nothing, the message that only a frame or a popup
// can post, or the cookies that it withholds.
func (x *exchange) inFrame() bool {
	switch x.asked.FetchDest {
	case "iframe", "frame", "fencedframe", "object", "embed":
		return true
	case "":
		return x.silent() && (x.query("response_mode") == string(oauth.ModeWebMessage) || x.asked.StorageAccess != "")
	}
	return false
}

// inWindow tells of a navigation of a whole window or tab.
func (x *exchange) inWindow() bool { return x.asked.FetchDest == "document" }

// sentBy tells whether a request was sent by one of some methods, or nobody wrote down by which.
func (x *exchange) sentBy(methods ...string) bool {
	return x.asked.Method == "" || slices.Contains(methods, x.asked.Method)
}

// reads tells of a request that asks for something, as a browser does when it loads it.
func (x *exchange) reads() bool { return x.sentBy(http.MethodGet) }

// shows is evidence that shows facts.
func shows(f diagnosis.Facts, e diagnosis.Evidence) diagnosis.Evidence {
	e.Shows |= f
	return e
}
