package browser

import (
	"encoding/json"
	"fmt"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/domain"
)

// TenantServer is what a World asks of a tenant that it did not start itself.
type TenantServer interface {
	// Domain is the name in its issuer and certificate, with a port when that is not 443; http://localhost:4480 of one by plain http.
	Domain() string
	// Addr is where it listens, as 127.0.0.1:41234.
	Addr() string
	// Now is the tenant's time.
	Now() time.Time
	// Shift moves the tenant's clock by d from where it stands.
	Shift(d time.Duration)
	// Waits lists the requests that the tenant holds back on purpose.
	Waits() []Wait
	// Log is everything the tenant observed, oldest first, for evidence.
	Log() []TenantEvent
}

// Diagnoser is a TenantServer that can tell why renewals failed, for evidence.
type Diagnoser interface {
	// Diagnoses are those so far, oldest first.
	Diagnoses() []diagnosis.Diagnosis
}

// Wait is a request that a tenant holds back on purpose, such as one under a latency fault.
type Wait struct {
	Reason string    // what holds it, for people
	Until  time.Time // tenant time; zero: until the request is cancelled
}

// TenantEvent is one entry of a tenant's log.
type TenantEvent struct {
	Time, Wall time.Time       // tenant time and real time
	Kind       string          // request, response, log, …
	Text       string          // one line for people
	Raw        json.RawMessage // all that the tenant has of it
}

// tenantNow is the tenant's time, real time without a tenant.
func (w *World) tenantNow() time.Time {
	if w.server == nil {
		return time.Now().Add(w.tenantShift())
	}
	return w.server.Now()
}

func (w *World) useTenant(s TenantServer) error {
	w.server = s
	w.Domain = s.Domain()
	// The browser starts with the tenant's time, to the millisecond.
	w.shift.base = time.Until(s.Now()).Truncate(time.Millisecond)
	if err := w.MapOrigin(w.TenantURL(), s.Addr()); err != nil {
		return fmt.Errorf("map the tenant: %w", err)
	}
	return nil
}

func (w *World) tenantDomain() domain.Domain {
	scheme, host := domain.Split(w.Domain)
	return domain.New(host, scheme == domain.HTTP)
}

// held counts, by host, the requests that a tenant holds and goes on holding.
func (w *World) held() map[string]int {
	if w.server == nil {
		return nil
	}
	now, count := w.server.Now(), 0
	for _, wait := range w.server.Waits() {
		if wait.Until.IsZero() || wait.Until.After(now) {
			count++
		}
	}
	return map[string]int{w.tenantDomain().Host: count}
}

// nextWait is how long, in tenant time, until the earliest held request is let go.
func (w *World) nextWait() (d time.Duration, reason string, ok bool) {
	if w.server == nil {
		return 0, "", false
	}
	now := w.server.Now()
	for _, wait := range w.server.Waits() {
		left := wait.Until.Sub(now)
		if wait.Until.IsZero() || left <= 0 {
			continue
		}
		if !ok || left < d {
			d, reason, ok = left, wait.Reason, true
		}
	}
	return d, reason, ok
}
