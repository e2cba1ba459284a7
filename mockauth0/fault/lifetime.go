package fault

import (
	"fmt"
	"time"

	"renewal.example/mockauth0/internal/httpx"
)

func lifetimeGroup() group {
	return group{
		name:  "lifetime",
		given: func(e *Effect) bool { return e.Lifetime != 0 },
		check: func(e *Effect, p *Problems) {
			if time.Duration(e.Lifetime) < time.Second || e.Lifetime%Duration(time.Second) != 0 {
				p.add("do.lifetime", "do.lifetime is %s: give whole seconds, at least 1s; for a token that has expired already see do.claims.shift", time.Duration(e.Lifetime))
			}
		},
		build: func(e *Effect) any { return lifetime{time.Duration(e.Lifetime)} },
		seam:  httpx.SeamLifetime, acts: "where a token is made", where: issuing(),
	}
}

// lifetime gives access tokens another life than the settings do.
type lifetime struct{ d time.Duration }

func (l lifetime) String() string { return fmt.Sprintf("access token for %s", l.d) }

func (l lifetime) ChangeLifetime(time.Duration) time.Duration { return l.d }
