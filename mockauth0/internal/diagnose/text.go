package diagnose

import (
	"cmp"
	"fmt"
	"strings"

	"renewal.example/mockauth0/internal/event"
)

// What names the kind of what failed for people.
func (d Diagnosis) What() string {
	return map[string]string{KindSilent: "silent renewal", KindRefresh: "refresh", KindLogin: "request from a frame", KindAbsence: "renewal that was due"}[d.Kind]
}

// Headline is the diagnosis in one line.
func (d Diagnosis) Headline() string {
	who := cmp.Or(d.Client, d.ClientID, "an unknown application")
	return fmt.Sprintf("%s of %s failed: %s · %s", d.What(), who, d.Outcome, d.Causes[0].Title)
}

// String is the diagnosis for people: the headline, and under it the causes with their evidence and what to do.
func (d Diagnosis) String() string {
	var b strings.Builder
	b.WriteString(d.Headline() + "\n")
	if d.App != "" && d.App != d.Outcome {
		fmt.Fprintf(&b, "  the application says: %s\n", d.App)
	}
	for i, c := range d.Causes {
		b.WriteString(c.text(i > 0))
	}
	if d.Request != "" {
		fmt.Fprintf(&b, "  its events: /__mock/v1/events?request=%s\n", d.Request)
	}
	return b.String()
}

// text is a cause; one that is not the first is told shortly.
func (c Cause) text(short bool) string {
	var b strings.Builder
	mark := "→"
	if short {
		mark = "or:"
	}
	fmt.Fprintf(&b, "  %s %s (%s, %s)\n", mark, c.Title, c.Code, c.Confidence)
	for _, e := range c.Evidence {
		if e.Seq == 0 {
			fmt.Fprintf(&b, "      · %s\n", e.Text)
		} else {
			fmt.Fprintf(&b, "      #%d %s\n", e.Seq, e.Text)
		}
	}
	if short {
		return b.String()
	}
	fmt.Fprintf(&b, "      Why: %s\n      Do: %s\n      Read: %s\n", c.Why, c.Remedy, c.Read)
	if c.Scenario != "" {
		fmt.Fprintf(&b, "      Reproduce: mockauth0 reproduce %s\n", c.Scenario)
	}
	return b.String()
}

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
