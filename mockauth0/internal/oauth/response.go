package oauth

import "strings"

// ResponseType is a parsed response_type (RFC 6749 §3.1.1, OAuth 2.0 Multiple Response Types).
type ResponseType struct{ Code, Token, IDToken bool }

// ParseResponseType reads a response_type; the order of its words does not matter.
func ParseResponseType(s string) (ResponseType, bool) {
	var rt ResponseType
	for w := range strings.FieldsSeq(s) {
		var f *bool
		switch w {
		case "code":
			f = &rt.Code
		case "token":
			f = &rt.Token
		case "id_token":
			f = &rt.IDToken
		default:
			return ResponseType{}, false
		}
		if *f {
			return ResponseType{}, false
		}
		*f = true
	}
	return rt, rt != ResponseType{}
}

// Front tells whether tokens are answered by the authorization endpoint itself (implicit and hybrid).
func (rt ResponseType) Front() bool { return rt.Token || rt.IDToken }

// Mode is a response_mode.
type Mode string

// The response modes (OAuth 2.0 Multiple Response Types §2.1, Form Post, and Auth0's web_message).
const (
	ModeQuery      Mode = "query"
	ModeFragment   Mode = "fragment"
	ModeFormPost   Mode = "form_post"
	ModeWebMessage Mode = "web_message"
)

// ModeFor is the mode that a request asked for, or the default of its response type; ok is false for a mode
// that does not exist.
func ModeFor(asked string, rt ResponseType) (Mode, bool) {
	switch Mode(asked) {
	case "":
		if rt.Front() {
			return ModeFragment, true
		}
		return ModeQuery, true
	case ModeQuery, ModeFragment, ModeFormPost, ModeWebMessage:
		return Mode(asked), true
	}
	return "", false
}

// Param is one member of an authorization response. Order matters to people who read URLs, and Number to
// JSON: web_message sends expires_in as a number.
type Param struct {
	Name, Value string
	Number      bool
}

// Scopes splits a scope string; duplicates are dropped, order is kept (RFC 6749 §3.3).
func Scopes(s string) []string {
	var out []string
	seen := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		if !seen[w] {
			seen[w] = true
			out = append(out, w)
		}
	}
	return out
}
