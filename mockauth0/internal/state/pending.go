package state

import (
	"container/list"
	"net/url"
)

// Bounds of what waits to be gone on with. Anybody can begin a login, so that many are begun and never finished. Of more than
// MaxPending logins, of as many codes and of as many tickets, or of more than maxPendingBytes in what one of these asked for,
// the oldest go.
const (
	MaxPending      = 4096
	maxPendingBytes = 6 << 20
)

// Dropped says how many of a kind had to go to make room for a new one.
type Dropped struct {
	What  string // "login", "code", or the ticket's kind
	Count int
}

// pending is the order in which entries came, and what they hold.
type pending[K comparable] struct {
	order *list.List // of held[K], oldest first
	at    map[K]*list.Element
	bytes int
}

type held[K comparable] struct {
	key   K
	bytes int
}

func newPending[K comparable]() *pending[K] {
	return &pending[K]{order: list.New(), at: map[K]*list.Element{}}
}

// add puts an entry at the end, whether or not it was there.
func (p *pending[K]) add(key K, bytes int) {
	p.remove(key)
	p.at[key] = p.order.PushBack(held[K]{key, bytes})
	p.bytes += bytes
}

// keys are those of the entries, oldest first.
func (p *pending[K]) keys() (out []K) {
	for e := p.order.Front(); e != nil; e = e.Next() {
		out = append(out, e.Value.(held[K]).key)
	}
	return out
}

func (p *pending[K]) remove(key K) {
	if e, ok := p.at[key]; ok {
		p.bytes -= p.order.Remove(e).(held[K]).bytes
		delete(p.at, key)
	}
}

// overflow gives the keys that have to go, and takes them out. An eighth goes at once, so that a tenant that is flooded tells
// of it now and then, not each time. The newest entry stays, however big it is.
func (p *pending[K]) overflow() (gone []K) {
	if len(p.at) <= MaxPending && p.bytes <= maxPendingBytes {
		return nil
	}
	for len(p.at) > 1 && (len(p.at) > MaxPending*7/8 || p.bytes > maxPendingBytes/8*7) {
		key := p.order.Front().Value.(held[K]).key
		p.remove(key)
		gone = append(gone, key)
	}
	return gone
}

// sizeOf is about what the parameters of a request take.
func sizeOf(v url.Values) (bytes int) {
	for name, values := range v {
		bytes += len(name) + 64
		for _, value := range values {
			bytes += len(value) + 16
		}
	}
	return bytes
}

// limited tells the kinds of tickets that anybody can make come into being. The others are few: they remember what a person did.
func (k TicketKind) limited() bool {
	switch k {
	case TicketBrowser, TicketPassed, TicketLatestReset:
		return false
	}
	return true
}

func sizeOfCode(c *Code) (bytes int) {
	for _, scope := range c.Scopes {
		bytes += len(scope) + 16
	}
	return bytes + len(c.RedirectURI) + len(c.Challenge) + len(c.Nonce) + len(c.Audience)
}
