package httpx

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"runtime/debug"
	"strconv"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/eventlog"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/ratelimit"
)

// Limits of a request. A real tenant sits behind a CDN with limits of the same size.
const (
	MaxQuery = 32 << 10 // bytes of the query string: above it 414
	MaxBody  = 1 << 20  // bytes of a body: above it 413
)

// ErrorStyle is how a route answers an error that cannot go to a callback.
type ErrorStyle int

// The families of error bodies (facts 5-errors-oauth, 5-errors-text, 5-errors-page).
const (
	ErrorPage  ErrorStyle = iota // the hosted HTML page
	ErrorJSON                    // {"error","error_description"}
	ErrorPlain                   // the description alone; a 401 names no type and has a challenge (RFC 6750 §3)
	ErrorToken                   // ErrorJSON as the token endpoint writes it: without a charset, never cached (RFC 6749 §5.2)
)

// CORS is a route's policy for cross-origin reads.
type CORS int

// Who may read what across origins (facts 3.3-cors, 4-cors-union, 5-co-credentials).
const (
	CORSNone        CORS = iota // no CORS headers: pages, redirects
	CORSAny                     // any origin, no credentials: discovery, JWKS
	CORSOrigins                 // the origins that clients registered, without credentials: nothing there needs a cookie
	CORSCredentials             // the same with credentials: cross-origin authentication, which sets a cookie
	CORSControl                 // the origins that mock.yaml lists for the control API
)

// Frame is what all routes of one tenant share.
type Frame struct {
	Origin        func(*http.Request) string // scheme://host[:port] of the tenant, as asked for
	Clock         *clock.Clock
	Events        *eventlog.Log
	Log           *slog.Logger
	Plan          Planner
	AllowedOrigin func(origin string) bool // for CORSOrigins
	ControlOrigin func(origin string) bool // for CORSControl
	ErrorPage     func(x *Exchange, e *oauth.Error) *Result
	Limiter       Limiter
	Unlimited     func(endpoint string, now time.Time) ratelimit.Use // what an answer says that is not counted
	// Decorate adds what nearly every answer of a tenant carries (the device cookie); may be nil.
	Decorate func(x *Exchange, r *http.Request, res *Result)
	// DeviceOf is the id in a device cookie, for the event of the request; "": the cookie is not this tenant's. May be nil.
	DeviceOf func(cookie string) string
}

// Route says how an endpoint is mounted.
type Route struct {
	Name   string // of the endpoint, in events and in a fault's `when`
	Errors ErrorStyle
	CORS   CORS
	Quiet  bool // leaves no request and response events (the control API, which reads them) and meets no faults
	exempt bool // meets no faults, see Exempt

	MaxBody int64 // bytes of a body; 0: MaxBody
}

// Handler is the one adapter between net/http and endpoints.
func (f *Frame) Handler(rt Route, e Endpoint) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x, body := f.exchange(rt, r), r.Body
		if !rt.Quiet {
			x.emitRequest(r, f.DeviceOf)
		}
		res := f.answer(x, rt, e, w, r)
		if res != nil {
			res = f.committed(x, rt, res)
		}
		if res == nil { // the client went away, an effect wants no answer, or the server closed or was reset while one held the request
			if !rt.Quiet {
				x.emitNoAnswer()
			}
			breakOff(r, x.reset)
		}
		x.made = res.Body // the event of the answer names what changes from here on
		if !res.Edge {
			f.cors(x, rt, r, res)
			if f.Decorate != nil && !rt.Quiet {
				f.Decorate(x, r, res)
			}
		}
		Answering(body)
		f.write(x, rt, w, r, res)
	})
}

// Answering tells the body of a request that the answer is about to be written, when whatever is left of it is no longer wanted.
func Answering(body io.Reader) {
	if b, ok := body.(interface{ Answering() }); ok {
		b.Answering()
	}
}

func (f *Frame) exchange(rt Route, r *http.Request) *Exchange {
	x := &Exchange{
		ID: requestID(), Origin: f.Origin(r), Clock: f.Clock, Events: f.Events, Log: f.Log, Plan: f.Plan,
		Facts: Facts{Endpoint: rt.Name, Method: r.Method}, ctx: r.Context(), began: f.Clock.Now(),
	}
	if rt.Quiet || rt.exempt {
		x.Plan = nil
	}
	return x
}

func requestID() string {
	var b [10]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}

