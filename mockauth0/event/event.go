// Package event holds what a tenant observes, as types: every request, answer, session, token and entry of Auth0's log is an
// Event with a sequence number and a payload of its kind. The log, the control API, the diagnosis, HAR files and a spec's
// failure report all read these, and readers of recordings and of real tenants' logs make them too.
package event

import "time"

// Kind says what an event is about, and so which type its Data has.
type Kind string

// Kinds of events. The type of Data stands behind each.
const (
	KindRequest   Kind = "request"   // *Request: a request arrived
	KindResponse  Kind = "response"  // *Response: it was answered
	KindNoAnswer  Kind = "no_answer" // *NoAnswer: it was not answered, or not to its end
	KindHandshake Kind = "handshake" // *Handshake: a TLS handshake failed, so no request came
	KindToken     Kind = "token"     // *Token: a JWT was issued
	KindLog       Kind = "log"       // *LogEntry: an entry of Auth0's tenant log; Event.Type is Auth0's code
	KindSession   Kind = "session"   // *Session: an SSO session began, ended, or could not be used
	KindGrant     Kind = "grant"     // *Grant: a user let a client in, or took that back
	KindFault     Kind = "fault"     // *Fault: a fault was armed, fired or disarmed; the diagnosis never reads these
	KindPolicy    Kind = "policy"    // *Policy: the tenant's login flow decided: an Action, the rule for a second factor
	KindMail      Kind = "mail"      // *Mail: a mail to a person
	KindClock     Kind = "clock"     // *Clock: the tenant's clock was moved
	KindConfig    Kind = "config"    // *Config: a tenant directory was loaded or refused, a user or a key changed, something was learned
	// KindRefreshToken is *RefreshToken: the life of a refresh token was made to be over. What else happens to one is in the log.
	KindRefreshToken Kind = "refresh_token"
	KindOverflow     Kind = "overflow" // *Overflow: too many logins, codes or tickets waited, and the oldest were dropped
	KindGap          Kind = "gap"      // *Gap: events were dropped before this one reached the reader
)

// Kinds are all kinds of events.
func Kinds() []Kind {
	return []Kind{
		KindRequest, KindResponse, KindNoAnswer, KindHandshake, KindToken, KindLog, KindSession, KindGrant, KindFault, KindPolicy,
		KindMail, KindClock, KindConfig, KindRefreshToken, KindOverflow, KindGap,
	}
}

// Event is one observable thing that happened in a tenant. Description is for people and may change at any time: programs
// read Kind, Type and Data.
type Event struct {
	Seq         uint64    // from 1, without holes in the tenant's ring; 0: not numbered
	Date        time.Time // tenant time
	Wall        time.Time // real time
	Kind        Kind      // what it is about
	Type        LogCode   // Auth0's log event type code, where there is one
	Request     string    // X-Auth0-RequestId of the exchange; "": it belongs to none
	Endpoint    string    // name in the route table, "authorize"; "": none
	ClientID    string    // of the application; "": none, or not known yet
	ClientName  string    // its name
	UserID      string    // "auth0|…"; "": none, or not known yet
	UserName    string    // e-mail address or user name
	Connection  string    // name of the connection by which the user logged in
	Description string    // Auth0's text for entries of its log, a sentence of ours otherwise
	Data        Data      // what belongs to its kind; an event that was read has it, but of a kind that this version does not know

	deferred Deferred
}

// Data is what an event of one kind holds. Each kind has one type, named at its constant.
type Data interface {
	// Kind is the kind of the events that hold it.
	Kind() Kind
}

// Deferred makes an event's data when somebody reads the event. Most events leave the tenant's ring unread, and making the
// data costs a request more than all else that is written down about it. What an implementation holds must not change any
// more, must not grow with what a client sends, and may hold a secret only if Data leaves it out.
type Deferred interface {
	Data() Data
}

// Later gives an event data that are made when it is read.
func (e Event) Later(d Deferred) Event {
	e.deferred = d
	return e
}

// Made is the event with its data made; one that has none gets empty data of its kind. Whoever hands an event to a reader
// calls it first.
func (e Event) Made() Event {
	switch {
	case e.deferred != nil:
		e.Data, e.deferred = e.deferred.Data(), nil
	case e.Data == nil:
		e.Data = newData(e.Kind)
	}
	return e
}

// Of is what an event holds, for a reader of one kind: Of[Mail](e).Code. It is the zero value for events of other kinds.
func Of[T any](e Event) T {
	if d, ok := any(e.Made().Data).(*T); ok {
		return *d
	}
	var none T
	return none
}
