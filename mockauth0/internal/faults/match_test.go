package faults_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/tenanttest"
)

// met tells for each of n silent requests whether it was refused.
func met(p *tenanttest.Person, n int) (out []bool) {
	for range n {
		out = append(out, p.Silent() != "")
	}
	return out
}

func TestOnlyTheNthRequest(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Rotating(0))
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	tenanttest.Arm(t, s, `{"when":{"prompt":"none","nth":3},"do":{"error":"consent_required"}}`)
	p.Get("/.well-known/jwks.json") // does not match, so it does not count
	if got := met(p, 5); !slices.Equal(got, []bool{false, false, true, false, false}) {
		t.Errorf("met %v", got)
	}
	// Two faults of one kind count the same requests, whichever of them acts.
	s.Disarm("")
	tenanttest.Arm(t, s, `{"when":{"prompt":"none","nth":2},"do":{"error":"consent_required"}}`)
	tenanttest.Arm(t, s, `{"when":{"prompt":"none","nth":3},"do":{"error":"interaction_required"}}`)
	var got []string
	for range 4 {
		got = append(got, p.Silent())
	}
	if want := []string{"", "consent_required", "interaction_required", ""}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	// Both tokens of a request are one request's.
	s.Disarm("")
	tenanttest.Arm(t, s, `{"when":{"endpoint":"authorize","nth":2},"do":{"token":{"kind":"both","alg":"none"}}}`)
	for i, want := range []bool{true, false, true} {
		access, id, _ := tokens(p)
		if verifies(s, access) != want || verifies(s, id) != want {
			t.Errorf("request %d: access token good %v, ID token good %v, want %v", i+1, verifies(s, access), verifies(s, id), want)
		}
	}
}

func TestOnlyInItsTime(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Frozen)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	tenanttest.Arm(t, s, `{"when":{"prompt":"none","after":"10m","before":"1h"},"do":{"error":"consent_required"}}`)
	for _, step := range []struct {
		move time.Duration
		want bool
	}{{0, false}, {10*time.Minute - 1, false}, {1, true}, {50*time.Minute - 1, true}, {1, false}, {-2 * time.Minute, true}} {
		s.Advance(step.move)
		if got := p.Silent() != ""; got != step.want {
			t.Errorf("after %s: met %v", step.move, got)
		}
	}
}

func TestByChance(t *testing.T) {
	t.Parallel()
	run := func(when string) ([]bool, fault.Fault) {
		s := tenanttest.Serve(t, nil)
		p := tenanttest.Browse(t, s)
		p.Login(tenanttest.Request(s))
		f := tenanttest.Arm(t, s, `{"when":{"prompt":"none",`+when+`},"do":{"error":"consent_required"}}`)
		got := met(p, 40)
		var reported []int64
		for _, e := range s.Events(0) {
			if e.Kind == event.KindFault {
				reported = append(reported, event.Of[event.Fault](e).Seed)
			}
		}
		if len(reported) < 2 || slices.ContainsFunc(reported, func(seed int64) bool { return seed != f.When.Seed }) {
			t.Errorf("%s: the seed %d is reported as %v", when, f.When.Seed, reported)
		}
		return got, s.Faults()[0]
	}
	count := func(met []bool) (n int) {
		for _, m := range met {
			if m {
				n++
			}
		}
		return n
	}
	first, _ := run(`"probability":0.3,"seed":7`)
	again, _ := run(`"probability":0.3,"seed":7`)
	if n := count(first); !slices.Equal(first, again) || n < 4 || n > 22 {
		t.Errorf("the same seed: %v and %v", first, again)
	}
	own, f := run(`"probability":0.3`)
	if f.When.Seed <= 0 || slices.Equal(own, first) {
		t.Errorf("without a seed: %d, %v", f.When.Seed, own)
	}
	if repeated, _ := run(fmt.Sprintf(`"probability":0.3,"seed":%d`, f.When.Seed)); !slices.Equal(own, repeated) {
		t.Errorf("with the seed reported: %v, before %v", repeated, own)
	}
	if always, _ := run(`"probability":1`); count(always) != 40 {
		t.Errorf("certain: %v", always)
	}
}

func TestByGrant(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Rotating(0))
	p := tenanttest.Browse(t, s)
	rt := p.Offline()
	tenanttest.Arm(t, s, `{"when":{"grant":"refresh_token"},"do":{"status":503}}`)
	if got := p.Exchange(p.Code()); got.StatusCode != 200 {
		t.Errorf("a code: %s", got.Status)
	}
	if got := p.Renew(rt); got.StatusCode != 503 {
		t.Errorf("a refresh token: %s", got.Status)
	}
}

// TestEveryFiringIsAnEvent that says what was done, to which request.
func TestEveryFiringIsAnEvent(t *testing.T) {
	t.Parallel()
	for do, did := range map[string]string{
		`{"status":503}`:               "status 503",
		`{"error":"consent_required"}`: "error consent_required",
		`{"state":"wrong"}`:            "state wrong",
		`{"session":"lost"}`:           "session lost",
		`{"lifetime":"10s"}`:           "access token for 10s",
		`{"claims":{"set":{"nonce":"x"},"shift":{"exp":"-2h"}}}`: "claims: with another nonce, exp moved by -2h0m0s",
		`{"token":{"alg":"none"}}`:                               "id_token: alg none",
		`{"response_mode":"web_message"}`:                        "answered by web_message",
		`{"headers":{"remove":["Set-Cookie"],"set":{"A":"b"}}}`:  "without Set-Cookie; A: b",
	} {
		s := tenanttest.Serve(t, nil)
		p := tenanttest.Browse(t, s)
		p.Login(tenanttest.Request(s))
		f := tenanttest.Arm(t, s, `{"name":"for people","times":1,"when":{"prompt":"none"},"do":`+do+`}`)
		id := p.Get(tenanttest.Request(s, "prompt", "none")).Header.Get("X-Auth0-RequestId")
		var fired []event.Event
		for _, e := range s.Events(0) {
			if e.Description == "fault fired" {
				fired = append(fired, e)
			}
		}
		if len(fired) != 1 || fired[0].Kind != event.KindFault || fired[0].Request != id || fired[0].Endpoint != "authorize" {
			t.Fatalf("%s: %+v", do, fired)
		}
		if d := event.Of[event.Fault](fired[0]); d.ID != f.ID || d.Name != "for people" || d.Did != did || d.Fired != 1 || d.Times != 1 {
			t.Errorf("%s: %+v", do, d)
		}
	}
}
