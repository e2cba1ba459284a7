package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/fault"
)

func (c *Client) get(ctx context.Context, path string, v any) error {
	return c.Do(ctx, http.MethodGet, path, nil, v)
}

func (c *Client) post(ctx context.Context, path string, body, v any) error {
	return c.Do(ctx, http.MethodPost, path, body, v)
}

// number sends a DELETE and reads the one number of its answer.
func (c *Client) number(ctx context.Context, path string) (n int, err error) {
	var answer map[string]int
	if err := c.Do(ctx, http.MethodDelete, path, nil, &answer); err != nil {
		return 0, err
	}
	for _, n = range answer {
	}
	return n, nil
}

func segment(name string) string { return url.PathEscape(name) }

// Reset puts the tenant back to its start: no sessions, tokens, faults or events, and the clock as configured.
func (c *Client) Reset(ctx context.Context) error { return c.post(ctx, "/reset", struct{}{}, nil) }

// Clock tells where the tenant's clock stands.
func (c *Client) Clock(ctx context.Context) (out Clock, err error) {
	return out, c.get(ctx, "/clock", &out)
}

func (c *Client) move(ctx context.Context, body any) (out Clock, err error) {
	return out, c.post(ctx, "/clock", body, &out)
}

// Advance moves the tenant's clock by d. It returns when the programs that follow the clock have followed, after 5 s at most.
// waitFor are names of programs that have to follow.
func (c *Client) Advance(ctx context.Context, d time.Duration, waitFor ...string) (Clock, error) {
	return c.move(ctx, struct {
		Advance string   `json:"advance"`
		WaitFor []string `json:"wait_for,omitempty"`
	}{d.String(), waitFor})
}

// AdvanceToExpiry moves the tenant's clock to the moment at which the next token, session or refresh token expires.
func (c *Client) AdvanceToExpiry(ctx context.Context) (Clock, error) {
	return c.move(ctx, map[string]string{"to": "next_expiry"})
}

// SetTime moves the tenant's clock to now.
func (c *Client) SetTime(ctx context.Context, now time.Time) (Clock, error) {
	return c.move(ctx, map[string]time.Time{"set": now})
}

// SetOffset makes the tenant's clock run d ahead of real time (negative: behind).
func (c *Client) SetOffset(ctx context.Context, d time.Duration) (Clock, error) {
	return c.move(ctx, map[string]int64{"offset_ms": d.Milliseconds()})
}

// Freeze stops the tenant's clock.
func (c *Client) Freeze(ctx context.Context) (Clock, error) {
	return c.move(ctx, map[string]bool{"frozen": true})
}

// Thaw lets a frozen clock run on.
func (c *Client) Thaw(ctx context.Context) (Clock, error) {
	return c.move(ctx, map[string]bool{"frozen": false})
}

// Followers are the names of the programs whose clocks follow the tenant's.
func (c *Client) Followers(ctx context.Context) (names []string, err error) {
	var out struct{ Followers []struct{ Name string } }
	err = c.get(ctx, "/clock/followers", &out)
	for _, f := range out.Followers {
		names = append(names, f.Name)
	}
	return names, err
}

// Arm arms a fault and returns it with its id.
func (c *Client) Arm(ctx context.Context, f fault.Fault) (out fault.Fault, err error) {
	return out, c.post(ctx, "/faults", f, &out)
}

// SetFault arms a fault under its id, which it needs, in place of the one that has it: to do so twice is as good as once.
func (c *Client) SetFault(ctx context.Context, f fault.Fault) (out fault.Fault, err error) {
	if f.ID == "" {
		return out, errors.New("admin: SetFault needs a fault with an id")
	}
	return out, c.Do(ctx, http.MethodPut, "/faults/"+segment(f.ID), f, &out)
}

// Faults lists the armed faults, and how often each has fired.
func (c *Client) Faults(ctx context.Context) ([]fault.Fault, error) {
	var out struct{ Faults []fault.Fault }
	err := c.get(ctx, "/faults", &out)
	return out.Faults, err
}

