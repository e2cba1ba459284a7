// Package attempts is brute-force protection: a user whose password was wrong too often in a row is blocked
// (https://auth0.com/docs/secure/attack-protection/brute-force-protection). Whatever takes a password asks it.
package attempts

import (
	"errors"
	"net/http"
	"sync"
	"time"

	"renewal.example/mockauth0/internal/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/tenant"
)

// blockLife is how long a block lasts at most; at Auth0 a link in an e-mail ends it earlier.
const blockLife = 30 * 24 * time.Hour

// ErrWrong says that a name and a password do not belong together.
var ErrWrong = errors.New("wrong email or password")

// Blocked is the error for a user who is blocked, whatever the password. Its words are Auth0's (auth0-protocol.md §4).
func Blocked() *oauth.Error {
	return &oauth.Error{Code: "too_many_attempts", Status: http.StatusTooManyRequests,
		Description: "Your account has been blocked after multiple consecutive login attempts. We've sent you an email with instructions on how to unblock it.",
		Hint:        "Here no e-mail is sent: a new password, a reset of the tenant, or thirty days of the tenant's time end the block."}
}

// Guard counts wrong passwords. Safe for concurrent use.
type Guard struct {
	Tenant func() *tenant.Tenant

	mu    sync.Mutex
	wrong map[string]count // by user id
}

type count struct {
	attempts int
	last     time.Time
}

// Check compares a password with the user's (nil: there is no such user). The error is ErrWrong or Blocked's.
func (g *Guard) Check(x *httpx.Exchange, u *tenant.User, password string) error {
	right := u != nil && u.CheckPassword(password)
	most := g.Tenant().Settings.MaxAttempts
	if u == nil || most == 0 {
		if right {
			return nil
		}
		return ErrWrong
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	now := x.Now()
	c := g.wrong[u.ID]
	if now.Sub(c.last) >= blockLife {
		c = count{}
	}
	switch {
	case c.attempts >= most:
		return Blocked()
	case right:
		delete(g.wrong, u.ID)
		return nil
	}
	if g.wrong == nil {
		g.wrong = map[string]count{}
	}
	g.wrong[u.ID] = count{c.attempts + 1, now}
	if c.attempts+1 >= most {
		x.Emit(event.Event{Kind: event.KindLog, Type: "limit_wc", UserID: u.ID, UserName: u.Email, Connection: u.Connection,
			Description: "User blocked after too many wrong passwords", Details: map[string]any{"attempts": most}})
	}
	return ErrWrong
}

// Forgive ends the block of a user, as a new password does; "": of all.
func (g *Guard) Forgive(userID string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if userID == "" {
		g.wrong = nil
	}
	delete(g.wrong, userID)
}
