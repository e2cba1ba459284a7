package diagnose

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
)

// Line is one exchange for people.
type Line struct {
	Seq      uint64 `json:"seq"` // of the event that ended it
	Date     string `json:"date"`
	Request  string `json:"request_id"`
	Client   string `json:"client,omitempty"`
	User     string `json:"user,omitempty"`
	Asked    string `json:"asked"`    // what came
	Answered string `json:"answered"` // what went back
	Renewal  bool   `json:"renewal"`  // it was one
	Failed   bool   `json:"failed"`   // it was a renewal that failed
}

// String is the line for a terminal.
func (l Line) String() string {
	who := strings.TrimSpace(strings.Join([]string{l.Client, l.User}, " "))
	return strings.TrimRight(fmt.Sprintf("%s  %-44s → %-40s %s", l.Date, l.Asked, l.Answered, who), " ")
}

// Follower puts events together to lines, one for each exchange.
type Follower struct{ history history }

// NewFollower begins with nothing seen.
func NewFollower() *Follower { return &Follower{newHistory(RunningTenant)} }

// Take gives the line of an exchange with its last event; false for all other events.
func (f *Follower) Take(e event.Event) (Line, bool) {
	x := f.history.take(e)
	if x == nil || e.Kind != event.KindResponse && e.Kind != event.KindNoAnswer || strings.HasSuffix(x.endpoint, names.Preflight) {
		return Line{}, false
	}
	return Line{
		Seq: e.Seq, Date: e.Date.Format("15:04:05"), Request: x.id, Client: cmp.Or(x.clientName, x.client), User: x.userName,
		Asked: x.what(), Answered: x.answered(), Renewal: x.renewal(), Failed: x.renewal() && x.failed(),
	}, true
}

// what is the request in a few words.
func (x *exchange) what() string {
	switch {
	case x.silent():
		return "silent " + strings.TrimSpace(x.query("response_type")+" by "+cmp.Or(x.query("response_mode"), "redirect"))
	case x.endpoint == names.Token:
		return strings.TrimSpace("token " + x.grant())
	}
	return x.asked.Method + " " + x.asked.Path
}

// answered is the answer in a few words.
func (x *exchange) answered() string {
	if x.unanswered.made() {
		return x.unanswered.outcome()
	}
	status := x.answer.Status
	if code := x.reply().Text("error"); code != "" {
		return fmt.Sprintf("%d %s", status, code)
	}
	if l, ok := x.failure(); ok && l.Error != "" {
		return fmt.Sprintf("%d %s", status, l.Error)
	}
	if l, ok := x.succeeded(); ok {
		return fmt.Sprintf("%d %s", status, l.text)
	}
	if to := x.answer.Location; to != "" {
		return fmt.Sprintf("%d to %s", status, oauth.WithoutQuery(to))
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
}
