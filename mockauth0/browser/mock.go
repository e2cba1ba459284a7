package browser

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/event"
)

// temporaryCA is the default of Options.CA.
func temporaryCA() (CertificateAuthority, error) { return mockauth0.TemporaryCA() }

// AsTenantServer lets a World use a mock tenant that somebody else started and will stop.
func AsTenantServer(s *mockauth0.Server) TenantServer { return mock{s} }

// mock is a tenant of this repository as a World sees it.
type mock struct{ *mockauth0.Server }

// Shift moves the tenant's clock.
func (m mock) Shift(d time.Duration) { m.Advance(d) }

// Waits lists the requests under a latency or hang fault.
func (m mock) Waits() []Wait {
	holds := m.Holds()
	out := make([]Wait, 0, len(holds))
	for _, h := range holds {
		out = append(out, Wait{Reason: h.Reason, Until: h.Until})
	}
	return out
}

// Log turns the tenant's events into lines.
func (m mock) Log() []TenantEvent {
	events := m.Events(0)
	out := make([]TenantEvent, 0, len(events))
	var offset time.Duration // of the tenant's clock from real time
	for _, e := range events {
		raw, err := json.Marshal(e)
		if err != nil {
			raw = nil // the line alone will do
		}
		words := []string{string(e.Type), e.Endpoint, e.Description, e.ClientName, e.UserName}
		switch d := e.Data.(type) {
		case *event.Clock:
			now := time.Duration(d.OffsetMS) * time.Millisecond
			words = append(words, fmt.Sprintf("by %s to %s", now-offset, e.Date.UTC().Format(time.DateTime)))
			offset = now
		case *event.Response:
			words = append(words, strconv.Itoa(d.Status), d.Location)
		case *event.LogEntry:
			if d.Status != 0 {
				words = append(words, strconv.Itoa(d.Status))
			}
		}
		out = append(out, TenantEvent{Time: e.Date, Wall: e.Wall, Kind: string(e.Kind), Text: joinWords(words), Raw: raw})
	}
	return out
}

// Secrets makes mock a SecretKeeper.
func (m mock) Secrets() (out []string) {
	t := m.Snapshot()
	for _, u := range t.Users {
		out = append(out, u.Password)
	}
	for _, c := range t.Clients {
		out = append(out, c.ClientSecret)
	}
	return out
}

func joinWords(words []string) string {
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}

// openTenant starts the World's own mock, or takes the given server.
func (w *World) openTenant() error {
	o := w.options
	switch {
	case o.Tenant != nil && o.Server != nil:
		return errors.New("both Tenant and Server are set: a World has one tenant")
	case o.Server != nil:
		return w.useTenant(o.Server)
	case o.Tenant == nil:
		return nil
	}
	ca, ok := w.browser.CA.(mockauth0.CA)
	if !ok {
		return fmt.Errorf("Options.CA is a %T; to start tenants it must be a mockauth0.CA (mockauth0.TemporaryCA makes one)", w.browser.CA)
	}
	domain := o.TenantDomain
	if domain == "" {
		domain = w.browser.domains.next(o.Name)
	}
	s, err := mockauth0.New(mockauth0.Options{
		Tenant: o.Tenant, Learner: o.Learner, Domain: domain, Listen: o.TenantListen, CA: ca, Keys: w.browser.keys,
		Scenarios: o.Scenarios,
	})
	if err != nil {
		return fmt.Errorf("start the tenant: %w", err)
	}
	w.Tenant = s
	return w.useTenant(mock{s})
}

func (w *World) closeTenant() error {
	if w.Tenant == nil {
		return nil
	}
	return w.Tenant.Close()
}

// domainNames makes tenant names that are unique in a browser.
type domainNames struct{ last atomic.Int64 }

func (d *domainNames) next(name string) string {
	label := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '-'
	}, name)
	label = strings.Trim(label[:min(len(label), 40)], "-")
	if label == "" {
		label = "world"
	}
	return fmt.Sprintf("%s-%d.eu.auth0.com", label, d.last.Add(1))
}
