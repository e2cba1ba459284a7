package respond

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"renewal.example/mockauth0/internal/oauth"
)

// Relay is the relay mode of web_message: the main window is asked for a relay, and the response goes to one of
// its frames (draft-sakimura-oauth-wmrm). It takes both members.
type Relay struct {
	URI    string // web_message_uri: of the frame, whose origin the client has to have registered
	Target string // web_message_target: the frame's name
}

// request is the relay as the page carries it, with what was sent.
func (r Relay) request() map[string]string {
	m := map[string]string{}
	if r.URI != "" {
		m["web_message_uri"] = r.URI
	}
	if r.Target != "" {
		m["web_message_target"] = r.Target
	}
	return m
}

// webMessage is the page of response_mode=web_message: it posts the response to the origin of redirect_uri
// and to no other (fact 1.6-target-origin), or to the frame that the relay names.
func webMessage(r *Response) ([]byte, error) {
	origin, _ := oauth.OriginOf(r.RedirectURI)
	target := cmp.Or(r.Target, origin)
	relay, err := json.Marshal(r.Relay.request())
	if err != nil {
		return nil, err
	}
	send := r.Post.script()
	if r.Relay.URI != "" && r.Relay.Target != "" {
		send = `window.addEventListener("message",function(evt){` +
			`if(evt.origin!==targetOrigin||!evt.data||evt.data.type!=="relay_response")return;` +
			`var frame=evt.source.frames[webMessageRequest.web_message_target];` +
			`if(frame){frame.postMessage(authorizationResponse,webMessageRequest.web_message_uri);window.close();}});` +
			`mainWin.postMessage({type:"relay_request"},targetOrigin);`
	}
	b := make([]byte, 0, 1<<10)
	b = append(b, `<!DOCTYPE html><html><head><title>Authorization Response</title></head><body><script type="text/javascript">`+
		`(function(window,document){var targetOrigin=`...)
	b = append(appendText(b, target), `;var webMessageRequest=`...)
	b = append(append(b, relay...), `;var authorizationResponse={type:"authorization_response",response:`...)
	b = append(appendObject(b, r.members()), `};var mainWin=window.opener||window.parent;`...)
	return append(append(b, send...), `})(window,document);</script></body></html>`...), nil
}

// script delivers the response to the main window.
func (p Post) script() string {
	const post = postsResponse + `targetOrigin);`
	switch p {
	case PostTwice:
		return post + post
	case PostNever:
		return ""
	case PostForeign:
		// As build tools and browser extensions post (auth0/auth0.js#428).
		return `mainWin.postMessage({type:"webpackOk"},targetOrigin);` + post
	}
	return post
}

// appendObject appends members as a JSON object, in their order.
func appendObject(b []byte, members []oauth.Param) []byte {
	b = append(b, '{')
	for i, m := range members {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendText(b, m.Name), ':')
		if m.Number {
			if n, err := strconv.ParseInt(m.Value, 10, 64); err == nil {
				b = strconv.AppendInt(b, n, 10)
				continue
			}
		}
		b = appendText(b, m.Value)
	}
	return append(b, '}')
}

// appendText appends a JSON string that is safe inside a script. json.Marshal escapes < > & and U+2028/9; most of what is
// sent, codes and tokens, has nothing to escape.
func appendText(b []byte, s string) []byte {
	special := func(r rune) bool {
		return r < ' ' || r > '~' || r == '"' || r == '\\' || r == '<' || r == '>' || r == '&'
	}
	if !strings.ContainsFunc(s, special) {
		return append(append(append(b, '"'), s...), '"')
	}
	escaped, _ := json.Marshal(s) // text always encodes
	return append(b, escaped...)
}
