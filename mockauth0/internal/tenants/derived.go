package tenants

import (
	"sync"

	"renewal.example/mockauth0/tenant"
)

// Derived keeps the configurations that were made of one, so that tenants which are made alike share theirs: nobody changes it.
// The zero value is empty. Safe for concurrent use.
type Derived struct {
	mu   sync.Mutex
	of   *tenant.Config
	made map[string]*tenant.Config
}

// mostDerived is how many are kept. More take the time to make them again.
const mostDerived = 16

// Like is the configuration of a tenant that is like another, whose configuration as it was loaded this is, with something laid over it
// (nil: nothing). A custom domain is not taken over.
func (d *Derived) Like(loaded *tenant.Config, override []byte) (*tenant.Config, error) {
	if loaded.Mock.CustomDomain == "" && override == nil {
		return loaded, nil
	}
	return d.get(loaded, string(override), func() (*tenant.Config, error) {
		other := loaded.Clone()
		other.Mock.CustomDomain = ""
		if err := other.Validate(); err != nil || override == nil {
			return other, err
		}
		return other.Override(override)
	})
}

// get is what make makes of a configuration, by a key that says what is done to it.
func (d *Derived) get(of *tenant.Config, key string, make func() (*tenant.Config, error)) (*tenant.Config, error) {
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
