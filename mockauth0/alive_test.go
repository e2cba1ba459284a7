package mockauth0_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// TestWhatHasExpiredIsNotListed, neither by the library nor by the control API, and cannot be ended or revoked any more.
func TestWhatHasExpiredIsNotListed(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Rotating(0)(tn)
		tn.Clients[0].RefreshToken.IdleLifetime = time.Hour
	})
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	p.Offline()
	lists := func() string {
		return fmt.Sprint(len(s.Sessions()), len(s.RefreshTokens()), strings.Count(p.Get("/__mock/v1/sessions").Text, `"authenticated_at"`),
			strings.Count(p.Get("/__mock/v1/refresh-tokens").Text, `"rotating"`))
	}
	if got := lists(); got != "1 1 1 1" {
		t.Fatalf("listed while they live: %s", got)
	}
	s.Advance(10 * 365 * 24 * time.Hour)
	if got := lists(); got != "0 0 0 0" {
		t.Errorf("listed ten years later: %s", got)
	}
	before := len(s.Events(0))
	if n := s.EndSessions(""); n != 0 {
		t.Errorf("%d expired sessions were ended", n)
	}
	if n := s.RevokeRefreshTokens("", ""); n != 0 {
		t.Errorf("%d expired refresh tokens were revoked", n)
	}
	for _, e := range s.Events(0)[before:] {
		if d := event.Of[event.Session](e); d.Change == event.SessionEnded || e.Type == event.SuccessRevokeRefreshToken {
			t.Errorf("told: %+v", e)
		}
	}
}

// TestRotationLeavesNoFiles but the two that every run begins with.
func TestRotationLeavesNoFiles(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	files := func() (names []string) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names
	}
	for range 2 {
		s, err := mockauth0.New(mockauth0.Options{Keys: mockauth0.NewKeyPool(dir), Domain: "login.acme.test"})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if _, err := s.RotateKey(); err != nil {
			t.Fatal(err)
		}
		if _, err := s.RotateKey(); err != nil {
			t.Fatal(err)
		}
		got := files() // the lock, and two keys with a certificate each
		if len(got) != 5 || slices.ContainsFunc(got, func(name string) bool { return strings.HasPrefix(name, "signing-2") }) {
			t.Errorf("after two rotations: %s", got)
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
