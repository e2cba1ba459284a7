package keys

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// keepRevoked is how many revoked keys stay listed: Auth0's dashboard shows the last three.
const keepRevoked = 3

// Ring is the signing keys of one tenant (https://auth0.com/docs/get-started/tenant-settings/signing-keys). One signs;
// the next one is published before its turn, and those before it until they are revoked. Safe for concurrent use; what
// signs and verifies takes no lock.
type Ring struct {
	from source
	host string

	changing sync.Mutex
	state    atomic.Pointer[ring]
}

// ring is the state of a Ring. It does not change.
type ring struct {
	position int  // of the current key among those of the source
	first    *Key // which signs after a Reset
	current  *Key
	next     *Key // nil until somebody wants to see it: many tenants of tests never do, and a key costs 0.1 s
	previous []*Key
	revoked  []*Key
	jwks     [2][]byte // with and without alg; nil as long as next is
}

// NewRing makes the ring of the tenant of that domain (a port is ignored), which signs with key 0 of the pool.
func NewRing(pool *Pool, domain string) (*Ring, error) {
	r := &Ring{from: pool, host: hostOf(domain)}
	first, err := newKey(pool, 0, r.host)
	if err == nil && pool.dir != "" { // what is wrong with the directory is to be known at the start
		_, err = first.Certificate()
	}
	if err != nil {
		return nil, err
	}
	r.state.Store(&ring{first: first, current: first})
	return r, nil
}

// NewLeasedRing is NewRing with keys that the tenant has to itself. The first is taken when it is first needed.
func NewLeasedRing(lease *Lease, domain string) *Ring {
	return &Ring{from: lease, host: hostOf(domain)}
}

// hostOf is a domain without its port.
func hostOf(domain string) string {
	host := strings.ToLower(domain)
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h
	}
	return host
}

// Current is the key that signs.
func (r *Ring) Current() *Key { return r.begun().current }

// begun is the state, which has a key that signs from the first time that somebody asks.
func (r *Ring) begun() *ring {
	if s := r.state.Load(); s != nil {
		return s
	}
	r.changing.Lock()
	defer r.changing.Unlock()
	return r.begin()
}

// begin is begun for who holds the lock.
func (r *Ring) begin() *ring {
	if s := r.state.Load(); s != nil {
		return s
	}
	first, err := newKey(r.from, 0, r.host)
	if err != nil {
		panic(err) // a Lease only makes keys, and crypto/rand does not fail
	}
	s := &ring{first: first, current: first}
	r.state.Store(s)
	return s
}

// Effect changes what the JWKS endpoint serves. current is the kid of the key that signs; the set it is given is shared and must
// not be written to.
type Effect interface {
	ChangeJWKS(current string, set []byte) []byte
}

// Find is the published key with that kid; nil when there is none, or it was revoked.
func (r *Ring) Find(kid string) *Key {
	s := r.state.Load()
	if s == nil {
		return nil // it has signed nothing yet
	}
	if s.current.KID == kid {
		return s.current
	}
	if s.next != nil && s.next.KID == kid {
		return s.next
	}
	if i := slices.IndexFunc(s.previous, func(k *Key) bool { return k.KID == kid }); i >= 0 {
		return s.previous[i]
	}
	return nil
}

// JWKS is the body of /.well-known/jwks.json: the current key, the next one, and the previous ones that are not revoked.
// withAlg tells whether the keys name their algorithm. The body is shared: do not write to it.
func (r *Ring) JWKS(withAlg bool) ([]byte, error) {
	s, err := r.complete()
	if err != nil {
		return nil, err
	}
	if withAlg {
		return s.jwks[0], nil
	}
	return s.jwks[1], nil
}

