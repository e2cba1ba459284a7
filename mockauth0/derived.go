package mockauth0

import (
	"sync"

	"renewal.example/mockauth0/tenant"
)

// derived keeps the configurations that were made of one, so that tenants which are made alike share theirs: nobody changes it.
// The zero value is empty. Safe for concurrent use.
type derived struct {
	mu   sync.Mutex
	of   *tenant.Config
	made map[string]*tenant.Config
}

// mostDerived is how many are kept. More take the time to make them again.
const mostDerived = 16

// get is what make makes of a configuration, by a key that says what is done to it.
func (d *derived) get(of *tenant.Config, key string, make func() (*tenant.Config, error)) (*tenant.Config, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.of != of {
		d.of, d.made = of, nil
	}
	if found := d.made[key]; found != nil {
		return found, nil
	}
	one, err := make()
	if err != nil {
		return nil, err
	}
	if d.made == nil || len(d.made) >= mostDerived {
		d.made = map[string]*tenant.Config{}
	}
	d.made[key] = one
	return one, nil
}
