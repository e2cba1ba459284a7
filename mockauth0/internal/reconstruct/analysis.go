package reconstruct

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/recording"
)

// Analysis is all that an import tells.
type Analysis struct {
	Source    string              `json:"source"`
	Kind      string              `json:"kind"`
	Recorder  string              `json:"recorder,omitempty"`
	Entries   int                 `json:"entries"`
	Exchanges int                 `json:"exchanges"`
	Tenant    *recording.Findings `json:"tenant"`
	Failures  []*Failed           `json:"failures"`
	Unknown   []*Failed           `json:"unknown,omitempty"` // renewals of which the recording does not tell whether they failed
	// Unexchanged are the silent requests that were answered with a code, of which the recording has no exchange: whether the app
	// got tokens for them is not known. A log has no answers, so none of it is counted.
	Unexchanged int                   `json:"unexchanged,omitempty"`
	Notes       []string              `json:"notes,omitempty"`
	Skipped     []string              `json:"skipped,omitempty"`
	Partial     bool                  `json:"partial,omitempty"` // a part of the file was not read; Notes and Skipped say which
	Written     []string              `json:"written,omitempty"`
	Hosts       []recording.HostCount `json:"hosts,omitempty"`
	Files       []File                `json:"-"`
}

// Failed is one kind of failure: every exchange that failed in the same way for the same reason.
type Failed struct {
	Place     string               `json:"place"`            // of the first: "entry 6", "line 3"
	Others    []string             `json:"others,omitempty"` // the next ones, not all when there are many
	Last      string               `json:"last,omitempty"`
	At        time.Time            `json:"at,omitzero"`
	Kind      string               `json:"kind"` // silent, refresh, code, or the endpoint
	ClientID  string               `json:"client_id,omitempty"`
	Status    int                  `json:"status,omitempty"`
	Outcome   string               `json:"outcome"`
	Times     int                  `json:"times"`
	Diagnosis *diagnosis.Diagnosis `json:"diagnosis,omitempty"`
	Scenario  string               `json:"scenario,omitempty"` // id of the one that was written
}

// most is how many kinds of failures are listed, and how many places of each.
const most = 50

// Analyse works out what a recording tells. source names it in what is written.
func Analyse(rec *recording.Recording, source string, stock Stock) (*Analysis, error) {
	rec.Infer()
	a := &Analysis{Source: source, Kind: rec.Kind, Recorder: rec.Recorder, Entries: rec.Entries, Exchanges: len(rec.Exchanges),
		Tenant: rec.Findings(), Notes: rec.Notes, Skipped: rec.Skipped, Hosts: rec.Hosts,
		Partial: rec.Broken || rec.Left > 0 || len(rec.Skipped) > 0, Unexchanged: unexchanged(rec)}
	var err error
	if a.Files, err = Tenant(a.Tenant, source); err != nil {
		return nil, fmt.Errorf("the tenant directory would not load; please report this: %w", err)
	}
	return a, a.failures(rec, source, stock)
}

// unexchanged counts silent requests of a client that brought nothing but a code, and after which it exchanged none.
func unexchanged(rec *recording.Recording) (n int) {
	open := map[string]int{}
	for _, e := range rec.Exchanges {
		grant := e.Request.Params["grant_type"] // "" where it was taken out
		switch r := e.Response; {
		case e.Log != nil:
		case e.Endpoint == names.Token && (grant == names.GrantAuthorizationCode || grant == ""):
			open[e.Client()] = max(0, open[e.Client()]-1)
		case e.Silent() && !e.Failed() && slices.Contains(r.Granted, "code") && !slices.Contains(r.Granted, "access_token"):
			open[e.Client()]++
		}
	}
	for _, left := range open {
		n += left
	}
	return n
}

