package httpx

import (
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"renewal.example/mockauth0/internal/event"
)

// answered is the answer to a request as it leaves the tenant, after everything that may have changed it. Its details are
// made when somebody reads the event.
type answered struct {
	status         int
	location, note string
	cookies        []string // their names
	headers        [len(headersSent)]string
	device, grant  string
	took           time.Duration // of the tenant's time
	spoilt         string        // how the body is not what the endpoint made of it; "": it is
	sent           event.Later   // what the body says; nil: nothing that the log tells
}

// headersSent are the response headers that events tell, by the name they have there: those by which a browser decides
// whether a page may show or read the answer.
var headersSent = [...]struct{ name, header string }{
	{"content_type", "Content-Type"}, {"allow_origin", "Access-Control-Allow-Origin"}, {"frame_options", "X-Frame-Options"},
	{"csp", "Content-Security-Policy"}, {"retry_after", "Retry-After"},
}

func (x *Exchange) emitResponse(sent Sent, res *Result) {
	h, body := sent.Header, sent.Body
	a := &answered{status: sent.Status, location: h.Get("Location"), note: clip(res.Note), device: x.Facts.DeviceID, grant: clip(x.Facts.Grant), took: x.took(), spoilt: spoilt(x.made, body, h)}
	for i, told := range headersSent {
		if v := h[told.header]; len(v) > 0 {
			a.headers[i] = clip(v[0])
		}
	}
	if set := h["Set-Cookie"]; len(set) > 0 {
		a.cookies = make([]string, len(set))
		for i, c := range set {
			a.cookies[i], _, _ = strings.Cut(c, "=")
		}
	}
	holds := len(a.location)
	if res.Sent != nil {
		a.sent = res.Sent(body)
		if big, ok := a.sent.(interface{ Size() int }); ok {
			holds += big.Size()
		}
	}
	x.emitLater(event.Event{Kind: event.KindResponse, Description: http.StatusText(sent.Status)}, a, holds)
}

// took is how much of the tenant's time the exchange has lasted. A clock that was set back gives none.
func (x *Exchange) took() time.Duration { return max(0, x.Now().Sub(x.began)) }

// Details are what the log shows of the answer: a location without codes and tokens, cookies without their values.
func (a *answered) Details() map[string]any {
	d := map[string]any{"status": a.status}
	for i, told := range headersSent {
		if a.headers[i] != "" {
			d[told.name] = a.headers[i]
		}
	}
	for name, text := range map[string]string{"note": a.note, "device": a.device, "grant": a.grant, "body": a.spoilt} {
		if text != "" {
			d[name] = text
		}
	}
	if a.location != "" {
		d["location"] = redactURL(a.location)
	}
	if len(a.cookies) > 0 {
		d["set_cookies"] = a.cookies
	}
	if a.took >= time.Second { // a request that nothing held takes milliseconds, which say nothing
		d["took_ms"] = a.took.Milliseconds()
	}
	if a.sent != nil {
		maps.Copy(d, a.sent.Details())
	}
	return d
}

// How a body is spoilt, as events tell it.
const (
	BodyEmpty   = "empty"   // there was one, and none is sent
	BodyCut     = "cut"     // it ends early
	BodyGarbage = "garbage" // it is something else
)

// spoilt compares the body that is sent with the one that the endpoint made. It costs nothing where they are the same.
func spoilt(made, body []byte, h http.Header) string {
	declared := len(body)
	if v := h["Content-Length"]; len(v) > 0 {
		if n, err := strconv.Atoi(v[0]); err == nil {
			declared = n
		}
	}
	same := len(made) == len(body) && (len(made) == 0 || &made[0] == &body[0])
	switch {
	case declared > len(body):
		return BodyCut
	case same:
		return ""
	case len(body) == 0:
		return BodyEmpty
	case len(body) < len(made) && string(made[:len(body)]) == string(body):
		return BodyCut
	case strings.HasPrefix(strings.TrimSpace(string(made)), "{") && json.Valid(body), string(made) == string(body):
		return ""
	}
	return BodyGarbage
}

// Why a request was not answered, or not to its end.
const (
	ClientGone = "the client went away"
	Cut        = "the connection was cut"
)

// emitNoAnswer tells of a request whose client got no complete answer.
func (x *Exchange) emitNoAnswer() {
	why := Cut
	if x.ctx.Err() != nil {
		why = ClientGone
	}
	took := x.took()
	x.Emit(event.Event{Kind: event.KindNoAnswer, Description: why}.With(event.Facts{{Name: "took_ms", Value: took.Milliseconds()}}))
}
