package statejson

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/secret"
)

type inner struct {
	UserID        string `json:"-"`
	IDTokenClaims []string
}

type record struct {
	Secret   secret.Text `json:"-"`
	At       time.Time   `json:"at,omitzero"`
	Life     time.Duration
	Count    int
	Large    int64
	Unsigned uint64
	On       bool
	Share    float64
	Raw      []byte
	JSON     json.RawMessage
	Anything any
	Meta     map[string]any
	Values   map[string][]string
	Inner    inner
	To       *inner
	List     []*inner
	Empty    []string
	Nothing  []string
}

func whole() record {
	return record{
		Secret: secret.New("s3cret"), At: time.Date(2026, 1, 31, 9, 30, 0, 123456789, time.UTC), Life: 90*time.Minute + 1, Count: -3,
		Large: -1 << 62, Unsigned: 1<<64 - 1, On: true, Share: 0.25, Raw: []byte{0, 255}, JSON: json.RawMessage(`{"a":1}`), Anything: 1.5,
		Meta: map[string]any{"n": 2.0, "l": []any{"x", nil}}, Values: map[string][]string{"a": {"b", "c"}, "none": nil},
		Inner: inner{"auth0|1", []string{"x"}}, To: &inner{UserID: "u"}, List: []*inner{{UserID: "v"}, {}}, Empty: []string{},
	}
}

func TestEverythingComesBack(t *testing.T) {
	text, err := Marshal(whole())
	if err != nil {
		t.Fatal(err)
	}
	var back record
	if err := Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back, whole()) {
		t.Errorf("wrote %+v\nas %s\nread %+v", whole(), text, back)
	}
	for _, part := range []string{`"secret":"s3cret"`, `"user_id":"auth0|1"`, `"id_token_claims":["x"]`, `"large":"-4611686018427387904"`,
		`"count":-3`} {
		if !strings.Contains(string(text), part) {
			t.Errorf("no %s in %s", part, text)
		}
	}
	if zero, err := Marshal(record{}); err != nil || string(zero) != "{}" {
		t.Errorf("nothing is %s, %v", zero, err)
	}
}

// TestNothingIsLeftOut: a field that cannot be written stops the snapshot, it does not vanish from it.
func TestNothingIsLeftOut(t *testing.T) {
	for name, v := range map[string]any{
		"an unexported field":   struct{ a int }{1},
		"an unexported zero":    struct{ a int }{},
		"a function":            struct{ F func() }{func() {}},
		"keys that are no text": struct{ M map[int]string }{map[int]string{1: "a"}},
		"a channel in a list":   struct{ C []chan int }{[]chan int{nil}},
	} {
		if text, err := Marshal(v); err == nil {
			t.Errorf("%s was written as %s", name, text)
		}
	}
}

func TestErrorsNameTheMember(t *testing.T) {
	for text, want := range map[string]string{
		`{"list":[{"user_id":"a"},{"user_id":1}]}`: "list[1].user_id is not a text",
		`{"list":[{"usr_id":"a"}]}`:                "list[0].usr_id is unknown",
		`{"at":"yesterday"}`:                       "at is not a time (RFC 3339)",
		`{"life":5}`:                               "life is not a text",
		`{"life":"long"}`:                          "life is not a duration",
		`{"count":"many"}`:                         "count is not such a number",
		`{"count":1.5}`:                            "count is not such a number",
		`{"count":true}`:                           "count is not a number",
		`{"on":"yes"}`:                             "on is not true or false",
		`{"raw":"%"}`:                              "raw is not base64",
		`{"values":[]}`:                            "values is not an object",
		`{"list":{}}`:                              "list is not a list",
		`[]`:                                       "the document is not an object",
		`{} {}`:                                    "there is more after the first JSON value",
		`{"count":1`:                               "unexpected EOF",
	} {
		if err := Unmarshal([]byte(text), &record{}); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
