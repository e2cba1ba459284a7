package mockauth0

import (
	"fmt"
	"net/http"

	"renewal.example/mockauth0/internal/session"
)

// Login is a session that Tenant.Login began.
type Login struct {
	SessionID string         // as in Sessions, and in the sid of ID tokens
	UserID    string         // "auth0|…"
	Cookies   []*http.Cookie // of the session and of the browser, for the tenant's URL: whoever sends them is logged in
}

// Login logs a user in without a page: it begins an SSO session as a login at the tenant does, and returns the cookies that a
// browser would have then. With them, silent requests succeed:
//
//	jar, _ := cookiejar.New(nil)
//	jar.SetCookies(tenantURL, login.Cookies)
//
// The user goes by user_id, e-mail address or user name. A user who could not keep a session is an error: a blocked one, and
// one of a connection that uses Auth0's development keys.
func (t *Tenant) Login(user string) (Login, error) {
	u, err := t.user(user)
	if err != nil {
		return Login{}, err
	}
	if u.Blocked {
		return Login{}, fmt.Errorf("the user %q is blocked, and cannot log in", user)
	}
	if c := t.Snapshot().Connection(u.Connection); c != nil && c.DevKeys {
		return Login{}, fmt.Errorf("the connection %s uses Auth0's development keys, so no login by it leaves a session", u.Connection)
	}
	browser := &http.Request{Header: http.Header{}} // a new one: it has no cookies yet
	_, cookies := t.sessions.Device(browser)
	x := t.exchange()
	s := t.sessions.Begin(x, browser, session.NewID(), u.ID, u.Connection)
	return Login{SessionID: s.ID, UserID: u.ID, Cookies: append(t.sessions.Cookies(x, s), cookies...)}, nil
}
