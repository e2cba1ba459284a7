package mockauth0_test

import (
	"bytes"
	"crypto/tls"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/tenanttest"
)

func TestLoginThenSilentRenewal(t *testing.T) {
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	if got := p.Get(tenanttest.Request(s, "prompt", "none")).Fragment(t); got.Get("error") != "login_required" ||
		got.Get("error_description") != "Login required" || got.Get("state") != "the-state" {
		t.Errorf("silent request before login: %v", got)
	}
	for _, step := range []struct {
		name string
		got  url.Values
	}{{"login", p.Login(tenanttest.Request(s)).Fragment(t)}, {"silent", p.Get(tenanttest.Request(s, "prompt", "none")).Fragment(t)}} {
		if step.got.Get("access_token") == "" || step.got.Get("id_token") == "" || step.got.Get("expires_in") != "7200" ||
			step.got.Get("state") != "the-state" {
			t.Errorf("%s: %v", step.name, step.got)
		}
	}
}

// TestHalfABodyEndsInTime: a client that sends the beginning of a body and then nothing does not hold its request for ever.
func TestHalfABodyEndsInTime(t *testing.T) {
	t.Parallel()
	o := mockauth0.Options{Keys: tenanttest.Keys(), Domain: "login.acme.test"}
	mockauth0.SetBodyPatience(&o, 50*time.Millisecond)
	s, err := mockauth0.New(o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, tc := range []struct{ name, head, want string }{
		{"a form", "POST /oauth/token HTTP/1.1\r\nHost: login.acme.test\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\ngrant_type=", "408"},
		{"JSON", "POST /oauth/token HTTP/1.1\r\nHost: login.acme.test\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"grant", "408"},
		{"the control API", "POST /__mock/v1/clock HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"adv", "408"},
		{"chunks", "POST /oauth/token HTTP/1.1\r\nHost: login.acme.test\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"gra\r\n", "408"},
		{"a body that nobody reads", "POST /nowhere HTTP/1.1\r\nHost: login.acme.test\r\nContent-Length: 100\r\n\r\nhalf", "404"},
		{"an unknown host", "POST /oauth/token HTTP/1.1\r\nHost: nobody.test\r\nContent-Length: 100\r\n\r\nhalf", "421"},
	} {
		c, err := tls.Dial("tcp", s.Addr(), &tls.Config{RootCAs: s.CA().Pool(), ServerName: "login.acme.test", MinVersion: tls.VersionTLS12})
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SetDeadline(clock.Wall().Add(10 * time.Second))
		if _, err := io.WriteString(c, tc.head); err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(c) // until the server closes the connection
		c.Close()
		if err != nil || !bytes.HasPrefix(answer, []byte("HTTP/1.1 "+tc.want)) {
			t.Errorf("%s: %.60q %v, want %s", tc.name, answer, err, tc.want)
		}
	}
	// What is held for longer than a body may take is answered all the same.
	p := tenanttest.Browse(t, s)
	tenanttest.Arm(t, s, `{"when":{"endpoint":"token"},"do":{"latency":"200ms"}}`)
	a := p.Token("grant_type", "nonsense", "client_id", s.Snapshot().Clients[0].ClientID)
	if a.StatusCode == http.StatusRequestTimeout || a.StatusCode == 0 {
		t.Errorf("a whole body that a fault held: %s", a.Status)
	}
}
