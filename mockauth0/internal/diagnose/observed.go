package diagnose

import (
	"cmp"
	"fmt"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
)

// ref is where in the log an observation stands, so that evidence can name it. The zero value is an observation that was not made.
type ref struct {
	seq  uint64
	date time.Time // tenant time
}

func (r ref) number() uint64 { return r.seq }

// made tells whether there is such an observation.
func (r ref) made() bool { return r.seq != 0 }

// What the rules read: a payload of each kind, and where it stands. The payload is never nil.
type (
	request struct {
		ref
		*event.Request
	}
	response struct {
		ref
		*event.Response
	}
	noResponse struct {
		ref
		*event.NoAnswer
	}
	handshake struct {
		ref
		*event.Handshake
	}
	logEntry struct {
		ref
		*event.LogEntry
		code event.LogCode
		text string // Auth0's words, for evidence only
	}
	sessionChange struct {
		ref
		*event.Session
	}
	sentToken struct {
		ref
		*event.Token
	}
	decision struct {
		ref
		*event.Policy
	}
	// withdrawal is a consent that was taken back.
	withdrawal struct {
		ref
		clientID, userID, audience string
		given                      ref // when it was given once more; not made: it was not
	}
)

// words say why there was no complete answer; "": nobody knows.
func (n noResponse) words() string {
	switch n.Why {
	case event.ClientGone:
		return "the client went away"
	case event.ConnectionCut:
		return "the connection was cut"
	}
	return n.Failure
}

// outcome is what the application got.
func (n noResponse) outcome() string {
	if words := n.words(); words != "" {
		return "no answer: " + words
	}
	return "no answer"
}

// words are what a login flow decided.
func (d decision) words() string {
	words := map[event.Decision]string{
		event.AccessDenied: "access denied", event.Redirect: "redirect", event.SecondFactorRequired: "second factor due",
	}
	return cmp.Or(words[d.Decision], string(d.Decision))
}

// saw is evidence that an event shows.
func saw(at interface{ number() uint64 }, format string, args ...any) diagnosis.Evidence {
	return diagnosis.Evidence{Seq: at.number(), Text: fmt.Sprintf(format, args...)}
}

// missed is evidence by what is not there.
func missed(format string, args ...any) diagnosis.Evidence {
	return diagnosis.Evidence{Text: fmt.Sprintf(format, args...)}
}

// ago is the time between two events, for people.
func ago(from, to time.Time) string {
	d := to.Sub(from)
	switch {
	case from.IsZero() != to.IsZero():
		return "some time" // of a recording that does not say when
	case d < time.Second:
		return "a moment"
	case d < 2*time.Minute:
		return plural(int(d/time.Second), "second")
	case d < 2*time.Hour:
		return plural(int(d/time.Minute), "minute")
	case d < 48*time.Hour:
		return plural(int(d/time.Hour), "hour")
	}
	return plural(int(d/(24*time.Hour)), "day")
}

func plural(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}
