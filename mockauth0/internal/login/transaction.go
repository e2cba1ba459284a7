package login

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/session"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

// transactionLife is how long a login may take. Auth0 does not publish its figure; an hour is long enough for
// every flow and short enough that a forgotten tab fails as it does there.
const transactionLife = time.Hour

// Lost is Auth0's answer to a login page without its transaction.
func Lost() *oauth.Error {
	return &oauth.Error{Code: "invalid_request", Status: http.StatusBadRequest,
		Reason: event.TransactionLost,
		Description: "You may have pressed the back button, refreshed during login, opened too many login dialogs, or there is some issue with " +
			"cookies, since we couldn't find your session. Try logging in again from the application and if the problem persists please " +
			"contact the administrator.",
		Hint: "Start the login again from the application.", Cause: errLost}
}

var errLost = errors.New("there is no such login transaction in this browser, or it has expired")

// Start is an authorization request that a person has to do something about.
type Start struct {
	Request    url.Values
	ClientID   string
	Connection string        // that the request names; "": the person chooses
	Page       string        // where to begin
	Session    state.Session // of the person, when it is usable; the zero session: they have to log in
}

// Open starts a login transaction for an authorization request. The cookies tell the browser that it is its own.
func (s *Service) Open(x *httpx.Exchange, r *http.Request, start Start) (state.Transaction, []*http.Cookie) {
	device, cookies := s.Sessions.Device(r)
	now := x.Now()
	tid := letters(32)
	t := state.Transaction{ResumeID: letters(32), DeviceID: device, Request: start.Request, ClientID: start.ClientID,
		Created: now, Expires: now.Add(transactionLife), UserID: start.Session.UserID, SessionID: start.Session.ID,
		Connection: start.Session.Connection, AuthTime: start.Session.AuthTime}
	t.ID = pageState(letters(32), tid, start.ClientID)
	session.TellDropped(x, s.Store.PutTransaction(t))
	return t, cookies
}

// Begin opens a transaction and leads the browser to its first page, or straight to the identity provider when the
// request names a social connection.
func (s *Service) Begin(x *httpx.Exchange, r *http.Request, start Start) *httpx.Result {
	t, cookies := s.Open(x, r, start)
	if start.Page == names.LoginPath {
		start.Page = s.Entry(t)
		if c := s.Sessions.Tenant().Connection(start.Connection); c != nil && !c.Database() {
			return httpx.RedirectTo(ProviderAt(c.Name, t.ID)).WithCookies(cookies...)
		}
	}
	return httpx.RedirectTo(At(start.Page, t)).WithCookies(cookies...)
}

// Enter is Begin for a person who has logged in already, elsewhere than on the hosted pages.
func (s *Service) Enter(x *httpx.Exchange, r *http.Request, start Start, user *tenant.User, c *tenant.Connection) (*httpx.Result, error) {
	t, cookies := s.Open(x, r, start)
	res, err := s.LoggedIn(x, r, t, user, c)
	if err != nil {
		return nil, err
	}
	return res.WithCookies(cookies...), nil
}

// Note writes something down in a transaction that is still there.
func (s *Service) Note(t state.Transaction, change func(*state.Transaction)) (state.Transaction, error) {
	t, ok := s.Store.UpdateTransaction(t.ID, change)
	if !ok {
		return t, Lost()
	}
	return t, nil
}

// Find is the transaction of a hosted page, for the browser that began it and for nobody else: that is what
// keeps a login from being forged across sites.
func (s *Service) Find(x *httpx.Exchange, r *http.Request, id string) (state.Transaction, error) {
	t, ok := s.Store.Transaction(id)
	if !ok || !x.Now().Before(t.Expires) {
		return state.Transaction{}, Lost()
	}
	if device, set := s.Sessions.Device(r); set != nil || device != t.DeviceID {
		return state.Transaction{}, Lost()
	}
	x.Facts.ClientID = t.ClientID
	if c := s.Sessions.Tenant().ClientByID(t.ClientID); c != nil {
		x.Facts.ClientName = c.Name
	}
	return t, nil
}

// Forget takes back who the person is: they have to log in.
func (s *Service) Forget(t state.Transaction) (state.Transaction, error) {
	return s.Note(t, func(t *state.Transaction) {
		t.UserID, t.SessionID, t.Connection, t.AuthTime = "", "", "", time.Time{}
		t.Passed, t.Factor = nil, state.Factor{}
	})
}

// LoggedIn records who logged in, begins the SSO session, and leads on to /authorize/resume. A connection
// with Auth0 dev keys leaves no session behind (fact 2.3-dev-keys), nor does a blocked user, whom
// /authorize/resume refuses.
func (s *Service) LoggedIn(x *httpx.Exchange, r *http.Request, t state.Transaction, user *tenant.User,
	c *tenant.Connection) (*httpx.Result, error) {
	sid, without := session.NewID(), c.DevKeys || user.Blocked
	t, err := s.Note(t, func(t *state.Transaction) {
		t.UserID, t.Connection, t.AuthTime, t.SessionID, t.NoSession = user.ID, c.Name, x.Now(), sid, without
		t.Chosen, t.Passed, t.Factor = true, nil, state.Factor{}
	})
	if err != nil {
		return nil, err
	}
	var cookies []*http.Cookie
	if !without {
		begun := s.Sessions.Begin(x, r, sid, user.ID, c.Name)
		cookies = s.Sessions.Cookies(x, begun)
	}
	return httpx.RedirectTo(At(names.ResumePath, t)).WithCookies(cookies...), nil
}

// letters is a random id of letters and digits that begins with a letter, as Auth0's do.
func letters(n int) string {
	const first, all = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	for i := range b {
		if i == 0 {
			b[i] = first[int(b[i])%len(first)]
		} else {
			b[i] = all[b[i]&63]
		}
	}
	return string(b)
}

// pageState is the state of a hosted page as Auth0 writes it: base64url of a msgpack map {h, n, tid, cid}.
func pageState(h, tid, clientID string) string {
	b := []byte{0x84} // a map of four
	for _, kv := range [][2]string{{"h", h}, {"n", "universal-login"}, {"tid", tid}, {"cid", clientID}} {
		b = append(packString(b, kv[0]), packString(nil, kv[1])...)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func packString(b []byte, s string) []byte {
	switch {
	case len(s) < 32:
		b = append(b, 0xa0|byte(len(s)))
	case len(s) < 256:
		b = append(b, 0xd9, byte(len(s)))
	default:
		b = append(b, 0xda, byte(len(s)>>8), byte(len(s)))
	}
	return append(b, s...)
}

// Take ends a transaction and returns it; it can be taken once.
func (s *Service) Take(resumeID string) (state.Transaction, error) {
	t, ok := s.Store.TakeTransaction(resumeID)
	if !ok {
		return state.Transaction{}, Lost()
	}
	return t, nil
}
