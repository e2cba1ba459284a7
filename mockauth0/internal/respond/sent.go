package respond

import (
	"bytes"
	"encoding/json"
	"html"
	"regexp"
	"strings"

	"renewal.example/mockauth0/internal/event"
	"renewal.example/mockauth0/internal/oauth"
)

// page is a body that carries a response to the callback, as it is sent. Events tell what it says, but for codes and tokens.
type page struct {
	mode oauth.Mode
	body []byte
}

func sentAs(mode oauth.Mode) func([]byte) event.Later {
	return func(body []byte) event.Later { return page{mode, body} }
}

// Size is how much of the answer is kept until somebody reads the event.
func (p page) Size() int { return len(p.body) }

// Details are read from the page itself: what was to be sent is no evidence of what was.
func (p page) Details() map[string]any {
	d := map[string]any{"mode": string(p.mode)}
	said := p.formMembers
	if p.mode == oauth.ModeWebMessage {
		said = p.messageMembers
		d["to"] = p.text("targetOrigin=")
		d["posts"] = bytes.Count(p.body, []byte(postsResponse))
		if others := bytes.Count(p.body, []byte(".postMessage(")) - d["posts"].(int); others > 0 && !bytes.Contains(p.body, []byte("relay_request")) {
			d["other_posts"] = others
		}
	}
	members := map[string]any{}
	for name, value := range said() {
		switch name {
		case "error", "error_description", "state", "expires_in", "scope", "iss":
			members[name] = value
		default:
			members[name] = "(redacted)"
		}
	}
	d["response"] = members
	return d
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

var hiddenInput = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)

func (p page) formMembers() map[string]any {
	members := map[string]any{}
	for _, m := range hiddenInput.FindAllStringSubmatch(strings.ToValidUTF8(string(p.body), "\uFFFD"), -1) {
		members[m[1]] = html.UnescapeString(m[2])
	}
	return members
}
