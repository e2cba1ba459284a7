package respond_test

import (
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func TestTheRelayOfAWebMessage(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tn.Clients[0].WebOrigins = append(tn.Clients[0].WebOrigins, "https://relay.example.test")
	})
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	page := func(pairs ...string) tenanttest.Answer {
		return p.Get(tenanttest.Request(s, append([]string{"response_mode", "web_message", "prompt", "none"}, pairs...)...))
	}
	const relay = "https://relay.example.test/frame?a=1"
	const plain = "mainWin.postMessage(authorizationResponse,targetOrigin);"
	for _, tc := range []struct {
		name    string
		pairs   []string
		request string // webMessageRequest
		relayed bool
	}{
		{"none", nil, `{}`, false},
		{"address alone", []string{"web_message_uri", relay}, `{"web_message_uri":"https://relay.example.test/frame?a=1"}`, false},
		{"frame alone", []string{"web_message_target", "f"}, `{"web_message_target":"f"}`, false},
		{"both", []string{"web_message_uri", relay, "web_message_target", `"]</script>`}, `{"web_message_target":"\"]\u003c/script\u003e","web_message_uri":"https://relay.example.test/frame?a=1"}`, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := page(tc.pairs...)
			if got.StatusCode != 200 || !strings.Contains(got.Text, "var webMessageRequest="+tc.request+";") ||
				strings.Count(got.Text, "</script>") != 1 {
				t.Fatalf("%s\n%s", got.Status, got.Text)
			}
			if members := tenanttest.Received(t, got, "web_message"); members[0][0] != "access_token" {
				t.Errorf("the response: %v", members)
			}
			if straight := strings.Contains(got.Text, plain); straight == tc.relayed {
				t.Errorf("posted to the main window: %v\n%s", straight, got.Text)
			}
			for _, step := range []string{`mainWin.postMessage({type:"relay_request"},targetOrigin)`, `evt.origin!==targetOrigin`,
				`"relay_response"`, "evt.source.frames[webMessageRequest.web_message_target]",
				".postMessage(authorizationResponse,webMessageRequest.web_message_uri)", "window.close()"} {
				if strings.Contains(got.Text, step) != tc.relayed {
					t.Errorf("%s is in the page: %v", step, !tc.relayed)
				}
			}
		})
	}
	for _, uri := range []string{"https://evil.example/", "javascript:alert(1)", "*", "/"} {
		a := page("web_message_uri", uri, "web_message_target", "f")
		if code, words := a.ErrorPage(t); a.StatusCode != 400 || code != "invalid_request" ||
			words != "The specified web_message_uri '"+uri+"' does not have a registered origin." {
			t.Errorf("tokens for %s: %d %s: %s", uri, a.StatusCode, code, words)
		}
	}
}
