package cli

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"renewal.example/mockauth0"
)

// metrics serves the figures of a server's tenants for Prometheus.
func metrics(read func() []mockauth0.Stats) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(newCollector(read))                                            // of names that are ours alone
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{DisableCompression: true}) // the API ends each answer with a line break
}

// collector reads the figures when somebody asks for them.
type collector struct {
	read                                              func() []mockauth0.Stats
	events, sessions, families, faults, ahead, stands *prometheus.Desc
}

func newCollector(read func() []mockauth0.Stats) *collector {
	figure := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("mockauth0_"+name, help, append([]string{"tenant"}, labels...), nil)
	}
	return &collector{
		read: read,
		events: figure("events_total", "Events of a tenant since it was made. type is Auth0's log event type code, where there is one.", "kind",
			"type", "client_id"),
		sessions: figure("sessions", "Sessions that are alive."),
		families: figure("refresh_tokens", "Refresh tokens that are still good, each with all that came of it by rotation."),
		faults:   figure("faults_armed", "Faults that are armed."),
		ahead:    figure("clock_offset_seconds", "How far the tenant's clock is ahead of real time."),
		stands:   figure("clock_frozen", "Whether the tenant's clock stands: 1 or 0."),
	}
}

// Describe tells Prometheus which figures there are.
func (c *collector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.events, c.sessions, c.families, c.faults, c.ahead, c.stands} {
		to <- d
	}
}

// Collect reads them.
func (c *collector) Collect(to chan<- prometheus.Metric) {
	for _, s := range c.read() {
		gauge := func(d *prometheus.Desc, v float64) {
			to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, s.Tenant)
		}
		gauge(c.sessions, float64(s.Sessions))
		gauge(c.families, float64(s.RefreshTokens))
		gauge(c.faults, float64(s.Faults))
		gauge(c.ahead, s.ClockOffset.Seconds())
		frozen := 0.0
		if s.ClockFrozen {
			frozen = 1
		}
		gauge(c.stands, frozen)
		for _, e := range s.Events {
			to <- prometheus.MustNewConstMetric(c.events, prometheus.CounterValue, float64(e.Count), s.Tenant, string(e.Kind), string(e.Type),
				e.Client)
		}
	}
}
