package state_test

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"runtime"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/state"
)

// Bars for what a live session with its refresh token family may weigh.
const (
	sessionsHeld    = 100_000
	bytesPerSession = 4 << 10
)

// TestSessionsHeldFoundAndExpired: a hundred thousand people are logged in at once, each with a refresh token.
func TestSessionsHeldFoundAndExpired(t *testing.T) {
	at := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	life := time.Hour
	random := func(n int) string { // a string of its own, as those of requests are
		b := make([]byte, n)
		_, _ = rand.Read(b)
		return base64.RawURLEncoding.EncodeToString(b)
	}
	m := state.NewMemory()
	before := heap()
	sessions, families := make([]string, sessionsHeld), make([]string, sessionsHeld)
	for i := range sessionsHeld {
		user := fmt.Sprintf("auth0|%024x", i)
		s := state.Session{ID: random(24), UserID: user, Connection: "Username-Password-Authentication", AuthTime: at,
			CreatedAt: at, LastActivity: at, Expires: at.Add(life), IdleExpires: at.Add(life), Clients: []string{random(24), random(24)}}
		f := state.Family{ID: random(15), ClientID: s.Clients[0], UserID: user, Connection: s.Connection,
			Audience: "https://api.example.test/" + random(6), Scopes: []string{"openid", "profile", "email", "read:profile", "offline_access"},
			SessionID: s.ID, AuthTime: at, Issued: at, Expires: at.Add(life), IdleExpires: at.Add(life), Rotating: true}
		m.PutSession(s)
		m.PutFamily(f)
		sessions[i], families[i] = s.ID, f.ID
	}
	each := (heap() - before) / sessionsHeld
	t.Logf("%d bytes for each of %d sessions with a refresh token family", each, sessionsHeld)
	if each > bytesPerSession {
		t.Errorf("a session with its family takes %d bytes, want at most %d", each, bytesPerSession)
	}
	for i := range sessionsHeld {
		s, ok := m.Session(sessions[i])
		f, found := m.Family(families[i])
		if !ok || !found || f.SessionID != s.ID {
			t.Fatalf("session %d: %v, family: %v", i, ok, found)
		}
	}
	m.Sweep(at.Add(life - 1))
	if n := len(m.Sessions()); n != sessionsHeld {
		t.Errorf("%d sessions just before their end, want %d", n, sessionsHeld)
	}
	m.Sweep(at.Add(life))
	if n := len(m.Sessions()); n != 0 {
		t.Errorf("%d sessions are left at their end", n)
	}
	if _, found := m.Family(families[0]); found {
		t.Error("an expired family is left")
	}
	if left := heap() - before; left > sessionsHeld*bytesPerSession/4 {
		t.Errorf("%d bytes are held after all sessions have ended", left)
	}
	runtime.KeepAlive(m)
}

// heap is what is in use after a collection.
func heap() int64 {
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return int64(s.HeapAlloc)
}
