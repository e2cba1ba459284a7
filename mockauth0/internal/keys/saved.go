package keys

import (
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Saved is a Ring for a snapshot, private keys and all. One that nobody has used yet has none.
type Saved struct {
	Keys                 map[string]SavedKey // by kid
	First, Current, Next string              // kids; Next "": nobody has wanted to see it
	Previous, Revoked    []string            // kids
	Position             int                 // how often the keys were rotated
}

// SavedKey is a key with its certificate, both in DER (PKCS #8 and X.509).
type SavedKey struct{ Private, Certificate []byte }

// Save tells the keys.
func (r *Ring) Save() (Saved, error) {
	s := r.state.Load()
	if s == nil {
		return Saved{}, nil
	}
	out := Saved{Keys: map[string]SavedKey{}, First: s.first.KID, Current: s.current.KID, Position: s.position}
	all := append([]*Key{s.first, s.current}, slices.Concat(s.previous, s.revoked)...)
	if s.next != nil {
		all, out.Next = append(all, s.next), s.next.KID
	}
	for _, k := range s.previous {
		out.Previous = append(out.Previous, k.KID)
	}
	for _, k := range s.revoked {
		out.Revoked = append(out.Revoked, k.KID)
	}
	for _, k := range all {
		certificate, err := k.Certificate()
		if err != nil {
			return out, err
		}
		private, err := x509.MarshalPKCS8PrivateKey(k.Private)
		if err != nil {
			return out, fmt.Errorf("encoding the token-signing key %s: %w", k.KID, err)
		}
		out.Keys[k.KID] = SavedKey{private, certificate.Raw}
	}
	return out, nil
}

// Prepare reads what was saved. load puts it in force: these keys sign and verify from then on, whatever the ring had.
func (r *Ring) Prepare(saved Saved) (load func(), err error) {
	if saved.Current == "" {
		return func() {}, nil
	}
	known := map[string]*Key{}
	for _, kid := range slices.Sorted(maps.Keys(saved.Keys)) {
		if known[kid], err = saved.Keys[kid].key(kid); err != nil {
			return nil, fmt.Errorf("keys.keys.%s: %w", kid, err)
		}
	}
	list := func(kids []string) (all []*Key) {
		for _, kid := range kids {
			if known[kid] == nil {
				err = errors.Join(err, fmt.Errorf("keys.keys has no key %q", kid))
			}
			all = append(all, known[kid])
		}
		return all
	}
	s := ring{position: saved.Position, previous: list(saved.Previous), revoked: list(saved.Revoked)}
	own := list([]string{saved.First, saved.Current})
	s.first, s.current = own[0], own[1]
	if saved.Next != "" {
		s.next = list([]string{saved.Next})[0]
	}
	if err != nil {
		return nil, err
	}
	return func() {
		r.changing.Lock()
		defer r.changing.Unlock()
		if s.next == nil {
			r.state.Store(&s)
		} else if _, err := r.publish(s); err != nil {
			panic(err) // nothing fails in there once there are keys and certificates
		}
	}, nil
}

func (s SavedKey) key(kid string) (*Key, error) {
	parsed, err := x509.ParsePKCS8PrivateKey(s.Private)
	if err != nil {
		return nil, err
	}
	private, ok := parsed.(*rsa.PrivateKey)
	if !ok || private.N.BitLen() != keyBits {
		return nil, fmt.Errorf("it is no RSA key of %d bits", keyBits)
	}
	certificate, err := x509.ParseCertificate(s.Certificate)
	if err != nil {
		return nil, err
	}
	private.Precompute()
	k, err := keyOf(private, func() (*x509.Certificate, error) { return certificate, nil })
	switch {
	case err != nil:
		return nil, err
	case k.KID != kid:
		return nil, fmt.Errorf("it is the key %s", k.KID)
	case !private.PublicKey.Equal(certificate.PublicKey):
		return nil, errors.New("its certificate is another key's")
	}
	return k, nil
}
