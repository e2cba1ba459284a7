// Package backchannel tells applications, server to server, that a session has ended: OpenID Connect Back-Channel Logout
// 1.0 (https://auth0.com/docs/authenticate/login/logout/back-channel-logout).
package backchannel

import (
	"context"
	"crypto/x509"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/internal/token"
	"renewal.example/mockauth0/tenant"
)

// workers is how many deliveries are under way at a time.
const workers = 4

// Sender delivers logout tokens in the background, so that no receiver delays a logout. Call New.
type Sender struct {
	tenant func() *tenant.Config
	tokens *token.Issuer
	emit   func(event.Event)
	client func() *http.Client // made at the first delivery: the system's roots take time to read
	made   atomic.Bool         // there is a client
	ctx    context.Context     // of deliveries: ends with the server
	cancel context.CancelFunc

	mu      sync.Mutex
	queue   []delivery
	running int
	idle    chan struct{} // closed while nothing is queued or under way
}

// Options configure New; all are required.
type Options struct {
	Tenant func() *tenant.Config
	Tokens *token.Issuer
	Emit   func(event.Event)
	CA     *x509.Certificate // trusted beside the system's roots
}

// New makes a sender. Close it.
func New(o Options) *Sender {
	s := &Sender{tenant: o.Tenant, tokens: o.Tokens, emit: o.Emit, idle: make(chan struct{})}
	close(s.idle)
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.client = sync.OnceValue(func() *http.Client {
		s.made.Store(true)
		return newClient(roots(o.CA), func() string { return o.Tenant().Mock.BackchannelLogout })
	})
	return s
}

// initiators are Auth0's names for what ends a session. A login that replaces one has none: the person stays logged in.
func initiators() map[event.Reason]string {
	return map[event.Reason]string{
		event.LoggedOut: "rp-logout", event.Expired: "session-expired", event.Revoked: "session-revoked",
		event.PasswordChanged: "password-changed", event.UserWasDeleted: "account-deleted",
	}
}

// SessionEnded queues a logout token for every client that took part in the session and listens to what ended it.
func (s *Sender) SessionEnded(x *httpx.Exchange, ended state.Session, why event.Reason) {
	by, tn := initiators()[why], s.tenant()
	if by == "" {
		return
	}
	var due []delivery
	for _, id := range ended.Clients {
		c := tn.ClientByID(id)
		if c == nil || len(c.BackchannelLogout.URLs) == 0 || !listens(c.BackchannelLogout, by) {
			continue
		}
		d := delivery{client: c, userID: ended.UserID, sessionID: ended.ID, url: c.BackchannelLogout.URLs[0], initiator: by}
		signed, err := s.tokens.Logout(x, c.ClientID, ended)
		if err != nil {
			s.report(d, 0, "the logout token could not be made: "+err.Error())
			continue
		}
		d.token = signed
		due = append(due, d)
	}
	s.add(due)
}

// listens tells whether a client hears of an initiator; rp-logout and idp-logout cannot be left out.
func listens(b tenant.BackchannelLogout, by string) bool {
	return b.All || by == "rp-logout" || by == "idp-logout" || slices.Contains(b.Initiators, by)
}

func (s *Sender) add(due []delivery) {
	if len(due) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return
	}
	if s.running == 0 {
		s.idle = make(chan struct{})
	}
	s.queue = append(s.queue, due...)
	for range min(len(due), workers-s.running) {
		s.running++
		go s.work()
	}
}

// work delivers until nothing is left; the last worker says so.
func (s *Sender) work() {
	for {
		s.mu.Lock()
		if len(s.queue) == 0 {
			if s.running--; s.running == 0 {
				close(s.idle)
			}
			s.mu.Unlock()
			return
		}
		d := s.queue[0]
		s.queue = s.queue[1:]
		s.mu.Unlock()
		s.deliver(d)
	}
}

// Forget drops what is still queued; deliveries under way go on.
func (s *Sender) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue = nil
}

// Close waits for what is queued until ctx ends, cancels the rest and returns when nothing runs any more.
func (s *Sender) Close(ctx context.Context) {
	s.mu.Lock()
	idle := s.idle
	s.mu.Unlock()
	select {
	case <-idle:
	case <-ctx.Done():
	}
	s.mu.Lock()
	s.cancel()
	s.queue = nil
	idle = s.idle
	s.mu.Unlock()
	<-idle
	if s.made.Load() {
		s.client().CloseIdleConnections()
	}
}