// Disarm removes the fault with an id, or all faults when id is "".
func (c *Client) Disarm(ctx context.Context, id string) error {
	if id == "" {
		return c.Do(ctx, http.MethodDelete, "/faults", nil, nil)
	}
	return c.Do(ctx, http.MethodDelete, "/faults/"+segment(id), nil, nil)
}

// Login logs a user in without a page.
func (c *Client) Login(ctx context.Context, q LoginRequest) (out Login, err error) {
	return out, c.post(ctx, "/sessions", q, &out)
}

// IssueTokens gives what the token endpoint would answer after a login of a user at a client.
func (c *Client) IssueTokens(ctx context.Context, q TokenRequest) (out Tokens, err error) {
	return out, c.post(ctx, "/tokens", q, &out)
}

// Sessions lists the SSO sessions, oldest first.
func (c *Client) Sessions(ctx context.Context) ([]Session, error) {
	var out struct{ Sessions []Session }
	err := c.get(ctx, "/sessions", &out)
	return out.Sessions, err
}

// EndSessions ends the sessions of a user, or all when it is "", and tells how many there were.
func (c *Client) EndSessions(ctx context.Context, user string) (int, error) {
	return c.number(ctx, "/sessions"+query("user", user))
}

// EndSession ends one session.
func (c *Client) EndSession(ctx context.Context, id string) error {
	_, err := c.number(ctx, "/sessions/"+segment(id))
	return err
}

// ExpireSession makes one of a session's lives be over, IdleLife or AbsoluteLife, without moving the clock.
func (c *Client) ExpireSession(ctx context.Context, id, life string) error {
	return c.post(ctx, "/sessions/"+segment(id)+"/expire", map[string]string{"kind": life}, nil)
}

// Grants lists what users let clients do, oldest first.
func (c *Client) Grants(ctx context.Context) ([]Grant, error) {
	var out struct{ Grants []Grant }
	err := c.get(ctx, "/grants", &out)
	return out.Grants, err
}

// WithdrawGrants withdraws consents of a user and a client ("": any), and tells how many there were.
func (c *Client) WithdrawGrants(ctx context.Context, user, client string) (int, error) {
	return c.number(ctx, "/grants"+query("user", user, "client", client))
}

// RefreshTokens lists what stands behind the refresh tokens that are still good, oldest first.
func (c *Client) RefreshTokens(ctx context.Context) ([]RefreshToken, error) {
	var out struct {
		RefreshTokens []RefreshToken `json:"refresh_tokens"`
	}
	err := c.get(ctx, "/refresh-tokens", &out)
	return out.RefreshTokens, err
}

// RevokeRefreshTokens revokes those of a user and a client ("": any), and tells how many there were.
func (c *Client) RevokeRefreshTokens(ctx context.Context, user, client string) (int, error) {
	return c.number(ctx, "/refresh-tokens"+query("user", user, "client", client))
}

// RevokeRefreshToken revokes one, with all that came of it by rotation.
func (c *Client) RevokeRefreshToken(ctx context.Context, id string) error {
	_, err := c.number(ctx, "/refresh-tokens/"+segment(id))
	return err
}

// ExpireRefreshToken makes one of the lives of a refresh token be over, IdleLife or AbsoluteLife, without moving the clock.
func (c *Client) ExpireRefreshToken(ctx context.Context, id, life string) error {
	return c.post(ctx, "/refresh-tokens/"+segment(id)+"/expire", map[string]string{"kind": life}, nil)
}

// Users lists the users.
func (c *Client) Users(ctx context.Context) ([]User, error) {
	var out struct{ Users []User }
	err := c.get(ctx, "/users", &out)
	return out.Users, err
}

// CreateUser adds a user.
func (c *Client) CreateUser(ctx context.Context, in UserInput) (out User, err error) {
	return out, c.post(ctx, "/users", in, &out)
}

