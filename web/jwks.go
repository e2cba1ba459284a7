package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	keysLife      = 10 * time.Minute // after which a withdrawn key is noticed
	keysPause     = time.Second      // between two fetches for unknown key ids, so that junk tokens cannot flood the tenant
	keysSizeLimit = 1 << 20
)

// keySet is the tenant's published keys, fetched when needed.
type keySet struct {
	url    string
	client *http.Client
	now    func() time.Time

	mu      sync.Mutex
	keys    jose.JSONWebKeySet
	fetched time.Time // zero: never
}

// key returns the key of that id; nil when the tenant does not publish it. An error means that the keys could not be
// fetched.
func (s *keySet) key(ctx context.Context, id string) (*jose.JSONWebKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	age := s.now().Sub(s.fetched).Abs() // the tenant's clock may be moved back
	found := s.find(id)
	if s.fetched.IsZero() || age >= keysLife || (found == nil && age >= keysPause) {
		if err := s.fetch(ctx); err != nil {
			if found != nil {
				return found, nil // better a known key than an API that is down with the tenant
			}
			return nil, err
		}
		found = s.find(id)
	}
	return found, nil
}

func (s *keySet) find(id string) *jose.JSONWebKey {
	for _, key := range s.keys.Key(id) {
		if key.IsPublic() && (key.Use == "" || key.Use == "sig") {
			return &key
		}
	}
	return nil
}

// refetch fetches the keys now.
func (s *keySet) refetch(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fetch(ctx)
}

func (s *keySet) fetch(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, nil)
	if err != nil {
		return fmt.Errorf("web: the address of the key set, %s: %w", s.url, err)
	}
	response, err := s.client.Do(request)
	if err != nil {
		return fmt.Errorf("web: fetch the key set: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("web: %s answered %s instead of the key set", s.url, response.Status)
	}
	var keys jose.JSONWebKeySet
	if err := json.NewDecoder(io.LimitReader(response.Body, keysSizeLimit)).Decode(&keys); err != nil {
		return fmt.Errorf("web: the key set at %s cannot be read: %w", s.url, err)
	}
	s.keys, s.fetched = keys, s.now()
	return nil
}
