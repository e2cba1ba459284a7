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
	keysPatience  = 5 * time.Second  // real time that a fetch may take
	keysSizeLimit = 1 << 20
)

// keySet is the tenant's published keys, fetched when needed. Call newKeySet.
type keySet struct {
	url     string
	client  *http.Client
	now     func() time.Time
	fetches chan struct{} // holds one element while a fetch is under way: of many callers one asks the tenant

	mu      sync.Mutex // never held while the tenant is asked: a known key must not wait for a tenant that hangs
	keys    jose.JSONWebKeySet
	fetched time.Time // zero: never
}

func newKeySet(url string, client *http.Client, now func() time.Time) *keySet {
	return &keySet{url: url, client: client, now: now, fetches: make(chan struct{}, 1)}
}

// key returns the key of that id; nil when the tenant does not publish it. An error means that the keys could not be
// fetched.
func (s *keySet) key(ctx context.Context, id string) (*jose.JSONWebKey, error) {
	found, due := s.look(id)
	if !due {
		return found, nil
	}
	done, err := s.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if found, due = s.look(id); !due { // fetched by the one before us
		return found, nil
	}
	if err := s.fetch(ctx); err != nil {
		if found != nil {
			return found, nil // better a known key than an API that is down with the tenant
		}
		return nil, err
	}
	found, _ = s.look(id)
	return found, nil
}

// look finds a key among those that were fetched, and tells whether it is time to fetch them again.
func (s *keySet) look(id string) (found *jose.JSONWebKey, due bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	age := s.now().Sub(s.fetched).Abs() // the tenant's clock may be moved back
	for _, key := range s.keys.Key(id) {
		if key.IsPublic() && (key.Use == "" || key.Use == "sig") {
			found = &key
			break
		}
	}
	return found, s.fetched.IsZero() || age >= keysLife || (found == nil && age >= keysPause)
}

// turn waits until nobody else fetches; call what it returns when the own fetch has ended.
func (s *keySet) turn(ctx context.Context) (done func(), err error) {
	select {
	case s.fetches <- struct{}{}:
		return func() { <-s.fetches }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("web: waiting for the key set: %w", ctx.Err())
	}
}

// refetch fetches the keys now.
func (s *keySet) refetch(ctx context.Context) error {
	done, err := s.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	return s.fetch(ctx)
}

func (s *keySet) fetch(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, keysPatience)
	defer cancel()
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
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys, s.fetched = keys, s.now()
	return nil
}
