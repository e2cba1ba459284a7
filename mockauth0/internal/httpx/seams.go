package httpx

import (
	"context"
	"errors"
	"net/http"

	"renewal.example/mockauth0/internal/oauth"
)

// Seam is a place at which armed effects act. Each is a bit, so that a plan knows by one look whether anything can happen
// there.
type Seam uint32

// The seams, in the order in which a request comes to them. The package that owns one declares its effect interface.
const (
	SeamHandshake Seam = 1 << iota // HandshakeEffect: a new connection
	SeamHTTP                       // Effect: before anything changes
	SeamSession                    // session.Effect: the browser's session was looked for
	SeamFamily                     // state.FamilyEffect: a refresh token was looked for
	SeamUser                       // directory.Effect: the user of a session or a refresh token was looked for
	SeamRefusal                    // respond.Refusal: the last moment to refuse
	SeamLifetime                   // token.LifetimeEffect
	SeamSpec                       // mint.SpecEffect: claims before signing
	SeamSigned                     // mint.TokenEffect: bytes after signing
	SeamKeys                       // keys.Effect: the JWKS
	SeamDiscovery                  // mint.DocumentEffect
	SeamResponse                   // respond.Effect: how the authorization response is sent
	SeamAnswer                     // AnswerEffect: the state has changed, nothing is sent yet
	SeamSent                       // SentEffect: the finished answer
)

// Planner gives out the effects that a test armed.
type Planner interface {
	// Meets tells whether an effect of the seam may apply to the exchange now. The ordinary case is that nothing is
	// armed there, which must cost nothing.
	Meets(x *Exchange, s Seam) bool
	// Take returns, and uses up, the effects of the seam that apply to the exchange and find something to do with subject.
	Take(x *Exchange, s Seam, subject any) []any
}

// Meets tells whether an armed effect of the seam may apply now. Seams ask it first where preparing for Effects costs something.
func (x *Exchange) Meets(s Seam) bool { return x.Plan != nil && x.Plan.Meets(x, s) }

// Effects returns the armed effects of a seam, of type T, that apply to this exchange now, and uses them up. subject is what
// they would act on: those that find nothing to change in it are left for another time.
func Effects[T any](x *Exchange, s Seam, subject any) []T {
	if !x.Meets(s) {
		return nil
	}
	var out []T
	for _, e := range x.Plan.Take(x, s, subject) {
		out = append(out, e.(T))
	}
	return out
}

// Note keeps a decision of the planner about this exchange: one that is made once for a request, however often a seam asks.
func (x *Exchange) Note(key any, decision bool) {
	if x.notes == nil {
		x.notes = map[any]bool{}
	}
	x.notes[key] = decision
}

// Noted is what was kept under a key.
func (x *Exchange) Noted(key any) (decision, known bool) {
	decision, known = x.notes[key]
	return decision, known
}

// Touched tells whether the planner has made any decision about the exchange.
func (x *Exchange) Touched() bool { return len(x.notes) > 0 }

// HandshakeEffect acts when a client begins a TLS handshake: a non-nil error ends it.
type HandshakeEffect interface {
	Handshake() error
}

// Effect acts when a request reaches a point, before the endpoint changes anything. A non-nil result answers the request at
// once; so does an *Interrupt as the error. Another error (a cancelled hold, ErrReset) aborts it.
type Effect interface {
	BeforeCommit(x *Exchange) (*Result, error)
}

// AnswerEffect acts when the endpoint has answered, so that whatever the request changes has changed, and nothing is sent yet.
// It returns the result to send; errors are as those of Effect.
type AnswerEffect interface {
	AfterCommit(x *Exchange, res *Result) (*Result, error)
}

// Sent is an answer as it leaves: complete, with every header.
type Sent struct {
	Status int
	Header http.Header
	Body   []byte
	Cut    bool // half of Body is sent, of which Content-Length promises the whole; then the connection, or the HTTP/2 stream, breaks off
}

// SentEffect changes a finished answer.
type SentEffect interface {
	ChangeSent(*Sent)
}

// Interrupt is an error that carries the answer of an effect: the request goes no further. Endpoints do not see it as an
// error of theirs.
type Interrupt struct {
	Result *Result
	Err    *oauth.Error // in place of Result: written in the way of the endpoint's errors
}

func (i *Interrupt) Error() string { return "answered by an effect" }

// ErrReset is an effect's wish to break the connection off without an answer.
var ErrReset = errors.New("the connection is reset")

// Reach records how far the request has come and lets the effects of the HTTP seam that match now act: at
// each point once, also at those that an endpoint passes over. Endpoints return its error unseen.
func (x *Exchange) Reach(p Point) error {
	for ; x.next <= p; x.next++ {
		x.Facts.Point = x.next
		for _, e := range Effects[Effect](x, SeamHTTP, nil) {
			res, err := e.BeforeCommit(x)
			if err != nil {
				return err
			}
			if res != nil {
				return &Interrupt{Result: res}
			}
		}
	}
	return nil
}

type resetKey struct{}

// WithReset gives a connection's requests the means to break it off: net/http itself can only close it in good order.
func WithReset(ctx context.Context, reset func()) context.Context {
	return context.WithValue(ctx, resetKey{}, reset)
}

// breakOff ends a request without an answer. net/http closes an HTTP/1.1 connection then and resets an HTTP/2 stream;
// a connection that is to be reset goes first, with all its streams.
func breakOff(r *http.Request, reset bool) {
	if f, ok := r.Context().Value(resetKey{}).(func()); ok && reset {
		f()
	}
	panic(http.ErrAbortHandler)
}
