package keys

import (
	"crypto/rsa"
	"crypto/x509"
	"sync"
)

// mostSpare is how many keys a pool makes in advance at most.
const mostSpare = 8

// keysOfATenant is how many keys a tenant that somebody uses has: the one that signs, and the next.
const keysOfATenant = 2

// leasing is what a pool lends to tenants.
type leasing struct {
	mu     sync.Mutex
	free   []*rsa.PrivateKey // nobody has them
	idle   map[*Lease]bool   // leases that have taken no key so far
	leases int               // that are not released
	filled chan struct{}     // closed when the goroutine that makes keys has ended; nil: there is none
}

// Lease is keys that one tenant has to itself for as long as it lives: no other tenant of the pool signs with them meanwhile.
// They are taken when they are needed. Those that nobody needs any more go to other tenants, so that not every tenant costs a new
// key. Safe for concurrent use.
type Lease struct {
	pool *Pool

	mu       sync.Mutex
	keys     []*rsa.PrivateKey // by number
	retained bool              // they are also elsewhere
	released bool
}

// Lease begins a lease, which takes no time. The pool makes keys for it in the background. Release it.
func (p *Pool) Lease() *Lease {
	l := &Lease{pool: p}
	s := &p.leasing
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.idle == nil {
		s.idle = map[*Lease]bool{}
	}
	s.idle[l] = true
	s.leases++
	s.fill()
	return l
}

// Key is key number n of the lease, from 0.
func (l *Lease) Key(n int) (*rsa.PrivateKey, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.keys) <= n {
		key, err := l.pool.leasing.take(l)
		if err != nil {
			return nil, err
		}
		l.keys = append(l.keys, key)
	}
	return l.keys[n], nil
}

func (*Lease) certificate(_ int, host string, key *rsa.PrivateKey) (*x509.Certificate, error) {
	return selfSign(host, key)
}

// Retain has the pool never lend these keys to anybody else: they have left it, with a snapshot.
func (l *Lease) Retain() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.retained = true
}

// Release gives the keys back, once: the tenant is gone. A nil lease has none.
func (l *Lease) Release() {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.released {
		return
	}
	l.released = true
	s := &l.pool.leasing
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.idle, l)
	if s.leases--; !l.retained {
		s.free = append(s.free, l.keys...)
	}
}

// take is a key that nobody has.
func (s *leasing) take(l *Lease) (*rsa.PrivateKey, error) {
	s.mu.Lock()
	delete(s.idle, l)
	if last := len(s.free) - 1; last >= 0 {
		key := s.free[last]
		s.free = s.free[:last]
		s.fill()
		s.mu.Unlock()
		return key, nil
	}
	s.mu.Unlock()
	return newPrivate()
}

// newPrivate makes a key.
func newPrivate() (*rsa.PrivateKey, error) {
	key, err := generate()
	if err == nil {
		key.Precompute()
	}
	return key, err
}

// fill has keys made in the background, as many as the tenants are about to need. It needs the lock.
func (s *leasing) fill() {
	if s.filled != nil || !s.short() {
		return
	}
	s.filled = make(chan struct{})
	go s.work()
}

// short tells whether there are fewer keys than the tenants without any will take.
func (s *leasing) short() bool { return len(s.free) < min(mostSpare, keysOfATenant*len(s.idle)) }

// work makes one key after the other, until there are enough or nobody is left to need them.
func (s *leasing) work() {
	for {
		s.mu.Lock()
		if !s.short() {
			close(s.filled)
			s.filled = nil
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
		key, err := newPrivate()
		s.mu.Lock()
		if err == nil { // whoever needs one makes it, and hears of the error
			s.free = append(s.free, key)
		} else {
			clear(s.idle)
		}
		s.mu.Unlock()
	}
}

// Settle waits until no goroutine of the pool runs any more, if nobody has a lease: it takes as long as a key takes.
func (p *Pool) Settle() {
	s := &p.leasing
	s.mu.Lock()
	filled, leases := s.filled, s.leases
	s.mu.Unlock()
	if filled != nil && leases == 0 {
		<-filled
	}
}
