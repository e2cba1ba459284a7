package routes

import (
	"sync"

	"renewal.example/mockauth0/tenant"
)

// documents keeps what was made of a configuration, by issuer: a tenant may have several. A reload makes another configuration,
// and drops them all. The zero value is empty.
type documents struct {
	mu       sync.Mutex
	of       *tenant.Config
	byIssuer map[string][]byte
}

// get gives the document of an issuer, which nobody may change, and makes it where there is none.
func (d *documents) get(of *tenant.Config, issuer string, make func() ([]byte, error)) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.of != of {
		d.of, d.byIssuer = of, map[string][]byte{}
	}
	if body, made := d.byIssuer[issuer]; made {
		return body, nil
	}
	body, err := make()
	if err == nil {
		d.byIssuer[issuer] = body
	}
	return body, err
}
