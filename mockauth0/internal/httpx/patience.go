package httpx

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"renewal.example/mockauth0/internal/clock"
)

// BodyPatience is how long the body of a request may take from when it is first read. A client that sends half of it and waits
// would hold a connection and all that belongs to its request for ever. It is wall time.
const BodyPatience = 30 * time.Second

// Bounded lets the body of a request take so long and no longer.
func Bounded(w http.ResponseWriter, r *http.Request, patience time.Duration) {
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = &boundedBody{ReadCloser: r.Body, control: http.NewResponseController(w), patience: patience}
	}
}

// boundedBody is a body with a deadline. What holds a request before its body is read takes nothing of that.
type boundedBody struct {
	io.ReadCloser
	control  *http.ResponseController
	patience time.Duration
	begun    bool
	over     bool // it was read to its end, or will not be
}

func (b *boundedBody) Read(p []byte) (int, error) {
	b.begin()
	n, err := b.ReadCloser.Read(p)
	switch {
	case errors.Is(err, io.EOF):
		b.over = true
		_ = b.control.SetReadDeadline(time.Time{}) // a held request must hear of a client that goes away, not of a deadline
	case errors.Is(err, os.ErrDeadlineExceeded):
		b.over = true
	}
	return n, err
}

// begin sets the deadline. A writer without one, as in tests of handlers, has bodies that are there.
func (b *boundedBody) begin() {
	if !b.begun {
		b.begun = true
		_ = b.control.SetReadDeadline(clock.Wall().Add(b.patience))
	}
}

// Answering is called before the answer is written: net/http reads what is left of a body then, and must not wait for it
// longer either.
func (b *boundedBody) Answering() {
	if !b.over {
		b.begin()
	}
}