func (f *Frame) answer(x *Exchange, rt Route, e Endpoint, w http.ResponseWriter, r *http.Request) (res *Result) {
	defer func() {
		if p := recover(); p != nil {
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(p)
			}
			x.Log.Error("an endpoint panicked: please report this", "endpoint", rt.Name, "panic", p, "stack", string(debug.Stack()))
			res = f.failure(x, rt, fmt.Errorf("panic in %s: %v", rt.Name, p))
		}
	}()
	if err := f.limit(x, rt, r); err != nil {
		x.Plan = nil // a request too many reaches no endpoint and meets no faults
		return f.failure(x, rt, err)
	}
	if len(r.URL.RawQuery) > MaxQuery {
		x.Plan = nil
		return f.failure(x, rt, &oauth.Error{Code: "invalid_request", Status: http.StatusRequestURITooLong,
			Reason:      event.ParameterInvalid,
			Description: fmt.Sprintf("The query string has %d bytes; at most %d are accepted.", len(r.URL.RawQuery), MaxQuery)})
	}
	if r.Body != http.NoBody {
		r.Body = http.MaxBytesReader(w, r.Body, cmp.Or(rt.MaxBody, MaxBody))
	}
	err := x.Reach(Routed)
	if err == nil {
		res, err = e(x, r)
	}
	if err != nil {
		return f.failure(x, rt, err)
	}
	return res
}

// committed lets the effects act that want the request to have had its consequences.
func (f *Frame) committed(x *Exchange, rt Route, res *Result) *Result {
	for _, e := range Effects[AnswerEffect](x, SeamAnswer, res) {
		changed, err := e.AfterCommit(x, res)
		if err != nil {
			return f.failure(x, rt, err)
		}
		res = changed
	}
	return res
}

// failure turns an error into the answer that the route's clients expect.
func (f *Frame) failure(x *Exchange, rt Route, err error) *Result {
	var cut *Interrupt
	if errors.As(err, &cut) && cut.Result != nil {
		return cut.Result
	}
	x.reset = errors.Is(err, ErrReset)
	if x.reset || errors.Is(err, context.Canceled) || errors.Is(err, clock.ErrReleased) {
		return nil
	}
	var tooLarge *http.MaxBytesError
	var oe *oauth.Error
	switch {
	case cut != nil:
		oe = cut.Err
	case errors.Is(err, os.ErrDeadlineExceeded):
		oe = &oauth.Error{Code: "invalid_request", Status: http.StatusRequestTimeout, Reason: event.ParameterInvalid,
			Description: "The request body did not arrive in time.", Cause: err}
	case errors.As(err, &oe):
	case errors.As(err, &tooLarge):
		oe = &oauth.Error{Code: "invalid_request", Status: http.StatusRequestEntityTooLarge,
			Reason:      event.ParameterInvalid,
			Description: fmt.Sprintf("The request body is larger than %d bytes.", tooLarge.Limit), Cause: err}
	default:
		oe = &oauth.Error{Code: "server_error", Reason: event.ServerError, Description: "An unexpected error occurred.", Cause: err}
	}
	if oe.HTTPStatus() == http.StatusInternalServerError && cut == nil {
		x.Log.Error("request failed", "endpoint", rt.Name, "request_id", x.ID, "error", err)
	}
	var res *Result
	switch rt.Errors {
	case ErrorJSON, ErrorToken:
		res = JSON(oe.HTTPStatus(), struct {
			Error       string `json:"error"`
			Description string `json:"error_description"`
			MFAToken    string `json:"mfa_token,omitempty"`
		}{oe.Code, oe.Description, oe.MFAToken}).Set("Cache-Control", "no-store")
		if rt.Errors == ErrorToken {
			res.Set("Content-Type", "application/json").Set("Pragma", "no-cache")
		}
	case ErrorPlain:
		res = plain(oe)
	default:
		res = f.ErrorPage(x, oe)
	}
	if oe.RetryAfter > 0 {
		res.Set("Retry-After", strconv.Itoa(oe.RetryAfter))
	}
	res.Error, res.ErrorText, res.Note = oe.Code, oe.Description, oe.Code+": "+oe.Description
	if oe.Hint != "" {
		res.Note += " (" + oe.Hint + ")"
	}
	return res
}

// plain is an error as text. A 401 has no Content-Type, not even the one that net/http would guess (fact 5-errors-text).
func plain(oe *oauth.Error) *Result {
	res := Text(oe.HTTPStatus(), oe.Description).Set("Cache-Control", "no-store")
	if res.Status == http.StatusUnauthorized {
		res.Header["Content-Type"] = nil
		res.Set("WWW-Authenticate", cmp.Or(oe.Challenge, fmt.Sprintf("Bearer realm=\"Users\", error=%q", oe.Code)))
	}
	return res
}

