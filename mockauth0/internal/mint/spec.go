// Package mint turns claims into signed tokens. A Spec is a token before it is signed; what a test wants to be
// wrong with a token is an effect on the Spec or on the signed bytes.
package mint

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// Kinds of tokens.
const (
	AccessToken = "access_token"
	IDToken     = "id_token"
	LogoutToken = "logout_token"
)

// Claim is one member of a token's payload. Value is anything that encoding/json can write; times that
// RFC 7519 calls NumericDate are int64 seconds.
type Claim struct {
	Name  string
	Value any
}

// Spec is a token before it is signed.
type Spec struct {
	Kind   string  // AccessToken, IDToken or LogoutToken: for effects, it is not in the token
	Alg    string  // RS256 (also when ""), PS256 or HS256
	Typ    string  // header typ: JWT (also when "") or at+jwt
	Claims []Claim // written in this order, as Auth0 does
	Secret []byte  // key of HS256; unused otherwise
}

func (s *Spec) index(name string) int {
	return slices.IndexFunc(s.Claims, func(c Claim) bool { return c.Name == name })
}

// Get returns a claim's value.
func (s *Spec) Get(name string) (value any, ok bool) {
	i := s.index(name)
	if i < 0 {
		return nil, false
	}
	return s.Claims[i].Value, true
}

// Set replaces a claim in its place, or appends it.
func (s *Spec) Set(name string, value any) {
	if i := s.index(name); i >= 0 {
		s.Claims[i].Value = value
		return
	}
	s.Claims = append(s.Claims, Claim{name, value})
}

// Delete removes a claim, if it is there.
func (s *Spec) Delete(name string) {
	s.Claims = slices.DeleteFunc(s.Claims, func(c Claim) bool { return c.Name == name })
}

// Payload writes the claims in their order, without HTML escaping, as JSON.stringify does.
func (s *Spec) Payload() ([]byte, error) {
	var out bytes.Buffer
	out.Grow(1024)
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	write := func(v any) error {
		err := encoder.Encode(v)
		if err == nil {
			out.Truncate(out.Len() - 1) // Encode ends with a newline
		}
		return err
	}
	out.WriteByte('{')
	for i, c := range s.Claims {
		if s.index(c.Name) != i {
			return nil, fmt.Errorf("the claim %q is there twice: use Set, which replaces", c.Name)
		}
		if i > 0 {
			out.WriteByte(',')
		}
		if err := write(c.Name); err != nil {
			return nil, fmt.Errorf("the claim name %q: %w", c.Name, err)
		}
		out.WriteByte(':')
		if err := write(c.Value); err != nil {
			return nil, fmt.Errorf("the claim %q cannot be written as JSON: %w", c.Name, err)
		}
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}
