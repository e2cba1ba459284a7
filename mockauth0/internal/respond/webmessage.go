package respond

import (
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
// and to no other (auth0-protocol.md §1.6), or to the frame that the relay names.
func webMessage(r *Response) ([]byte, error) {
	origin, _ := oauth.OriginOf(r.RedirectURI)
	target, err := json.Marshal(origin) // json.Marshal escapes < > & and U+2028/9: safe inside a script
	if err != nil {
		return nil, err
	}
	relay, err := json.Marshal(r.Relay.request())
	if err != nil {
		return nil, err
	}
	send := `mainWin.postMessage(authorizationResponse,targetOrigin);`
	if r.Relay.URI != "" && r.Relay.Target != "" {
		send = `window.addEventListener("message",function(evt){` +
			`if(evt.origin!==targetOrigin||!evt.data||evt.data.type!=="relay_response")return;` +
			`var frame=evt.source.frames[webMessageRequest.web_message_target];` +
			`if(frame){frame.postMessage(authorizationResponse,webMessageRequest.web_message_uri);window.close();}});` +
			`mainWin.postMessage({type:"relay_request"},targetOrigin);`
	}
	return []byte(`<!DOCTYPE html><html><head><title>Authorization Response</title></head><body><script type="text/javascript">` +
		`(function(window,document){var targetOrigin=` + string(target) + `;var webMessageRequest=` + string(relay) + `;` +
		`var authorizationResponse={type:"authorization_response",response:{` + object(r.members()) + `}};` +
		`var mainWin=window.opener||window.parent;` + send + `})(window,document);</script></body></html>`), nil
}

// object are the members of a JSON object, without its braces, in their order.
func object(members []oauth.Param) string {
	var b strings.Builder
	for i, m := range members {
		if i > 0 {
			b.WriteByte(',')
		}
		name, _ := json.Marshal(m.Name) // text always encodes
		value, _ := json.Marshal(m.Value)
		if n, err := strconv.ParseInt(m.Value, 10, 64); m.Number && err == nil {
			value = strconv.AppendInt(nil, n, 10)
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	return b.String()
}
