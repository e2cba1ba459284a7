package mockauth0

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"
)

// details finds the newest event of a kind and an endpoint.
func details(t *testing.T, s *Server, kind, endpoint string) map[string]any {
	t.Helper()
	var found map[string]any
	for _, e := range s.Events(0) {
		if e.Kind == kind && e.Endpoint == endpoint {
			found = e.Details
		}
	}
	if found == nil {
		t.Fatalf("no event %s of %s", kind, endpoint)
	}
	return found
}

// TestEventsTellWhatWasSent: the diagnosis has nothing else to go by.
func TestEventsTellWhatWasSent(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := browse(t, s)
	p.login(request(s))

	p.get(request(s, "prompt", "none", "response_mode", "web_message"))
	sent := details(t, s, "response", "authorize")
	if sent["to"] != "http://localhost:3000" || sent["posts"] != 1 || sent["mode"] != "web_message" || sent["body"] != nil || sent["frame_options"] != nil {
		t.Errorf("a web message is told as %v", sent)
	}
	if said := sent["response"].(map[string]any); said["state"] != "the-state" || said["access_token"] != "(redacted)" || fmt.Sprint(said["expires_in"]) != "7200" {
		t.Errorf("its response is told as %v", said)
	}
	token := details(t, s, "token", "authorize")
	claims := token["claims"].(map[string]any)
	if token["token"] != "id_token" || token["alg"] != "RS256" || token["verifies"] != "key" || token["issuer"] != s.Issuer() || claims["nonce"] != "the-nonce" || claims["iss"] != s.Issuer() {
		t.Errorf("the ID token is told as %v", token)
	}
	if claims["email"] != nil || claims["name"] != nil {
		t.Errorf("the log says who the person is: %v", claims)
	}

	p.get("/.well-known/jwks.json")
	if kids, _ := details(t, s, "response", "jwks")["kids"].([]string); len(kids) != 2 || kids[0] != token["kid"] {
		t.Errorf("the JWKS is told as %v, and the token's kid as %v", kids, token["kid"])
	}
	p.get("/.well-known/openid-configuration")
	if d := details(t, s, "response", "discovery"); d["issuer"] != s.Issuer() || d["allow_origin"] != "*" {
		t.Errorf("discovery is told as %v", d)
	}
}

func TestEventsTellWhyARefreshTokenIsRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, rotating(0))
	p := browse(t, s)
	p.login(request(s))
	first := p.offline()
	granted, asked := details(t, s, "log", "token"), ""
	for _, e := range s.Events(0) {
		if e.Kind == "request" && e.Endpoint == "authorize" {
			asked = e.Request
		}
	}
	if granted["asked_by"] != asked || granted["refresh_token"] != true || granted["family"] == "" {
		t.Errorf("the exchange of a code is told as %v; the authorization request was %s", granted, asked)
	}
	p.renew(first)
	for _, tc := range []struct {
		token, reason string
		family        any
	}{
		{first, "reused", granted["family"]},
		{first, "gone", granted["family"]},
		{"nonsense", "foreign", ""},
	} {
		p.renew(tc.token)
		if d := details(t, s, "log", "token"); d["reason"] != tc.reason || d["family"] != tc.family || d["grant"] != "refresh_token" {
			t.Errorf("refused as %v, want the reason %s", d, tc.reason)
		}
	}
}

func TestEventsTellThatNoAnswerCame(t *testing.T) {
	t.Parallel()
	s := serve(t, frozen)
	s.arm(t, `{"when":{"endpoint":"userinfo"},"do":{"hang":true}}`)
	done := make(chan error)
	go func() {
		res, err := s.Client().Get(s.URL() + "/userinfo")
		if err == nil {
			err = errors.Join(res.Body.Close(), fmt.Errorf("a request that was let go is answered %s", res.Status))
		} else {
			err = nil
		}
		done <- err
	}()
	for len(s.Holds()) == 0 {
		select {
		case <-t.Context().Done():
			t.Fatal(t.Context().Err())
		default:
		}
	}
	s.Advance(90 * time.Second)
	if err := errors.Join(s.Close(), <-done); err != nil { // Close lets the request go
		t.Fatal(err)
	}
	if d := details(t, s, "no_answer", "userinfo"); d["took_ms"] != (90 * time.Second).Milliseconds() {
		t.Errorf("told as %v", d)
	}
}

// TestEventsTellOfABrowserAgain: requests of one browser are found by its device.
func TestEventsTellOfABrowserAgain(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p, other := browse(t, s), browse(t, s)
	device := func(p *person) any {
		p.get(request(s, "prompt", "none"))
		return details(t, s, "response", "authorize")["device"]
	}
	first := device(p)
	if first == nil || device(p) != first || device(other) == first {
		t.Errorf("the devices are not told apart: %v", first)
	}
	p.login(request(s))
	if d := details(t, s, "response", "authorize.resume"); d["device"] != first || d["status"] != http.StatusFound {
		t.Errorf("the login is of the device %v, want %v", d["device"], first)
	}
}
