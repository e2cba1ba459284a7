package recording

import (
	"slices"
	"strings"
	"unicode/utf8"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/pattern"
)

// What people and programs put in place of a value that they hide, by its form. None counts characters: a counted class of letters
// takes megabytes once it is compiled. See shortMark.
var (
	// words in brackets, as Cloudflare's HAR sanitizer ("[state redacted]"), Sentry ("[Filtered]") and templates ("<token>") have them
	bracketed = pattern.Lazy(`^(\[[\pL][\pL\d _./:-]*\]|<[\pL][\pL\d _./:-]*>|\([\pL][\pL _-]*\)|` +
		`\{{1,2}[\pL][\pL\d _.-]*\}{1,2})$`)
	// one word for it, which may stand beside the name of what it was
	worded = pattern.Lazy(`(?i)^[\W_]*(([\w/ -]+[ _-])?redacted([ _-]\w+)?|removed|masked|hidden|saniti[sz]ed|scrubbed|obfuscated|filtered|` +
		`censored|anonymi[sz]ed|stripped|omitted)[\W_]*$`)
	// a mark inside of a longer value: "*****9fe", as Auth0's own log masks
	starred = pattern.Lazy(`\*{3,}|\x{2022}{3,}|\x{2588}{2,}|\[[\pL_ -]*(redacted|removed|masked|filtered)\]`)
	// nothing but one character, again and again
	blanked = pattern.Lazy(`^([xX]{3,}|\.{2,9}|\x{2026}+|-{3,}|_{3,}|#{3,}|0{8,})$`)
)

// Marks are short: what is longer is a value, though it may look like one.
const (
	longestMark  = 110 // characters
	longestAside = 43  // characters of a mark in round brackets, which may as well be a sentence
)

// shortMark tells whether a value is no longer than marks are.
func shortMark(value string) bool {
	n := utf8.RuneCountInString(value)
	return n <= longestMark && (n <= longestAside || !strings.HasPrefix(value, "("))
}

// Hidden tells a value that stands in place of another one, which somebody or some program took out: nothing follows from it. It
// is known by its form, since there are many such programs.
func Hidden(value string) bool {
	value = strings.TrimSpace(value)
	if value == "" || len(value) > 4<<10 {
		return false
	}
	return shortMark(value) && (bracketed().MatchString(value) || worded().MatchString(value)) ||
		starred().MatchString(value) || blanked().MatchString(value)
}

// hiddenBody tells a body that stands in place of all of another one. One that holds marks among other things is still a body.
func hiddenBody(text string) bool {
	text = strings.TrimSpace(text)
	return len(text) < 200 && !strings.ContainsAny(text, `"=`) && Hidden(text)
}

// needsValue tells parameters that no SDK sends, and no tenant answers, with an empty value: one was taken out.
func needsValue(name string) bool {
	return slices.Contains([]string{
		"client_id", "redirect_uri", "response_type", "state", "nonce", "code", "refresh_token", "access_token", "id_token",
		"grant_type", "code_challenge", "code_verifier",
	}, name)
}

// Param takes a parameter of the request as it was sent.
func (q *Request) Param(red *Redactor, name, value string) {
	shown := red.Text(name)
	if !Hidden(value) && (value != "" || !needsValue(name)) {
		q.Params[shown] = red.Param(name, value)
		return
	}
	q.Unknown = q.Unknown.With(shown)
	if name == "client_id" { // one app, as far as can be seen
		q.Params[name] = red.Stand("client", Redacted)
	}
}

// GrantByName tells the grant of a token request whose grant_type was taken out by the parameters that go with it.
func (q *Request) GrantByName() {
	for _, of := range [...][2]string{{"refresh_token", names.GrantRefreshToken}, {"code", names.GrantAuthorizationCode}} {
		if q.Params[of[0]] != "" || q.Unknown.Has(of[0]) {
			q.Params["grant_type"] = of[1]
			return
		}
	}
}

// hidden takes out of the members of an answer those whose values are not known.
func (r *Response) hidden(members map[string]string) {
	for name, value := range members {
		if !Hidden(value) && (value != "" || name != "state") {
			continue
		}
		delete(members, name)
		r.Unknown = r.Unknown.With(name)
		switch name {
		case "code", "access_token", "id_token", "refresh_token":
			r.Granted = append(r.Granted, name)
		case "error":
			members[name] = UnknownError
		}
	}
	slices.Sort(r.Granted)
}

// UnknownError stands for the code of an error that was taken out.
const UnknownError = "unknown_error"

// Told tells whether the recording says what became of an exchange. Where it does not, that is no success, and no failure either:
// a silent request by web_message is answered with the status 200 in both cases.
func (e *Exchange) Told() bool {
	r := e.Response
	switch {
	case e.GivenUp():
		return false
	case e.Failed():
		return true
	case !r.Known:
		return false
	case e.Log != nil || !e.Silent():
		return true
	}
	return len(r.Granted) > 0 || r.Shown != ""
}

// Answer headers from whose absence something follows.
var weighedHeaders = []string{
	event.AllowOriginHeader, event.SetCookieHeader, event.LocationHeader, event.FrameOptionsHeader, event.CSPHeader,
}

// WithoutHeaders says that the recording has none of the answer's headers.
func (r *Response) WithoutHeaders() {
	for _, name := range weighedHeaders {
		r.Unknown = r.Unknown.With(name)
	}
}
