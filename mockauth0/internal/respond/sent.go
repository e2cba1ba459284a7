package respond

import (
	"bytes"
	"encoding/json"
	"html"
	"strings"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/pattern"
)

// page is a body that carries a response to the callback, as it is sent. Events tell what it says, but for codes and tokens.
type page struct {
	mode oauth.Mode
	body []byte
}

func sentAs(mode oauth.Mode) func([]byte) httpx.Carried {
	return func(body []byte) httpx.Carried { return page{mode, body} }
}

// Size is how much of the answer is kept until somebody reads the event.
func (p page) Size() int { return len(p.body) }

// Describe reads the page itself: what was to be sent is no evidence of what was.
func (p page) Describe(r *event.Response) {
	r.Mode = string(p.mode)
	members := p.formMembers
	if p.mode == oauth.ModeWebMessage {
		members = p.messageMembers
		target := p.text("targetOrigin=")
		r.Target, r.Posts = &target, bytes.Count(p.body, []byte(postsResponse))
		if !bytes.Contains(p.body, []byte("relay_request")) {
			r.OtherPosts = bytes.Count(p.body, []byte(".postMessage(")) - r.Posts
		}
	}
	r.Response = event.Members{}
	for name, value := range members() {
		switch name {
		case "error", "error_description", "state", "expires_in", "scope", "iss":
			if text, ok := value.(string); ok {
				value = httpx.Shown(name, text)
			}
			r.Response[name] = value
		default:
			r.Response[name] = event.Redacted
		}
	}
}

// postsResponse is how the page of a web_message posts its response to the window that it waits in.
const postsResponse = "mainWin.postMessage(authorizationResponse,"

// messageMembers are those of the object that a web_message posts; none when the page does not hold one.
func (p page) messageMembers() map[string]any {
	members := map[string]any{}
	if _, rest, ok := bytes.Cut(p.body, []byte("response:")); ok {
		_ = json.NewDecoder(bytes.NewReader(rest)).Decode(&members) // a page that is cut has none
	}
	return members
}

// text is the JavaScript string that follows a word of the page.
func (p page) text(word string) string {
	var s string
	if _, rest, ok := bytes.Cut(p.body, []byte(word)); ok {
		_ = json.NewDecoder(bytes.NewReader(rest)).Decode(&s)
	}
	return s
}

var hiddenInput = pattern.Lazy(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)

func (p page) formMembers() map[string]any {
	members := map[string]any{}
	for _, m := range hiddenInput().FindAllStringSubmatch(strings.ToValidUTF8(string(p.body), "\uFFFD"), -1) {
		members[m[1]] = html.UnescapeString(m[2])
	}
	return members
}
