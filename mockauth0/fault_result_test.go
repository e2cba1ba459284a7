package mockauth0

import (
	"strings"
	"testing"

	"renewal.example/mockauth0/tenant"
)

// TestHowAnAuthorizationResponseGoesWrong looks at success and error, in each mode that an effect concerns.
func TestHowAnAuthorizationResponseGoesWrong(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	loggedIn, stranger := browse(t, s), browse(t, s)
	loggedIn.login(request(s))
	const posts = "mainWin.postMessage(authorizationResponse,targetOrigin);"
	member := func(members [][2]string, name string) string {
		for _, m := range members {
			if m[0] == name {
				return m[1]
			}
		}
		return "(none)"
	}
	for _, tc := range []struct {
		mode, do string
		fits     func(t *testing.T, a answer) bool
	}{
		{"fragment", `{"state":"missing"}`, func(t *testing.T, a answer) bool { return member(received(t, a, "fragment"), "state") == "(none)" }},
		{"query", `{"state":"wrong"}`, func(t *testing.T, a answer) bool {
			return member(received(t, a, "query"), "state") == "of-another-request"
		}},
		{"web_message", `{"state":"wrong"}`, func(t *testing.T, a answer) bool {
			return member(received(t, a, "web_message"), "state") == "of-another-request"
		}},
		{"web_message", `{"state":"missing"}`, func(t *testing.T, a answer) bool {
			return member(received(t, a, "web_message"), "state") == "(none)"
		}},
		{"web_message", `{"target_origin":"https://other.example"}`, func(_ *testing.T, a answer) bool {
			return strings.Contains(a.body, `targetOrigin="https://other.example"`)
		}},
		{"web_message", `{"response_mode":"fragment"}`, func(t *testing.T, a answer) bool { return member(received(t, a, "fragment"), "state") == "the-state" }},
		{"fragment", `{"response_mode":"web_message"}`, func(t *testing.T, a answer) bool {
			return member(received(t, a, "web_message"), "state") == "the-state"
		}},
		{"query", `{"response_mode":"form_post"}`, func(t *testing.T, a answer) bool {
			return member(received(t, a, "form_post"), "state") == "the-state"
		}},
		{"web_message", `{"post":"twice"}`, func(_ *testing.T, a answer) bool { return strings.Count(a.body, posts) == 2 }},
		{"web_message", `{"post":"never"}`, func(_ *testing.T, a answer) bool { return strings.Count(a.body, "postMessage") == 0 }},
		{"web_message", `{"post":"foreign"}`, func(_ *testing.T, a answer) bool {
			return strings.Contains(a.body, `mainWin.postMessage({type:"webpackOk"},targetOrigin);`+posts)
		}},
	} {
		for who, p := range map[string]*person{"a success": loggedIn, "an error": stranger} {
			ask := request(s, "prompt", "none", "response_mode", tc.mode, "response_type", "code")
			s.arm(t, `{"times":1,"when":{"prompt":"none"},"do":`+tc.do+`}`)
			if got := p.get(ask); !tc.fits(t, got) {
				t.Errorf("%s, %s by %s: %s %q\n%s", tc.do, who, tc.mode, got.Status, got.Header.Get("Location"), got.body)
			}
			next := p.get(ask)
			if got := member(received(t, next, tc.mode), "state"); got != "the-state" || tc.mode == "web_message" && strings.Count(next.body, posts) != 1 {
				t.Errorf("%s, %s by %s: the next one is spoilt too, state %s\n%s", tc.do, who, tc.mode, got, next.body)
			}
		}
	}
}

// TestWhatAnEffectDoesNotConcernDoesNotUseItUp: no state to change, no web_message to post, a page in between.
func TestWhatAnEffectDoesNotConcernDoesNotUseItUp(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := browse(t, s)
	for _, tc := range []struct{ do, first, second string }{
		{`{"state":"wrong"}`, request(s, "prompt", "none", "state", ""), request(s, "prompt", "none")},
		{`{"post":"twice"}`, request(s, "prompt", "none"), request(s, "prompt", "none", "response_mode", "web_message")},
		{`{"target_origin":"https://x.example"}`, request(s, "prompt", "none"), request(s, "prompt", "none", "response_mode", "web_message")},
		{`{"response_mode":"fragment"}`, request(s, "prompt", "none"), request(s, "prompt", "none", "response_mode", "web_message")},
		{`{"state":"missing"}`, request(s), request(s, "prompt", "none")}, // the first one shows the login page
		{`{"session":"lost"}`, request(s, "prompt", "none"), ""},
		{`{"claims":{"set":{"a":1}}}`, request(s, "prompt", "none"), ""},
	} {
		f := s.arm(t, `{"times":1,"do":`+tc.do+`}`)
		for i, ask := range []string{tc.first, tc.second} {
			if ask == "" {
				continue
			}
			p.get(ask)
			if fired := s.Faults()[len(s.Faults())-1].Fired; fired != i {
				t.Errorf("%s: fired %d after request %d", tc.do, fired, i+1)
			}
		}
		s.Disarm(f.ID)
	}
}

// TestFaultsOfDifferentKindsCombine: they of different kinds act on one response.
func TestFaultsOfDifferentKindsCombine(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := browse(t, s)
	p.login(request(s))
	s.arm(t, `{"times":1,"when":{"prompt":"none"},"do":{"state":"wrong"}}`)
	s.arm(t, `{"times":1,"when":{"prompt":"none"},"do":{"error":"consent_required"}}`)
	s.arm(t, `{"times":1,"when":{"prompt":"none"},"do":{"headers":{"set":{"X-Frame-Options":"deny"}}}}`)
	got := p.get(request(s, "prompt", "none"))
	if f := got.fragment(t); f.Get("error") != "consent_required" || f.Get("state") != "of-another-request" || got.Header.Get("X-Frame-Options") != "deny" {
		t.Errorf("%v %v", f, got.Header)
	}
}

// A client whose errors stay on a page of the tenant gets no armed change of a response that is not sent.
func TestAResponseThatBecomesAPageIsNotChanged(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) { tn.Clients[0].ErrorsOnPage = true })
	s.arm(t, `{"do":{"state":"wrong"}}`)
	if got := browse(t, s).get(request(s, "prompt", "none")); got.StatusCode != 403 || s.Faults()[0].Fired != 0 {
		t.Errorf("%s, fired %d", got.Status, s.Faults()[0].Fired)
	}
}
