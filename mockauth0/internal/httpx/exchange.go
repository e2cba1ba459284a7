// Package httpx is the frame around every endpoint: the Exchange that accompanies a request, the value an
// endpoint returns, and the one adapter that writes it.
package httpx

import (
	"context"
	"log/slog"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/eventlog"
	"renewal.example/mockauth0/internal/ratelimit"
)

// Facts is what is known about a request so far. Facts become known at three points: routed (Endpoint,
// Method), parsed (client, grant, prompt, mode), resolved (user, session, connection).
type Facts struct {
	Point        Point
	Endpoint     string // name in the route table
	Method       string
	ClientID     string
	ClientName   string
	Grant        string // grant_type
	ResponseMode string
	ResponseType string
	Prompt       string
	Audience     string
	Locales      string // ui_locales
	UserID       string
	UserName     string // e-mail or user name
	SessionID    string
	DeviceID     string // of the browser, by its cookie: the one it came with, or a new one
	Connection   string
	AskedBy      string // token endpoint: id of the authorization request that the code answers
	FamilyID     string // token endpoint: of the refresh token
}

// Silent tells whether this is a silent authentication request (prompt=none).
func (f *Facts) Silent() bool { return f.Prompt == "none" }

// Point is how far a request has come.
type Point int

// The three points, in order.
const (
	Routed Point = iota
	Parsed
	Resolved
)

// Exchange accompanies one request through the tenant. It is used by one goroutine.
type Exchange struct {
	ID     string // 20 hex digits, X-Auth0-RequestId
	Origin string // scheme://host[:port] of the tenant, as configured: the issuer without its final slash
	Facts  Facts
	Clock  *clock.Clock
	Events *eventlog.Log
	Log    *slog.Logger
	Plan   Planner // nil: no faults
	ctx    context.Context
	next   Point // that Reach has not come to yet
	use    ratelimit.Use
	began  time.Time    // on the tenant's clock
	made   []byte       // the body as the endpoint made it
	notes  map[any]bool // of the planner, about this exchange
	reset  bool         // the request ends without an answer, and its connection with it
}

// Issuer is Origin with the final slash (Auth0's iss always has it).
func (x *Exchange) Issuer() string { return x.Origin + "/" }

// Context ends when the client goes away or the server closes.
func (x *Exchange) Context() context.Context { return x.ctx }

// Now is the tenant's time.
func (x *Exchange) Now() time.Time { return x.Clock.Now() }

// Emit appends an event, filling in what the exchange knows.
func (x *Exchange) Emit(e event.Event) {
	e.Date, e.Wall = x.Clock.Both()
	e.Request = x.ID
	e.Description = ShownText(e.Description)
	if d, ok := e.Data.(*event.LogEntry); ok && d.Cause != "" {
		d.Cause = ShownText(d.Cause)
	}
	if e.Endpoint == "" {
		e.Endpoint = x.Facts.Endpoint
	}
	if e.ClientID == "" {
		e.ClientID, e.ClientName = x.Facts.ClientID, x.Facts.ClientName
	}
	if e.UserID == "" {
		e.UserID, e.UserName = x.Facts.UserID, clip(x.Facts.UserName)
	}
	if e.Connection == "" {
		e.Connection = clip(x.Facts.Connection)
	}
	x.Events.Append(e)
}

// Warn writes a warning, both to the tenant's log (Auth0's type w) and to that of the process: a request is answered, and not as
// its sender will expect.
func (x *Exchange) Warn(reason event.Reason, text string) {
	x.Log.Warn(text, "endpoint", x.Facts.Endpoint, "client", x.Facts.ClientName, "request_id", x.ID)
	x.Emit(event.Event{Kind: event.KindLog, Type: event.Warning, Description: text, Data: &event.LogEntry{Reason: reason}})
}
