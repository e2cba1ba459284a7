package fault

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

const everything = `name: all of when
when: {endpoint: token, client: My App, grant: refresh_token, user: ada@example.test, connection: db, nth: 3, after: 10m, before: 1h,
  probability: 0.3, seed: 7}
times: 2
do:
  claims:
    token: both
    set: {nonce: x, aud: [a, b], n: 1, f: 1.5, t: true, nothing: null, "https://a.b/c": {d: 2026-01-31}}
    remove: [at_hash]
    shift: {iat: 2h, exp: -2h}
`

// TestOneFormInYAMLAndJSON: what is read is the same, and what is written is read again.
func TestOneFormInYAMLAndJSON(t *testing.T) {
	fromYAML, err := DecodeYAML([]byte(everything))
	if err != nil {
		t.Fatal(err)
	}
	want := Fault{Name: "all of when", Times: 2,
		When: Match{Endpoint: "token", Client: "My App", Grant: "refresh_token", User: "ada@example.test", Connection: "db", Nth: 3,
			After: Duration(10 * time.Minute), Before: Duration(time.Hour), Probability: 0.3, Seed: 7},
		Do: Effect{Claims: &Claims{Token: "both", Remove: []string{"at_hash"}, Shift: map[string]Duration{
			"iat": Duration(2 * time.Hour), "exp": Duration(-2 * time.Hour),
		},
			Set: map[string]any{
				"nonce": "x", "aud": []any{"a", "b"}, "n": int64(1), "f": 1.5, "t": true, "nothing": nil,
				"https://a.b/c": map[string]any{"d": "2026-01-31"},
			}}}}
	if !reflect.DeepEqual(fromYAML, want) {
		t.Errorf("read %+v %+v", fromYAML, fromYAML.Do.Claims)
	}
	text, err := json.Marshal(fromYAML)
	if err != nil {
		t.Fatal(err)
	}
	fromJSON, err := Decode(text)
	if err != nil || !reflect.DeepEqual(fromJSON, fromYAML) {
		t.Errorf("by JSON %+v, %v\n%s", fromJSON, err, text)
	}
}

func TestEveryEffectIsReadFromBothForms(t *testing.T) {
	for do, want := range map[string]Effect{
		`{latency: 2s, jitter: 500ms, seed: 1, at: after}`: {Latency: Duration(2 * time.Second), Jitter: Duration(time.Second / 2), Seed: 1, At: "after"},
		`{hang: true}`:                    {Hang: true},
		`{status: 429, retry_after: 30s}`: {Status: 429, RetryAfter: Duration(30 * time.Second)},
		`{body: truncated}`:               {Body: "truncated"},
		`{headers: {remove: ["Set-Cookie: auth0"], set: {X-Frame-Options: deny}}}`: {Headers: &Headers{Remove: []string{"Set-Cookie: auth0"}, Set: map[string]string{"X-Frame-Options": "deny"}}},
		`{error: login_required, error_description: text}`:                         {Error: "login_required", ErrorDescription: "text"},
		`{state: missing}`:                         {State: "missing"},
		`{target_origin: "https://other.example"}`: {TargetOrigin: "https://other.example"},
		`{response_mode: fragment}`:                {ResponseMode: "fragment"},
		`{post: twice}`:                            {Post: "twice"},
		`{lifetime: 10s}`:                          {Lifetime: Duration(10 * time.Second)},
		`{token: {kind: both, kid: unknown}}`:      {Token: &Token{Kind: "both", KID: "unknown"}},
		`{jwks: stale}`:                            {JWKS: "stale"},
		`{discovery: {set: {issuer: "https://x.example/"}, remove: [jwks_uri]}}`: {Discovery: &Discovery{Set: map[string]any{"issuer": "https://x.example/"}, Remove: []string{"jwks_uri"}}},
		`{session: lost}`:                {Session: "lost"},
		`{refresh_token: gone}`:          {RefreshToken: "gone"},
		`{connection: tls}`:              {Connection: "tls"},
		`{connection: reset, at: after}`: {Connection: "reset", At: "after"},
	} {
		f, err := DecodeYAML([]byte("do: " + do))
		if err != nil || !reflect.DeepEqual(f.Do, want) {
			t.Errorf("%s: %+v %v", do, f.Do, err)
		}
		text, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := Decode(text); err != nil || !reflect.DeepEqual(again, f) {
			t.Errorf("%s: by JSON %+v %v", text, again, err)
		}
	}
}

// TestAFaultInADocument: the node's own lines and columns are reported, and everything that is wrong at once.
func TestAFaultInADocument(t *testing.T) {
	var document struct{ Faults []yaml.Node }
	if err := yaml.Unmarshal([]byte(`# a scenario
faults:
  - when: {endpoint: jwks, user: ada}
    times: -1
    do: {status: 200, retry_after: 1s}
  - do: {state: wrong}
    whenn: {}
  - &base {do: {hang: true}}
  - *base
`), &document); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		"3:34: when.user never applies: user is not known at the endpoint jwks\n4:12: times is -1: give 0 (until removed) or " +
			"a positive number\n" +
			"5:18: do.status is 200: give 400 to 599\n5:36: do.retry_after goes with the status 429 or 503, not 200",
		`7:5: unknown field "whenn" in the fault; it has id, name, when, times, do, fired; did you mean "when"?`, "", "",
	} {
		_, err := FromYAML(&document.Faults[i])
		var problems Problems
		if got := ""; errors.As(err, &problems) && problems.Error() != want || err == nil && want != got {
			t.Errorf("fault %d: %v\nwant %s", i, err, want)
		}
	}
}

