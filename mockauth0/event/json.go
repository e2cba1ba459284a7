package event

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// wire is an event's JSON form, which the control API documents.
type wire struct {
	Seq         uint64          `json:"seq"`
	Date        time.Time       `json:"date"`
	Wall        time.Time       `json:"wall"`
	Kind        Kind            `json:"kind"`
	Type        LogCode         `json:"type,omitempty"`
	Request     string          `json:"request_id,omitempty"`
	Endpoint    string          `json:"endpoint,omitempty"`
	ClientID    string          `json:"client_id,omitempty"`
	ClientName  string          `json:"client_name,omitempty"`
	UserID      string          `json:"user_id,omitempty"`
	UserName    string          `json:"user_name,omitempty"`
	Connection  string          `json:"connection,omitempty"`
	Description string          `json:"description,omitempty"`
	Details     json.RawMessage `json:"details,omitempty"` // of what is read: MarshalJSON puts them in itself
}

// MarshalJSON writes the event as the control API does: Data is the member "details". Whoever writes many calls it, and not json.Marshal,
// which goes through the whole text once more.
func (e Event) MarshalJSON() ([]byte, error) {
	e = e.Made()
	w := wire{
		e.Seq, e.Date, e.Wall, e.Kind, e.Type, e.Request, e.Endpoint, e.ClientID, e.ClientName, e.UserID, e.UserName, e.Connection,
		e.Description, nil,
	}
	text, err := json.Marshal(w)
	if err != nil || e.Data == nil {
		return text, err
	}
	details, err := json.Marshal(e.Data)
	if err != nil {
		return nil, fmt.Errorf("details of a %s event: %w", e.Kind, err)
	}
	if string(details) == "{}" {
		return text, nil
	}
	text = append(text[:len(text)-1], `,"details":`...) // the object has members already, and goes on
	return append(append(text, details...), '}'), nil
}

// UnmarshalJSON reads what MarshalJSON writes. Data of a kind that this version does not know are dropped.
func (e *Event) UnmarshalJSON(raw []byte) error {
	var w wire
	if err := json.Unmarshal(raw, &w); err != nil {
		return err
	}
	*e = Event{
		w.Seq, w.Date, w.Wall, w.Kind, w.Type, w.Request, w.Endpoint, w.ClientID, w.ClientName, w.UserID, w.UserName, w.Connection,
		w.Description, newData(w.Kind), nil,
	}
	if len(w.Details) == 0 || e.Data == nil {
		return nil
	}
	if err := json.Unmarshal(w.Details, e.Data); err != nil {
		return fmt.Errorf("details of a %s event: %w", e.Kind, err)
	}
	return nil
}

// MarshalJSON writes a parameter with one value as a string.
func (q Query) MarshalJSON() ([]byte, error) {
	m := make(map[string]any, len(q))
	for name, values := range q {
		if len(values) == 1 {
			m[name] = values[0]
		} else {
			m[name] = values
		}
	}
	return json.Marshal(m)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (q *Query) UnmarshalJSON(raw []byte) error {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		return err
	}
	*q = make(Query, len(m))
	for name, value := range m {
		var one string
		var several []string
		if json.Unmarshal(value, &one) == nil {
			several = []string{one}
		} else if json.Unmarshal(value, &several) != nil {
			return errors.New("the parameter " + name + " is neither a string nor a list of strings")
		}
		(*q)[name] = several
	}
	return nil
}

// plainResponse is a Response without its methods.
type plainResponse Response

// MarshalJSON writes "readable": false for a document that is not JSON, and "posts" for every page of a web message.
func (r *Response) MarshalJSON() ([]byte, error) {
	w := struct {
		*plainResponse
		Posts    *int  `json:"posts,omitempty"`
		Readable *bool `json:"readable,omitempty"`
	}{plainResponse: (*plainResponse)(r)}
	if r.Posts > 0 || r.Target != nil {
		w.Posts = &r.Posts
	}
	if r.Unreadable {
		w.Readable = new(bool)
	}
	return json.Marshal(w)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *Response) UnmarshalJSON(raw []byte) error {
	w := struct {
		*plainResponse
		Readable *bool `json:"readable"`
	}{plainResponse: (*plainResponse)(r)}
	if err := json.Unmarshal(raw, &w); err != nil {
		return err
	}
	r.Unreadable = w.Readable != nil && !*w.Readable
	return nil
}
