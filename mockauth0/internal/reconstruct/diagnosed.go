package reconstruct

import (
	"slices"
	"strings"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/diagnose"
	"renewal.example/mockauth0/internal/recording"
)

// atOnce is how many events the engine reads before its diagnoses are fetched: it keeps the newest of them only.
const atOnce = 100

// diagnosed lets the rules that judge a running tenant judge a recording, by the place of the exchange that failed.
func diagnosed(rec *recording.Recording) map[string]*diagnosis.Diagnosis {
	all := rec.Events()
	events := all
	engine := diagnose.NewImport(source(rec))
	out := map[string]*diagnosis.Diagnosis{}
	var last uint64
	for len(events) > 0 {
		n := min(atOnce, len(events))
		for n < len(events) && events[n].Request == events[n-1].Request {
			n++ // an exchange is read whole
		}
		engine.Read(events[:n], events[n-1].Date)
		for _, d := range engine.After(last) {
			last = d.Seq
			out[d.Request] = placed(d, all)
		}
		events = events[n:]
	}
	return out
}

// source is a recording of one browser, or the log of a tenant, which is about many.
func source(rec *recording.Recording) diagnose.Source {
	if slices.ContainsFunc(rec.Exchanges, func(e *recording.Exchange) bool { return e.Log != nil }) {
		return diagnose.TenantLog
	}
	return diagnose.Recording
}

// placed names in each evidence where in the file it is.
func placed(d diagnosis.Diagnosis, events []event.Event) *diagnosis.Diagnosis {
	for _, c := range d.Causes {
		for i := range c.Evidence {
			e := &c.Evidence[i]
			if e.Seq > 0 && e.Seq <= uint64(len(events)) {
				e.Text += " [" + strings.Replace(events[e.Seq-1].Request, "-", " ", 1) + "]"
			}
		}
	}
	return &d
}