func TestFaultsThatCannotBeRead(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "the text is empty: write one fault",
		"do: {hang: true}\n---\n":         "one fault at a time",
		"do: [":                           "the fault is not valid YAML",
		"[]":                              "1:1: the fault is a list; expected an object",
		"do: {hang: yes please}":          `1:12: do.hang is the text "yes please"; expected true or false`,
		"do: {hang: false}":               "do.hang is false; expected a value, or no such field",
		"do: {status: 0}":                 "do.status is 0; expected a value, or no such field",
		"do: {status: 5e2}":               "do.status is 5e2; expected a whole number",
		"do: {status: 503, status: 504}":  `1:19: "status" is given twice in do`,
		"do: {error: 1}":                  "do.error is 1; expected text: put it in quotes",
		"do: {error: ''}":                 `do.error is the text ""; expected a value`,
		"do: {error: [x]}":                "do.error is a list; expected text",
		"do: {latency: 2}":                `do.latency is 2; a duration is text with a unit`,
		"do: {latency: 0s}":               "do.latency is 0s; expected a duration that is not 0",
		"do: {latency: soon}":             `do.latency: "soon" is no duration`,
		"do: {latency: 9000000h}":         `do.latency: "9000000h" is too long`,
		"do: {headers: []}":               "do.headers is a list; expected an object",
		"do: {headers: {remove: A}}":      `do.headers.remove is the text "A"; expected a list`,
		"do: {headers: {remove: [1]}}":    "do.headers.remove.0 is 1; expected text",
		"do: {claims: {shift: {iat: 2}}}": "do.claims.shift.iat is 2; a duration is text",
		"when: {probability: often}\ndo: {hang: true}": `1:21: when.probability is the text "often"; expected a number`,
		"when: {probability: 0}\ndo: {hang: true}":     "when.probability is 0; expected a value, or no such field",
		"when: {nth: 0}\ndo: {hang: true}":             "when.nth is 0; expected a value, or no such field",
		"do: &a {claims: {set: {x: *a}}}":              "nested too deeply",
		"a: &a [x,x,x,x,x,x,x,x,x]\ndo: {hang: true}":  `unknown field "a"`,
		"do: {? [a] : b}":                              "a key of do is not a plain word",
	} {
		if _, err := DecodeYAML([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v\nwant %s", text, err, want)
		}
	}
	bomb := "x0: &x0 [a,a,a,a,a,a,a,a,a,a]\n"
	for i := range 8 {
		n, m := string(rune('0'+i)), string(rune('1'+i))
		bomb += "x" + m + ": &x" + m + " [*x" + n + strings.Repeat(",*x"+n, 9) + "]\n"
	}
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(bomb+"fault: {do: {claims: {set: {x: *x8}}}}\n"), &document); err != nil {
		t.Fatal(err)
	}
	nodes := document.Content[0].Content
	if _, err := FromYAML(nodes[len(nodes)-1]); err == nil || !strings.Contains(err.Error(), "its aliases make it too large") {
		t.Errorf("a thousand million values: %v", err)
	}
}

func TestJSONIsReadAsJSON(t *testing.T) {
	f, err := Decode([]byte("{\"name\":\"\\ud83d\\ude00 \\u00fc\",\n\t\"when\":null," +
		"\"do\":{\"claims\":{\"set\":{\"<<\":{\"big\":12345678901234567890,\"e\":1e3}}}}}"))
	want := map[string]any{"<<": map[string]any{"big": "12345678901234567890", "e": 1000.0}}
	if err != nil || f.Name != "😀 ü" || !reflect.DeepEqual(f.Do.Claims.Set, want) {
		t.Errorf("%+v %v", f, err)
	}
	for text, want := range map[string]string{
		"{\n  \"do\": {\n    \"status\": 200\n  }\n}": "3:15: do.status is 200",
		"{\n  \"do\": }":              "2:9: the fault is not valid JSON: invalid character '}'",
		`{"do":{"hang":true}`:         "the fault is not valid JSON: unexpected EOF",
		`{"do":{"hang":true}} {}`:     "one fault at a time",
		`{"do":{"hang":true,"do":1}}`: `1:20: unknown field "do" in do`,
		`{"do":{"hang":true},"do":1}`: `1:21: "do" is given twice in the fault`,
		strings.Repeat(`{"do":`, 500) + "1" + strings.Repeat("}", 500): `unknown field "do" in do`,
	} {
		if _, err := Decode([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v\nwant %s", text, err, want)
		}
	}
}
