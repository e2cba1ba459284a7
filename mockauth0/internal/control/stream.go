package control

import (
	"bytes"
	"fmt"
	"net/http"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/eventlog"
	"renewal.example/mockauth0/internal/httpx"
)

// A stream carries so many events at once, and so many in a second after that. A reader of more gets a gap, so that a flood of events
// costs the tenant's requests nothing, however many read along.
const (
	streamBurst = eventlog.DefaultCapacity
	streamRate  = 4096
	streamBatch = 256 // events in one write
)

// eventStream is GET /events with Accept: text/event-stream. A reader that comes back says by Last-Event-ID where it stopped.
func (s *Service) eventStream(r *http.Request, after uint64, wanted filter) (*httpx.Result, error) {
	anew := false
	if last := r.Header.Get("Last-Event-ID"); last != "" && !r.URL.Query().Has("after") {
		var err error
		if after, err = afterOf(r, last); err != nil {
			return nil, err
		}
		if anew = after > s.Events.Last(); anew { // of a tenant that has ended: all that this one has is new
			after = 0
		}
	}
	return (&httpx.Result{Stream: func(w http.ResponseWriter, r *http.Request) {
		if anew && writeEvents(w, []event.Event{gap(0, 0)}) != nil {
			return
		}
		s.stream(w, r, after, wanted)
	}}).Set("Content-Type", "text/event-stream"), nil
}

func (s *Service) stream(w http.ResponseWriter, r *http.Request, after uint64, wanted filter) {
	reader := s.Events.Reader(after)
	pace := &pacing{left: streamBurst, at: clock.Wall()}
	if http.NewResponseController(w).Flush() != nil { // the reader learns that it is connected
		return
	}
	for {
		most, err := pace.wait(r, streamBatch)
		if err != nil {
			return
		}
		events, missed, err := reader.Next(r.Context(), most)
		if err != nil {
			return
		}
		pace.left -= len(events)
		batch := make([]event.Event, 0, len(events)+1)
		if missed > 0 {
			batch = append(batch, gap(events[0].Seq-1, missed))
		}
		for _, e := range events {
			if wanted.has(e) {
				batch = append(batch, e)
			}
		}
		if len(batch) > 0 && writeEvents(w, batch) != nil {
			return
		}
	}
}

func gap(seq, missed uint64) event.Event {
	return event.Event{Seq: seq, Kind: event.KindGap, Data: &event.Gap{Missed: missed}}
}

func writeEvents(w http.ResponseWriter, events []event.Event) error {
	var b bytes.Buffer
	for _, e := range events {
		fmt.Fprintf(&b, "id: %d\ndata: %s\n\n", e.Seq, textOf(e))
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return err
	}
	return http.NewResponseController(w).Flush()
}

// pacing is how many events a stream may carry now.
type pacing struct {
	left int
	at   time.Time
}

// wait waits until there may be some, and says how many, at most most.
func (p *pacing) wait(r *http.Request, most int) (int, error) {
	for {
		now := clock.Wall()
		if more := int(now.Sub(p.at) * streamRate / time.Second); more > 0 {
			p.left, p.at = min(p.left+more, streamBurst), now
		}
		if p.left > 0 {
			return min(p.left, most), nil
		}
		select {
		case <-clock.WallAfter(time.Second * streamBatch / streamRate):
		case <-r.Context().Done():
			return 0, r.Context().Err()
		}
	}
}
