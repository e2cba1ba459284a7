package diagnose

import (
	"cmp"
	"fmt"
	"strings"

	"renewal.example/mockauth0/event"
)

// Line is one exchange for people.
type Line struct {
	Seq     uint64 `json:"seq"` // of the event that ended it
	Date    string `json:"date"`
	Request string `json:"request_id"`
	Client  string `json:"client,omitempty"`
	User    string `json:"user,omitempty"`
	Asked   string `json:"asked"`    // what came
	Told    string `json:"answered"` // what went back
	Renewal bool   `json:"renewal"`  // it was one
}

// String is the line for a terminal.
func (l Line) String() string {
	who := strings.TrimSpace(strings.Join([]string{l.Client, l.User}, " "))
	return strings.TrimRight(fmt.Sprintf("%s  %-44s → %-40s %s", l.Date, l.Asked, l.Told, who), " ")
}

// Follower puts events together to lines, one for each exchange.
type Follower struct{ history history }

// NewFollower begins with nothing seen.
func NewFollower() *Follower { return &Follower{newHistory()} }

// Take gives the line of an exchange with its last event; false for all other events.
func (f *Follower) Take(e event.Event) (Line, bool) {
	x := f.history.take(e)
	if x == nil || e.Kind != event.KindResponse && e.Kind != event.KindNoAnswer || strings.HasSuffix(x.endpoint, ".preflight") {
		return Line{}, false
	}
	return Line{Seq: e.Seq, Date: e.Date.Format("15:04:05"), Request: x.id, Client: cmp.Or(x.clientName, x.client), User: x.userName, Asked: x.what(), Told: x.reply(), Renewal: x.renewal()}, true
}

// what is the request in a few words.
func (x *exchange) what() string {
	switch {
	case x.silent():
		return "silent " + strings.TrimSpace(x.query("response_type")+" by "+cmp.Or(x.query("response_mode"), "redirect"))
	case x.endpoint == "token":
		return strings.TrimSpace("token " + x.grant())
	}
	return x.asked.text("method") + " " + x.asked.text("path")
}

// reply is the answer in a few words.
func (x *exchange) reply() string {
	if x.unanswered.seq != 0 {
		return "no answer: " + x.unanswered.description
	}
	status := x.answer.int("status")
	if code := x.response().text("error"); code != "" {
		return fmt.Sprintf("%d %s", status, code)
	}
	if l, ok := x.failure(); ok && l.text("error") != "" {
		return fmt.Sprintf("%d %s", status, l.text("error"))
	}
	if l, ok := x.succeeded(); ok {
		return fmt.Sprintf("%d %s", status, l.description)
	}
	if to := x.answer.text("location"); to != "" {
		to, _, _ = strings.Cut(to, "?")
		to, _, _ = strings.Cut(to, "#")
		return fmt.Sprintf("%d to %s", status, to)
	}
	return fmt.Sprintf("%d %s", status, x.answer.description)
}
