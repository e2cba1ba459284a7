package httpx

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"renewal.example/mockauth0/event"
)

// answered is the answer to a request as it leaves the tenant, after everything that may have changed it. The event's data
// are made of it when somebody reads the event.
type answered struct {
	status                        int
	location, note                string
	failure, failureText          string   // error code and description of the body
	cookies, transient            []string // their names
	contentType, allowOrigin      string
	frameOptions, csp, retryAfter string
	device, grant                 string
	took                          time.Duration // of the tenant's time
	changed                       event.Body
	carries                       Carried // nil: the body says nothing that events hold
}

// Carried is what the body of an answer says.
type Carried interface {
	// Describe writes it into the event of the answer, but for what is secret.
	Describe(r *event.Response)
}

func (x *Exchange) emitResponse(sent Sent, res *Result) {
	h, body := sent.Header, sent.Body
	header := func(name string) string {
		if v := h[name]; len(v) > 0 {
			return clip(v[0])
		}
		return ""
	}
	a := &answered{
		status: sent.Status, location: h.Get("Location"), note: ShownText(res.Note), failure: clip(res.Error),
		failureText: ShownText(res.ErrorText), device: x.Facts.DeviceID, grant: clip(x.Facts.Grant),
		contentType: header("Content-Type"), allowOrigin: header("Access-Control-Allow-Origin"), frameOptions: header("X-Frame-Options"),
		csp: header("Content-Security-Policy"), retryAfter: header("Retry-After"), took: x.took(), changed: bodyChange(x.made, body, h),
	}
	if set := h["Set-Cookie"]; len(set) > 0 {
		a.cookies = make([]string, len(set))
		for i, c := range set {
			a.cookies[i], _, _ = strings.Cut(c, "=")
			if transient(c) {
				a.transient = append(a.transient, a.cookies[i])
			}
		}
	}
	holds := len(a.location)
	if res.Carries != nil {
		a.carries = res.Carries(body)
		if big, ok := a.carries.(interface{ Size() int }); ok {
			holds += big.Size()
		}
	}
	x.emitLater(event.Event{Kind: event.KindResponse, Description: http.StatusText(sent.Status)}, a, holds)
}

// transient tells of a Set-Cookie header without an expiry (RFC 6265 §5.3).
func transient(header string) bool {
	return !strings.Contains(header, "; Expires=") && !strings.Contains(header, "; Max-Age=")
}

// took is how much of the tenant's time the exchange has lasted. A clock that was set back gives none.
func (x *Exchange) took() time.Duration { return max(0, x.Now().Sub(x.began)) }

// Data are a location without codes and tokens, cookies without their values.
func (a *answered) Data() event.Data {
	d := &event.Response{
		Status: a.status, SetCookies: a.cookies, Transient: a.transient, ContentType: a.contentType, AllowOrigin: a.allowOrigin,
		FrameOptions: a.frameOptions, CSP: a.csp, RetryAfter: a.retryAfter, Error: a.failure, ErrorText: a.failureText, Note: a.note,
		Device: a.device, Grant: a.grant, Body: a.changed,
	}
	if a.location != "" {
		d.Location = redactURL(a.location)
	}
	if a.took >= time.Second { // a request that nothing held takes milliseconds, which say nothing
		d.TookMS = a.took.Milliseconds()
	}
	if a.carries != nil {
		a.carries.Describe(d)
	}
	return d
}

// bodyChange compares the body that is sent with the one that the endpoint made. It costs nothing where they are the same.
func bodyChange(made, body []byte, h http.Header) event.Body {
	declared := len(body)
	if v := h["Content-Length"]; len(v) > 0 {
		if n, err := strconv.Atoi(v[0]); err == nil {
			declared = n
		}
	}
	same := len(made) == len(body) && (len(made) == 0 || &made[0] == &body[0])
	switch {
	case declared > len(body):
		return event.BodyCut
	case same:
		return ""
	case len(body) == 0:
		return event.BodyEmpty
	case len(body) < len(made) && string(made[:len(body)]) == string(body):
		return event.BodyCut
	case strings.HasPrefix(strings.TrimSpace(string(made)), "{") && json.Valid(body), string(made) == string(body):
		return ""
	}
	return event.BodyGarbage
}

// emitNoAnswer records a request whose client got no complete answer.
func (x *Exchange) emitNoAnswer() {
	why := event.ConnectionCut
	if x.ctx.Err() != nil {
		why = event.ClientGone
	}
	x.Emit(event.Event{Kind: event.KindNoAnswer, Description: why.Text(), Data: &event.NoAnswer{Why: why, TookMS: x.took().Milliseconds()}})
}
