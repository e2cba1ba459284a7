package faults

import (
	"fmt"
	"time"

	"renewal.example/mockauth0/fault"
)

func newLifetime(e *fault.Effect) fmt.Stringer { return lifetime{time.Duration(e.Lifetime)} }

// lifetime gives access tokens another life than the settings do.
type lifetime struct{ d time.Duration }

func (l lifetime) String() string { return fmt.Sprintf("access token for %s", l.d) }

func (l lifetime) ChangeLifetime(time.Duration) time.Duration { return l.d }
