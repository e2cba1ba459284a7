package replica

import (
	"strings"

	"renewal.example/mockauth0/internal/diagnose"
	"renewal.example/mockauth0/internal/event"
	"renewal.example/mockauth0/internal/traffic"
)

// atOnce is how many events the engine reads before its diagnoses are fetched: it keeps the newest of them only.
const atOnce = 100

// diagnosed lets the rules that judge a running tenant judge a recording, by the place of the exchange that failed.
func diagnosed(rec *traffic.Recording) map[string]*diagnose.Diagnosis {
	all := rec.Events()
	events := all
	engine := diagnose.New(nil)
	out := map[string]*diagnose.Diagnosis{}
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
	for _, e := range rec.Exchanges {
		if place := rec.Place(e); out[place] == nil && e.Silent() && e.Response.Error == "login_required" {
			out[place] = nobodySeen(e, place)
		}
	}
	return out
}

// nobodySeen is a silent request for which there was no session, where the recording has no login before it. A tenant that has
// seen none knows that nobody is there, and says nothing; a recording may have begun after it.
func nobodySeen(e *traffic.Exchange, place string) *diagnose.Diagnosis {
	k, _ := diagnose.Find("no_session")
	return &diagnose.Diagnosis{Date: e.Start, Request: place, Endpoint: e.Endpoint, ClientID: e.Client(), Kind: diagnose.KindSilent, Outcome: e.Response.Error, Causes: []diagnose.Cause{{
		Code: k.Code, Title: k.Title, Confidence: diagnose.Likely, Why: k.Why, Remedy: k.Remedy, Read: k.Read, Scenario: k.Scenario, Evidence: []diagnose.Evidence{
			{Text: "the request carried no session cookie (auth0) [" + strings.Replace(place, "-", " ", 1) + "]"},
			{Text: "the recording shows no login before it: nobody had logged in, or it begins too late; record from the login on to know"},
		},
	}}}
}

// placed names in each evidence where in the file it is.
func placed(d diagnose.Diagnosis, events []event.Event) *diagnose.Diagnosis {
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