// failures groups what failed, and writes a scenario of each kind of renewal failure.
func (a *Analysis) failures(rec *recording.Recording, source string, stock Stock) error {
	diagnoses := diagnosed(rec)
	groups := map[string]*Failed{}
	first := map[*Failed]*recording.Exchange{}
	last := map[*Failed]int{}
	for i, e := range rec.Exchanges {
		if !e.Told() && diagnoses[rec.Place(e)] == nil {
			a.untold(rec, e)
			continue
		}
		d := diagnoses[rec.Place(e)] // also of what looks well from outside: a token that no SDK takes, a storm
		if !e.Failed() && d == nil || strings.HasSuffix(e.Endpoint, names.Preflight) {
			continue
		}
		f := &Failed{
			Place: place(rec, e), At: e.Start, Kind: kind(e), ClientID: e.Client(), Status: e.Response.Status, Outcome: outcome(e),
			Diagnosis: d, Times: 1,
		}
		key := strings.Join([]string{f.Kind, f.ClientID, f.Outcome, fmt.Sprint(codes(d))}, "\x00")
		if known := groups[key]; known != nil {
			known.Times++
			known.Last = f.Place
			if len(known.Others) < most {
				known.Others = append(known.Others, f.Place)
			}
			last[known] = i
			continue
		}
		if len(groups) == most {
			continue
		}
		groups[key], first[f], last[f] = f, e, i
		a.Failures = append(a.Failures, f)
	}
	written := map[string]bool{}
	for _, f := range a.Failures {
		e := first[f]
		if f.Diagnosis == nil || !e.Silent() && e.Endpoint != names.Token {
			continue
		}
		file, err := Failure{Exchange: e, Causes: codes(f.Diagnosis), Times: f.Times, Passes: passes(rec, e, last[f])}.Scenario(source, stock)
		if err != nil {
			return fmt.Errorf("the scenario of %s would not load; please report this: %w", f.Place, err)
		}
		if !written[file.Name] {
			written[file.Name] = true
			a.Files = append(a.Files, file)
		}
		f.Scenario = strings.TrimSuffix(strings.TrimPrefix(file.Name, "scenarios/"), ".yaml")
	}
	return nil
}

// untold lists a renewal of which the recording does not tell whether it failed.
func (a *Analysis) untold(rec *recording.Recording, e *recording.Exchange) {
	if !e.Silent() && e.Endpoint != names.Token {
		return
	}
	f := &Failed{Place: place(rec, e), At: e.Start, Kind: kind(e), ClientID: e.Client(), Status: e.Response.Status, Times: 1,
		Outcome: rec.Untold(e)}
	same := func(known *Failed) bool {
		return known.Kind == f.Kind && known.ClientID == f.ClientID && known.Outcome == f.Outcome
	}
	if i := slices.IndexFunc(a.Unknown, same); i >= 0 {
		known := a.Unknown[i]
		known.Times++
		if known.Last = f.Place; len(known.Others) < most {
			known.Others = append(known.Others, f.Place)
		}
		return
	}
	if len(a.Unknown) < most {
		a.Unknown = append(a.Unknown, f)
	}
}

func place(rec *recording.Recording, e *recording.Exchange) string {
	return strings.Replace(rec.Place(e), "-", " ", 1)
}

func codes(d *diagnosis.Diagnosis) []diagnosis.Code {
	var out []diagnosis.Code
	if d != nil {
		for _, c := range d.Causes {
			if name := c.Code; !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// kind is what somebody tried.
func kind(e *recording.Exchange) string {
	switch {
	case e.Silent():
		return "silent"
	case e.Refresh():
		return "refresh"
	case e.Endpoint == names.Token:
		return cmp.Or(e.Request.Params["grant_type"], "token")
	}
	return e.Endpoint
}

// outcome is how a failure looked from outside.
func outcome(e *recording.Exchange) string {
	r := e.Response
	switch {
	case !r.Known:
		return "no answer: " + r.Failure
	case r.Error != "" && r.Description != "":
		return r.Error + ": " + r.Description
	case r.Error != "":
		return r.Error
	case r.Shown != "":
		return "the " + r.Shown + " page"
	case r.BodyBroken:
		return "an answer that cannot be read"
	case !e.Failed():
		return "an answer without an error"
	case r.Status == 0: // of a log, which does not tell it
		return cmp.Or(e.Log.Description, "a failure of the type "+string(e.Log.Type))
	}
	return fmt.Sprintf("HTTP %d", r.Status)
}

// passes tells whether a later exchange of the same kind went well.
func passes(rec *recording.Recording, e *recording.Exchange, after int) bool {
	return slices.ContainsFunc(rec.Exchanges[after+1:], func(later *recording.Exchange) bool {
		return kind(later) == kind(e) && later.Client() == e.Client() && !later.Failed() && later.Told()
	})
}
