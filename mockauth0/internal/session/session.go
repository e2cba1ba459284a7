// Package session is the SSO session: its cookie, its idle and absolute life, and whether it may answer a
// request. The facts of the wire are those of section 2 in testdata/facts.yaml, such as fact 2.1-session-value.
package session

import (
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/mint"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

// Names of Auth0's cookies. The _compat twins carry the same value without SameSite, for browsers that
// refuse SameSite=None.
const (
	CookieName       = names.SessionCookie
	CookieCompat     = names.SessionCookieCompat
	DeviceName       = names.DeviceCookie
	DeviceCompat     = names.DeviceCookieCompat
	FactorName       = "auth0-mf" // a browser that was remembered after a second factor
	FactorCompat     = "auth0-mf_compat"
	deviceCookieLife = 31557600 * time.Second // Max-Age of did as recorded
)

// Registry finds, begins and ends the SSO sessions of one tenant.
type Registry struct {
	Store  state.Store
	Tenant func() *tenant.Config
	Ended  Listener // nil: nobody hears of it
	Plain  bool     // the tenant is by http, without TLS
	seal   *mint.Seal
}

// Listener hears of every session that has ended, and why. It must not block.
type Listener interface {
	SessionEnded(x *httpx.Exchange, ended state.Session, why event.Reason)
}

// NewRegistry makes a registry whose cookies are signed with a key of its own: they are worth nothing to
// another tenant or after a restart. ended may be nil.
func NewRegistry(store state.Store, current func() *tenant.Config, ended Listener) *Registry {
	return &Registry{Store: store, Tenant: current, Ended: ended, seal: mint.NewSeal()}
}

// Seal signs the cookies.
func (g *Registry) Seal() *mint.Seal { return g.seal }

// Alive tells whether a session can still be used.
func (g *Registry) Alive(x *httpx.Exchange, id string) bool {
	s, ok := g.Store.Session(id)
	return ok && expired(g.limited(s), x.Now()) == ""
}

// expired says which of a session's lives is over, "" when neither is. Where both are, it is the one that was over first.
func expired(s state.Session, now time.Time) event.Reason {
	idle := s.IdleExpires.Before(s.Expires)
	switch {
	case idle && !now.Before(s.IdleExpires):
		return event.IdleExpired
	case !idle && !now.Before(s.Expires):
		return event.AbsoluteExpired
	}
	return ""
}

// Effect changes which session a request finds. others gives a session of a user by id or e-mail address.
type Effect interface {
	ChangeSession(found state.Session, why event.Reason, others func(user string) (state.Session, bool)) (state.Session, event.Reason)
}

// Find returns the browser's live session, or why there is none; of one that is over only the id. An expired session is
// ended here.
func (g *Registry) Find(x *httpx.Exchange, r *http.Request) (state.Session, event.Reason) {
	s, why := g.find(x, r)
	if x.Meets(httpx.SeamSession) {
		return g.instead(x, s, why)
	}
	return s, why
}

// instead is apart from Find, so that only a request which an effect may concern pays for it.
func (g *Registry) instead(x *httpx.Exchange, s state.Session, why event.Reason) (state.Session, event.Reason) {
	for _, e := range httpx.Effects[Effect](x, httpx.SeamSession, why) {
		s, why = e.ChangeSession(s, why, func(user string) (state.Session, bool) { return g.of(x, user) })
	}
	return s, why
}

// of is a live session of a user, who is logged in if need be.
func (g *Registry) of(x *httpx.Exchange, who string) (state.Session, bool) {
	for _, u := range g.Tenant().Users {
		if u.ID != who && !strings.EqualFold(u.Email, who) {
			continue
		}
		for _, s := range g.Store.Sessions() {
			if s = g.limited(s); s.UserID == u.ID && expired(s, x.Now()) == "" {
				return s, true
			}
		}
		return g.begin(x, NewID(), u.ID, u.Connection), true
	}
	return state.Session{}, false
}

func (g *Registry) find(x *httpx.Exchange, r *http.Request) (state.Session, event.Reason) {
	why := event.NoCookie
	for _, name := range []string{CookieName, CookieCompat} {
		c, err := r.Cookie(name)
		if err != nil || c.Value == "" {
			continue
		}
		id, ok := g.verify(c.Value)
		if !ok {
			why = event.BadSignature
			continue
		}
		s, ok := g.Store.Session(id)
		if !ok {
			return state.Session{ID: id}, event.UnknownSession
		}
		s = g.limited(s)
		if why := g.expire(x, s); why != "" {
			return state.Session{ID: id}, why
		}
		return s, ""
	}
	return state.Session{}, why
}

// expire ends a session whose time is over, and tells which time.
func (g *Registry) expire(x *httpx.Exchange, s state.Session) event.Reason {
	why := expired(s, x.Now())
	if why == "" {
		return ""
	}
	g.tellExpired(x, s)
	if g.Store.DeleteSession(s.ID) {
		x.Emit(event.Event{Kind: event.KindSession, UserID: s.UserID, Connection: s.Connection, Description: "session expired",
			Data: &event.Session{Change: event.SessionExpired, ID: s.ID, Why: why, IdleExpires: s.IdleExpires, Expires: s.Expires}})
	}
	return why
}

// Expire makes one of a session's lives be over at this moment, without moving the clock: IdleExpired, or AbsoluteExpired. As one that
// is over by itself it stays until its browser comes back. False: there is no such session.
func (g *Registry) Expire(x *httpx.Exchange, id string, why event.Reason) bool {
	now, over := x.Now(), false
	s, found := g.Store.UpdateSession(id, func(s *state.Session) {
		over = expired(g.limited(*s), now) != ""
		if why == event.IdleExpired {
			s.IdleExpires = now
		} else {
			s.Expires = now
		}
	})
	if !found {
		return false
	}
	if s = g.limited(s); !over {
		x.Emit(event.Event{Kind: event.KindSession, UserID: s.UserID, Connection: s.Connection, Description: "session made to expire",
			Data: &event.Session{Change: event.SessionExpired, ID: s.ID, Why: why, IdleExpires: s.IdleExpires, Expires: s.Expires}})
	}
	g.tellExpired(x, s)
	return true
}

// TellExpired tells applications of the sessions whose time is over. A tenant calls it when its clock was moved; otherwise
// they hear of it when the session's browser comes back, or when the store makes room. The sessions stay until then, so that
// its request learns why.
func (g *Registry) TellExpired(x *httpx.Exchange) {
	for _, s := range g.Store.Sessions() {
		if s = g.limited(s); expired(s, x.Now()) != "" {
			g.tellExpired(x, s)
		}
	}
}

// tellExpired tells once.
func (g *Registry) tellExpired(x *httpx.Exchange, s state.Session) {
	first := false
	g.Store.UpdateSession(s.ID, func(s *state.Session) { first, s.ExpiryTold = !s.ExpiryTold, true })
	if first {
		g.tell(x, s, event.Expired)
	}
}

func (g *Registry) tell(x *httpx.Exchange, s state.Session, why event.Reason) {
	if g.Ended != nil {
		g.Ended.SessionEnded(x, s, why)
	}
}

// limited applies limits that were lowered since the session began; raised ones are for new sessions only
// (facts 2.2-raising, 2.2-lowering).
func (g *Registry) limited(s state.Session) state.Session {
	absolute, idle := g.Tenant().Settings.SessionLives()
	if end := s.CreatedAt.Add(absolute); end.Before(s.Expires) {
		s.Expires = end
	}
	if end := s.LastActivity.Add(idle); end.Before(s.IdleExpires) {
		s.IdleExpires = end
	}
	return s
}

// NewID is a session id in Auth0's form: 32 characters of base64url.
func NewID() string {
	var b [24]byte
	_, _ = rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Begin makes a session for a person who has just logged in. A session that the browser had before ends.
func (g *Registry) Begin(x *httpx.Exchange, r *http.Request, id, userID, connection string) state.Session {
	if old, why := g.find(x, r); why == "" {
		g.End(x, old.ID, event.Replaced)
	}
	return g.begin(x, id, userID, connection)
}

func (g *Registry) begin(x *httpx.Exchange, id, userID, connection string) state.Session {
	now := x.Now()
	absolute, idle := g.Tenant().Settings.SessionLives()
	s := state.Session{ID: id, UserID: userID, Connection: connection, AuthTime: now, CreatedAt: now, LastActivity: now,
		Expires: now.Add(absolute), IdleExpires: now.Add(idle)}
	for _, old := range g.Store.PutSession(s) {
		if !old.ExpiryTold {
			g.tell(x, old, event.Expired)
		}
	}
	x.Emit(event.Event{Kind: event.KindSession, UserID: userID, Connection: connection, Description: "session begun",
		Data: &event.Session{Change: event.SessionBegun, ID: s.ID, IdleExpires: s.IdleExpires, Expires: s.Expires}})
	return s
}

// Touch renews the idle life of a session that answered a request, and notes the client that took part.
// The absolute end never moves, unless the limit was lowered.
func (g *Registry) Touch(x *httpx.Exchange, id, clientID string) (state.Session, bool) {
	now := x.Now()
	return g.Store.UpdateSession(id, func(s *state.Session) {
		*s = g.limited(*s)
		idle := s.IdleExpires.Sub(s.LastActivity)
		s.LastActivity, s.IdleExpires = now, now.Add(idle)
		if !slices.Contains(s.Clients, clientID) {
			s.Clients = append(s.Clients, clientID)
		}
	})
}

// End ends a session; false when it was not there.
func (g *Registry) End(x *httpx.Exchange, id string, why event.Reason) bool {
	s, _ := g.Store.Session(id)
	if !g.Store.DeleteSession(id) {
		return false
	}
	x.Emit(event.Event{Kind: event.KindSession, UserID: s.UserID, Connection: s.Connection, Description: "session ended",
		Data: &event.Session{Change: event.SessionEnded, ID: id, Why: why}})
	g.tell(x, s, why)
	return true
}

// TellDeleted tells applications that a user is gone. The user's sessions stay, and find nobody (fact 1.2-deleted-user).
func (g *Registry) TellDeleted(x *httpx.Exchange, userID string) {
	for _, s := range g.Store.Sessions() {
		if s.UserID == userID {
			g.tell(x, s, event.UserWasDeleted)
		}
	}
}

// EndAll ends the sessions of a user id, or all when it is "", and tells how many there were.
func (g *Registry) EndAll(x *httpx.Exchange, userID string, why event.Reason) (ended int) {
	for _, s := range g.Store.Sessions() {
		if (userID == "" || s.UserID == userID) && g.expire(x, g.limited(s)) == "" && g.End(x, s.ID, why) {
			ended++
		}
	}
	return ended
}

// Live are the sessions whose time is not over, oldest first.
func (g *Registry) Live(now time.Time) []state.Session {
	live := []state.Session{}
	for _, s := range g.Store.Sessions() {
		if s = g.limited(s); expired(s, now) == "" {
			live = append(live, s)
		}
	}
	return live
}

// Cookies are the pair that carries a session. Expires is wall time: now plus what is left of the session's
// life on the tenant's clock, so that a tenant moved in time does not send expired cookies.
func (g *Registry) Cookies(x *httpx.Exchange, s state.Session) []*http.Cookie {
	end := s.IdleExpires
	if s.Expires.Before(end) {
		end = s.Expires
	}
	var expires time.Time
	if !g.Tenant().Settings.NonPersistentCookie {
		expires = clock.Wall().Add(end.Sub(x.Now()))
	}
	return g.pair(CookieName, CookieCompat, g.sign(s.ID), expires, 0)
}

// pair is a cookie and its twin. By plain http it is one cookie, Lax and not Secure: Safari refuses Secure there, browsers
// refuse SameSite=None without it, and the twin, which stands in for None, would only reach further than Lax in browsers for which no
// SameSite means None.
func (g *Registry) pair(name, compat, value string, expires time.Time, maxAge int) []*http.Cookie {
	c := http.Cookie{
		Name: name, Value: value, Path: "/", Expires: expires, MaxAge: maxAge, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
	if g.Plain {
		return []*http.Cookie{&c}
	}
	c.Secure, c.SameSite = true, http.SameSiteNoneMode
	twin := c
	twin.Name, twin.SameSite = compat, 0
	return []*http.Cookie{&c, &twin}
}

// Device returns the browser's device id, or a new one with the cookies that carry it.
func (g *Registry) Device(r *http.Request) (id string, set []*http.Cookie) {
	for _, name := range []string{DeviceName, DeviceCompat} {
		if c, err := r.Cookie(name); err == nil {
			if id := g.DeviceOf(c.Value); id != "" {
				return id, nil
			}
		}
	}
	id = mint.UUID()
	return id, g.pair(DeviceName, DeviceCompat, g.sign("v0:"+id), clock.Wall().Add(deviceCookieLife), int(deviceCookieLife/time.Second))
}

// KeepDevice gives a browser its device cookie with the first answer, and the exchange its id.
func (g *Registry) KeepDevice(x *httpx.Exchange, r *http.Request, res *httpx.Result) {
	for _, c := range res.Cookies {
		if c.Name == DeviceName {
			x.Facts.DeviceID = g.DeviceOf(c.Value)
			return
		}
	}
	device, set := g.Device(r)
	x.Facts.DeviceID = device
	res.WithCookies(set...)
}

// DeviceOf is the device id in a device cookie's value; "" when it is not one of this tenant's.
func (g *Registry) DeviceOf(value string) string {
	v, _ := g.verify(value)
	id, ok := strings.CutPrefix(v, "v0:")
	if !ok {
		return ""
	}
	return id
}

// FactorCookies are the pair that names a browser which need not prove a second factor for so long.
func (g *Registry) FactorCookies(id string, life time.Duration) []*http.Cookie {
	return g.pair(FactorName, FactorCompat, g.sign("mf:"+id), clock.Wall().Add(life), 0)
}

// FactorIDs are the names that a request's cookies of that kind hold.
func (g *Registry) FactorIDs(r *http.Request) (ids []string) {
	for _, name := range []string{FactorName, FactorCompat} {
		if c, err := r.Cookie(name); err == nil {
			v, _ := g.verify(c.Value)
			if id, ok := strings.CutPrefix(v, "mf:"); ok {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// sign writes a value as express-session does: s:<value>.<HMAC-SHA256 in base64>, URL-encoded.
func (g *Registry) sign(value string) string {
	return url.QueryEscape("s:" + value + "." + g.mac(value))
}

func (g *Registry) mac(value string) string {
	return base64.RawStdEncoding.EncodeToString(g.seal.MAC([]byte(value)))
}

func (g *Registry) verify(cookie string) (string, bool) {
	raw, err := url.QueryUnescape(cookie)
	if err != nil {
		return "", false
	}
	body, ok := strings.CutPrefix(raw, "s:")
	if !ok {
		return "", false
	}
	i := strings.LastIndexByte(body, '.')
	if i < 0 || !hmac.Equal([]byte(g.mac(body[:i])), []byte(body[i+1:])) {
		return "", false
	}
	return body[:i], true
}