// Keys lists the current key, the next one, the previous ones and those that were revoked last.
func (r *Ring) Keys() ([]Info, error) {
	s, err := r.complete()
	if err != nil {
		return nil, err
	}
	var list []Info
	add := func(mark func(*Info), some ...*Key) {
		for _, k := range some {
			info, wrong := k.Info()
			mark(&info)
			err = errors.Join(err, wrong)
			list = append(list, info)
		}
	}
	add(func(i *Info) { i.Current = true }, s.current)
	add(func(i *Info) { i.Next = true }, s.next)
	add(func(i *Info) { i.Previous = true }, s.previous...)
	add(func(i *Info) { i.Revoked = true }, s.revoked...)
	return list, err
}

// Rotate makes the next key the current one. The one that signed so far becomes a previous key: tokens that it signed
// stay valid until it is revoked.
func (r *Ring) Rotate() error {
	r.changing.Lock()
	defer r.changing.Unlock()
	s, err := r.completed()
	if err != nil {
		return err
	}
	_, err = r.publish(ring{position: s.position + 1, first: s.first, current: s.next,
		previous: append([]*Key{s.current}, s.previous...), revoked: s.revoked})
	return err
}

// Revoke takes a previous key out of the JWKS: tokens that it signed are worth nothing from now on.
func (r *Ring) Revoke(kid string) error {
	r.changing.Lock()
	defer r.changing.Unlock()
	s, err := r.completed()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(s.previous, func(k *Key) bool { return k.KID == kid })
	switch {
	case kid == s.current.KID || kid == s.next.KID:
		return fmt.Errorf("the key %q has not been replaced yet, so it cannot be revoked: rotate the keys until it is a previous one", kid)
	case i < 0:
		return fmt.Errorf("no key that could be revoked has the kid %q: %s", kid, kidsOf(s.previous))
	}
	after := *s
	after.previous = slices.Delete(slices.Clone(s.previous), i, i+1)
	after.revoked = append([]*Key{s.previous[i]}, s.revoked...)
	after.revoked = after.revoked[:min(len(after.revoked), keepRevoked)]
	_, err = r.publish(after)
	return err
}

// Reset puts the ring back to its start: key 0 of the pool signs, and nothing is revoked.
func (r *Ring) Reset() {
	r.changing.Lock()
	defer r.changing.Unlock()
	if s := r.state.Load(); s != nil && s.position > 0 { // otherwise nothing was rotated, so nothing was revoked either
		r.state.Store(&ring{first: s.first, current: s.first})
	}
}

// complete is the state with a next key, which is made when nobody has wanted it before.
func (r *Ring) complete() (*ring, error) {
	if s := r.state.Load(); s != nil && s.next != nil {
		return s, nil
	}
	r.changing.Lock()
	defer r.changing.Unlock()
	return r.completed()
}

// completed is complete for who holds the lock.
func (r *Ring) completed() (*ring, error) {
	s := r.begin()
	if s.next != nil {
		return s, nil
	}
	return r.publish(*s)
}

// publish puts a state in force, with its next key and its JWKS.
func (r *Ring) publish(s ring) (*ring, error) {
	if s.next == nil {
		var err error
		if s.next, err = newKey(r.from, s.position+1, r.host); err != nil {
			return nil, err
		}
	}
	for i, alg := range []string{"RS256", ""} {
		set := keySet{}
		for _, k := range append([]*Key{s.current, s.next}, s.previous...) {
			one, err := k.published(alg)
			if err != nil {
				return nil, err
			}
			set.Keys = append(set.Keys, one)
		}
		body, err := json.Marshal(set)
		if err != nil {
			return nil, fmt.Errorf("encoding the JWKS: %w", err)
		}
		s.jwks[i] = body
	}
	r.state.Store(&s)
	return &s, nil
}

// kidsOf says which previous keys there are.
func kidsOf(previous []*Key) string {
	if len(previous) == 0 {
		return "no key has been replaced yet; rotate them first"
	}
	kids := make([]string, len(previous))
	for i, k := range previous {
		kids[i] = k.KID
	}
	return "give one of " + strings.Join(kids, ", ")
}