func (f *Frame) cors(x *Exchange, rt Route, r *http.Request, res *Result) {
	origin := r.Header.Get("Origin")
	switch rt.CORS {
	case CORSNone:
	case CORSAny:
		res.Set("Access-Control-Allow-Origin", "*")
	case CORSControl:
		res.add("Vary", "Origin")
		if origin != "" && f.ControlOrigin(origin) {
			res.Set("Access-Control-Allow-Origin", origin)
		}
	case CORSOrigins, CORSCredentials:
		res.add("Vary", "Origin")
		switch {
		case origin == "" || origin == x.Origin:
		case f.AllowedOrigin(origin):
			res.Set("Access-Control-Allow-Origin", origin)
			if rt.CORS == CORSCredentials {
				res.Set("Access-Control-Allow-Credentials", "true")
			}
			res.Set("Access-Control-Expose-Headers", "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, DPoP-Nonce")
		default:
			x.Emit(event.Event{
				Kind: event.KindLog, Type: event.FailedByCORS, Description: "Failed by CORS",
				Data: &event.LogEntry{Reason: event.OriginNotListed, Origin: clip(origin)},
			})
		}
	}
}

// Exempt is Handler for answers that meet no faults: preflights and requests that no endpoint takes never use
// up a one-shot fault.
func (f *Frame) Exempt(rt Route, e Endpoint) http.Handler {
	rt.exempt = true
	return f.Handler(rt, e)
}

// Preflight answers OPTIONS for a route.
func (f *Frame) Preflight(rt Route, methods string) http.Handler {
	rt.Name += names.Preflight
	return f.Exempt(rt, func(x *Exchange, r *http.Request) (*Result, error) {
		res := &Result{Status: http.StatusNoContent}
		res.Set("Access-Control-Allow-Methods", methods)
		res.Set("Access-Control-Max-Age", "86400")
		res.add("Vary", "Access-Control-Request-Headers")
		if h := r.Header.Get("Access-Control-Request-Headers"); h != "" {
			res.Set("Access-Control-Allow-Headers", h)
		}
		return res, nil
	})
}

func (f *Frame) write(x *Exchange, rt Route, w http.ResponseWriter, r *http.Request, res *Result) {
	sent := f.finish(x, w.Header(), r, res)
	if x.Meets(SeamSent) {
		sent = changed(x, sent)
	}
	if sent.Cut {
		sent.Header.Set("Content-Length", strconv.Itoa(len(sent.Body)))
		sent.Body = sent.Body[:len(sent.Body)/2]
	}
	if !rt.Quiet {
		x.emitResponse(sent, res)
	}
	w.WriteHeader(sent.Status)
	if r.Method == http.MethodHead {
		return
	}
	if res.Stream != nil {
		res.Stream(w, r)
		return
	}
	// A failed write means that the reader went away; there is nobody left to tell but the log. A status that has no body, as
	// that of a preflight, refuses over HTTP/2 even to write nothing.
	if _, err := w.Write(sent.Body); err != nil && !errors.Is(err, http.ErrBodyNotAllowed) && !rt.Quiet {
		x.emitNoAnswer()
	}
	if sent.Cut {
		_ = http.NewResponseController(w).Flush() // what there is of it has to arrive before the connection ends
		panic(http.ErrAbortHandler)
	}
}

// changed is apart from write, so that only an answer which an effect may change is copied to where one can reach it.
func changed(x *Exchange, sent Sent) Sent {
	for _, e := range Effects[SentEffect](x, SeamSent, &sent) {
		e.ChangeSent(&sent)
	}
	return sent
}

// finish completes an answer with what all of them carry, in header.
func (f *Frame) finish(x *Exchange, header http.Header, r *http.Request, res *Result) Sent {
	h := fields{Header: header}
	for name, values := range res.Header {
		h.Header[name] = values
	}
	if !res.Edge {
		h.set("X-Auth0-Requestid", x.ID)
		h.set("X-Content-Type-Options", "nosniff")
		x.limitHeaders(&h)
	}
	// No Strict-Transport-Security, although a real tenant sends it: browsers keep it by host and for every
	// port, so it would turn http://localhost:5000 into https for good.
	for _, c := range res.Cookies {
		if v := c.String(); v != "" {
			h.Add("Set-Cookie", v)
		}
	}
	s := Sent{Status: res.Status, Header: header, Body: res.Body}
	if s.Status == 0 {
		s.Status = http.StatusOK
	}
	if res.Redirect != "" {
		var ct string
		ct, s.Body = redirectBody(res.Redirect, r.Header.Get("Accept"))
		x.made = s.Body
		h.set("Location", res.Redirect)
		h.set("Content-Type", ct)
		h.Add("Vary", "Accept")
	}
	h.Add("Vary", "Accept-Encoding") // a real tenant compresses; caches must not learn otherwise
	return s
}
