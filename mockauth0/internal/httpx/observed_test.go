package httpx_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/tenanttest"
)

// TestEventsHoldWhatWasSent: the diagnosis has nothing else to go by.
func TestEventsHoldWhatWasSent(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))

	p.Get(tenanttest.Request(s, "prompt", "none", "response_mode", "web_message"))
	sent := tenanttest.Newest[event.Response](t, s, "authorize")
	if *sent.Target != "http://localhost:3000" || sent.Posts != 1 || sent.Mode != "web_message" || sent.Body != "" || sent.FrameOptions != "" {
		t.Errorf("a web message is recorded as %+v", sent)
	}
	if said := sent.Response; said["state"] != "the-state" || said["access_token"] != "(redacted)" ||
		fmt.Sprint(said["expires_in"]) != "7200" {
		t.Errorf("its response is recorded as %v", said)
	}
	token := tenanttest.Newest[event.Token](t, s, "authorize")
	claims := token.Claims
	if token.Token != event.IDToken || token.Alg != "RS256" || token.Verifies != event.VerifiesByKey || token.Issuer != s.Issuer() ||
		claims["nonce"] != "the-nonce" || claims["iss"] != s.Issuer() {
		t.Errorf("the ID token is recorded as %v", token)
	}
	if claims["email"] != nil || claims["name"] != nil {
		t.Errorf("the log says who the person is: %v", claims)
	}

	p.Get("/.well-known/jwks.json")
	if kids := tenanttest.Newest[event.Response](t, s, "jwks").KeyIDs; len(kids) != 2 || kids[0] != token.KeyID {
		t.Errorf("the JWKS is recorded as %v, and the token's kid as %v", kids, token.KeyID)
	}
	p.Get("/.well-known/openid-configuration")
	if d := tenanttest.Newest[event.Response](t, s, "discovery"); d.Issuer != s.Issuer() || d.AllowOrigin != "*" {
		t.Errorf("discovery is recorded as %+v", d)
	}
}

func TestEventsSayWhyARefreshTokenIsRefused(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Rotating(0))
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	first := p.Offline()
	granted, asked := tenanttest.Newest[event.LogEntry](t, s, "token"), ""
	for _, e := range s.Events(0) {
		if e.Kind == event.KindRequest && e.Endpoint == "authorize" {
			asked = e.Request
		}
	}
	if granted.AskedBy != asked || !granted.RefreshToken || granted.Family == "" {
		t.Errorf("the exchange of a code is recorded as %+v; the authorization request was %s", granted, asked)
	}
	p.Renew(first)
	for _, tc := range []struct {
		token  string
		reason event.Reason
		family string
	}{
		{first, event.RefreshReused, granted.Family},
		{first, event.RefreshGone, granted.Family},
		{"nonsense", event.RefreshForeign, ""},
	} {
		p.Renew(tc.token)
		if d := tenanttest.Newest[event.LogEntry](t, s, "token"); d.Reason != tc.reason || d.Family != tc.family || d.Grant != "refresh_token" {
			t.Errorf("refused as %+v, want the reason %s", d, tc.reason)
		}
	}
}

func TestEventsSayThatNoAnswerCame(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Frozen)
	tenanttest.Arm(t, s, `{"when":{"endpoint":"userinfo"},"do":{"hang":true}}`)
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
	if d := tenanttest.Newest[event.NoAnswer](t, s, "userinfo"); d.TookMS != (90 * time.Second).Milliseconds() {
		t.Errorf("recorded as %+v", d)
	}
}

// TestEventsNameTheBrowser: requests of one browser are found by its device.
func TestEventsNameTheBrowser(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p, other := tenanttest.Browse(t, s), tenanttest.Browse(t, s)
	device := func(p *tenanttest.Person) string {
		p.Get(tenanttest.Request(s, "prompt", "none"))
		return tenanttest.Newest[event.Response](t, s, "authorize").Device
	}
	first := device(p)
	if first == "" || device(p) != first || device(other) == first {
		t.Errorf("the devices are not told apart: %v", first)
	}
	p.Login(tenanttest.Request(s))
	if d := tenanttest.Newest[event.Response](t, s, "authorize.resume"); d.Device != first || d.Status != http.StatusFound {
		t.Errorf("the login is of the device %v, want %v", d.Device, first)
	}
}
