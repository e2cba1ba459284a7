// Package bruteforce protects passwords from attacks, as Auth0 does: it blocks a user after too many wrong ones, limits how
// often one name is tried, and refuses leaked passwords. Whatever takes a password asks it
// (https://auth0.com/docs/secure/attack-protection).
package bruteforce

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/ratelimit"
	"renewal.example/mockauth0/tenant"
)

// blockLife is how long a block lasts at most; the link in the mail about it ends it earlier.
const blockLife = 30 * 24 * time.Hour

// Mailer tells a user why their password is accepted no more, with a link that helps.
type Mailer interface {
	Blocked(x *httpx.Exchange, u *tenant.User)
	Leaked(x *httpx.Exchange, u *tenant.User)
}

// ErrWrong says that a name and a password do not belong together.
var ErrWrong = errors.New("wrong email or password")

// blocked, leaked and tooMany are what a person is told whose password is not even looked at, or no longer accepted. The
// codes and the words of the first two are Auth0's (facts 4-password-attempts, 4-password-logins).
func blocked() *oauth.Error {
	return &oauth.Error{Code: "too_many_attempts", Status: http.StatusTooManyRequests,
		Reason: event.AccountBlocked,
		Description: "Your account has been blocked after multiple consecutive login attempts. We've sent you an email with instructions " +
			"on how to unblock it.",
		Hint: "The mail is an event of the kind \"mail\", and its link ends the block; so do a new password, a reset of the tenant, and thirty " +
			"days of the tenant's time."}
}

func leaked() *oauth.Error {
	return &oauth.Error{Code: "password_leaked", Status: http.StatusUnauthorized,
		Reason: event.PasswordLeaked,
		Description: "This login has been blocked because your password has been leaked in another website. We've sent you an email with " +
			"instructions on how to unblock it.",
		Hint: "The mail is an event of the kind \"mail\", with a link to choose a new password, which ends it; password_leaked of the user " +
			"in mock.yaml sets it."}
}

func tooMany(wait time.Duration) *oauth.Error {
	return &oauth.Error{Code: "too_many_logins", Status: http.StatusTooManyRequests, RetryAfter: ratelimit.Seconds(wait),
		Reason:      event.LimitReached,
		Description: "Too many logins with this username.", Hint: "rate_limits.logins in mock.yaml; time is the tenant's, and can be moved."}
}

// Guard judges passwords, and counts those that are wrong. Safe for concurrent use.
type Guard struct {
	Tenant func() *tenant.Config
	Mail   Mailer

	logins ratelimit.Limits // by user id
	mu     sync.Mutex
	wrong  map[string]count    // by user id
	safe   map[string]struct{} // user ids with a new password, which nobody has leaked
}

type count struct {
	attempts int
	last     time.Time
}

// Check compares a password with the user's (nil: there is no such user). The error is ErrWrong, or an *oauth.Error that
// says why it does not even matter.
func (g *Guard) Check(x *httpx.Exchange, u *tenant.User, password string) error {
	if u == nil {
		return ErrWrong
	}
	tn := g.Tenant()
	if rule, ok := tn.Mock.RateLimits[tenant.LoginLimit]; ok {
		if use := g.logins.Take(u.ID, ratelimit.Rule{Burst: rule.Burst, Count: rule.PerMinute, Per: time.Minute}, x.Now()); use.Refused {
			return g.refuse(x, u, event.BlockedTooManyLogins, tooMany(use.Wait))
		}
	}
	right := u.CheckPassword(password) // outside of the lock: bcrypt takes its time
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.count(x, u, right, tn.Settings.MaxAttempts); err != nil {
		return err
	}
	if _, safe := g.safe[u.ID]; u.PasswordLeaked && !safe {
		err := g.refuse(x, u, event.LeakedPassword, leaked())
		g.Mail.Leaked(x, u)
		return err
	}
	return nil
}

// count is brute-force protection: most wrong passwords in a row block a user, whatever comes next; 0: none.
func (g *Guard) count(x *httpx.Exchange, u *tenant.User, right bool, most int) error {
	now, c := x.Now(), g.wrong[u.ID]
	if now.Sub(c.last) >= blockLife {
		c = count{}
	}
	switch {
	case most > 0 && c.attempts >= most:
		return g.refuse(x, u, event.BlockedAccount, blocked())
	case right:
		delete(g.wrong, u.ID)
		return nil
	}
	if g.wrong == nil {
		g.wrong = map[string]count{}
	}
	g.wrong[u.ID] = count{c.attempts + 1, now}
	if most > 0 && c.attempts+1 >= most {
		_ = g.refuse(x, u, event.BlockedAccount, blocked()) // the page says so from the next attempt on
		g.Mail.Blocked(x, u)
	}
	return ErrWrong
}

// refuse writes to the tenant's log and returns the error.
func (g *Guard) refuse(x *httpx.Exchange, u *tenant.User, code event.LogCode, oe *oauth.Error) error {
	e := oe.Entry(code)
	e.UserID, e.UserName, e.Connection = u.ID, u.Email, u.Connection
	x.Emit(e)
	return oe
}

// Unblock ends a block after wrong passwords.
func (g *Guard) Unblock(userID string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.wrong, userID)
}

// Forgive ends what a new password ends.
func (g *Guard) Forgive(userID string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.wrong, userID)
	if g.safe == nil {
		g.safe = map[string]struct{}{}
	}
	g.safe[userID] = struct{}{}
}

// Saved is what a Guard remembers, for a snapshot.
type Saved struct {
	Wrong  map[string]Attempts // by user id
	Safe   []string            // user ids with a new password
	Logins map[string]ratelimit.Saved
}

// Attempts are wrong passwords in a row.
type Attempts struct {
	Count int
	Last  time.Time
}

// Save gives a copy of everything.
func (g *Guard) Save() Saved {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := Saved{Wrong: map[string]Attempts{}, Safe: slices.Sorted(maps.Keys(g.safe)), Logins: g.logins.Save()}
	for id, c := range g.wrong {
		s.Wrong[id] = Attempts{c.attempts, c.last}
	}
	return s
}

// Load puts what was saved in place of what there is.
func (g *Guard) Load(s Saved) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.wrong, g.safe = map[string]count{}, map[string]struct{}{}
	for id, a := range s.Wrong {
		g.wrong[id] = count{a.Count, a.Last}
	}
	for _, id := range s.Safe {
		g.safe[id] = struct{}{}
	}
	g.logins.Load(s.Logins)
}

// Reset forgets everything.
func (g *Guard) Reset() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.wrong, g.safe = nil, nil
	g.logins.Reset()
}