// SetUser adds a user who goes by a name, or changes the one who does.
func (c *Client) SetUser(ctx context.Context, user string, in UserInput) (out User, err error) {
	return out, c.Do(ctx, http.MethodPut, "/users/"+segment(user), in, &out)
}

// ChangeUser changes a user.
func (c *Client) ChangeUser(ctx context.Context, user string, in UserInput) (out User, err error) {
	return out, c.Do(ctx, http.MethodPatch, "/users/"+segment(user), in, &out)
}

// BlockUser blocks a user: logins and renewals are refused from then on.
func (c *Client) BlockUser(ctx context.Context, user string) error { return c.block(ctx, user, true) }

// UnblockUser takes that back.
func (c *Client) UnblockUser(ctx context.Context, user string) error {
	return c.block(ctx, user, false)
}

func (c *Client) block(ctx context.Context, user string, blocked bool) error {
	_, err := c.ChangeUser(ctx, user, UserInput{Blocked: &blocked})
	return err
}

// DeleteUser deletes a user.
func (c *Client) DeleteUser(ctx context.Context, user string) error {
	return c.Do(ctx, http.MethodDelete, "/users/"+segment(user), nil, nil)
}

// Keys lists the signing keys.
func (c *Client) Keys(ctx context.Context) ([]SigningKey, error) {
	var out struct{ Keys []SigningKey }
	err := c.get(ctx, "/keys", &out)
	return out.Keys, err
}

// RotateKey makes the next key the one that signs, and tells its kid.
func (c *Client) RotateKey(ctx context.Context) (kid string, err error) {
	var out struct{ KID string }
	err = c.post(ctx, "/keys/rotate", struct{}{}, &out)
	return out.KID, err
}

// RevokeKey takes a previous key out of the JWKS.
func (c *Client) RevokeKey(ctx context.Context, kid string) error {
	return c.Do(ctx, http.MethodPut, "/keys/"+segment(kid)+"/revoke", struct{}{}, nil)
}

// EventFilter narrows events; an empty field means any.
type EventFilter struct {
	After   uint64     // only those with a higher sequence number
	Kind    event.Kind // only of this kind
	Request string     // only of this X-Auth0-RequestId
	Client  string     // only of this client, by id or name
	User    string     // only of this user
}

func (f EventFilter) query(more ...string) string {
	after := ""
	if f.After > 0 {
		after = strconv.FormatUint(f.After, 10)
	}
	return query(append(more, "after", after, "kind", string(f.Kind), "request", f.Request, "client", f.Client, "user", f.User)...)
}

// Events are those that the tenant keeps and that match, oldest first, and how many it no longer keeps.
func (c *Client) Events(ctx context.Context, f EventFilter) (all []event.Event, missed uint64, err error) {
	for {
		var page struct {
			Events []event.Event
			Missed uint64
			More   bool
		}
		if err := c.get(ctx, "/events"+f.query(), &page); err != nil {
			return nil, 0, err
		}
		all, missed = append(all, page.Events...), missed+page.Missed
		if !page.More || len(page.Events) == 0 {
			return all, missed, nil
		}
		f.After = page.Events[len(page.Events)-1].Seq
	}
}

// LastEvent is the sequence number of the newest event; 0: there is none.
func (c *Client) LastEvent(ctx context.Context) (uint64, error) {
	var page struct{ Last uint64 }
	err := c.get(ctx, "/events?after=18446744073709551615", &page)
	return page.Last, err
}

// WaitForEvent is the first event that matches, now or as soon as it happens. One that does not come within a time is an *Error
// whose Timeout is true.
func (c *Client) WaitForEvent(ctx context.Context, f EventFilter, timeout time.Duration) (event.Event, error) {
	var out struct{ Event event.Event }
	err := c.get(ctx, "/events/wait"+f.query("timeout", timeout.String()), &out)
	return out.Event, err
}

