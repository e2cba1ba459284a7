package faults_test

import (
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// TestHowAnAuthorizationResponseGoesWrong looks at success and error, in each mode that an effect concerns.
func TestHowAnAuthorizationResponseGoesWrong(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	loggedIn, stranger := tenanttest.Browse(t, s), tenanttest.Browse(t, s)
	loggedIn.Login(tenanttest.Request(s))
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
		fits     func(t *testing.T, a tenanttest.Answer) bool
	}{
		{"fragment", `{"state":"missing"}`, func(t *testing.T, a tenanttest.Answer) bool {
			return member(tenanttest.Received(t, a, "fragment"), "state") == "(none)"
		}},
		{"query", `{"state":"wrong"}`, func(t *testing.T, a tenanttest.Answer) bool {
			return member(tenanttest.Received(t, a, "query"), "state") == "of-another-request"
		}},
		{"web_message", `{"state":"wrong"}`, func(t *testing.T, a tenanttest.Answer) bool {
			return member(tenanttest.Received(t, a, "web_message"), "state") == "of-another-request"
		}},
		{"web_message", `{"state":"missing"}`, func(t *testing.T, a tenanttest.Answer) bool {
			return member(tenanttest.Received(t, a, "web_message"), "state") == "(none)"
		}},
		{"web_message", `{"target_origin":"https://other.example"}`, func(_ *testing.T, a tenanttest.Answer) bool {
			return strings.Contains(a.Text, `targetOrigin="https://other.example"`)
		}},
		{"web_message", `{"response_mode":"fragment"}`, func(t *testing.T, a tenanttest.Answer) bool {
			return member(tenanttest.Received(t, a, "fragment"), "state") == "the-state"
		}},
		{"fragment", `{"response_mode":"web_message"}`, func(t *testing.T, a tenanttest.Answer) bool {
			return member(tenanttest.Received(t, a, "web_message"), "state") == "the-state"
		}},
		{"query", `{"response_mode":"form_post"}`, func(t *testing.T, a tenanttest.Answer) bool {
			return member(tenanttest.Received(t, a, "form_post"), "state") == "the-state"
		}},
		{"web_message", `{"post":"twice"}`, func(_ *testing.T, a tenanttest.Answer) bool { return strings.Count(a.Text, posts) == 2 }},
		{"web_message", `{"post":"never"}`, func(_ *testing.T, a tenanttest.Answer) bool { return strings.Count(a.Text, "postMessage") == 0 }},
		{"web_message", `{"post":"foreign"}`, func(_ *testing.T, a tenanttest.Answer) bool {
			return strings.Contains(a.Text, `mainWin.postMessage({type:"webpackOk"},targetOrigin);`+posts)
		}},
	} {
		for who, p := range map[string]*tenanttest.Person{"a success": loggedIn, "an error": stranger} {
			ask := tenanttest.Request(s, "prompt", "none", "response_mode", tc.mode, "response_type", "code")
			tenanttest.Arm(t, s, `{"times":1,"when":{"prompt":"none"},"do":`+tc.do+`}`)
			if got := p.Get(ask); !tc.fits(t, got) {
				t.Errorf("%s, %s by %s: %s %q\n%s", tc.do, who, tc.mode, got.Status, got.Header.Get("Location"), got.Text)
			}
			next := p.Get(ask)
			if got := member(tenanttest.Received(t, next, tc.mode), "state"); got != "the-state" ||
				tc.mode == "web_message" && strings.Count(next.Text, posts) != 1 {
				t.Errorf("%s, %s by %s: the next one is changed too, state %s\n%s", tc.do, who, tc.mode, got, next.Text)
			}
		}
	}
}

// TestWhatAnEffectDoesNotConcernDoesNotUseItUp: no state to change, no web_message to post, a page in between.
func TestWhatAnEffectDoesNotConcernDoesNotUseItUp(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	for _, tc := range []struct{ do, first, second string }{
		{`{"state":"wrong"}`, tenanttest.Request(s, "prompt", "none", "state", ""), tenanttest.Request(s, "prompt", "none")},
		{`{"post":"twice"}`, tenanttest.Request(s, "prompt", "none"), tenanttest.Request(s, "prompt", "none", "response_mode", "web_message")},
		{`{"target_origin":"https://x.example"}`, tenanttest.Request(s, "prompt", "none"), tenanttest.Request(s, "prompt", "none", "response_mode", "web_message")},
		{`{"response_mode":"fragment"}`, tenanttest.Request(s, "prompt", "none"), tenanttest.Request(s, "prompt", "none", "response_mode", "web_message")},
		{`{"state":"missing"}`, tenanttest.Request(s), tenanttest.Request(s, "prompt", "none")}, // the first one shows the login page
		{`{"session":"lost"}`, tenanttest.Request(s, "prompt", "none"), ""},
		{`{"claims":{"set":{"a":1}}}`, tenanttest.Request(s, "prompt", "none"), ""},
	} {
		f := tenanttest.Arm(t, s, `{"times":1,"do":`+tc.do+`}`)
		for i, ask := range []string{tc.first, tc.second} {
			if ask == "" {
				continue
			}
			p.Get(ask)
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
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	tenanttest.Arm(t, s, `{"times":1,"when":{"prompt":"none"},"do":{"state":"wrong"}}`)
	tenanttest.Arm(t, s, `{"times":1,"when":{"prompt":"none"},"do":{"error":"consent_required"}}`)
	tenanttest.Arm(t, s, `{"times":1,"when":{"prompt":"none"},"do":{"headers":{"set":{"X-Frame-Options":"deny"}}}}`)
	got := p.Get(tenanttest.Request(s, "prompt", "none"))
	if f := got.Fragment(t); f.Get("error") != "consent_required" || f.Get("state") != "of-another-request" ||
		got.Header.Get("X-Frame-Options") != "deny" {
		t.Errorf("%v %v", f, got.Header)
	}
}

// A client whose errors stay on a page of the tenant gets no armed change of a response that is not sent.
func TestAResponseThatBecomesAPageIsNotChanged(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) { tn.Clients[0].ErrorsOnPage = true })
	tenanttest.Arm(t, s, `{"do":{"state":"wrong"}}`)
	if got := tenanttest.Browse(t, s).Get(tenanttest.Request(s, "prompt", "none")); got.StatusCode != 403 || s.Faults()[0].Fired != 0 {
		t.Errorf("%s, fired %d", got.Status, s.Faults()[0].Fired)
	}
}
