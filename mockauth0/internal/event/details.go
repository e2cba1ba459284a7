package event

// Later makes an event's details when somebody reads the event. Most events leave the ring unread, and a map costs a
// request more than all else that is written down about it. What an implementation holds must not change any more, must not
// grow with what a client sends, and may hold a secret only if Details leaves it out.
type Later interface {
	Details() map[string]any
}

// Facts are details in which nothing has to be left out: {{Name: "session", Value: id}}.
type Facts []Fact

// Fact is one member of an event's details.
type Fact struct {
	Name  string
	Value any // as in Event.Details
}

// Details are the facts by name.
func (f Facts) Details() map[string]any {
	m := make(map[string]any, len(f))
	for _, fact := range f {
		m[fact.Name] = fact.Value
	}
	return m
}

// With gives an event the details that are made when it is read.
func (e Event) With(l Later) Event {
	e.later = l
	return e
}

// told is the event with its details made.
func (e Event) told() Event {
	if e.later != nil {
		e.Details, e.later = e.later.Details(), nil
	}
	return e
}