// FollowEvents calls each with the events that the tenant keeps and that match, and then with new ones as they come, until each
// returns an error, which it returns then, or ctx ends. It returns nil when the tenant ends. An event of event.KindGap stands for
// those that came too fast. connected, unless it is nil, is called once the tenant has answered.
func (c *Client) FollowEvents(ctx context.Context, f EventFilter, connected func(), each func(event.Event) error) error {
	return c.stream(ctx, "/events"+f.query(), connected, func(data []byte) error {
		var e event.Event
		if err := json.Unmarshal(data, &e); err != nil {
			return err
		}
		return each(e)
	})
}

// Mails are the mails to an address ("": to any), newest first.
func (c *Client) Mails(ctx context.Context, to string) ([]Mail, error) {
	var out struct{ Mails []Mail }
	err := c.get(ctx, "/mails"+query("to", to), &out)
	return out.Mails, err
}

// WaitForMail is the newest mail to an address ("": to any) after an event, or the first that comes within a time.
func (c *Client) WaitForMail(ctx context.Context, to string, after uint64, timeout time.Duration) (Mail, error) {
	var out struct{ Mail Mail }
	err := c.get(ctx, "/mails/wait"+query("to", to, "after", strconv.FormatUint(after, 10), "timeout", timeout.String()), &out)
	return out.Mail, err
}

// Diagnoses say why renewals failed, oldest first: those with a number above after.
func (c *Client) Diagnoses(ctx context.Context, after uint64) ([]diagnosis.Diagnosis, error) {
	var out struct{ Diagnoses []diagnosis.Diagnosis }
	err := c.get(ctx, "/diagnoses"+query("after", strconv.FormatUint(after, 10)), &out)
	return out.Diagnoses, err
}

// ExpectRenewal says that a page of a client is open, so that its next renewal has to come: by a tenant time, or, with the zero time,
// when its newest token expires. One that does not come is diagnosed.
func (c *Client) ExpectRenewal(ctx context.Context, client string, by time.Time) error {
	return c.post(ctx, "/expectations", struct {
		Client string    `json:"client"`
		By     time.Time `json:"by,omitzero"`
	}{client, by}, nil)
}

// ExpectRenewals says how many renewals of a client succeed until a tenant time, no more and no fewer; the zero time: until
// SettleExpectations.
func (c *Client) ExpectRenewals(ctx context.Context, client string, renewals int, until time.Time) (out Expectation, err error) {
	body := map[string]any{"client": client, "renewals": renewals}
	if !until.IsZero() {
		body["until"] = until.Format(time.RFC3339Nano)
	}
	return out, c.post(ctx, "/expectations", body, &out)
}

// Expectations are what is expected of a client's renewals ("": of all), and how it stands.
func (c *Client) Expectations(ctx context.Context, client string) ([]Expectation, error) {
	var out struct{ Expectations []Expectation }
	err := c.get(ctx, "/expectations"+query("client", client), &out)
	return out.Expectations, err
}

// SettleExpectations is Expectations, and those whose time is not over are judged now.
func (c *Client) SettleExpectations(ctx context.Context, client string) ([]Expectation, error) {
	var out struct{ Expectations []Expectation }
	err := c.post(ctx, "/expectations/settle"+query("client", client), struct{}{}, &out)
	return out.Expectations, err
}

// StopExpecting takes back what was expected of a client.
func (c *Client) StopExpecting(ctx context.Context, client string) error {
	return c.Do(ctx, http.MethodDelete, "/expectations"+query("client", client), nil, nil)
}

// HAR writes what the tenant saw as an HTTP archive, without tokens, codes and values of cookies.
func (c *Client) HAR(ctx context.Context, w io.Writer) error {
	var raw json.RawMessage
	if err := c.get(ctx, "/har", &raw); err != nil {
		return err
	}
	_, err := io.Copy(w, bytes.NewReader(append(raw, '\n')))
	return err
}
