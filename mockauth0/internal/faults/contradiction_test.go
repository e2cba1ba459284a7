package faults

import (
	"testing"
	"time"

	"renewal.example/mockauth0/fault"
)

// TestFaultsThatContradictEachOther cannot be armed together: one would wait for ever.
func TestFaultsThatContradictEachOther(t *testing.T) {
	const no, yes = true, false
	for _, tc := range []struct {
		first, second string
		refused       bool
	}{
		{`do: {status: 503}`, `do: {status: 429}`, no},
		{`do: {status: 503}`, `do: {status: 503}`, yes}, // the same twice
		{`{times: 1, do: {status: 503}}`, `do: {status: 429}`, yes},
		{`do: {status: 503}`, `{times: 1, do: {status: 429}}`, no},
		{`{when: {client: A}, do: {status: 503}}`, `{when: {client: B}, do: {status: 429}}`, yes},
		{`{when: {client: A}, do: {status: 503}}`, `do: {status: 429}`, yes}, // the others' requests are left
		{`{when: {nth: 2}, do: {status: 503}}`, `do: {status: 429}`, yes},
		{`{when: {probability: 0.5}, do: {status: 503}}`, `do: {status: 429}`, yes},
		{`{when: {after: 1h}, do: {status: 503}}`, `do: {status: 429}`, yes},
		{`do: {status: 503}`, `do: {hang: true}`, no},
		{`do: {status: 503}`, `do: {latency: 1s}`, yes}, // slow, and then 503
		{`do: {latency: 1s}`, `do: {latency: 2s}`, yes},
		{`{when: {prompt: none}, do: {latency: 1s}}`, `do: {status: 503}`, no}, // it comes before prompt is known
		{`{when: {prompt: none}, do: {error: login_required}}`, `{when: {prompt: none}, do: {status: 503}}`, no},
		{`do: {status: 503}`, `do: {headers: {remove: [Access-Control-Allow-Origin]}}`, yes},
		{`do: {connection: reset}`, `do: {headers: {remove: [Access-Control-Allow-Origin]}}`, no},
		{`do: {status: 503}`, `do: {latency: 1s, at: after}`, yes},
		{`do: {error: login_required}`, `do: {error: consent_required}`, no},
		{`do: {error: login_required}`, `do: {state: wrong}`, yes},
		{`do: {error: login_required}`, `do: {claims: {set: {a: 1}}}`, no},
		{`do: {state: wrong}`, `do: {state: missing}`, no},
		{`do: {session: lost}`, `do: {session: ada}`, no},
		{`do: {claims: {set: {a: 1}}}`, `do: {claims: {set: {b: 1}}}`, yes},
		{`do: {token: {alg: none}}`, `do: {token: {kid: unknown}}`, no},
		{`do: {token: {alg: none}}`, `do: {token: {kind: access_token, kid: unknown}}`, yes},
		{`do: {body: empty}`, `do: {body: garbage}`, no},
		{`do: {connection: tls}`, `do: {status: 503}`, yes},
	} {
		p := &Plan{}
		var last error
		for i, text := range []string{tc.first, tc.second} {
			f, err := fault.DecodeYAML([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if _, last = p.Arm(f, time.Now()); i == 0 && last != nil {
				t.Fatal(last)
			}
		}
		if refused := last != nil; refused != tc.refused {
			t.Errorf("%s, then %s: %v", tc.first, tc.second, last)
		}
		if n := len(p.Faults()); n != map[bool]int{true: 1, false: 2}[tc.refused] {
			t.Errorf("%s, then %s: %d armed", tc.first, tc.second, n)
		}
	}
	p := &Plan{}
	for _, s := range []int{503, 429} {
		_, err := p.Arm(fault.Fault{Do: fault.Effect{Status: s}}, time.Now())
		const want = "the new fault would never act: fault-1 (status 503) takes all its requests first, for good. " +
			"Give fault-1 times, narrow its when, or remove it"
		if s == 429 && (err == nil || err.Error() != want) {
			t.Errorf("%v", err)
		}
	}
}

// TestEveryKindHasAnEffect: what can be written can be armed.
func TestEveryKindHasAnEffect(t *testing.T) {
	acting := map[string]bool{}
	for _, e := range effects {
		acting[e.kind] = true
	}
	for _, kind := range fault.Kinds() {
		if !acting[kind] {
			t.Errorf("do.%s has no effect", kind)
		}
		delete(acting, kind)
	}
	if len(acting) > 0 {
		t.Errorf("effects without a kind: %v", acting)
	}
}
